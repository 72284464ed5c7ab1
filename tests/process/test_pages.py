"""The simulation's pages: what they say, that they are whole, and that a browser likes them offline."""

import json
import os
import re
import shutil
from pathlib import Path

import nibabel as nib
import pytest

from kossa.process import compare, grow
from kossa.report.simulation import write_comparison, write_outcome
from kossa.report.simulation_words import agreement, duration, figures, mass

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    out = tmp_path_factory.mktemp("pages")
    cyst, joint = grow("fat_necrosis_breast", years=3), grow("osteoarthritis")
    result, fields = compare(size=16, years=2.0)
    return {
        "growth": write_outcome(cyst.outcome, cyst.fields, out / "growth", seconds=1.5),
        "none": write_outcome(joint.outcome, joint.fields, out / "none"),
        "comparison": write_comparison(result, fields, out / "comparison", seconds=2.0),
    }


def test_numbers_are_printed_as_in_print_and_not_as_in_code(pages):
    assert figures(274000.0) == "2.74 × 10⁵"
    assert agreement(3e-15) == "one part in 10¹⁴"
    assert agreement(0.0) == "the last digit"
    drawn = re.compile(r"<svg.*?</svg>|base64,[^\"]*|<style.*?</style>", re.DOTALL)
    body = drawn.sub("", pages["growth"].read_text())
    assert not re.search(r"\d[eE][+-]\d", body.split("All 5")[0])


def test_the_growth_page_says_what_the_record_says(pages):
    text = pages["growth"].read_text()
    told = json.loads(pages["growth"].with_name("outcome.json").read_text())
    assert told["pattern"] == "rim"
    assert "like an eggshell" in text
    assert mass(told["mass_mg"]) in text
    assert f"on a radiograph after {duration(told['visible']['xray_days'])}" in text
    assert text.count('class="frame"') == len(set(text.split('data-when="')[1:]))
    assert told["parameters_sha256"] in text


def test_beside_the_page_lie_the_fields_as_volumes_and_the_seconds_apart(pages):
    folder = pages["growth"].parent
    image = nib.load(folder / "mineral_mg_cm3.nii.gz")
    assert image.shape == (64, 64, 64)
    assert image.header.get_zooms()[0] > 0.1
    assert json.loads((folder / "run.json").read_text()) == {"seconds": 1.5}
    assert "seconds" not in (folder / "outcome.json").read_text()


def test_a_run_without_growth_has_a_page_too(pages):
    assert "pyrophosphate is expected here" in pages["none"].read_text()


def test_the_comparison_page_shows_both_sides_and_the_price(pages):
    text = pages["comparison"].read_text()
    told = json.loads(pages["comparison"].with_name("comparison.json").read_text())
    for words in (
        "Feature by feature",
        "calibrated contrast, not a prediction",
        "permuted",
        "Am J Pathol 1977;86:403",
    ):
        assert words in text
    assert text.count("holds</td>") + text.count("fails</td>") == 2 * len(told["verdicts"])
    assert told["ranges_sha256"] in text


def test_pages_are_the_same_bytes_twice(pages, tmp_path):
    cyst = grow("fat_necrosis_breast", years=3)
    again = write_outcome(cyst.outcome, cyst.fields, tmp_path / "again")
    for name in ("growth.html", "outcome.json", "mineral_mg_cm3.nii.gz"):
        assert (again.parent / name).read_bytes() == (pages["growth"].parent / name).read_bytes()


def test_times_and_masses_are_told_as_people_say_them():
    assert [duration(d) for d in (None, 12.0, 300.0, 1500.0)] == [
        "never",
        "12 days",
        "10 months",
        "4.1 years",
    ]
    assert [mass(m) for m in (0.0, 0.02, 1.234)] == ["0 mg", "20 µg", "1.23 mg"]


@pytest.fixture(scope="module")
def browser():
    if not Path(CHROMIUM).exists():
        if os.environ.get("KOSSA_BROWSER") == "required":
            pytest.fail("chromium is required here and missing")
        pytest.skip("no chromium: the simulation's pages were not opened in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [("growth", 390, "light"), ("comparison", 1280, "light"), ("comparison", 390, "dark")],
)
def test_a_page_opens_from_disk_without_network_and_axe_finds_nothing_serious(
    browser, pages, name, width, scheme
):
    import axe_playwright_python

    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    page = context.new_page()
    complaints = []
    page.on("console", lambda m: complaints.append(m.text))
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.goto(pages[name].as_uri())
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    first = page.locator("#when").inner_text()
    page.locator("#time").fill("0")
    assert page.locator("#when").inner_text() != first
    assert page.locator(".frames").first.locator(".frame:visible").count() == 1
    context.close()
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    page.goto(pages[name].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.add_script_tag(path=str(Path(axe_playwright_python.__file__).with_name("axe.min.js")))
    found = page.evaluate("axe.run().then(r => r.violations.map(v => [v.impact, v.id, v.nodes[0].html]))")
    context.close()
    assert [v for v in found if v[0] in ("serious", "critical")] == []
