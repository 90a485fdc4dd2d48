"""A real portal to ask from outside, as a stranger would."""

import atexit
import http.client
import itertools
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack, closing, contextmanager
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from pathlib import Path
from string import ascii_letters
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

import psycopg
from django.conf import settings
from django.db import connection
from django.urls import URLPattern
from django.utils.crypto import get_random_string

from collab_site.management.commands.serve import prepare
from tests.bucket import running_bucket

SUGGEST = "/name-us/suggest/"
BOUNDARY = b"between-the-parts"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?')


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
    """The portal that runs at `port`, with all it keeps in `data_dir`.

    `pid` is its first process, and `environment` what it has been told.
    """

    port: int
    data_dir: Path
    pid: int
    environment: dict = field(repr=False)

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

    def rows(self, statement):
        """Return what an SQL statement gives, asked of the database past the portal."""
        address = self.environment.get("DATABASE_URL")
        if address:
            with psycopg.connect(address) as database:
                cursor = database.execute(statement)
                return cursor.fetchall() if cursor.description else []
        with closing(sqlite3.connect(self.data_dir / "portal.sqlite3")) as database, database:
            return database.execute(statement).fetchall()

    def pictures(self, folder="ideas"):
        """Return the stored pictures' paths."""
        return sorted(self.data_dir.glob(f"pictures/{folder}/*"))

    def workers(self):
        """Return the ids of the processes that answer; Linux only."""
        return [
            int(pid)
            for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        ]

    def manage(self, *command):
        """Run a command of manage.py as whoever looks after the portal; return what it prints."""
        with self.begin_to_manage(*command) as process:
            output, _ = process.communicate()
        assert process.returncode == 0
        return output

    def begin_to_manage(self, *command):
        """Return the process of a command of manage.py, to be written to and read from."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _versioned(self, path):
        manifest = json.loads((self.data_dir / "static" / "staticfiles.json").read_text())
        name = path.removeprefix("/static/")
        return f"/static/{manifest['paths'][name]}" if name in manifest["paths"] else path


class Visitor:
    """Somebody with a browser that keeps cookies."""

    def __init__(self, portal):
        self.address = f"http://{portal.host}"
        self.opener = build_opener(HTTPCookieProcessor())

    def at(self, portal):
        """Return the same browser at another server; to cookies, one host's ports are the same."""
        moved = copy(self)
        moved.address = f"http://{portal.host}"
        return moved

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


class Sender:
    """A family with the form open, at a network address of its own. It sends whatever it likes."""

    _numbers = itertools.count(1)

    def __init__(self, portal, address=None):
        address = address or f"2001:db8:0:{next(self._numbers):x}::1"
        self.portal, self.headers = portal, {"X-Forwarded-For": address}
        page = portal.ask(SUGGEST, headers=self.headers)
        self.headers["Cookie"] = page.headers["Set-Cookie"].partition(";")[0]
        school = re.search(r'name="school" value="(\d+)"', page.text)[1]
        self.answers = {"school": school, "adult_agreed": "on"}
        self.read(page)

    def at(self, portal):
        """Return the same family with the same form, which it sends to another server."""
        moved = copy(self)
        moved.portal = portal
        return moved

    def read(self, page):
        """Keep what the page's form sends back unseen."""
        found = HIDDEN.findall(page.text)
        self.answers |= {name: unescape(value) for name, value in found}

    def begin(self, answers, picture=None, **request):
        """Send the form, and return the connection on which the answer will come."""
        headers, body = self._request(answers, picture, **request)
        return self.portal.begin(SUGGEST, "POST", headers, body)

    def send(self, answers=None, picture=None, **request):
        """Send the form with `answers`, values or lists of them, and return the Answer.

        `file_name` is what a picture is called. `headers` and `cut`, how many bytes to leave out at
        the end, make it another request than a browser's.
        """
        headers, body = self._request(answers or {}, picture, **request)
        answer = self.portal.ask(SUGGEST, "POST", headers, body)
        if answer.status in (200, 429):
            self.read(answer)
        return answer

    def _request(self, answers, picture, file_name="photo.jpg", headers=None, cut=0):
        self.answers |= answers
        parts = [
            (name, value, None)
            for name, values in self.answers.items()
            for value in (values if isinstance(values, list) else [values])
        ]
        if picture is not None:
            parts.append(("logo", picture, file_name))
        body = multipart(parts)
        content_type = f"multipart/form-data; boundary={BOUNDARY.decode()}"
        sent = {"Content-Type": content_type, "Content-Length": str(len(body))}
        return self.headers | sent | (headers or {}), body[: len(body) - cut]


def multipart(parts):
    """Return the body for (name, value, file name or None), each bytes or text, nothing quoted."""
    lines = []
    for part in parts:
        name, value, file_name = (text.encode() if isinstance(text, str) else text for text in part)
        kind = b"" if file_name is None else b'; filename="' + file_name + b'"'
        lines += [b"--" + BOUNDARY, b'Content-Disposition: form-data; name="' + name + b'"' + kind]
        lines += [b"", value]
    return b"\r\n".join([*lines, b"--" + BOUNDARY + b"--", b""])


def new_name():
    """Return a name that no idea has, without what looks like a telephone number."""
    return f"Oaks {get_random_string(20, ascii_letters)}"


def read_answer(connection, method="GET"):
    """Return the Answer that comes on a connection."""
    with closing(http.client.HTTPResponse(connection, method=method)) as response:
        response.begin()
        return Answer(response.status, response.headers, response.read())


@contextmanager
def running(data_dir, log="log.txt", *, is_set_up=True, **environment):
    """Run a portal on the production settings, told by nothing but `environment`.

    What it prints is in the file `log` of `data_dir`. In an empty folder it is one that has been
    set up and never used, unless it is to set itself up.
    """
    if is_set_up and not any(data_dir.iterdir()):
        # The folder holds the id of its database.
        folder, _ = _set_up(on_postgresql="DATABASE_URL" in environment)
        shutil.copytree(folder, data_dir, dirs_exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment |= {"DATA_DIR": str(data_dir), "PORT": str(port), "PATH": os.environ["PATH"]}
    log = data_dir / log
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
        yield Portal(port, data_dir, process.pid, environment)
    finally:
        process.terminate()
        process.wait(timeout=40)


@contextmanager
def running_on_tested_engine(data_dir, **environment):
    """Run a portal on a new database of the kind that the tests use; it is gone afterwards."""
    with new_database() as database, running(data_dir, **database, **environment) as portal:
        yield portal


@contextmanager
def running_twice(folder, **environment):
    """Run two servers on one new database of the kind that the tests use.

    With SQLite both are on one machine and have one folder; otherwise they are as on two machines,
    which have the database and a bucket in common and nothing else.
    """
    with new_database() as database, running_bucket() as bucket:
        environment |= database | ({"UPLOADS": bucket.url()} if database else {})
        folders = [folder / "first", folder / ("second" if database else "first")]
        for each in set(folders):
            each.mkdir()
        with (
            running(folders[0], **environment) as first,
            running(folders[1], "second.txt", **environment) as second,
        ):
            yield first, second


@contextmanager
def new_database(options=None):
    """Create a database of the kind that the tests use, and yield the settings that name it.

    `options` are CREATE DATABASE's; without them it is a copy of one that has been set up.
    """
    if connection.vendor == "sqlite":
        yield {}
        return
    options = options or f"TEMPLATE {_database_set_up()}"
    server, name = os.environ["DATABASE_URL"], f"portal_{uuid.uuid4().hex}"
    address = urlsplit(server)._replace(path=f"/{name}").geturl()
    with psycopg.connect(server, autocommit=True) as database:
        database.execute(f"CREATE DATABASE {name} {options}")
        try:
            yield {"DATABASE_URL": address, "SECRET_KEY": settings.SECRET_KEY}
        finally:
            database.execute(f"DROP DATABASE {name} WITH (FORCE)")


# To set a portal up takes longer than most tests; it is done once, and begun with by copying.


@cache
def _set_up(on_postgresql=False):
    """Return the folder of a portal that has been set up, and its database's settings."""
    stack = ExitStack()
    atexit.register(stack.close)
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    database = stack.enter_context(new_database("TEMPLATE template1")) if on_postgresql else {}
    _prepare(DATA_DIR=folder, **database)
    return Path(folder), database


def _database_set_up():
    """Return the name of a PostgreSQL database that has been set up."""
    _, database = _set_up(on_postgresql=True)
    return urlsplit(database["DATABASE_URL"]).path[1:]


def _prepare(**environment):
    code = f"from {prepare.__module__} import prepare; prepare()"
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", code],
        cwd=settings.BASE_DIR,
        env=environment | {"PATH": os.environ["PATH"]},
        stdout=subprocess.DEVNULL,
        check=True,
    )


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
