"""Make this checkout importable in the virtual environment, with its `kossa` command.

An editable install needs a build backend; the run lock has none. A path file and a three-line
launcher do the same with nothing installed.
"""

import stat
import sys
import sysconfig
from pathlib import Path

LAUNCHER = """#!{python}
from kossa.cli.start import run
run()
"""


def main() -> None:
    """Write kossa.pth and the launcher."""
    root = Path(__file__).resolve().parent.parent
    paths = sysconfig.get_paths()
    Path(paths["purelib"], "kossa.pth").write_text(f"{root / 'src'}\n", encoding="utf-8")
    launcher = Path(paths["scripts"], "kossa")
    launcher.write_text(LAUNCHER.format(python=sys.executable), encoding="utf-8")
    launcher.chmod(launcher.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


if __name__ == "__main__":
    main()
