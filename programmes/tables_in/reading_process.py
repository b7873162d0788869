"""The process that reads the tables of one file: its input is a line of JSON and the file, its output JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from programmes.tables_in.files import read_tables
from programmes.tables_in.grid import TableError
from programmes.transcripts.reading_process import limit


def answer_with_tables(name: str, content: bytes) -> dict[str, Any]:
    """Return the tables of a file, or why it is refused; of what no reader foresaw, the kind of error too."""
    try:
        return asdict(read_tables(name, content))
    except TableError as error:
        return {"refused": str(error)}
    except MemoryError:
        raise
    except Exception as error:  # files are made to break readers, and no list of errors is whole
        if "memory" in str(error).lower():  # as lxml says it
            raise MemoryError from error
        sentence = f"{name} cannot be read: it is damaged, or made in a way that is not known here. Save it anew."
        return {"refused": sentence, "cause": type(error).__name__}


def answer_on_standard_output() -> None:
    """Read the file that stands on standard input."""
    line, _, content = sys.stdin.buffer.read().partition(b"\n")
    asked = json.loads(line)
    limit(asked["memory"], asked["seconds"])
    sys.stdout.write(json.dumps(answer_with_tables(asked["name"], content)))


if __name__ == "__main__":
    answer_on_standard_output()
