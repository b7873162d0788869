"""Run every test on SQLite and on a throw-away PostgreSQL at once, and ask that both together reach every branch.

Arguments are handed to pytest; a part of the suite cannot reach every branch, so then coverage is not measured.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from realist import env
from tools.commands import ROOT, python, run
from tools.programs import find_chromium, find_postgresql
from tools.throwaway_postgresql import CannotStartError, clean_up_when_ended, throwaway_cluster

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
SUMMARY = re.compile(r"^=+ (?P<words>.*\d+ (passed|failed|error).*) =+$")
INTERRUPTED = 130
COLLECTED = re.compile(rb"^collected \d+ items?|^\d+ workers? \[\d+ items?\]", re.MULTILINE)
SECONDS_TO_END = 20
PAUSE = 0.2  # seconds between two looks at what pytest says


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


@dataclass
class Run:
    """A run of pytest on one engine, whose words wait in a file until they are shown."""

    engine: str
    process: subprocess.Popen[bytes]
    words: IO[bytes]

    def wait_until_it_tests(self) -> None:
        """Wait until pytest has read all tests: who reads them later then finds them compiled."""
        while self.process.poll() is None and not COLLECTED.search(Path(self.words.name).read_bytes()):
            time.sleep(PAUSE)

    def lines(self) -> Generator[str]:
        """Give what pytest has said and, until it ends, what it says."""
        rest = b""
        while True:
            ended = self.process.poll() is not None  # asked first, for what it said last must be read after
            *lines, rest = (rest + self.words.read()).split(b"\n")
            yield from (f"{line.decode(errors='replace')}\n" for line in lines)
            if ended:
                break
            time.sleep(PAUSE)
        if rest:
            yield rest.decode(errors="replace") + "\n"


@contextlib.contextmanager
def pytest_on(engine: str, environment: dict[str, str], arguments: list[str]) -> Generator[Run]:
    """Run pytest meanwhile; who leaves before it has ended ends it."""
    colour = "yes" if sys.stdout.isatty() else "no"
    command = [*python("-m", "pytest", f"--color={colour}"), *distribution(arguments), *arguments]
    coverage_file(engine).unlink(missing_ok=True)
    environment = {**os.environ, "COVERAGE_FILE": str(coverage_file(engine)), **environment}
    with tempfile.NamedTemporaryFile() as said, Path(said.name).open("rb") as words:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=said)
        try:
            yield Run(engine, process, words)
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Let pytest clean up and end; by force if it does not, as where what started us ignores Ctrl-C."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def coverage_file(engine: str) -> Path:
    """Return where a run keeps what it measured."""
    return ROOT / f".coverage.{engine.lower()}"


def show(run: Run, report: Report) -> None:
    """Show what pytest says until it ends, and keep its summary line for the end."""
    sys.stdout.write(f"--- {run.engine}\n")
    summary = "pytest ended without a summary"
    for line in run.lines():
        sys.stdout.write(line)
        sys.stdout.flush()
        summary = summary_of(line) or summary
    report.lines.append(f"{run.engine}: {summary}")
    report.failed |= run.process.returncode != 0


def run_on_engines(programs: Path | None, arguments: list[str], report: Report) -> None:
    """Run pytest on each engine there is; a cluster that does not start is a failure, not something left out.

    Both run at once, so that one works where the other waits; but tests of the full size come one after the other.
    """
    with contextlib.ExitStack() as running:
        runs = [running.enter_context(pytest_on("SQLite", {"TEST_DATABASE_URL": ""}, arguments))]
        if "soak" in arguments:
            show(runs.pop(), report)
        try:
            if programs:
                environment = {"TEST_DATABASE_URL": running.enter_context(throwaway_cluster(programs))}
                for earlier in runs:
                    earlier.wait_until_it_tests()
                runs.append(running.enter_context(pytest_on("PostgreSQL", environment, arguments)))
        except CannotStartError as error:
            report.lines.append(f"PostgreSQL: {error}")
            report.failed = True
        for one in runs:
            show(one, report)


def judge_coverage(report: Report) -> None:
    """Ask for every branch, unless something was left out that reaches branches of its own."""
    threshold = 0 if report.left_out else 100
    measured = [str(path) for path in map(coverage_file, ("SQLite", "PostgreSQL")) if path.exists()]
    answer = run(python("-m", "coverage", "combine", *measured))
    answer = answer or run(python("-m", "coverage", "report", f"--fail-under={threshold}"))
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
    run_on_engines(postgresql, [*measure, *arguments], report)
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
