"""The log: facts, never words of anybody.

What a library, or we ourselves, write into the log may hold what people typed: an address that is not there, a name in
a broken rule, the values of a query. So whatever is logged is reduced where its record is made, before any handler sees
it. A message stays as it stands in the code; of what is put into it only numbers, paths, names of classes and what is
marked as `NobodysWords` are kept. Of an exception its class, its codes and its frames are kept.
"""

from __future__ import annotations

import datetime as dt
import errno
import json
import logging
import logging.config
import re
import sys
import sysconfig
import warnings
from functools import cache
from http import HTTPStatus
from itertools import islice
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, TextIO

from django.core.exceptions import ImproperlyConfigured

from programmes.words import NobodysWords
from realist.acts import METHODS, current_act

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import FrameType, TracebackType

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = "…"
PLACEHOLDER = re.compile(r"%(?:\([^)]*\))?[-#0 +]*[\d*]*(?:\.[\d*]+)?[a-zA-Z]")
KNOWN_WORDS = METHODS | {status.phrase for status in HTTPStatus}
# Where code stands that was shipped, not typed.
SHIPPED = (
    *(f"{ROOT / room}/" for room in ("realist", "programmes", "surveys", "tools")),
    *(f"{sysconfig.get_path(name)}/" for name in ("stdlib", "purelib", "platlib")),
)
# Through these files messages are handed on.
HANDED_ON = (
    "/logging/__init__.py",
    "/django/utils/log.py",
    "/gunicorn/glogging.py",
    "/realist/logs.py",
    "/realist/server_log.py",
)
SEARCHED = 20  # frames in which a message may stand
MOST_LINKS = 6  # of a chain of exceptions
MOST_FRAMES = 40
BEFORE_THE_PACKAGE = re.compile(r".*/(?:site-packages|python3\.\d+)/")


class WordlessRecord(logging.LogRecord):
    """A record without anything that somebody may have typed."""

    def __init__(  # noqa: PLR0913, PLR0917  as logging calls it
        self,
        name: str,
        level: int,
        pathname: str,
        lineno: int,
        msg: object,
        args: Any,
        exc_info: Any,
        func: str | None = None,
        sinfo: str | None = None,
        **_: Any,
    ) -> None:
        del sinfo
        message = message_of(msg, args, sys._getframe(1))  # noqa: SLF001  as logging itself finds who called
        super().__init__(name, level, pathname, lineno, message, None, None, func)
        error = exc_info[1] if isinstance(exc_info, tuple) else None
        act = current_act()
        self.told = {
            "request": act.number if act and act.request else None,
            "user": act.user if act else None,
            "act": act.name if act else None,
            "status": act.status if act else None,
            "ms": act.milliseconds if act else None,
            "error": [] if error is None else [link_of(link) for link in chain(error)],
        }


def message_of(message: object, arguments: Any, frame: FrameType | None) -> str:
    """Return a message as it stands in the code, with what may be put into it."""
    if not isinstance(message, str):
        return str(tellable(message))
    if not isinstance(message, NobodysWords) and not stands_in_code(message, frame):
        return f"{LEFT_OUT} ({place_of(frame)})"
    if not arguments:
        return message
    if isinstance(arguments, tuple) and len(arguments) == 1 and isinstance(arguments[0], dict):
        arguments = arguments[0]
    try:
        return str(message % put_in(arguments))
    except (TypeError, ValueError, KeyError, OverflowError):
        return PLACEHOLDER.sub(LEFT_OUT, message)


def put_in(arguments: Any) -> Any:
    """Return what is put into a message, as far as it may be told."""
    if isinstance(arguments, dict):
        return {name: tellable(value) for name, value in arguments.items()}
    return tuple(map(tellable, arguments)) if isinstance(arguments, tuple) else tellable(arguments)


def tellable(value: object) -> object:
    """Return a value that holds no words, and otherwise a mark."""
    if value is None or isinstance(value, bool | int | float | NobodysWords | PurePath):
        return value
    if isinstance(value, BaseException):
        return " from ".join(map(headline, chain(value)))
    if isinstance(value, type):
        return value.__qualname__
    return value if isinstance(value, str) and value in KNOWN_WORDS else LEFT_OUT


def callers(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield who called, and who called them."""
    while frame is not None:
        yield frame
        frame = frame.f_back


def stands_in_code(message: str, frame: FrameType | None) -> bool:
    """Say whether a message is a text of shipped code, from which it was handed on to the log."""
    return any(
        caller.f_code.co_filename.startswith(SHIPPED) and message in texts_of(caller.f_code)
        for caller in islice(callers(frame), SEARCHED)
    )


@cache
def texts_of(code: Any) -> frozenset[str]:
    """Return the texts that stand in a function."""
    return frozenset(constant for constant in code.co_consts if isinstance(constant, str))


def place_of(frame: FrameType | None) -> str:
    """Return where a message came from."""
    first = next((one for one in callers(frame) if not one.f_code.co_filename.endswith(HANDED_ON)), None)
    return place_in_code(first.f_code.co_filename, first.f_lineno, first.f_code.co_name) if first else LEFT_OUT


def place_in_code(file: str, line: int, function: str) -> str:
    """Return a place in the code; a file by its path in our folder or in its package."""
    return f"{BEFORE_THE_PACKAGE.sub('', file.removeprefix(f'{ROOT}/'))}:{line} {function}"


def chain(error: BaseException) -> list[BaseException]:
    """Return an exception and what it came of, the last first."""
    links: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in links and len(links) < MOST_LINKS:
        links.append(following)
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)
    return links


def link_of(error: BaseException) -> dict[str, Any]:
    """Return what is told of an exception."""
    return {"class": headline(error), "frames": frames_of(error.__traceback__)}


def frames_of(traceback: TracebackType | None) -> list[str]:
    """Return the places through which an exception came, the last ones where there are many."""
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append(place_in_code(code.co_filename, traceback.tb_lineno, code.co_name))
        traceback = traceback.tb_next
    return frames[-MOST_FRAMES:]


def headline(error: BaseException) -> NobodysWords:
    """Return the class of an exception, and its codes. Its message may hold words, but for that of a wrong setting."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    told = [str(error)] if isinstance(error, ImproperlyConfigured) else list(codes_of(error))
    return NobodysWords(f"{name} ({', '.join(told)})" if told else name)


def codes_of(error: BaseException) -> Iterator[str]:
    """Yield what databases and the system say of an error by code, and the rule that was broken."""
    yield from filter(None, (getattr(error, name, None) for name in ("sqlstate", "sqlite_errorname")))
    if rule := getattr(getattr(error, "diag", None), "constraint_name", None):
        yield rule
    if isinstance(error, OSError) and error.errno:
        yield errno.errorcode.get(error.errno, str(error.errno))


def told_in(record: logging.LogRecord) -> dict[str, Any]:
    """Return the fields of a line."""
    time = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    told: Mapping[str, Any] = vars(record).get("told", {})
    fields = {"time": time, "level": record.levelname, "logger": record.name, **told, "message": record.getMessage()}
    status = vars(record).get("status_code")  # as Django says it before there is an answer
    return {**fields, "status": status if isinstance(status, int) else fields.get("status")}


class LineFormatter(logging.Formatter):
    """Writes a record as one line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told = told_in(record)
        facts = (f"{name}={LineFormatter.fact(told.get(name))}" for name in ("request", "user", "act", "status", "ms"))
        errors = [f"{link['class']}: {' > '.join(link['frames'])}" for link in told.get("error", ())]
        line = f"{told['time']} {told['level']} {told['logger']} {' '.join(facts)} {told['message']}"
        return " | ".join([line, *errors]).replace("\n", " ")

    @staticmethod
    def fact(value: object) -> object:
        """Return a fact, or what stands for none."""
        return "-" if value is None else value


class JSONFormatter(logging.Formatter):
    """Writes a record as a line of JSON for programs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return json.dumps(told_in(record), ensure_ascii=False)


def log_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Write of a warning of Python what it is and where; in words it may repeat a value."""
    del message, file, line
    where = NobodysWords(place_in_code(filename, lineno, "").strip())
    logging.getLogger("py.warnings").warning("%s at %s", category, where)


def reduce_what_is_logged() -> None:
    """Let no record be made with words in it, whoever makes it."""
    logging.setLogRecordFactory(WordlessRecord)
    warnings.showwarning = log_warning


def set_up(settings: dict[str, Any]) -> None:
    """Set the log up as the settings say; where private data is shown anyway, while developing, nothing is reduced."""
    if settings["handlers"]["console"]["formatter"] in FORMATTERS:
        reduce_what_is_logged()
    logging.config.dictConfig(settings)


FORMATTERS: dict[str, type[logging.Formatter]] = {"lines": LineFormatter, "json": JSONFormatter}
