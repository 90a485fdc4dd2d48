"""A real portal to ask from outside, as a stranger would."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
import uuid
from contextlib import closing, contextmanager
from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

import psycopg
from django.conf import settings
from django.db import connection
from django.urls import URLPattern


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self):
        return self.body.decode()


@dataclass(frozen=True)
class Portal:
    """The portal that runs at `port`, with all it keeps in `data_dir`."""

    port: int
    data_dir: object

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    def begin(self, path="/", method="GET", headers=None, body=b""):
        """Return a connection on which a request has been sent, and nothing read yet.

        A static file is asked for by its name in the source. Nothing is checked or quoted.
        """
        headers = {"Host": self.host, "Content-Length": str(len(body))} | (headers or {})
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connection.sendall(
            f"{method} {self._versioned(path)} HTTP/1.1\r\n{head}\r\n".encode() + body
        )
        return connection

    def ask(self, path="/", method="GET", headers=None, body=b""):
        """Return the Answer to what `begin` sends."""
        with closing(self.begin(path, method, headers, body)) as connection:
            return read_answer(connection, method)

    def _versioned(self, path):
        manifest = json.loads((self.data_dir / "static" / "staticfiles.json").read_text())
        name = path.removeprefix("/static/")
        return f"/static/{manifest['paths'][name]}" if name in manifest["paths"] else path


class Visitor:
    """Somebody with a browser that keeps cookies."""

    def __init__(self, portal):
        self.address = f"http://{portal.host}"
        self.opener = build_opener(HTTPCookieProcessor())

    def ask(self, path, fields=None):
        """Return the status, the address and the text of the page that is shown in the end."""
        body = fields and urlencode(fields, doseq=True).encode()
        try:
            answer = self.opener.open(self.address + path, body, timeout=30)
        except HTTPError as refusal:
            answer = refusal
        with answer:
            return answer.status, answer.url, answer.read().decode()

    def fill_in(self, path, fields):
        """Return how to send the form at `path`, which has been opened, with `fields`."""
        page = self.ask(path)[2]
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        return lambda: self.ask(path, fields | {"csrfmiddlewaretoken": token})


def read_answer(connection, method="GET"):
    """Return the Answer that comes on a connection."""
    with closing(http.client.HTTPResponse(connection, method=method)) as response:
        response.begin()
        return Answer(response.status, response.headers, response.read())


@contextmanager
def running(data_dir, **environment):
    """Run a portal on the production settings, told by nothing but `environment`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment |= {"DATA_DIR": str(data_dir), "PORT": str(port), "PATH": os.environ["PATH"]}
    log = data_dir / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        _wait_for(process, port, log)
        yield Portal(port, data_dir)
    finally:
        process.terminate()
        process.wait(timeout=40)


@contextmanager
def running_on_tested_engine(data_dir, **environment):
    """Run a portal on a new database of the kind that the tests use; it is gone afterwards."""
    if connection.vendor == "sqlite":
        with running(data_dir, **environment) as portal:
            yield portal
        return
    server, name = os.environ["DATABASE_URL"], f"portal_{uuid.uuid4().hex}"
    address = urlsplit(server)._replace(path=f"/{name}").geturl()
    with psycopg.connect(server, autocommit=True) as database:
        database.execute(f"CREATE DATABASE {name}")
        try:
            with running(
                data_dir, DATABASE_URL=address, SECRET_KEY=settings.SECRET_KEY, **environment
            ) as portal:
                yield portal
        finally:
            database.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _wait_for(process, port, log):
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The portal didn't start:\n{log.read_text()}")


def plain_paths(patterns, prefix="/"):
    """Return the paths among URL `patterns` that have nothing variable in them."""
    paths = []
    for pattern in patterns:
        path = f"{prefix}{pattern.pattern}"
        if not isinstance(pattern, URLPattern):
            paths += plain_paths(pattern.url_patterns, path)
        elif not pattern.pattern.converters:
            paths.append(path)
    return paths
