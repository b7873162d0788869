"""Take in a table of configurations."""

import json
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from programmes.package.from_table import TableOrigin, TablePackage, package_of_tables
from programmes.package.problems import PackageError
from programmes.package.read import read_package
from programmes.package.report import CREATED, REMOVED, UPDATED
from programmes.package.write import canonical
from programmes.tables_in.account import TableChoices
from programmes.tables_in.files import ENDINGS
from programmes.tables_in.grid import TableError
from programmes.tables_in.limits import read_tables_in_limits
from programmes.tables_in.read import read_configurations


class Command(BaseCommand):
    """Read the tables of a file into a study: all of them, or nothing."""

    help = "Take in a table of configurations as articles, appendices and spreadsheets print them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file, where it comes from and where it goes."""
        parser.add_argument("file", type=Path, help=f"the file; it ends in one of {', '.join(ENDINGS)}")
        parser.add_argument(
            "--study", required=True, metavar="SLUG", help="the study; a new private one if none has it"
        )
        parser.add_argument("--theory", default="", metavar="SLUG", help="the theory; a new private one unless named")
        parser.add_argument("--own", action="store_true", help="it is the team's own table, not a printed one")
        parser.add_argument("--publication", default="", help="citation of what it is printed in")
        parser.add_argument("--table", default="", metavar="NAME", help="which table of it, such as “Table 2”")
        parser.add_argument("--page", default="", help="the page")
        parser.add_argument("--licence", default="", help="the licence, such as CC BY 4.0")
        parser.add_argument("--published-quotes", action="store_true", help="its quotes are published already")
        parser.add_argument("--lead", metavar="USERNAME", help="the account that leads the study")
        parser.add_argument(
            "--answer", action="append", default=[], metavar="KEY=VALUE", help="the answer to a question, by its key"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would be taken in")
        parser.add_argument("--json", action="store_true", help="print package, questions and report as JSON")

    def handle(self, *, file: Path, **options: Any) -> None:
        """Read the file, load what it becomes unless asked not to, and report."""
        lead = self.lead(options["lead"])
        try:
            source = read_tables_in_limits(file.name, file.read_bytes())
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from None
        except TableError as error:
            raise CommandError(str(error)) from error
        answers = dict(answer.partition("=")[::2] for answer in options["answer"])
        read = read_configurations(source, TableChoices(answers=answers))
        origin = TableOrigin(
            study=options["study"],
            theory=options["theory"],
            own=options["own"],
            publication=options["publication"],
            table=options["table"],
            page=options["page"],
            licence=options["licence"],
            published_quotes=options["published_quotes"],
        )
        made = package_of_tables(read, origin, source.called or file.stem)
        lines = self.load(file, made, lead, dry_run=options["dry_run"])
        if options["json"]:
            questions = [question.as_json() for question in read.account.questions.values()]
            told = {"package": made.document, "questions": questions, "report": {**made.report(), "loaded": lines}}
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            self.tell(made, lines)

    def lead(self, name: str | None) -> Any:
        """Return the account that is to lead the study."""
        if name is None:
            return None
        user = get_user_model()._default_manager.filter(username=name, is_active=True).first()
        if user is None:
            raise CommandError(f"there is no active account {name!r}; make one in the admin under Users")
        return user

    def load(self, file: Path, made: TablePackage, lead: Any, *, dry_run: bool) -> list[str]:
        """Load the package, or only try it; return what that did, a line for each kind of row."""
        if not made.configurations:
            if dry_run:
                return []
            raise CommandError(f"{file} has no configurations; see what was read with --dry-run --json")
        try:
            data = canonical(made.document)
            report = read_package(data, dry_run=dry_run, reason=f"Taken in from {file.name}", lead=lead)
        except PackageError as error:
            lines = [f"{file}: {error}; nothing was changed", *(f"  {problem}" for problem in error.problems)]
            raise CommandError("\n".join(lines)) from error
        changed = sum(report.total(what) for what in (CREATED, UPDATED, REMOVED))
        return [*report.lines(), *report.notes, f"{'would change' if dry_run else 'changed'} {changed} rows"]

    def tell(self, made: TablePackage, lines: list[str]) -> None:
        """Print the report for a person at the shell."""
        report = made.report()
        for question in made.read.account.questions.values():
            asked = question.as_json()
            self.stdout.write(
                f"asked ({asked['key']}): table {asked['table']}, row {asked['row']}, column {asked['column'] or '–'}: "
                f"{asked['question']} {asked['value']!r}. {asked['remedy']}"
            )
        for cell in report["not_placed"]:
            where = f"table {cell['table']}, row {cell['row']}, column {cell['column']}"
            self.stdout.write(f"not placed: {where}: {cell['why']}: {cell['value']!r}")
        for row in report["changes"]:
            self.stdout.write(f"changed: {row['label']} {row['what']}: {row['before']!r} → {row['after']!r}")
        counted = ", ".join(f"{count} {what}" for what, count in report["configurations"].items())
        self.stdout.write("\n".join([*lines, f"configurations: {counted}"]))
