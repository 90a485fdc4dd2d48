"""A portal of seven other schools: nothing in it is the starter content's, and no link is lost."""

import io
import threading
from html import unescape
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from pypdf import PdfReader

from collab_site.core.accounts.roles import Role
from collab_site.core.schools.models import School
from collab_site.portal import entrance_urls, public_urls
from collab_site.portal.content import store
from naming_contest.models import Contest, Moderator
from tests.make import (
    make_achievement_picture,
    make_evidence,
    make_home_picture,
    make_idea,
    make_picture,
    make_update,
    make_user,
)
from tests.site.portal import plain_paths
from tests.site.walk import Walk, body

STARTER = settings.BASE_DIR / "collab_site/portal/content/ashfield.yaml"
SEVEN = Path(__file__).parent.parent / "content/seven.yaml"
# Shorter texts, such as a heading, may be anybody's.
LONG = 25

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def sentences(value):
    if isinstance(value, dict | list):
        for below in value.values() if isinstance(value, dict) else value:
            yield from sentences(below)
    elif isinstance(value, str) and len(value) >= LONG:
        yield " ".join(value.split())


def words_of(file):
    """Return the names and the sentences of a content file, in small letters."""
    data = yaml.safe_load(file.read_text())
    names = {data["collaboration"]["name"], data["collaboration"]["place"]}
    names |= {school[key] for school in data["schools"] for key in ("name", "short_name", "slug")}
    return {word.casefold() for word in (*names, *sentences(data))}


STRANGE = words_of(STARTER) - words_of(SEVEN)


def found_of_the_starter(pages):
    """Return (address, word) for whatever of the starter content stands in one of the pages."""
    texts = {address: f"{address} {read(response)}" for address, response in pages.items()}
    return [(address, word) for address, text in texts.items() for word in STRANGE if word in text]


def read(response):
    """Return all that can be read in an answer, in small letters."""
    data = body(response)
    if response.get("Content-Type") == "application/pdf":
        reader = PdfReader(io.BytesIO(data))
        pages = " ".join(page.extract_text() for page in reader.pages)
        text = f"{pages} {reader.metadata} {data.decode(errors='replace')}"
    else:
        text = unescape(unescape(data.decode(errors="replace")))
    headers = " ".join(response.headers.values())
    return " ".join(f"{text} {headers}".replace("\u200b", "").split()).casefold()


@pytest.fixture
def portal(client):
    """A portal of seven schools with something of everything in it."""
    store.load(SEVEN.read_text())
    update = make_update()
    for kind in ("report", "picture"):
        make_evidence(kind, update=update)
    make_home_picture()
    make_achievement_picture()
    call = Contest.objects.get()
    call.gallery = "at-once"
    call.save()
    for school in School.objects.all()[:3]:
        make_idea(status="approved", school=school, logo=make_picture(), logo_alt="A boat")
    return client


def test_nothing_of_the_starter_content_is_anywhere_and_no_link_is_lost(portal):
    entrances = [school.entrance.rstrip("/") for school in School.objects.all()]
    panels = [path for path in plain_paths(entrance_urls.urlpatterns) if "/panel/" in path]
    starts = [entrance + path for entrance in entrances for path in ("/", *panels)]
    walk = Walk(portal).begin(*plain_paths(public_urls.urlpatterns), *starts)
    assert len(walk.pages) > 300
    assert found_of_the_starter(walk.pages) == []
    assert walk.lost() == []


def test_nothing_of_the_starter_content_is_in_the_admin_or_in_an_e_mail(portal, settings):
    settings.EMAIL_IS_SET_UP = True
    head = make_user(Role.HEADTEACHER, email="head@anchor.example.org")
    Moderator.objects.create(user=head, wants_email=True)
    make_idea(school=School.objects.first())
    call_command("remind_moderators")
    portal.post("/accounts/password/reset/", {"email": head.email})
    for thread in set(threading.enumerate()) - {threading.current_thread()}:
        thread.join(timeout=10)
    assert len(mail.outbox) == 2
    portal.force_login(head)
    pages = Walk(portal).begin("/admin/").pages
    assert len(pages) > 100
    assert found_of_the_starter(pages) == []
    letters = " ".join(str(letter.message()) for letter in mail.outbox).casefold()
    assert [word for word in STRANGE if word in letters] == []
