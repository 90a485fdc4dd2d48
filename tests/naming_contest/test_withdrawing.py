"""Withdrawn means gone: from every page, row and file."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from collab_site.core.pictures.storage import picture_storage
from naming_contest.models import Idea
from tests.make import make_idea, make_picture
from tests.naming_contest.family import FORM, HIDDEN, photo, receipt
from tests.pictures.samples import drawing, saved
from tests.site.portal import running

PNG = saved(drawing(), "PNG")
TEXTS = {
    "name": "Zebra Umbrella",
    "strap_line": "Quietly striped",
    "logo_alt": "A folded zebra",
    "meaning": "Because of the rain in Quarndon.",
    "first_name": "Xanthippe",
}


@pytest.fixture
def address(family):
    return receipt(family.send(TEXTS | {"logo": photo(PNG)}))


def cells():
    """Return all that every row of every table says, as one text."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows += cursor.fetchall()
    return repr(rows)


@pytest.mark.django_db(transaction=True)
def test_a_withdrawn_idea_is_gone_from_every_row_file_and_page(client, address):
    idea = Idea.objects.get()
    idea.decide(Idea.Status.APPROVED, None, answer="Splendid.")
    shown = idea.logo_address()
    hashes = [idea.link_hash, idea.form_digest, idea.name_group, idea.form_token.hex]
    secrets = [*TEXTS.values(), idea.code, Path(idea.logo.name).stem, "Splendid.", *hashes]
    before = cells().replace("-", "")
    assert [words for words in secrets if words.replace("-", "") not in before] == []

    response = client.post(f"{address}withdraw/")

    assert response.status_code == 200
    assert "Your idea is gone" in response.content.decode()
    assert response["Referrer-Policy"] == "no-referrer"
    left = cells().replace("-", "")
    assert [words for words in secrets if words.replace("-", "") in left] == []
    assert not list(Path(picture_storage().location).rglob("*.webp"))
    assert client.get(shown).status_code == 404
    assert "Zebra" not in client.get("/name-us/").content.decode()
    for page in ("", "thank-you/", "slip/", "picture/", "change/", "withdraw/"):
        assert client.get(f"{address}{page}").status_code == 404


def test_asking_deletes_nothing(client, address):
    page = client.get(f"{address}withdraw/").content.decode()

    assert "Take back your idea?" in page
    assert f'href="{address}"' in page
    assert Idea.objects.exists()


def test_nobody_withdraws_for_others(address):
    stranger = Client(enforce_csrf_checks=True)

    assert stranger.post(f"{address}withdraw/").status_code == 403
    assert Idea.objects.exists()


def test_the_second_click_reads_the_same_words(client, address):
    client.post(f"{address}withdraw/")

    again = client.post(f"{address}withdraw/")

    assert again.status_code == 404
    assert "Your idea is gone" in again.content.decode()


def test_an_idea_can_be_withdrawn_when_it_is_over(client, address, contest):
    contest.closes_at = Idea.objects.get().sent_at
    contest.save()

    assert client.post(f"{address}withdraw/").status_code == 200
    assert not Idea.objects.exists()


def test_others_ideas_stay(client, address):
    other = make_idea(name="Zebra Umbrellas", status="approved")

    client.post(f"{address}withdraw/")

    other.refresh_from_db()
    assert make_idea(name="zebra umbrella").name_group == other.name_group


@pytest.mark.django_db(transaction=True)
def test_a_picture_that_came_meanwhile_goes_too(address):
    read_before = Idea.objects.get()
    changed = Idea.objects.get()
    changed.logo = make_picture()
    changed.save()

    read_before.delete()

    assert not list(Path(picture_storage().location).rglob("*.webp"))


class RealFamily:
    """A family before a real portal."""

    def __init__(self, portal):
        self.portal = portal
        page = portal.ask(FORM)
        self.cookie = page.headers["Set-Cookie"].partition(";")[0]
        self.answers = {"adult_agreed": "on", **TEXTS}
        self.answers["school"] = re.search(r'name="school" value="(\d+)"', page.text)[1]
        self.read(page)

    def read(self, page):
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        self.answers |= dict(HIDDEN.findall(page.text)) | {"csrfmiddlewaretoken": token[1]}

    def open(self, path):
        self.read(self.portal.ask(path, headers={"Cookie": self.cookie}))

    def send(self, path, **answers):
        body = encode_multipart(BOUNDARY, self.answers | answers)
        headers = {"Cookie": self.cookie, "Content-Type": MULTIPART_CONTENT}
        answer = self.portal.ask(path, "POST", headers, body)
        if answer.status == 200 and "csrfmiddlewaretoken" in answer.text:
            self.read(answer)
        return answer


APPROVE = """
from naming_contest.models import Idea
idea = Idea.objects.get()
idea.decide("approved", None)
print(idea.code, idea.logo.name, idea.link_hash, idea.form_digest, idea.name_group, idea.form_token)
"""


def manage(portal, code):
    """Run Python code beside a running portal; return what it prints, in words."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", code],
        cwd=settings.BASE_DIR,
        env={"DATA_DIR": str(portal.data_dir), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def traces(folder, words):
    """Return where under `folder` any of `words` is left, in the names of files or in them."""
    found = []
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        found += [(path.name, w) for w in words if w in path.name or w.encode() in content]
    return found


@pytest.mark.sqlite
def test_nothing_is_left_on_the_disk_of_a_real_portal(tmp_path):
    with running(tmp_path, SUGGESTION_MIN_SECONDS="0") as portal:
        family = RealFamily(portal)
        looked = family.send(FORM, logo=photo(PNG), look="yes")
        held = [path.stem for path in tmp_path.glob("pictures/held/*")]
        address = receipt(family.send(FORM))
        family.open(f"{address}change/")
        assert family.send(f"{address}change/", name="Zebra Parasol").status == 302
        code, logo, *hashes = manage(portal, APPROVE)
        with ThreadPoolExecutor(16) as readers:  # whose connections are held from now on
            pages = list(readers.map(portal.ask, [address, "/name-us/"] * 24))
        token = address.split("/")[-2]
        words = [*TEXTS.values(), "Zebra Parasol", code, token, Path(logo).stem, *held, *hashes]
        assert looked.status == 200
        assert len(held) == 1
        assert all("Zebra Parasol" in page.text for page in pages)
        assert {w for _, w in traces(tmp_path, words)} > {"Zebra Parasol", code, Path(logo).stem}

        family.open(f"{address}withdraw/")
        gone = family.send(f"{address}withdraw/")

        assert "Your idea is gone" in gone.text
        assert portal.ask(address).status == 404
        assert portal.ask(f"/name-us/pictures/{Path(logo).name}").status == 404
        assert traces(tmp_path, words) == []
        assert (tmp_path / "portal.sqlite3-wal").stat().st_size == 0
