"""Keeps what pictures take of the server's memory within bounds."""

import contextlib
import ctypes
import resource
import threading
from pathlib import Path

from django.conf import settings

# The largest pictures take 350 MB; with this much more than when idle a process has below 512.
MOST_BYTES = 420 * 1024**2
LARGE_BLOCK = 1024**2
M_MMAP_THRESHOLD = -3
PATIENCE_SECONDS = 20
STATM = Path("/proc/self/statm")

_turn = threading.Lock()
# A third of the threads are left to those who read.
_room = threading.BoundedSemaphore(max(1, settings.WEB_THREADS * 2 // 3))

# Left alone, glibc learns from the first picture to keep its memory, for each thread anew.
with contextlib.suppress(AttributeError):
    ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)


class TooManyAtOnce(Exception):
    """So many pictures wait for their turn that this one's hasn't come, or won't soon."""


@contextlib.contextmanager
def one_at_a_time():
    """Wait for a turn to decode a picture.

    Raises TooManyAtOnce after PATIENCE_SECONDS, or at once where most threads are waiting.
    """
    with _held(_room, timeout=0), _held(_turn, timeout=PATIENCE_SECONDS):
        yield


@contextlib.contextmanager
def _held(lock, timeout):
    if not lock.acquire(timeout=timeout):
        raise TooManyAtOnce
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def ceiling():
    """Let the process get MOST_BYTES more and no others, where Linux can see to it.

    A decoder that asks for more fails. So may a thread's start, so their stacks must be small.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if soft != resource.RLIM_INFINITY or not STATM.exists():
        yield
        return
    pages = int(STATM.read_text().split()[5])
    most = pages * resource.getpagesize() + MOST_BYTES
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
