"""Refuse what no file of this repository may hold: addresses of package indexes, paths of a machine."""

import re
import subprocess
import sys
from pathlib import Path

# written in two pieces so that this file does not find itself
FORBIDDEN = re.compile(
    r"py"
    r"pi\.org|python"
    r"hosted\.org|registry\.npm"
    r"js|deb\.deb"
    r"ian\.org|(?<![\w.])/(?:wo"
    r"rk|fa"
    r"rm)/[a-z.]"
)


def main() -> int:
    """Return 1 and print the places where something forbidden stands."""
    names = subprocess.run(["git", "ls-files", "-z"], capture_output=True, check=True).stdout  # noqa: S607
    bad = []
    for name in filter(None, names.decode().split("\0")):
        path = Path(name)
        if not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8", errors="ignore")
        bad += [f"{name}:{n}" for n, line in enumerate(text.splitlines(), 1) if FORBIDDEN.search(line)]
    if bad:
        sys.stderr.write("an address of a package index or a path of a machine:\n" + "\n".join(bad) + "\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
