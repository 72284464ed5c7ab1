"""Promises of the house: the public face, the wheel, the contract, the text of the repository."""

from __future__ import annotations

import ast
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import kossa
from kossa.evidence import vocabulary

ROOT = Path(__file__).resolve().parents[2]


def test_the_public_names_are_all_there_and_all_told():
    for name in kossa.__all__:
        assert getattr(kossa, name) is not None
    assert kossa.__version__
    with pytest.raises(AttributeError):
        getattr(kossa, "nothing")  # noqa: B009 (the point is the missing name)


def test_importing_kossa_loads_no_array_library():
    code = "import kossa, sys; print([m for m in ('numpy','numba','msgspec','pydicom') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_file_holds_an_address_of_an_index_or_a_path_of_a_machine():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    done = subprocess.run(
        [sys.executable, "tools/check_text.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_locks_hold_hashes_and_every_need_is_explained():
    explained = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert text.count("--hash=sha256:") >= text.count("==")
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needs = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    for need in needs:
        assert need.split(">=")[0].lower() in explained


def test_the_version_is_said_once():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == kossa.__version__


@pytest.mark.slow
def test_the_wheel_works_from_an_empty_environment(tmp_path):
    """Build it, put it alone into an empty environment with this one's libraries, run it elsewhere."""
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    venv.create(tmp_path / "env", with_pip=False)
    home = tmp_path / "env" / "bin" / "python"
    site = next((tmp_path / "env" / "lib").glob("python*")) / "site-packages"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(site), str(wheel)],
        check=True,
        capture_output=True,
    )
    # the libraries of this environment, without its link to the checkout
    libraries = next(p for p in sys.path if p.endswith("site-packages"))
    code = (
        f"import sys; sys.path.append({libraries!r}); import kossa, kossa.cli.main as m; "
        "from kossa.evidence import vocabulary; "
        "from kossa.chemistry.attenuation import hu_per_mg_cm3; "
        "print(kossa.__file__, len(vocabulary.terms()), hu_per_mg_cm3(120)); sys.exit(m.main(['--help']))"
    )
    done = subprocess.run(
        [str(home), "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert str(site) in done.stdout
    assert f" {len(vocabulary.terms())} " in done.stdout


def test_every_constant_of_a_module_is_used():
    """A limit that nothing reads looks like a rule in force."""
    named: dict[str, str] = {}
    used: set[str] = set()
    for path in sorted((ROOT / "src").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            names = [n for t in targets if t is not None for n in ast.walk(t) if isinstance(n, ast.Name)]
            named.update({n.id: f"{path.name}:{n.lineno}" for n in names if n.id.isupper()})
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                used.add(node.id)
            elif isinstance(node, ast.Attribute):
                used.add(node.attr)
            elif isinstance(node, ast.alias):
                used.add(node.name)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                used.add(node.value)  # __all__: whoever calls the room may use it
    assert {name: where for name, where in named.items() if name not in used} == {}
