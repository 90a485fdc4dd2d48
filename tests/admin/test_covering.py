"""Each school's ideas are its own people's; covering for another school is written down."""

import pytest
from django.contrib.admin.models import LogEntry

from collab_site.core.accounts.roles import Role
from collab_site.core.schools.models import School
from naming_contest.models import Idea
from tests.admin.deciding import QUEUE, buttons, cover, decide, names, page_of
from tests.admin.pages import Editing, Page
from tests.make import make_idea, make_picture, make_school, make_user


@pytest.fixture
def elm(db):
    return make_school(name="Elm School", short_name="Elm")


@pytest.fixture
def oak_head(elm):
    """A headteacher of Oak School."""
    oak = make_school(name="Oak School", short_name="Oak")
    return Editing(make_user(Role.HEADTEACHER, first_name="Ann", last_name="Head", school=oak))


@pytest.fixture
def ideas(oak_head, elm):
    """An idea of each kind, by name; the oldest one has no school."""
    return {
        "Nobody’s": make_idea(name="Nobody’s", sent_at="2026-05-01T12:00Z"),
        "Elm’s": make_idea(name="Elm’s", school=elm, sent_at="2026-05-02T12:00Z"),
        "Oak’s": make_idea(name="Oak’s", school=oak_head.user.school, sent_at="2026-05-03T12:00Z"),
        "Oak’s first": make_idea(
            name="Oak’s first", school=oak_head.user.school, sent_at="2026-04-03T12:00Z"
        ),
    }


def logged():
    entries = LogEntry.objects.order_by("pk")
    return list(entries.values_list("object_repr", "change_message"))


def test_the_queue_is_ones_own_schools_and_what_has_no_school(oak_head, ideas):
    page = oak_head.get(QUEUE)
    assert names(page) == ["Oak’s first", "Nobody’s", "Oak’s"]
    assert "Waiting (3)" in page.text()
    assert "families of Oak School" in page.text()
    assert "3 wait for you" in oak_head.get("/admin/").text()


def test_who_belongs_to_no_school_looks_after_all(head, ideas):
    page = head.get(QUEUE)
    assert names(page) == ["Oak’s first", "Nobody’s", "Elm’s", "Oak’s"]
    assert "Cover for another school" not in page.text()
    decide(head, ideas["Elm’s"], "approved")
    assert logged() == [(str(ideas["Elm’s"]), "Approved")]


def test_another_schools_idea_is_not_decided_about_without_covering(oak_head, ideas):
    idea = ideas["Elm’s"]
    page = oak_head.get(page_of(idea))
    assert buttons(page) == []
    assert f"{QUEUE}{idea.pk}/delete/" not in page.links()
    assert "Cover for Elm School" in page.text()
    assert "Elm’s" not in page.text()
    assert "Receipt code" not in page.text()
    response = decide(oak_head, idea, "approved")
    assert response.status_code == 403
    assert "from a family of Elm School" in Page(response, page.address).text()
    response = oak_head.client.post(f"{QUEUE}{idea.pk}/delete/", {"post": "yes"})
    assert response.status_code == 403
    assert Idea.objects.get(pk=idea.pk).status == "waiting"
    assert logged() == []


def test_another_schools_picture_is_only_for_who_covers(oak_head, elm):
    idea = make_idea(school=elm, logo=make_picture())
    address = f"{QUEUE}pictures/{idea.logo.name.removeprefix('ideas/')}"
    assert oak_head.status(address) == 403
    cover(oak_head, elm)
    assert oak_head.picture(address)["Content-Type"] == "image/webp"


def test_covering_shows_the_other_schools_queue_and_says_so(oak_head, elm, ideas):
    response = cover(oak_head, elm)
    assert response.redirect_chain == [(QUEUE, 302)]
    page = Page(response, QUEUE)
    assert names(page) == ["Elm’s"]
    assert "Waiting (1)" in page.text()
    assert "You are covering for Elm School" in page.text()
    assert "3 wait for you" in oak_head.get("/admin/").text()


def test_covering_begins_at_an_idea_too_and_stays_there(oak_head, elm, ideas):
    idea = ideas["Elm’s"]
    response = cover(oak_head, elm, idea=idea.pk)
    assert response.redirect_chain == [(page_of(idea), 302)]
    page = Page(response, page_of(idea))
    assert "You are covering for Elm School" in page.text()
    assert buttons(page) == ["Approve", "Decline, and tell the family"]


def test_what_is_done_while_covering_is_logged_with_the_school(oak_head, elm, ideas):
    theirs, ours = ideas["Elm’s"], ideas["Oak’s"]
    cover(oak_head, elm)
    assert decide(oak_head, theirs, "approved").redirect_chain == [(QUEUE, 302)]
    decide(oak_head, theirs, "declined")
    decide(oak_head, ours, "approved")
    oak_head.client.post(f"{QUEUE}{theirs.pk}/delete/", {"post": "yes"})
    oak_head.client.post(f"{QUEUE}cover/stop/")
    assert logged() == [
        ("Ann Head", "Began covering for Elm School"),
        (str(theirs), "Approved, covering for Elm School"),
        (str(theirs), "Declined, covering for Elm School"),
        (str(ours), "Approved"),
        (str(theirs), "Erased, covering for Elm School"),
        ("Ann Head", "Stopped covering for Elm School"),
    ]


def test_covering_ends_with_a_button_and_with_the_session(oak_head, elm, ideas):
    cover(oak_head, elm)
    assert names(oak_head.get(QUEUE)) == ["Elm’s"]
    oak_head.client.post(f"{QUEUE}cover/stop/")
    assert "Elm’s" not in names(oak_head.get(QUEUE))
    cover(oak_head, elm)
    oak_head.client.logout()
    oak_head.client.force_login(oak_head.user)
    assert "Elm’s" not in names(oak_head.get(QUEUE))


def test_a_school_that_is_gone_is_not_covered_for(oak_head, elm):
    cover(oak_head, elm)
    School.objects.filter(pk=elm.pk).delete()
    assert "You are covering" not in oak_head.get(QUEUE).text()


@pytest.mark.parametrize("school", ["", "nonsense", "99999", "own"])
def test_only_another_school_can_be_covered_for(oak_head, school):
    own = oak_head.user.school
    chosen = own.pk if school == "own" else school
    response = oak_head.client.post(f"{QUEUE}cover/", {"school": chosen}, follow=True)
    assert "Choose the school that you cover for." in Page(response, QUEUE).text()
    assert logged() == []


@pytest.mark.parametrize("address", ["cover/", "cover/stop/", "work/"])
def test_following_a_link_changes_nothing(oak_head, address):
    assert oak_head.status(QUEUE + address) == 405
