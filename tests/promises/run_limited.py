"""Runs `kossa` again and again, each time in a child of its own with a limit on time and memory.

A line of JSON in ({"args": [...], "cwd": folder, "seconds": s, "bytes": n}; also "file_bytes", the
largest file that may be written, and "interrupt", seconds until Ctrl-C) gives a line out
({"code": exit code or null where time ran out, "seconds": s, "peak_kb": n, "stderr": text}). The
first line, a sound case, is run in this process itself: what it loads and compiles the children
inherit, so that a run costs what kossa does and not what the start of Python does.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import tempfile
import time


def child(job: dict, errors: int) -> int:
    os.setsid()
    os.chdir(job["cwd"])
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    os.dup2(errors, 2)
    resource.setrlimit(resource.RLIMIT_AS, (job["bytes"], job["bytes"]))
    if "file_bytes" in job:
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["file_bytes"], job["file_bytes"]))
    from kossa.cli.main import main

    return main(job["args"])


def wait(pid: int, seconds: float) -> tuple[int | None, int]:
    """Return exit code (None where the time ran out) and peak resident kilobytes."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status, used = os.wait4(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), used.ru_maxrss
        time.sleep(0.005)
    os.killpg(pid, signal.SIGKILL)
    _, _, used = os.wait4(pid, 0)
    return None, used.ru_maxrss


def run(job: dict) -> dict:
    with tempfile.TemporaryFile() as errors:
        began = time.monotonic()
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                code = child(job, errors.fileno())
            finally:
                os._exit(code)
        if "interrupt" in job:
            time.sleep(job["interrupt"])
            os.kill(pid, signal.SIGINT)
        code, peak = wait(pid, job["seconds"])
        seconds = time.monotonic() - began
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace")
    return {"code": code, "seconds": seconds, "peak_kb": peak, "stderr": said}


def main() -> None:
    from kossa.cli.main import main as kossa

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    warm = json.loads(sys.stdin.readline())
    began = time.monotonic()
    code = kossa(warm["args"])
    seconds = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = {"code": code, "seconds": seconds, "peak_kb": peak, "stderr": ""}
    answers.write(json.dumps(done) + "\n")
    answers.flush()
    for line in sys.stdin:
        answers.write(json.dumps(run(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
