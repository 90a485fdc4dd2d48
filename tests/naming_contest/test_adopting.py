"""The portal takes on what has won, and takes it back; what a family withdraws goes with it."""

import io
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone
from PIL import Image, ImageDraw
from pypdf import PdfReader

from actionplan.models import EditionDocument
from collab_site.core.editing.history import history_of
from collab_site.core.pictures.cleaning import clean_picture
from collab_site.core.pictures.storage import picture_storage
from collab_site.core.schools.models import Collaboration, Logo
from naming_contest import adopting
from naming_contest.adopting import ChangedMeanwhile, NothingToAdopt, Proposal, adopt, take_back
from naming_contest.models import Adoption, Idea, Part
from tests.make import (
    make_contest,
    make_idea,
    make_plan,
    make_school,
    make_strand,
    make_user,
    make_winner,
    publish,
)
from tests.pictures.samples import saved

pytestmark = pytest.mark.django_db
PDF = "/plan/2026-27/plan.pdf"


@pytest.fixture
def user():
    return make_user(first_name="Ann", last_name="Head")


@pytest.fixture
def contest(collaboration):
    """A contest whose result is announced: a name, a strap line and a logo of three ideas."""
    past = timezone.now() - timedelta(days=1)
    contest = make_contest(closes_at=past, announces_at=past, settled_at=past)
    for part in Part:
        make_winner(part, contest=contest)
    return contest


@pytest.fixture
def logo_idea(contest):
    return contest.winners.get(part=Part.LOGO).idea


def take_on(contest, user, **kwargs):
    kwargs = {"stamp": Proposal(contest).stamp, "alt_text": "Three trees"} | kwargs
    return adopt(contest, user, **kwargs)


def identity():
    row = Collaboration.objects.select_related("logo").get()
    return row.name, row.strap_line, row.logo


def tidied():
    image = Image.new("RGBA", (900, 900), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((50, 50, 850, 850), fill="#004400")
    return clean_picture(ContentFile(saved(image, "PNG")))


def files():
    folders = ("logos", "ideas", "held")
    storage = picture_storage()
    return [
        f"{folder}/{name}"
        for folder in folders
        if storage.exists(folder)
        for name in storage.listdir(folder)[1]
    ]


# --- Taking on -------------------------------------------------------------------------------


def test_it_changes_the_name_the_strap_line_and_the_logo(contest, logo_idea, user):
    adoption = take_on(contest, user)
    name, strap_line, logo = identity()
    assert (name, strap_line, logo.alt_text) == ("Three Oaks", "Growing together", "Three trees")
    assert adoption.before == {"name": "River Group", "strap_line": "", "logo": None}
    assert adoption.after == {"name": name, "strap_line": strap_line, "logo": logo.pk}
    assert (adoption.logo, adoption.logo_from, adoption.is_tidied) == (logo, logo_idea, False)
    assert adoption.adopted_by == user


def test_only_the_parts_that_have_a_winner_change(contest, user):
    contest.winners.exclude(part=Part.STRAP_LINE).delete()
    Collaboration.objects.update(strap_line="Before")
    adoption = take_on(contest, user)
    assert identity() == ("River Group", "Growing together", None)
    assert (adoption.logo, adoption.logo_from) == (None, None)
    assert set(adoption.after) == set(adoption.before) == {"strap_line"}


def test_the_logo_is_a_copy_no_larger_than_it_has_to_be(contest, logo_idea, user):
    logo = take_on(contest, user).logo
    assert logo.image.name != logo_idea.logo.name
    assert logo.image.name.startswith("logos/")
    assert (logo.width, logo.height) == (60, 40)
    logo = take_on(contest, user, tidied=tidied()).logo
    assert (logo.width, logo.height) == (640, 640)
    with logo.image.open() as file, Image.open(file) as image:
        assert image.format == "WEBP"
        assert image.getpixel((2, 2))[3] == 0


def test_a_tidied_logo_takes_the_drawings_place_and_the_drawing_stays(contest, logo_idea, user):
    adoption = take_on(contest, user, tidied=tidied())
    assert (adoption.is_tidied, adoption.logo_from) == (True, logo_idea)
    logo_idea.refresh_from_db()
    assert sorted(files()) == sorted([adoption.logo.image.name, logo_idea.logo.name])


def test_it_is_in_the_history_in_the_persons_name(contest, user):
    take_on(contest, user)
    newest, before = history_of(Collaboration.objects.get())
    assert (newest.revision.user, newest.field_dict["name"]) == (user, "Three Oaks")
    assert newest.revision.comment == "Took on the winners of “Name us”"
    assert before.field_dict["name"] == "River Group"


@pytest.mark.parametrize("missing", ["winners", "approval", "end", "collaboration"])
def test_without_something_to_take_on_nothing_changes(contest, user, missing):
    if missing == "winners":
        contest.winners.all().delete()
    elif missing == "approval":
        contest.ideas.update(status="declined")
    elif missing == "end":
        type(contest).objects.update(closes_at=None, announces_at=None)
    else:
        Collaboration.objects.all().delete()
    contest.refresh_from_db()
    with pytest.raises(NothingToAdopt):
        take_on(contest, user)
    assert not Adoption.objects.exists()


def test_what_is_not_what_somebody_has_seen_is_not_taken_on(contest, logo_idea, user):
    stamps = {Proposal(contest).stamp}
    Collaboration.objects.update(name="By hand")
    stamps.add(Proposal(contest).stamp)
    logo_idea.decide("approved", user)
    stamps.add(Proposal(contest).stamp)
    winner = contest.winners.get(part=Part.NAME)
    winner.idea = make_idea(name="Other", status="approved")
    winner.save()
    assert len(stamps) == 3
    for stamp in stamps:
        with pytest.raises(ChangedMeanwhile):
            take_on(contest, user, stamp=stamp)
    assert identity() == ("By hand", "", None)
    assert not [name for name in files() if name.startswith("logos/")]


def test_pressing_twice_takes_on_once(contest, user):
    stamp = Proposal(contest).stamp
    take_on(contest, user, stamp=stamp)
    with pytest.raises(ChangedMeanwhile):
        take_on(contest, user, stamp=stamp)
    assert Adoption.objects.count() == Logo.objects.count() == 1


def test_a_failure_leaves_no_file_and_no_row(contest, user, monkeypatch):
    before = files()
    monkeypatch.setattr(Adoption.objects, "create", None)
    with pytest.raises(TypeError):
        take_on(contest, user)
    assert identity() == ("River Group", "", None)
    assert files() == before


# --- Taking back -----------------------------------------------------------------------------


def test_it_is_taken_back_and_can_be_taken_on_again(contest, user):
    adoption = take_on(contest, user)
    assert take_back(adoption, user) == []
    assert identity() == ("River Group", "", None)
    adoption.refresh_from_db()
    assert adoption.undone_by == user
    assert adoption.undone_at
    assert Adoption.objects.in_force() is None
    again = take_on(contest, user)
    assert identity() == ("Three Oaks", "Growing together", again.logo)


def test_what_was_changed_by_hand_since_stays_and_is_told(contest, user):
    adoption = take_on(contest, user)
    Collaboration.objects.update(strap_line="By hand")
    assert take_back(adoption, user) == ["strap_line"]
    assert identity() == ("River Group", "By hand", None)


def test_only_the_newest_can_be_taken_back(contest, user):
    first = take_on(contest, user)
    second = take_on(contest, user, tidied=tidied())
    with pytest.raises(ChangedMeanwhile):
        take_back(first, user)
    take_back(second, user)
    assert identity() == ("Three Oaks", "Growing together", first.logo)
    with pytest.raises(ChangedMeanwhile):
        take_back(second, user)
    take_back(first, user)
    assert identity()[0] == "River Group"


def test_a_logo_from_before_that_was_withdrawn_does_not_come_back(contest, logo_idea, user):
    take_on(contest, user)
    other = make_winner(Part.LOGO, contest=make_contest(title="Again", closes_at=timezone.now()))
    second = take_on(other.contest, user)
    logo_idea.delete()
    take_back(second, user)
    assert identity() == ("Three Oaks", "Growing together", None)


# --- Withdrawing -----------------------------------------------------------------------------


@pytest.fixture
def plan(contest):
    make_school()
    make_strand(plan=make_plan(year=2026), steps=["Meet."])
    publish()


def pictures_in(response):
    return [
        image for page in PdfReader(io.BytesIO(response.content)).pages for image in page.images
    ]


@pytest.mark.parametrize("gone", ["withdrawn", "declined", "waiting"])
@pytest.mark.parametrize("with_tidied", [False, True])
def test_with_its_idea_the_logo_goes_from_everywhere(
    client, plan, contest, logo_idea, user, gone, with_tidied, django_capture_on_commit_callbacks
):
    logo = take_on(contest, user, tidied=tidied() if with_tidied else None).logo
    address = f"/logo/{logo.image_name}"
    assert client.get(address).status_code == 200
    assert address in client.get("/").content.decode()
    assert b"data:image/png" in client.get("/favicon.svg").content
    assert pictures_in(client.get(PDF))
    with django_capture_on_commit_callbacks(execute=True):
        logo_idea.delete() if gone == "withdrawn" else logo_idea.decide(gone, user)
    assert not Logo.objects.exists()
    assert not EditionDocument.objects.exists()
    assert [name for name in files() if name.startswith("logos/")] == []
    assert client.get(address).status_code == 404
    for page in ("/", "/plan/feed/", "/name-us/story/", "/nowhere/"):
        assert "/logo/" not in client.get(page).content.decode()
    assert b"data:" not in client.get("/favicon.svg").content
    assert not pictures_in(client.get(PDF))
    adoption = Adoption.objects.get()
    assert adoption.logo is None
    assert take_back(adoption, user) == ["logo"]


def test_what_others_decide_leaves_the_logo_alone(contest, logo_idea, user):
    logo = take_on(contest, user).logo
    make_idea(logo=tidied()).decide("declined", user)
    logo_idea.decide("approved", user)
    assert identity()[2] == logo


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change",
    [lambda idea: idea.delete(), lambda idea: idea.decide(Idea.Status.DECLINED, None)],
    ids=["withdrawn", "declined"],
)
def test_a_drawing_that_goes_while_it_is_taken_on_is_not_used(
    contest, user, logo_idea, monkeypatch, change
):
    copied_before, jobs = adopting.logo_copy, []

    def changed():
        change(Idea.objects.get(pk=logo_idea.pk))
        connection.close()

    with ThreadPoolExecutor(1) as others:

        def copied(picture):
            jobs.append(others.submit(changed))
            wait(jobs, 0.5)
            return copied_before(picture)

        monkeypatch.setattr(adopting, "logo_copy", copied)
        take_on(contest, user)

    jobs[0].result()
    assert identity()[2] is None
    assert not [name for name in files() if name.startswith("logos/")]
