"""Run every benchmark in turn: `python -m bench [NAME ...]`; each prints ratios."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

LIMIT_S = 1800  # of one benchmark


def main(names: list[str]) -> int:
    here = Path(__file__).parent
    known = sorted(
        p.stem for p in here.glob("*.py") if not p.stem.startswith("_") and "main(" in p.read_text()
    )
    failed = []
    for name in names or known:
        print(f"\n=== bench.{name}", flush=True)
        began = time.monotonic()
        try:
            code = subprocess.run(
                [sys.executable, "-m", f"bench.{name}"], cwd=here.parent, check=False, timeout=LIMIT_S
            ).returncode
        except subprocess.TimeoutExpired:
            code = 1
            print(f"stopped after {LIMIT_S} s")
        print(f"=== {time.monotonic() - began:.0f} s, exit {code}", flush=True)
        failed += [name] if code else []
    print("\nall ran" if not failed else f"\nnot met or failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
