"""Run every test on SQLite and on a throw-away PostgreSQL, and ask that both together reach every branch.

Arguments are handed to pytest; a part of the suite cannot reach every branch, so then coverage is not measured.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from realist import env
from tools.commands import ROOT, python, run
from tools.programs import find_chromium, find_postgresql
from tools.throwaway_postgresql import CannotStartError, clean_up_when_ended, throwaway_cluster

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
SUMMARY = re.compile(r"^=+ (?P<words>.*\d+ (passed|failed|error).*) =+$")
INTERRUPTED = 130


@dataclass
class Report:
    """What the last lines will say."""

    lines: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    failed: bool = False


def summary_of(line: str) -> str | None:
    """Return the words of pytest's summary line, or None for any other line."""
    found = SUMMARY.match(COLOURS.sub("", line).strip())
    return found["words"] if found else None


def distribution(arguments: list[str]) -> list[str]:
    """Return how pytest shares its work: one file is done before a second process has started."""
    names = [word for word in arguments if (ROOT / word.partition("::")[0]).is_file()]
    if len({name.partition("::")[0] for name in names}) == 1 and len(names) == len(paths(arguments)):
        return ["-n", "0"]
    return ["-n", "auto", "--dist=worksteal"]


def paths(arguments: list[str]) -> list[str]:
    """Return the arguments that name files, folders or tests."""
    return [word for word in arguments if (ROOT / word.partition("::")[0]).exists()]


def run_pytest(engine: str, environment: dict[str, str], arguments: list[str], report: Report) -> None:
    """Run pytest, showing its output as it comes, and keep its summary line for the end."""
    colour = "yes" if sys.stdout.isatty() else "no"
    command = python("-m", "pytest", f"--color={colour}", *distribution(arguments))
    sys.stdout.write(f"--- {engine}\n")
    sys.stdout.flush()
    summary = "pytest ended without a summary"
    with subprocess.Popen(
        [*command, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            sys.stdout.write(line)
            sys.stdout.flush()
            summary = summary_of(line) or summary
    report.lines.append(f"{engine}: {summary}")
    report.failed |= process.returncode != 0


def run_on_postgresql(programs: Path, arguments: list[str], report: Report) -> None:
    """Run pytest on a cluster of its own; a cluster that does not start is a failure, not something left out."""
    try:
        with throwaway_cluster(programs) as url:
            run_pytest("PostgreSQL", {"TEST_DATABASE_URL": url}, arguments, report)
    except CannotStartError as error:
        report.lines.append(f"PostgreSQL: {error}")
        report.failed = True


def judge_coverage(report: Report) -> None:
    """Ask for every branch, unless something was left out that reaches branches of its own."""
    threshold = 0 if report.left_out else 100
    answer = run(python("-m", "coverage", "report", f"--fail-under={threshold}"))
    if report.left_out:
        report.lines.append("Coverage: not judged, because something was left out.")
        return
    report.lines.append(f"Coverage: {'below 100 %; the lines stand above' if answer else '100 % of the branches'}.")
    report.failed |= answer != 0


def left_out(chromium: str | None, postgresql: Path | None) -> list[str]:
    """Name what cannot run for want of a program, and how to get it."""
    missing = []
    if postgresql is None:
        missing.append("PostgreSQL (no postgres program of version 15 or newer found; apt install postgresql)")
    if chromium is None:
        missing.append("browser tests (no Chromium found; apt install chromium, or name it in CHROMIUM)")
    return missing


def read_arguments(arguments: list[str]) -> list[str]:
    """Return what pytest is told; `--soak` asks for the full size of long tests, which may each take an hour."""
    if arguments[:1] == ["--soak"]:
        return ["-m", "soak", "-o", "faulthandler_timeout=3600", *arguments[1:]]
    return arguments


def main(arguments: list[str]) -> int:
    """Run the suite on every engine there is and say at the end how it went."""
    clean_up_when_ended()
    postgresql = find_postgresql()
    report = Report(left_out=left_out(find_chromium(), postgresql))
    measure = [] if arguments else ["--cov", "--cov-branch", "--cov-report="]
    run_pytest("SQLite", {"TEST_DATABASE_URL": ""}, [*measure, *arguments], report)
    if postgresql:
        run_on_postgresql(postgresql, [*measure, *(["--cov-append"] if measure else []), *arguments], report)
    if measure:
        judge_coverage(report)
    for missing in report.left_out:
        report.lines.append(f"Left out: {missing}")
    if report.left_out and env.boolean("CI", default=False):
        report.lines.append("With CI=true nothing may be left out.")
        report.failed = True
    sys.stdout.write("\n" + "\n".join(report.lines) + "\n")
    return 1 if report.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(read_arguments(sys.argv[1:])))
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        sys.exit(INTERRUPTED)
