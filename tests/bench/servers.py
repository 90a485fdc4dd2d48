"""gunicorn in another process, and those who ask it."""

import os
import re
import socket
import subprocess
import sys
import time
from collections import deque
from contextlib import contextmanager
from pathlib import Path

# More than there are workers, so that none ever waits for somebody to ask.
AT_ONCE = 8
PATIENCE_SECONDS = 60


class Server:
    """A gunicorn that runs at `port`; `started_in` is how many seconds its first answer took."""

    def __init__(self, process, port, begun):
        self.port, self._process = port, process
        self.ask(request())
        self.started_in = time.perf_counter() - begun

    def ask(self, sent):
        """Return the whole answer, bytes, to a request."""
        return _read(self._begin(sent))

    def ask_at_once(self, requests):
        """Send all these requests before the first answer is read."""
        for connection in [self._begin(each) for each in requests]:
            _read(connection)

    def rate(self, sent, status, seconds):
        """Ask the same through so many seconds, and expect a `status` (bytes) each time.

        Returns how many answers came in a second, and the microseconds of processor that each took.
        The workers have one processor for themselves, and whoever asks has another.
        """
        waiting, answered = deque(), 0
        with self._one_processor():
            begun, before = time.perf_counter(), self._worked()
            while not answered or time.perf_counter() < begun + seconds:
                waiting.append(self._begin(sent))
                if len(waiting) == AT_ONCE:
                    answered += _expect(status, _read(waiting.popleft()))
            took, worked = time.perf_counter() - begun, self._worked() - before
        while waiting:
            _read(waiting.popleft())
        return answered / took, worked / 1000 / answered

    def memory(self, kind):
        """Return the MiB of a worker, on average: its "Rss", or its share of it, "Pss"."""
        taken = [_kilobytes(pid, kind) for pid in self._workers()]
        return sum(taken) / len(taken) / 1024

    def _worked(self):
        """Return the nanoseconds that the workers have had a processor; they have one thread."""
        stats = (Path(f"/proc/{pid}/schedstat").read_text() for pid in self._workers())
        return sum(int(stat.split()[0]) for stat in stats)

    def _begin(self, sent):
        connection = socket.socket()
        connection.settimeout(PATIENCE_SECONDS)
        connection.connect(("127.0.0.1", self.port))
        connection.sendall(sent)
        return connection

    @contextmanager
    def _one_processor(self):
        processors = os.sched_getaffinity(0)
        for pid in self._workers():
            os.sched_setaffinity(int(pid), {min(processors)})
        os.sched_setaffinity(0, {max(processors)})
        yield
        os.sched_setaffinity(0, processors)

    def _workers(self):
        pid = self._process.pid
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@contextmanager
def running(environment, config, *application):
    """Run a Server as the file `config` says, with another WSGI application if one is given."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", config, *application]
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=environment | {"PORT": str(port)})
    try:
        _wait_for(process, port)
        yield Server(process, port, begun)
    finally:
        process.terminate()
        process.wait()


def request(path="/", **headers):
    """Return a request, as bytes, whose answer ends with the connection."""
    headers = {"Host": "127.0.0.1", "Connection": "close", "Accept-Encoding": "gzip, br"} | headers
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode()


def _read(connection):
    pieces = []
    with connection:
        while piece := connection.recv(1 << 18):
            pieces.append(piece)
    return b"".join(pieces)


def _expect(status, answer):
    if not answer.startswith(b"HTTP/1.1 " + status):
        raise RuntimeError(f"The answer is {answer[:40]}.")
    return 1


def _wait_for(process, port):
    while process.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.005)
    raise RuntimeError("The server didn't start.")


def _kilobytes(pid, kind):
    return int(re.search(rf"{kind}:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text())[1])
