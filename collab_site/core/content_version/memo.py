"""Keeps what functions read of the content, so that several pages share it."""

from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from inspect import signature

from django.urls import get_script_prefix

MAX_ENTRIES = 200
_memo = ContextVar("memo", default=None)


@contextmanager
def memo_scope(memo):
    """Let cached functions keep their results in the dict `memo` while this lasts.

    The caller gives each content version a dict of its own.
    """
    token = _memo.set(memo)
    try:
        yield
    finally:
        _memo.reset(token)


def cached_per_prefix(function):
    """Cache a function that reads content and returns links, for each school's entrance.

    Its arguments have to be hashable, and its results must not be changed. Outside a `memo_scope`,
    nothing is cached.
    """
    return _cached(function, get_script_prefix)


def cached(function):
    """Cache a function as `cached_per_prefix` does, but for all entrances together."""
    return _cached(function, lambda: None)


def _cached(function, get_prefix):
    parameters = signature(function)

    @wraps(function)
    def wrapper(*args, **kwargs):
        memo = _memo.get()
        if memo is None:
            return function(*args, **kwargs)
        # Calls that mean the same share an entry: with defaults left out, by position or by name.
        call = parameters.bind(*args, **kwargs)
        call.apply_defaults()
        key = function, call.args, get_prefix()
        if key in memo:
            return memo[key]
        result = function(*call.args)
        # None is not cached: made-up URLs would fill the memo.
        if result is not None and len(memo) < MAX_ENTRIES:
            memo[key] = result
        return result

    return wrapper
