"""The page in a real browser: network cut, no console error, accessible, whole on a phone and on paper."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import axe_playwright_python
import pytest

from kossa.report.write import write_report
from tests.report import made

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def browser():
    if not Path(CHROMIUM).exists():
        if os.environ.get("KOSSA_BROWSER") == "required":
            pytest.fail("chromium is required here and missing")
        pytest.skip("no chromium: the pages were not opened in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> str:
    return write_report(made.result(), tmp_path_factory.mktemp("report")).as_uri()


def opened(browser, address, *, width=1280, scheme="light"):
    """Open a page offline, its own security policy in force; return it with all that it complained of."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text))
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.on(
        "request", lambda r: complaints.append(r.url) if not r.url.startswith(("file:", "data:")) else None
    )
    page.goto(address)
    return page, complaints


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_opens_from_disk_without_network_and_fits_the_screen(browser, report, width):
    page, complaints = opened(browser, report, width=width)
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").inner_text().startswith("Calcification found: 2 deposits")
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser, report, scheme):
    context = browser.new_context(color_scheme=scheme, offline=True, bypass_csp=True)
    page = context.new_page()
    page.goto(report)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.add_script_tag(path=str(AXE))
    violations = page.evaluate("axe.run().then(r => r.violations.map(v => [v.impact, v.id, v.nodes.length]))")
    assert [v for v in violations if v[0] in GRAVE] == []
    context.close()


@pytest.mark.browser
def test_the_button_copies_the_plain_text(browser, report):
    page, complaints = opened(browser, report)
    page.get_by_role("button", name="copy").click()
    page.wait_for_function("document.getElementById('copied').textContent !== ''")
    assert complaints == []
    page.context.close()


@pytest.mark.browser
def test_the_printed_page_holds_what_is_folded_on_the_screen(browser, report):
    page, _ = opened(browser, report)
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.get_by_text("All 2 deposits that count or may count").is_visible()
    assert page.get_by_role("columnheader", name="Noise alone").is_visible()
    page.context.close()
