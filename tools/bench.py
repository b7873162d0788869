"""Run every measurement: the modules of this folder whose names begin with bench_."""

import sys

from tools.commands import ROOT, python, run


def benchmarks() -> list[str]:
    """Return the modules that measure something."""
    return sorted(f"tools.{path.stem}" for path in (ROOT / "tools").glob("bench_*.py"))


def main() -> int:
    """Run the measurements one after another, so that none disturbs another."""
    return max((run(python("-m", name)) for name in benchmarks()), default=0)


if __name__ == "__main__":
    sys.exit(main())
