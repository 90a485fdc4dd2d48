"""Uncached pages, made in a process of their own, which says what they took of the processor.

Run as `python -m tests.bench.pages HANDLER`, it takes lines of JSON, [path, times], and answers
each with a line: the page's text, and the milliseconds of work for one.
"""

import itertools
import json
import subprocess
import sys
import time
from contextlib import contextmanager
from types import SimpleNamespace
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

import django
from django.utils.module_loading import import_string


class Site:
    """A Django site in another process, which makes pages when it is asked to."""

    def __init__(self, process):
        self._process = process

    def text(self, path):
        """Return the text of a page."""
        return self._make(path, 1)[0]

    def work(self, path, times):
        """Make a page so many times; return the milliseconds of processor that one takes."""
        return self._make(path, times)[1]

    def _make(self, path, times):
        print(json.dumps([path, times]), file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())


@contextmanager
def running(environment, handler):
    """Run a Site with these settings and a WSGI application, named by what makes it."""
    command = [sys.executable, "-m", "tests.bench.pages", handler]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, text=True, **pipes) as process:
        yield Site(process)
        process.stdin.close()


def uncached():
    """Return the portal's application, which makes every page anew of rows that it has read."""
    from collab_site.portal.middleware import PortalHandler
    from collab_site.portal.page_cache import PageCache

    return PageCache(PortalHandler(), max_bytes=0)


def after_a_change():
    """Return the portal's application, which takes every request for the first after a change."""
    cache = uncached()
    reader, changes = cache.version, itertools.count()
    cache.version = SimpleNamespace(read=lambda: f"{reader.read()}-{next(changes)}")
    return cache


def main(handler):
    django.setup()
    application = import_string(handler)()
    for line in sys.stdin:
        path, times = json.loads(line)
        begun = time.process_time()
        for _ in range(times):
            text = _page(application, path)
        print(json.dumps([text, 1000 * (time.process_time() - begun) / times]), flush=True)


def _page(application, address):
    parts, statuses = urlsplit(address), []
    environ = {"PATH_INFO": parts.path, "QUERY_STRING": parts.query}
    setup_testing_defaults(environ)
    response = application(environ, lambda status, headers: statuses.append(status))
    text = b"".join(response).decode()
    if hasattr(response, "close"):
        response.close()
    if statuses != ["200 OK"]:
        raise RuntimeError(f"{address} answers {statuses}.")
    return text


if __name__ == "__main__":
    main(sys.argv[1])
