"""Reading a file in a process of its own, which may use only so much memory and time.

Whatever is in a file, the site loses no more by it than this: the process ends, and the person is told in a sentence.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from programmes.transcripts.read import MOST_BYTES, TranscriptError, too_many_bytes
from programmes.transcripts.reading import LeftOut, TranscriptReading
from programmes.transcripts.turns import SpokenTurn
from programmes.words import NobodysWords

MOST_MEMORY = 512 * 1024 * 1024  # bytes of address space
MOST_SECONDS = 30  # of a processor
PATIENCE = 60  # seconds by the clock, on a machine that has more to do
# What Python needs to start, and none of what the site keeps secret.
KEPT_VARIABLES = ("PATH", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE", "LANG")
ROOT = Path(__file__).resolve().parents[2]

logger = logging.getLogger(__name__)


def read_in_limits(name: str, content: bytes, encoding: str = "") -> TranscriptReading:
    """Return what `read_transcript` does, read in a process of its own. Raises TranscriptError, and nothing else."""
    if len(content) > MOST_BYTES:
        raise too_many_bytes(name, content)
    answer = answered_in_limits("programmes.transcripts.reading_process", {"name": name, "encoding": encoding}, content)
    if "refused" in answer:
        raise TranscriptError(answer["refused"])
    return TranscriptReading(
        answer["text"],
        tuple(LeftOut(**entry) for entry in answer["left_out"]),
        tuple(SpokenTurn(**turn) for turn in answer["turns"]),
        tuple(answer["pages"]),
    )


def answered_in_limits(module: str, asked: dict[str, str], content: bytes) -> dict[str, Any]:
    """Return what a module answers that reads a file in a process of its own. Raises TranscriptError."""
    name = asked["name"]
    line = json.dumps({**asked, "memory": MOST_MEMORY, "seconds": MOST_SECONDS}).encode()
    environment = {key: os.environ[key] for key in KEPT_VARIABLES if key in os.environ}
    try:
        ended = subprocess.run(  # noqa: S603  # the module is named in code
            [sys.executable, "-m", module],
            input=line + b"\n" + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # an error may repeat words of the file
            cwd=ROOT,
            env=environment,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TranscriptError(too_much(name)) from error
    if ended.returncode:
        logger.warning("reading a file ended with %s", ended.returncode)
        raise TranscriptError(too_much(name))
    answer: dict[str, Any] = json.loads(ended.stdout)
    if "cause" in answer:
        logger.warning("reading a file failed: %s", NobodysWords(answer["cause"]))
    return answer


def too_much(name: str) -> str:
    """Return the sentence about a file whose reading used up what it may use."""
    return (
        f"{name} takes more than {MOST_SECONDS} seconds or {MOST_MEMORY // 1024**2} MB of memory to read. "
        "Divide it, or save it as plain text (.txt), and give it again."
    )
