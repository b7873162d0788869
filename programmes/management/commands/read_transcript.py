"""Show what would be read from files of transcripts."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from programmes.transcripts.limits import read_in_limits
from programmes.transcripts.read import ENCODINGS, TranscriptError
from programmes.transcripts.reading import TranscriptReading, kinds_of


class Command(BaseCommand):
    """Print the text of files, whose words are where in it, and what of each file is not in it."""

    help = "Print what would be read from files of transcripts, and what would be left out. Nothing is written."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take files, their encoding, and the form of the output."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--encoding", choices=ENCODINGS, default="", help="of plain text that is not in Unicode")
        parser.add_argument("--json", action="store_true", help="print a line of JSON for each file")

    def handle(self, *, files: list[Path], encoding: str, json: bool, **_: Any) -> None:
        """Read each file. Raises CommandError for the first that cannot be read."""
        for file in files:
            try:
                reading = read_in_limits(file.name, file.read_bytes(), encoding)
            except (OSError, TranscriptError) as error:
                raise CommandError(str(error)) from error
            if json:
                self.stdout.write(as_json(file, reading))
                continue
            self.stdout.write(reading.text)
            for kind in kinds_of(reading.left_out):
                self.stderr.write(f"Not in the text of {file}: {kind}")


def as_json(file: Path, reading: TranscriptReading) -> str:
    """Return as a line of JSON: file, text, turns with their words, what is left out, and that by its kinds."""
    turns = [{**asdict(turn), "words": reading.text[turn.start : turn.end]} for turn in reading.spoken()]
    left_out = [asdict(entry) for entry in reading.left_out]
    kinds = [asdict(kind) for kind in kinds_of(reading.left_out)]
    read = {"file": str(file), "text": reading.text, "turns": turns, "left_out": left_out, "kinds_left_out": kinds}
    return json.dumps(read, ensure_ascii=False)
