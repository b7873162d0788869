"""Repair what a tool can repair; `make check` says what is left."""

import sys

from tools.checks import templates, unless_empty
from tools.commands import python, run, tool
from tools.schema import write_all


def main() -> int:
    """Run every repair, each whatever became of the one before it."""
    unless_empty(tool("djade", "--target-version", "5.2"), templates())  # it answers 1 for "I repaired something"
    return max(
        [
            run(python("-m", "ruff", "check", "--fix")),
            run(python("-m", "ruff", "format")),
            write_all(),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
