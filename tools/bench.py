"""Run every measurement, the modules of this folder whose names begin with bench_, and write docs/performance.md.

What they print are ratios of one run: what something takes beside what the database alone, or a smaller size, takes.
Only these carry over to other machines.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
import sys

from tools.commands import ROOT, python

PAGE = ROOT / "docs" / "performance.md"
HEAD = """# Performance

Written by `make bench` on {day}: {machine}, {cores} cores, {memory} GiB, Python {version}. Only the ratios carry over
to other machines; each compares two things that were measured in the same run. `QUOTES=1000000 make bench` measures
lists and files at that size.
"""


def benchmarks() -> list[str]:
    """Return the modules that measure something."""
    return sorted(f"tools.{path.stem}" for path in (ROOT / "tools").glob("bench_*.py"))


def printed_by(name: str) -> tuple[int, str]:
    """Run a measurement, show what it prints, and return how it ended and what that was."""
    lines = []
    with subprocess.Popen(python("-m", name), cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            sys.stdout.write(line)
            sys.stdout.flush()
            lines.append(line)
    return process.returncode, "".join(lines)


def machine() -> str:
    """Return on which machine this runs, in the words of the page."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return HEAD.format(
        day=dt.datetime.now(dt.UTC).strftime("%-d %B %Y"),
        machine=f"{platform.system()} on {platform.machine()}",
        cores=os.cpu_count(),
        memory=round(memory),
        version=platform.python_version(),
    )


def main(names: list[str]) -> int:
    """Run the measurements one after another, so that none disturbs another; the page is written if all ended well."""
    parts, worst = [machine()], 0
    for name in names or benchmarks():
        answer, printed = printed_by(name)
        worst = max(worst, abs(answer))
        parts.append(f"\n## {name.removeprefix('tools.bench_').replace('_', ' ').capitalize()}\n\n```\n{printed}```\n")
    if not worst and not names:
        PAGE.write_text("".join(parts), encoding="utf-8")
        sys.stdout.write(f"wrote {PAGE.relative_to(ROOT)}\n")
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
