"""Changing an idea by its private link."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from collab_site.core.pictures.storage import picture_storage
from naming_contest.forgetting import forget_expired
from naming_contest.forms import ChangeForm
from naming_contest.models import Idea, NameSpelling, Part, Score
from tests.make import make_user
from tests.naming_contest.family import Family, photo, receipt, summary
from tests.pictures.samples import drawing, saved

PNG, OTHER = saved(drawing(), "PNG"), saved(drawing(size=(30, 80)), "PNG")
WORDS = {"name": "Three Oaks", "meaning": "Roots.", "first_name": "Sam", "year_group": "year-3"}


class Changing(Family):
    """A family that has opened the page on which its idea is changed."""

    def __init__(self, client, school, address):
        super().__init__(client, school, f"{address}change/")
        self.answers |= WORDS

    @property
    def page(self):
        return self.client.get(self.form).content.decode()


@pytest.fixture
def address(family):
    return receipt(family.send(WORDS | {"logo": photo(PNG)}))


@pytest.fixture
def change(address, client, school):
    return Changing(client, school, address)


def pictures():
    return sorted(path.parent.name for path in Path(picture_storage().location).rglob("*.webp"))


def is_done(response):
    return response.status_code == 302 and response["Location"].endswith("/?changed")


def test_the_form_holds_what_was_sent(change, school, address):
    page = change.page

    assert 'value="Three Oaks"' in page
    assert "Roots.</textarea>" in page
    assert 'value="Sam"' in page
    assert '<option value="year-3" selected>' in page
    assert re.search(rf'value="{school.pk}" id="id_school_\d" required checked', page)
    assert f'src="{address}picture/"' in page
    assert 'name="ticket"' not in page


def test_a_changed_idea_waits_again_and_nobody_has_judged_it(change):
    idea = Idea.objects.get()
    idea.decide(Idea.Status.APPROVED, make_user(), answer="Lovely.")
    Idea.objects.update(is_shortlisted=True)
    Score.objects.create(judge=make_user(), idea=idea, part=Part.NAME, value=5)

    response = change.send({"name": "Four Elms", "shows_first_name": "on"})

    now = Idea.objects.get()
    assert is_done(response)
    assert (now.pk, now.code, now.link_hash) == (idea.pk, idea.code, idea.link_hash)
    assert (now.name, now.shows_first_name, now.sent_at) == ("Four Elms", True, idea.sent_at)
    assert (now.status, now.decided_at, now.decided_by) == ("waiting", None, None)
    assert (now.answer, now.is_shortlisted, now.revision) == ("", False, idea.revision + 1)
    assert now.name_group != idea.name_group
    assert set(NameSpelling.objects.values_list("group", flat=True)) == {now.name_group}
    assert not Score.objects.exists()
    assert "Your change has arrived." in change.client.get(response["Location"]).content.decode()


def test_a_change_that_changes_nothing_leaves_the_decision_alone(change, settings):
    settings.SUGGESTIONS_PER_HOUR = 1  # which the idea itself has used
    Idea.objects.get().decide(Idea.Status.APPROVED, None)
    before = Idea.objects.values().get()

    response = change.send()

    assert response.status_code == 302
    assert not is_done(response)
    assert Idea.objects.values().get() == before


def test_extra_fields_have_no_effect_on_a_change(change):
    change.send({"name": "Elms", "status": "approved", "code": "AAAAAA", "link_hash": "x"})

    assert Idea.objects.filter(name="Elms", status="waiting").exclude(code="AAAAAA").exists()


@pytest.mark.django_db(transaction=True)
def test_the_picture_stays_is_replaced_and_is_removed(change):
    first = Idea.objects.get().logo.name
    change.send({"name": "Four Elms"})
    assert Idea.objects.get().logo.name == first
    change.send({"logo": photo(OTHER)})
    second = Idea.objects.get()
    assert (second.logo_width, second.logo_height) == (30, 80)
    assert pictures() == ["ideas"]
    change.send({"logo_remove": "on"})

    gone = Idea.objects.get()
    assert (gone.logo.name, gone.logo_width, gone.logo_height) == ("", None, None)
    assert pictures() == []


@pytest.mark.django_db(transaction=True)
def test_errors_lose_neither_a_new_picture_nor_the_wish_to_remove_one(change):
    wrong = change.send({"logo": photo(OTHER), "adult_agreed": ""}).content.decode()
    assert 'alt="The picture that you chose"' in wrong
    assert 'alt="The picture that you sent"' not in wrong
    removed = change.send({"logo_remove": "on"}).content.decode()
    assert 'alt="The picture that you sent"' in removed
    assert re.search(r'name="logo_remove"[^>]* checked', removed)
    assert change.send({"adult_agreed": "on"}).status_code == 302

    assert not Idea.objects.get().logo
    assert pictures() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_held", [False, True])
def test_a_double_click_on_a_new_picture_changes_once(change, settings, is_held):
    settings.SUGGESTIONS_PER_HOUR = 2
    if is_held:
        change.send({"logo": photo(OTHER), "look": "yes"})
        del change.answers["look"]

    def click():
        return change.send({} if is_held else {"logo": photo(OTHER)})

    assert is_done(click())
    assert is_done(click())
    assert Idea.objects.get().revision == 1
    assert pictures() == ["ideas"]


def test_an_idea_without_anything_is_refused(change):
    answers = {"name": "", "strap_line": "", "logo_remove": "on"}

    assert summary(change.send(answers)) == [
        "Write a name or a strap line, or choose a logo. One of them is enough."
    ]
    assert Idea.objects.get().logo


def test_a_change_is_asked_about_like_an_idea(change):
    asked = change.send({"meaning": "Ring 01623 123456"})

    assert "looks like a telephone number" in summary(asked)[0]
    assert Idea.objects.get().meaning == "Roots."
    ticked = re.search(r'name="may_stay" value="(\w+)"', asked.content.decode())[1]
    assert is_done(change.send({"may_stay": ticked}))


def test_a_change_counts_like_an_idea(change, settings):
    settings.SUGGESTIONS_PER_HOUR = 1  # which the idea itself has used

    refused = change.send({"name": "Four Elms", "logo": photo(OTHER)})

    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert "We have kept this picture." in refused.content.decode()
    assert Idea.objects.get().name == "Three Oaks"


def test_when_it_is_over_a_change_is_kindly_refused(change, contest, address):
    contest.closes_at = timezone.now()
    contest.save()

    asked, sent = change.client.get(change.form), change.send({"name": "Four Elms"})

    for response in (asked, sent):
        assert response.status_code == 200
        assert "It can’t be changed any more" in response.content.decode()
        assert "<form" not in response.content.decode()
    assert "was not sent" in sent.content.decode()
    assert Idea.objects.get().name == "Three Oaks"
    assert "Change it" not in change.client.get(address).content.decode()


def test_what_the_office_still_writes_down_is_not_changed(change):
    Idea.objects.update(status="draft")

    assert "stays as it is" in change.send({"name": "Four Elms"}).content.decode()


def test_a_change_without_the_csrf_token_is_refused(change):
    stranger = Client(enforce_csrf_checks=True)

    assert stranger.post(change.form, change.answers | {"name": "Elms"}).status_code == 403


def test_an_idea_withdrawn_meanwhile_stays_gone(change, monkeypatch):
    send = ChangeForm.send

    def overtaken(form):
        Idea.objects.get().delete()
        return send(form)

    monkeypatch.setattr(ChangeForm, "send", overtaken)

    assert change.send({"name": "Elms", "logo": photo(OTHER)}).status_code == 404
    assert not Idea.objects.exists()


def test_a_change_that_cannot_be_stored_keeps_the_picture_that_was(change, monkeypatch):
    change.client.raise_request_exception = False

    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("naming_contest.models.Idea.decide", fail)

    assert change.send({"name": "Elms"}).status_code == 500
    assert change.send({"logo": photo(OTHER)}).status_code == 500
    assert Idea.objects.get().name == "Three Oaks"
    assert pictures() == ["ideas"]


def test_a_picture_that_was_withdrawn_by_a_change_is_not_public(change, contest):
    idea = Idea.objects.get()
    idea.decide(Idea.Status.APPROVED, None)
    before = change.client.get(idea.logo_address()).status_code
    change.send({"name": "Elms"})

    assert (before, change.client.get(idea.logo_address()).status_code) == (200, 404)
    assert "Elms" not in change.client.get("/name-us/").content.decode()


def test_what_is_written_after_the_rest_was_erased_is_erased_in_its_turn(change, settings):
    settings.IDEAS_LONGEST_DAYS = 1
    Idea.objects.update(sent_at=timezone.now() - timedelta(days=2))
    forget_expired()
    words = {"meaning": "Ask sam@family.example.", "first_name": "", "year_group": ""}
    asked = change.send(words)
    ticked = re.search(r'name="may_stay" value="(\w+)"', asked.content.decode())[1]
    change.send({"may_stay": ticked})
    assert Idea.objects.get().meaning == words["meaning"]

    forget_expired()

    assert Idea.objects.get().meaning == ""
