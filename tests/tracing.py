"""Leaving out of the measurement of coverage what need not be measured, which takes half the time then."""

import contextlib
import sys
import threading
from collections.abc import Generator


@contextlib.contextmanager
def untraced() -> Generator[None]:
    """Measure no coverage meanwhile.

    pytest-cov's mark `no_cover` does not do it in xdist's processes: two measurements run in each, and as it stops one
    it starts the other.
    """
    tracers = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type]  # as the documentation has it
    try:
        yield
    finally:
        sys.settrace(tracers[0])
        threading.settrace(tracers[1])  # type: ignore[arg-type]
