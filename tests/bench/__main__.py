"""Compares the portal with bare gunicorn, plain Django and naive code, in turn on one machine.

It judges nothing. A table has the medians, and in brackets where the middle eight of ten rounds
lie. With `--quick` there is little of everything, only to see that all of it can be run.
"""

import difflib
import os
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from PIL import Image

from tests.bench import pages, servers

PORTAL = {"DJANGO_SETTINGS_MODULE": "collab_site.settings"}
PLAIN = {"DJANGO_SETTINGS_MODULE": "tests.bench.plain.settings"}
ONE_THREAD_CONF = "tests/bench/gunicorn_conf.py"
PORTAL_CONF = "collab_site/gunicorn_conf.py"
PLAIN_CONF = "tests/bench/plain/gunicorn_conf.py"
BARE = "tests.bench.bare:application"
PLAIN_HANDLER = "django.core.handlers.wsgi.WSGIHandler"
READ = ("/", "/aims/", "/plan/", "/achievements/", "/schools/")
# The plain site numbers a gallery's pages, and the portal finds them by key.
PAGE = re.compile(r"\?page=[\w-]+")
# So many times at once each page is asked for.
MANY = 10
OF_GUNICORN = {"Server", "Date", "Connection"}
ORIENTATION, ON_ITS_SIDE = 0x0112, 6
A_PROCESS = {"check": True, "text": True}


@dataclass(frozen=True)
class Size:
    """How much is tried, and how often; `few` rounds are for what takes long.

    A page is made so many `times` in each round, and asked for through so many `seconds`. Galleries
    are of whole pages of ideas. Photos have a width and a height.
    """

    rounds: int
    few: int
    times: int
    seconds: float
    galleries: tuple
    photos: tuple


FULL = Size(15, 5, 10, 1, (96, 9984, 99984), ((4000, 3000), (8000, 6000)))
QUICK = Size(1, 1, 1, 0.1, (48,), ((800, 600),))


def main(size):
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.2f}\n")
    print(row("", "portal", "other", "", "which is", "ratio", "goal"))
    with tempfile.TemporaryDirectory() as folder:
        environment = {"PATH": os.environ["PATH"], "DATA_DIR": folder}
        make_rows(environment, size.galleries)
        show(cached_pages(environment, size, "SQLite"))
        with all_sites(environment) as sites:
            show(uncached_pages(sites, size, "SQLite"))
            show(galleries(sites[:2], size))
        if shutil.which("pg_virtualenv") and size is FULL:
            with postgresql(environment) as environment_there:
                make_rows(environment_there, size.galleries[:1])
                show(cached_pages(environment_there, size, "PostgreSQL"))
                with all_sites(environment_there) as sites:
                    show(uncached_pages(sites, size, "PostgreSQL"))
        show(photos(environment, size))
        show(starts(environment, size))


# --- The table -------------------------------------------------------------------------------
def show(lines):
    """Print each line as soon as it is known: (what, unit, what the other is, pairs, goal)."""
    for what, unit, other, pairs, goal in lines:
        ours, others = (number(median(values)) for values in zip(*pairs, strict=True))
        ratios = sorted(ours / other for ours, other in pairs)
        low, high = (ratios[round(part * (len(ratios) - 1))] for part in (0.1, 0.9))
        ratio = f"{median(ratios):.2f} ({low:.2f}–{high:.2f})"
        print(row(what, ours, others, unit, other, ratio, goal), flush=True)


def row(what, ours, other, unit, which, ratio, goal):
    return f"{what:38}{ours:>8} {other:>8} {unit:5}{which:15}{ratio:18} {goal}".rstrip()


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


# --- What is compared ------------------------------------------------------------------------
def cached_pages(environment, size, database):
    """Compare the home page with its bytes given by a bare WSGI callable, and 304 with 200.

    What PostgreSQL does in its own processes is not in the processor's time.
    """
    asked, took = servers.request(), []
    with servers.running(environment | PORTAL, ONE_THREAD_CONF) as portal:
        headers = keep_answer(portal.ask(asked), Path(environment["DATA_DIR"]))
        known = servers.request(If_None_Match=headers["ETag"])
        with servers.running(environment, ONE_THREAD_CONF, BARE) as bare:
            # Each worker of the portal keeps a page of its own.
            portal.rate(asked, b"200", size.seconds)
            for _ in range(size.rounds):
                ours = portal.rate(asked, b"200", size.seconds)
                others = bare.rate(asked, b"200", size.seconds)
                took.append((ours, others, portal.rate(known, b"304", size.seconds)))
    rates = [(ours, others) for (ours, _), (others, _), _ in took]
    work = [(ours, others) for (_, ours), (_, others), _ in took]
    unchanged = [(not_modified, ours) for (_, ours), _, (_, not_modified) in took]
    yield f"cached page, {database}, answers", "/s", "bare gunicorn", rates, "≥ 0.75"
    yield f"cached page, {database}, processor", "µs", "bare gunicorn", work, ""
    yield f"304, {database}, processor", "µs", "a 200", unchanged, "≤ 1"


def uncached_pages(sites, size, database):
    """Compare the processor time of pages that are made anew: the mean of one of each kind.

    For the first page after a change nothing has been read yet; for others, most of it has. What
    PostgreSQL does in its own processes is not in it.
    """
    paths, took = [*READ, gallery(size.galleries[0])], []
    expect_same_text(sites, paths)
    for _ in range(size.rounds):
        work = [[site.work(path, size.times) for site in sites] for path in paths]
        took.append([sum(each) / len(paths) for each in zip(*work, strict=True)])
    pairs = [(ours, plain) for ours, plain, _ in took]
    first = [(changed, plain) for _, plain, changed in took]
    yield f"uncached page, {database}", "ms", "plain Django", pairs, "≤ 0.45"
    yield "  the first after a change", "ms", "plain Django", first, ""


def galleries(sites, size):
    """Compare the processor time of first and last pages, in which all that SQLite does is."""
    wanted = [(n, end) for n in size.galleries for end in ("first", "last")]
    took = {one: [] for one in wanted}
    expect_same_text(sites, [gallery(*one) for one in wanted])
    for _ in range(size.rounds):
        for one in wanted:
            took[one].append([site.work(gallery(*one), size.times) for site in sites])
    for (n, end), pairs in took.items():
        yield f"gallery of {n:,}, {end} page", "ms", "plain Django", pairs, ""
    least, most = size.galleries[0], size.galleries[-1]
    last = [[ours for ours, _ in took[n, "last"]] for n in (most, least)]
    pairs = list(zip(*last, strict=True))
    yield f"gallery of {most:,}, last page", "ms", f"that of {least}", pairs, "≤ 1.5"


def photos(environment, size):
    """Compare what cleaning a phone's photo takes with what code takes that decodes all of it."""
    for width, height in size.photos:
        path = Path(environment["DATA_DIR"]) / "photo.jpg"
        make_photo(path, width, height)
        took = [
            [cleaning(environment, way, path) for way in ("cleaned", "naive")]
            for _ in range(size.few)
        ]
        seconds, mebibytes = ([[one[i] for one in pair] for pair in took] for i in (0, 1))
        what = f"cleaning {width * height / 1e6:.2g} megapixels"
        largest = (width, height) == FULL.photos[-1]
        yield f"{what}, processor", "s", "naive", seconds, "≤ 0.5" if largest else ""
        goal = "≤ 64 MiB" if largest else ""
        yield f"{what}, above idle", "MiB", "naive", mebibytes, goal


def starts(environment, size):
    """Compare what gunicorn, as it is set up for use, takes to its first page, and its memory.

    The memory is that of workers which make pages for many at once, with all threads at work.
    """
    paths = (*READ, gallery(size.galleries[0]))
    asked = [servers.request(path, Cookie="sessionid=nobody") for path in paths] * MANY
    took = []
    for _ in range(size.few):
        of_both = []
        for settings, config in ((PORTAL, PORTAL_CONF), (PLAIN, PLAIN_CONF)):
            with servers.running(environment | settings, config) as server:
                for _ in range(size.times):
                    server.ask_at_once(asked)
                of_both.append((server.started_in, server.memory("Pss"), server.memory("Rss")))
        took.append(of_both)
    start, share, resident = ([[one[i] for one in pair] for pair in took] for i in range(3))
    yield "start of gunicorn, to its first page", "s", "plain Django", start, "≤ 1.2"
    yield "a worker's share of memory (PSS)", "MiB", "plain Django", share, "≤ 70 MiB"
    yield "a worker's memory (RSS)", "MiB", "plain Django", resident, ""


# --- What that needs -------------------------------------------------------------------------
def make_rows(environment, sizes):
    command = [sys.executable, "-m", "tests.bench.rows", *map(str, sizes)]
    subprocess.run(command, env=environment | PORTAL, **A_PROCESS)


@contextmanager
def postgresql(environment):
    """Run a PostgreSQL of its own; gives the environment in which it is the portal's database."""
    tell = 'echo "postgres://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/$PGDATABASE"; exec cat'
    command = ["pg_virtualenv", "-t", "sh", "-c", tell]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as process:
        address = next(line for line in process.stdout if line.startswith("postgres://"))
        yield environment | {"DATABASE_URL": address.strip(), "SECRET_KEY": "only-for-this" * 3}
        process.stdin.close()


@contextmanager
def all_sites(environment):
    """Run Django in processes of their own, without a server or the page cache.

    These are the portal, plain Django, and the portal in which something changes all the time.
    """
    with (
        pages.running(environment | PORTAL, "tests.bench.pages.uncached") as portal,
        pages.running(environment | PLAIN, PLAIN_HANDLER) as plain,
        pages.running(environment | PORTAL, "tests.bench.pages.after_a_change") as changing,
    ):
        yield portal, plain, changing


def expect_same_text(sites, paths):
    """Raise RuntimeError unless all sites say the same, but for the addresses of further pages."""
    for path in paths:
        first, *others = (PAGE.sub("?page=", s.text(path)).splitlines() for s in sites)
        for other in others:
            differences = list(difflib.unified_diff(first, other, n=0, lineterm=""))
            if differences:
                raise RuntimeError("\n".join([f"{path} isn't the same:", *differences]))


def gallery(size, end="first"):
    return f"/name-us/calls/of-{size}/ideas/" + ("?page=last" if end == "last" else "")


def keep_answer(answer, folder):
    """Keep an answer for the bare WSGI callable to give; return its headers."""
    head, _, body = answer.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    told = [(name, value) for name, value in headers.items() if name not in OF_GUNICORN]
    (folder / "answer").write_bytes(pickle.dumps((told, body)))
    return headers


def make_photo(path, width, height):
    """Write a JPEG as a phone held upright makes it: turned by a note in it."""
    exif = Image.Exif()
    exif[ORIENTATION] = ON_ITS_SIDE
    noise = Image.effect_noise((width // 8, height // 8), 60).resize((width, height))
    noise.convert("RGB").save(path, quality=85, exif=exif)


def cleaning(environment, way, path):
    """Return the seconds and the MiB that it takes to clean a photo in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.pictures", way, str(path)]
    ran = subprocess.run(command, env=environment, capture_output=True, **A_PROCESS)
    return [float(word) for word in ran.stdout.split()]


if __name__ == "__main__":
    if sys.platform != "linux":
        sys.exit("make bench runs on Linux, which tells what a process takes.")
    main(QUICK if "--quick" in sys.argv else FULL)
