"""What several pages read of the same content: read once, not once for each page."""

from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from inspect import signature

from django.urls import get_script_prefix

MOST = 200
_read = ContextVar("read", default=None)


@contextmanager
def sharing(read):
    """While this lasts, let `shared` functions put what they return into the dict `read`.

    It is for one content version: whoever gives it sees to that.
    """
    token = _read.set(read)
    try:
        yield
    finally:
        _read.reset(token)


def shared(function):
    """Let a function that reads content return what it did before, while what is read is shared.

    Its arguments have to be hashable, and nobody may change what it returns. Links are those of the
    entrance that the reader came through.
    """
    return _shared(function, get_script_prefix)


def shared_everywhere(function):
    """Do as `shared` does for a function that returns no links: the same for every entrance."""
    return _shared(function, lambda: None)


def _shared(function, place):
    parameters = signature(function)

    @wraps(function)
    def read_once(*args, **kwargs):
        read = _read.get()
        if read is None:
            return function(*args, **kwargs)
        # However it is called: with a default left out or said, by place or by name.
        asked = parameters.bind(*args, **kwargs)
        asked.apply_defaults()
        key = function, asked.args, place()
        if key in read:
            return read[key]
        found = function(*asked.args)
        # For what isn't there, addresses have no end of names.
        if found is not None and len(read) < MOST:
            read[key] = found
        return found

    return read_once
