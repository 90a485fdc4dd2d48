"""No page for editors speaks the framework's language."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import BooleanField, CharField, TextField

from actionplan.models import Evidence, Plan, Step
from collab_site.core.accounts.roles import Role
from collab_site.core.editing.history import kinds, recorded
from collab_site.core.schools.models import OldAddress
from collab_site.portal.content import store
from tests.admin.pages import Editing
from tests.make import (
    make_achievement,
    make_achievement_picture,
    make_evidence,
    make_home_picture,
    make_idea,
    make_old_address,
    make_picture,
    make_strand,
    make_term,
    make_user,
)

FRAMEWORK = re.compile(
    r"\b(add another|select .{1,40} to change|delete|superuser|objects?|django|administration|"
    r"permissions?|hold down|staff status|log entr\w+|recent actions|inline|slug|instances?|"
    r"primary key|null|none|true|false|---+|__\w+|database|log (in|out)|username|"
    r"not implemented|model|formset)\b",
    re.IGNORECASE,
)
# What is plain English where it stands.
PLAIN = ("None yet", "None is waiting", "Leave empty if none", "to show none", "permission to show")
SOURCE = Path(settings.BASE_DIR, "collab_site/portal/content/ashfield.yaml").read_text()


@pytest.fixture
def head(db):
    store.load(SOURCE)
    make_home_picture()
    make_achievement_picture()
    make_achievement(achieved_on="2026-05-01")
    make_evidence()
    make_old_address()
    Plan.objects.get().let_go.create(step=1, number="1.1", text="Sing.")
    for status in ("waiting", "approved", "declined"):
        make_idea(status=status, logo=make_picture())
    user = make_user(Role.HEADTEACHER, first_name="Ann", last_name="Head")
    for kind in kinds():
        with recorded(user):
            # The row to which `walk` goes.
            empty(min(kind.model.objects.all(), key=lambda row: str(row.pk)))
    with recorded(user):
        for row in (make_strand(steps=["Meet"]), make_term(), make_home_picture()):
            row.delete()
    with recorded(user):
        Step.objects.last().delete()
    return Editing(user)


def empty(row):
    """Empty or turn what may be, so that the history tells of a change in every such field."""
    for field in [*row._meta.fields, *row._meta.local_many_to_many]:
        if field.many_to_many:
            getattr(row, field.name).clear()
        elif (type(row), field.name) in ((Evidence, "url"), (OldAddress, "address")):
            continue  # A film isn't evidence without it, and the other is followed as a link.
        elif isinstance(field, CharField | TextField) and field.max_length >= 100:
            setattr(row, field.name, "" if field.blank else "Something else")
        elif isinstance(field, BooleanField) and field.name != "is_safe":
            setattr(row, field.name, not getattr(row, field.name))
        elif field.blank and field.editable and not field.primary_key:
            setattr(row, field.name, None if field.null else "")
    row.save()


def framework_words(page):
    text = page.text()
    for words in PLAIN:
        text = text.replace(words, "")
    return {match[0] for match in FRAMEWORK.finditer(text)}


def walk(person, starts=("/admin/", "/admin/editing/removal/")):
    """Yield a page of every kind that links lead to."""
    seen, to_do = set(starts), list(starts)
    while to_do:
        address = to_do.pop()
        page = person.get(address, follow=True)
        assert page.response.status_code == 200, address
        yield page
        for link in page.links():
            kind = re.sub(r"\d+", "N", link)
            if kind not in seen:
                seen.add(kind)
                to_do.append(link)


@pytest.mark.sqlite
def test_no_page_has_a_word_of_the_frameworks(head):
    told = {page.address: framework_words(page) for page in walk(head)}
    assert len(told) > 45
    assert {address: words for address, words in told.items() if words} == {}


@pytest.mark.sqlite
def test_no_page_that_was_sent_empty_or_amiss_has_one(head):
    told, checked = {}, 0
    for page in list(walk(head)):
        if not page.address.partition("?")[0].endswith(("/add/", "/change/")):
            continue
        if not any((form.get("id") or "").endswith("_form") for form in page.all("form")):
            continue
        data = page.data()
        amiss = {
            name: "x y" * 400
            for name in data
            if not name.endswith(("_FORMS", "-id", "csrfmiddlewaretoken"))
        }
        for changes in (amiss, dict.fromkeys(amiss, ""), {"csrfmiddlewaretoken": ""}):
            sent = {} if "csrfmiddlewaretoken" in changes else data | changes
            answer = head.client.post(page.address, sent, follow=True)
            told[page.address] = framework_words(type(page)(answer, page.address))
            checked += 1
    assert checked > 30
    assert {address: words for address, words in told.items() if words} == {}


def test_history_and_bin_are_among_the_pages(head):
    text = {page.address: page.text() for page in walk(head)}
    histories = [told for address, told in text.items() if address.endswith("/history/")]
    assert len(histories) == len([kind for kind in kinds() if kind.is_page])
    for told in histories:
        assert "As it was before" in told
    assert text["/admin/editing/removal/"].count("Remove for good") == 4
    assert any(address.endswith("/remove/") for address in text)


def test_what_is_not_there_is_said_plainly(head):
    page = head.get("/admin/aims/aim/999/change/", follow=True)
    assert "What you were looking for is not here any more." in page.text()
    assert framework_words(page) == set()


@pytest.mark.sqlite
def test_no_page_loads_djangos_style_or_scripts_or_has_its_own(head):
    for page in walk(head):
        loaded = [e.get("href") or e.get("src") for e in page.all("link") + page.all("script")]
        assert [address for address in loaded if address and "/static/admin/" in address] == []
        assert page.all("style") == []
        assert [e for e in page.root.iter() if e.get("style") or e.get("onclick")] == []
        assert [script for script in page.all("script") if script.text] == []
