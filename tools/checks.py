"""Everything that can be checked without running the site. All of it runs, then what failed is named."""

import difflib
import sys
import tempfile
from collections.abc import Callable
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
    "ruff check": lambda: run(python("-m", "ruff", "check")),
    "ruff format": lambda: run(python("-m", "ruff", "format", "--check")),
    "mypy": lambda: run(python("-m", "mypy"), production_environment()),  # its plugin reads the settings
    "djade": lambda: unless_empty(tool("djade", "--check", "--target-version", "5.2"), templates()),
    "djlint": lambda: unless_empty(python("-m", "djlint", "--lint", "--quiet"), html_templates()),
    "import-linter": lambda: run(tool("lint-imports")),
    "migrations": lambda: manage("makemigrations", "--check", "--dry-run"),
    "deployment settings": lambda: manage("check", "--deploy", "--fail-level", "WARNING"),
    "OpenAPI": check_openapi,
}


def failed_checks(checks: dict[str, Callable[[], int]]) -> list[str]:
    """Run every check and return the names of those that failed."""
    failed = []
    for name, check in checks.items():
        sys.stdout.write(f"--- {name}\n")
        if check():
            failed.append(name)
    return failed


def main(checks: dict[str, Callable[[], int]]) -> int:
    """Run the checks and say how they went."""
    failed = failed_checks(checks)
    if failed:
        sys.stdout.write(f"\nFailed: {', '.join(failed)}. `make fix` repairs what a tool can repair.\n")
        return 1
    sys.stdout.write(f"\nAll {len(checks)} checks passed.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(CHECKS))
