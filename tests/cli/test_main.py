"""The command line: quick help, one sentence for an error, the documented exit code."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time

import pytest

from kossa.cli import main as cli
from kossa.cli.commands import COMMANDS
from kossa.evidence import CannotFinish, NothingUsable, SeveralPeople, WrongCall

HEAVY = ("numpy", "scipy", "numba", "pydicom", "nibabel", "PIL", "matplotlib", "jinja2", "msgspec")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from kossa.cli.main import main; sys.exit(main())"
    return subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)


def test_help_loads_no_array_library_and_lists_every_command():
    code = (
        "import sys; from kossa.cli.main import main; main(['--help']); "
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    for name, (_, line) in COMMANDS.items():
        assert name in done.stdout
        assert line[:40] in done.stdout
    assert "130  interrupted" in done.stdout


def test_every_command_of_the_table_has_a_help_of_its_own():
    for name in COMMANDS:
        assert cli.main([name, "--help"]) == 0


def test_a_wrong_word_is_a_wrong_call():
    done = run("bogus")
    assert done.returncode == 2
    assert "No such command 'bogus'" in done.stderr
    assert done.stdout == ""


def test_the_version_says_what_it_is_not_for():
    done = run("--version")
    assert done.returncode == 0
    assert "Not a medical device" in done.stdout


@pytest.mark.parametrize(
    ("error", "code"),
    [(WrongCall("a"), 2), (NothingUsable("a"), 3), (SeveralPeople("a"), 4), (CannotFinish("a"), 5)],
)
def test_each_error_is_one_sentence_and_its_exit_code(monkeypatch, capsys, error, code):
    def fail(*_args, **_kwargs):
        raise error

    monkeypatch.setattr(cli.group, "main", fail)
    assert cli.main(["read"]) == code
    assert capsys.readouterr().err == "kossa: a\n"


def test_a_fault_of_our_own_is_one_line_and_a_traceback_only_when_asked(monkeypatch, capsys):
    def fail(*_args, **_kwargs):
        raise ZeroDivisionError("secret words")

    monkeypatch.setattr(cli.group, "main", fail)
    assert cli.main(["read"]) == 1
    err = capsys.readouterr().err
    assert "ZeroDivisionError" in err
    assert "secret" not in err
    with pytest.raises(ZeroDivisionError):
        cli.main(["--debug", "read"])


def test_an_interrupt_is_130(monkeypatch, capsys):
    def fail(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.group, "main", fail)
    assert cli.main(["read"]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_too_little_memory_is_5_and_one_sentence(monkeypatch, capsys):
    def fail(*_args, **_kwargs):
        raise MemoryError

    monkeypatch.setattr(cli.group, "main", fail)
    assert cli.main(["read"]) == 5
    assert "not enough memory" in capsys.readouterr().err


@pytest.mark.parametrize("module", ["kossa.cli.main", "atexit"])
def test_an_interrupt_before_or_after_the_work_leaves_no_traceback(module):
    before = f"""
import builtins, os, signal, sys
real = builtins.__import__
def slow(name, *rest):
    if name == "{module}":
        os.kill(os.getpid(), signal.SIGINT)
    return real(name, *rest)
builtins.__import__ = slow
"""
    after = """
import atexit, os, signal, sys
atexit.register(os.kill, os.getpid(), signal.SIGINT)
"""
    code = (after if module == "atexit" else before) + (
        "sys.argv = ['kossa', '--version']; from kossa.cli.start import run; run()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    expected = (0, "") if module == "atexit" else (130, "kossa: interrupted; nothing had begun\n")
    assert (ran.returncode, ran.stderr) == expected


@pytest.mark.parametrize("error", [SystemError, OSError, MemoryError])
@pytest.mark.parametrize("debug", [[], ["--debug"]])
def test_an_interrupt_that_compiled_code_turned_into_its_own_error_is_130(monkeypatch, capsys, error, debug):
    def asked(*_args, **_kwargs):
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        except KeyboardInterrupt as interrupt:
            raise error("returned a result with an exception set") from interrupt

    monkeypatch.setattr(cli.group, "main", asked)
    assert cli.main([*debug, "read"]) == 130
    assert capsys.readouterr().err == "kossa: interrupted; no half-written file was left\n"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_end_is_an_interrupt(monkeypatch, capsys, number):
    def asked(*_args, **_kwargs):
        os.kill(os.getpid(), number)
        time.sleep(5)

    monkeypatch.setattr(cli.group, "main", asked)
    assert cli.main(["read"]) == 130
    assert "interrupted" in capsys.readouterr().err
    assert signal.getsignal(number) is signal.SIG_DFL


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left"),
        (OSError("libx.so: failed to map segment from shared object"), "not enough memory"),
    ],
)
def test_what_ends_the_program_from_outside_is_5_and_one_sentence(error, word):
    code = (
        "import errno, sys; from kossa.cli import main as cli\n"
        f"def fail(**k): raise OSError(*{error.args!r})\n"
        "cli.group.main = fail; sys.exit(cli.main(['read']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 5
    assert word in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("words", [("history",), ("read", "-o", "out")])
def test_a_letter_in_another_language_is_3_as_file_and_as_folder(tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    letter = tmp_path / "in" / "brief.txt"
    letter.write_text(
        "De patient werd opgenomen in het ziekenhuis met een nierziekte die sinds jaren bestaat. Er is niet "
        "gevonden dat het bij de patient voor de dialyse te zien was, en dat is van belang.\n",
        encoding="utf-8",
    )
    assert cli.main([words[0], str(letter), *words[1:]]) == 3
    assert cli.main([words[0], str(letter.parent), *words[1:]]) == 3


@pytest.mark.parametrize("words", [["causes"], ["--help"], ["compare"]])
def test_a_reader_of_the_words_that_goes_away_is_no_fault(words):
    command = [sys.executable, "-m", "kossa", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as ran:
        ran.stdout.close()
        said = ran.stderr.read()
    assert (ran.returncode, said) == (0, b"")


def test_a_folder_of_the_call_that_is_gone_is_told(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    code = f"import os; os.rmdir({str(gone)!r}); from kossa.cli.start import run; run()"
    call = [sys.executable, "-c", code, "read", "case.toml"]
    ran = subprocess.run(call, cwd=gone, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (5, "")
    assert "the folder you are in is gone" in ran.stderr
