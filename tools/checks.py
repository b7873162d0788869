"""Everything that can be checked without running the site. All of it runs, then what failed is named."""

import difflib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.commands import ROOT, production_environment, python, run, tool
from tools.schema import OPENAPI, write_openapi

TEMPLATE_FOLDERS = ("templates", "programmes", "surveys", "realist")
TEMPLATE_ENDINGS = (".html", ".svg", ".txt")


def templates() -> list[str]:
    """Return every Django template, HTML or not."""
    found = [
        path
        for folder in TEMPLATE_FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.suffix in TEMPLATE_ENDINGS and "templates" in path.relative_to(ROOT).parts
    ]
    return sorted(str(path.relative_to(ROOT)) for path in found)


def html_templates() -> list[str]:
    """Return the templates that djlint understands."""
    return [path for path in templates() if path.endswith(".html")]


def unless_empty(command: list[str], files: list[str]) -> int:
    """Run a command on files; these tools take "no files" for "read the keyboard"."""
    return run([*command, *files]) if files else 0


def manage(*arguments: str) -> int:
    """Run a management command as a production server would."""
    return run(python("-W", "error", "manage.py", *arguments), production_environment())


def check_openapi() -> int:
    """Compare the API's committed schema with the one its code gives now."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "openapi.yml"
        if answer := write_openapi(fresh):
            return answer
        committed = OPENAPI.read_text(encoding="utf-8") if OPENAPI.is_file() else ""
        current = fresh.read_text(encoding="utf-8")
    if committed == current:
        return 0
    name = str(OPENAPI.relative_to(ROOT))
    lines = difflib.unified_diff(committed.splitlines(), current.splitlines(), name, "the API's code", lineterm="", n=1)
    sys.stdout.write("\n".join(lines))
    sys.stdout.write(f"\n{name} differs from the API's code; if that is meant: make schema\n")
    return 1


CHECKS: dict[str, Callable[[], int]] = {
    # The longest first, for the others are done beside it. Its plugin reads the settings.
    "mypy": lambda: run(python("-m", "mypy"), production_environment()),
    "ruff check": lambda: run(python("-m", "ruff", "check")),
    "ruff format": lambda: run(python("-m", "ruff", "format", "--check")),
    "djade": lambda: unless_empty(tool("djade", "--check", "--target-version", "5.2"), templates()),
    "djlint": lambda: unless_empty(python("-m", "djlint", "--lint", "--quiet"), html_templates()),
    "import-linter": lambda: run(tool("lint-imports")),
    "migrations": lambda: manage("makemigrations", "--check", "--dry-run"),
    "deployment settings": lambda: manage("check", "--deploy", "--fail-level", "WARNING"),
    "OpenAPI": check_openapi,
}


def in_a_process(name: str) -> tuple[int, str]:
    """Run one check in a process of its own; return its answer and what it said."""
    command = python("-m", "tools.checks", name)
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def failed_checks(names: Iterable[str], check: Callable[[str], tuple[int, str]]) -> list[str]:
    """Run the checks, as many at a time as there are cores, and return the names of those that failed."""
    names, failed = list(names), []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, (answer, said) in zip(names, pool.map(check, names), strict=True):
            sys.stdout.write(f"--- {name}\n{said}")
            sys.stdout.flush()
            if answer:
                failed.append(name)
    return failed


def main(names: Iterable[str], check: Callable[[str], tuple[int, str]] = in_a_process) -> int:
    """Run the checks and say how they went."""
    names = list(names)
    failed = failed_checks(names, check)
    if failed:
        sys.stdout.write(f"\nFailed: {', '.join(failed)}. `make fix` repairs what a tool can repair.\n")
        return 1
    sys.stdout.write(f"\nAll {len(names)} checks passed.\n")
    return 0


if __name__ == "__main__":
    sys.exit(CHECKS[sys.argv[1]]() if sys.argv[1:] else main(CHECKS))
