"""How often whom was answered lately, counted by all processes of this machine together.

The counts stand in a file of fixed size that each process has in its memory, so that nothing is written to the database
and made-up addresses take no room. Each count is found by a keyed hash of who is counted, in one of a few places; where
all are taken the smallest is taken over with what it counted, so that nobody's count is ever less than it should be.
A lock of the system guards each place: it ends with its process, whatever that dies of.
"""

from __future__ import annotations

import fcntl
import logging
import mmap
import os
import struct
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from math import ceil
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

log = logging.getLogger(__name__)
SLOTS = 12  # into which a period is divided; one more holds what is about to be forgotten
ENTRY = struct.Struct(f"<16sQ{SLOTS + 1}I4x")  # the hash, the newest slot, and the calls in each
PLACES = 8  # where one count may stand
GROUPS = 8192  # of places
SIZE = ENTRY.size * PLACES * GROUPS


@dataclass(frozen=True)
class Rate:
    """How many calls in how many seconds."""

    calls: int
    seconds: int


@dataclass(frozen=True)
class Allowance:
    """What is left to somebody, and after how many seconds there is more."""

    rate: Rate
    allowed: bool
    left: int
    seconds: int


@dataclass
class Entry:
    """The calls of somebody, by slots of time: the newest and the slots before it, in a ring."""

    hashed: bytes
    newest: int
    calls: list[int]

    def moved_to(self, slot: int) -> Entry:
        """Return the entry as it is at a time, without what is too long ago; a slot to come is of an earlier start."""
        gone = slot - self.newest if slot >= self.newest else len(self.calls)
        forgotten = {(self.newest + step) % len(self.calls) for step in range(1, min(gone, len(self.calls)) + 1)}
        calls = [0 if place in forgotten else number for place, number in enumerate(self.calls)]
        return Entry(self.hashed, slot, calls)

    def slots_until_more(self) -> int:
        """Return in how many slots the oldest calls are forgotten."""
        ring = len(self.calls)
        ages = (ring - 1 - age for age in range(ring - 1, -1, -1) if self.calls[(self.newest - age) % ring])
        return next(ages, ring - 1) + 1


class CallCounts:
    """The counts of this machine."""

    def __init__(self, memory: mmap.mmap, file: int | None) -> None:
        self.memory = memory
        self.file = file  # None where no other process shares the memory
        self.lock = threading.Lock()

    @contextmanager
    def held(self, group: int) -> Iterator[int]:
        """Keep other threads and processes from a group of places; yield where it begins."""
        start, length = group * PLACES * ENTRY.size, PLACES * ENTRY.size
        with self.lock:
            if self.file is not None:
                fcntl.lockf(self.file, fcntl.LOCK_EX, length, start)
            try:
                yield start
            finally:
                if self.file is not None:
                    fcntl.lockf(self.file, fcntl.LOCK_UN, length, start)

    def count(self, whom: str, rate: Rate, now: float | None = None) -> Allowance:
        """Count a call, unless there were too many in the period before it; say what is left."""
        now = time.monotonic() if now is None else now
        length = rate.seconds / SLOTS
        slot = int(now / length)
        hashed, group = group_of(whom)
        with self.held(group) as start:
            place, entry = self.found(start, hashed, slot)
            used = sum(entry.calls)
            allowed = used < rate.calls
            if allowed:
                entry.calls[slot % len(entry.calls)] += 1
                used += 1
                ENTRY.pack_into(self.memory, place, entry.hashed, entry.newest, *entry.calls)
        seconds = ceil((slot + entry.slots_until_more()) * length - now)
        return Allowance(rate, allowed, max(rate.calls - used, 0), max(seconds, 1))

    def found(self, start: int, hashed: bytes, slot: int) -> tuple[int, Entry]:
        """Return where somebody is counted, with the entry; the smallest gives way where there is none yet."""
        places = range(start, start + PLACES * ENTRY.size, ENTRY.size)
        for place in places:
            if self.memory[place : place + len(hashed)] == hashed:
                return place, self.entry_at(place, slot)
        entries = {place: self.entry_at(place, slot) for place in places}
        place = min(entries, key=lambda place: sum(entries[place].calls))
        return place, Entry(hashed, slot, entries[place].calls)

    def entry_at(self, place: int, slot: int) -> Entry:
        """Return what stands in a place, as it is at a time."""
        hashed, newest, *calls = ENTRY.unpack_from(self.memory, place)
        return Entry(hashed, newest, calls).moved_to(slot)


def group_of(whom: str) -> tuple[bytes, int]:
    """Return by which hash somebody is counted, and in which group of places."""
    hashed = blake2b(whom.encode(), digest_size=16, key=settings.SECRET_KEY.encode()[:64]).digest()
    return hashed, int.from_bytes(hashed[:4], "big") % GROUPS


def shared_counts(path: Path) -> CallCounts:
    """Return the counts in a file that all processes share; room for all of it is taken at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(file, 0, SIZE)
        return CallCounts(mmap.mmap(file, SIZE), file)
    except OSError:
        os.close(file)
        raise


@cache
def call_counts() -> CallCounts:
    """Return the counts of this machine; where their file cannot be written each process counts for itself."""
    try:
        return shared_counts(settings.LOCAL_DIR / "calls-1")
    except OSError as error:
        log.warning("Calls are counted by each process for itself, since LOCAL_DIR cannot be written to: %s", error)
        return CallCounts(mmap.mmap(-1, SIZE), None)
