"""The process that reads one file: its standard input is a line of JSON and the file, its output a line of JSON."""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from typing import Any

from programmes.transcripts.read import TranscriptError, cannot_be_read, read_transcript


def limit(memory: int, seconds: int) -> None:
    """Let this process use no more memory (bytes of address space) and time (seconds of a processor) than this."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(name: str, content: bytes, encoding: str) -> dict[str, Any]:
    """Return what was read from a file, or why it is refused; of what no reader foresaw, the kind of error too."""
    try:
        return asdict(read_transcript(name, content, encoding))
    except TranscriptError as error:
        return {"refused": str(error)}
    except MemoryError:
        raise
    except Exception as error:  # files are made to break readers, and no list of errors is whole
        if "memory" in str(error).lower():  # as lxml says it
            raise MemoryError from error
        return {"refused": cannot_be_read(name), "cause": type(error).__name__}


def main() -> None:
    """Read the file that stands on standard input."""
    line, _, content = sys.stdin.buffer.read().partition(b"\n")
    asked = json.loads(line)
    limit(asked["memory"], asked["seconds"])
    sys.stdout.write(json.dumps(answer(asked["name"], content, asked["encoding"])))


if __name__ == "__main__":
    main()
