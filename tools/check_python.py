"""Say in one sentence why this Python cannot run kossa; run by `make` before anything is installed."""

import importlib.util
import sys

OLDEST = (3, 11)
NEWEST = (3, 14)  # the newest that numba 0.68 has wheels for


def main() -> int:
    """Return 0 where this Python will do."""
    here = sys.version_info[:2]
    text = ".".join(map(str, here))
    if here < OLDEST:
        sys.stderr.write(f"kossa needs Python 3.11 or newer, this is {text}: make PYTHON=python3.11 ...\n")
        return 1
    if here > NEWEST:
        sys.stderr.write(f"numba has no release for Python {text} yet: make PYTHON=python3.13 ...\n")
        return 1
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        sys.stderr.write("this Python has no venv: on Debian, apt-get install python3-venv\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
