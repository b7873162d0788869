"""The log of gunicorn, as that of the site."""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

from gunicorn.glogging import Logger

from programmes.words import NobodysWords
from realist import env
from realist.logs import FORMATTERS, reduce_what_is_logged

if TYPE_CHECKING:
    from gunicorn.config import Config

log = logging.getLogger(__name__)


class ServerLogger(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """Writes what gunicorn has to say in the form of the log; each request is told by the site itself."""

    def setup(self, cfg: Config) -> None:
        """Set up what gunicorn asks for, and put each line into our form."""
        super().setup(cfg)
        self.main_process = os.getpid()
        reduce_what_is_logged()
        formatter = FORMATTERS[env.one_of("LOG_FORMAT", *FORMATTERS)]()
        for handler in [*self.error_log.handlers, *self.access_log.handlers]:
            handler.setFormatter(formatter)
        sys.unraisablehook = log_left_over
        threading.excepthook = log_end_of_thread

    def own(self, *texts: Any) -> list[Any]:
        """Return what is to be logged; the main process sees no request, so all of it is gunicorn's own."""
        if os.getpid() != self.main_process:
            return [*texts]
        return [NobodysWords(text) if isinstance(text, str) else text for text in texts]

    def info(self, msg: object, *args: Any, **options: Any) -> None:
        """Tell what goes on."""
        super().info(*self.own(msg, *args), **options)

    def warning(self, msg: object, *args: Any, **options: Any) -> None:
        """Tell what to look at."""
        super().warning(*self.own(msg, *args), **options)

    def error(self, msg: object, *args: Any, **options: Any) -> None:
        """Tell what went wrong."""
        super().error(*self.own(msg, *args), **options)

    def access(self, *_: Any) -> None:
        """Write nothing: an access line of gunicorn repeats what was typed into an address."""


def log_left_over(left: Any) -> None:
    """Write of an exception that nobody can be told, which Python would print with its words."""
    log.error("An exception could not be passed on.", exc_info=(left.exc_type, left.exc_value, left.exc_traceback))


def log_end_of_thread(ended: Any) -> None:
    """Write of an exception that ended a thread, which Python would print with its words."""
    log.error("A thread ended.", exc_info=(ended.exc_type, ended.exc_value, ended.exc_traceback))
