"""The page on which headteachers take on what has won, after a look, and take it back."""

import io
from datetime import timedelta

import html5lib
import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from collab_site.core.accounts.roles import Role
from collab_site.core.pictures.models import HeldPicture
from collab_site.core.schools.models import Collaboration, Logo
from naming_contest.models import Adoption, Part
from tests.admin.pages import Editing, Page
from tests.make import make_collaboration, make_contest, make_idea, make_user, make_winner
from tests.pictures.samples import drawing, saved


@pytest.fixture
def contest(db):
    """A contest whose result is announced: a name, a strap line and a logo of three ideas."""
    make_collaboration()
    past = timezone.now() - timedelta(days=1)
    contest = make_contest(closes_at=past, announces_at=past, settled_at=past)
    for part in Part:
        make_winner(part, contest=contest)
    return contest


def address_of(contest):
    return f"/admin/naming_contest/contest/{contest.pk}/adopt/"


def picture(size=(200, 200)):
    return SimpleUploadedFile("tidied.png", saved(drawing(size=size), "PNG"))


def fields_of(page):
    """Return what the form would send, but for its buttons and the token of the session."""
    [form] = [f for f in page.all("form") if f.get("class") == "editing-form form"]
    fields = {f.get("name"): f.get("value", "") for f in page.all("input", form)}
    return {n: v for n, v in fields.items() if n not in ("tidied", "tidied_remove")}


def send(person, contest, page=None, /, **changes):
    """Send the form of `page` with `changes`; return the Page that follows."""
    address = address_of(contest)
    data = fields_of(page or person.get(address)) | changes
    response = person.client.post(address, data, follow=True)
    html5lib.HTMLParser(strict=True).parse(response.content.decode())
    return Page(response, address)


def name_now():
    return Collaboration.objects.get().name


def test_it_shows_what_is_and_what_would_be(head, contest):
    page = head.get(address_of(contest))
    html5lib.HTMLParser(strict=True).parse(page.response.content.decode())
    for words in ("Now River Group", "Three Oaks Growing together", "16, 32 and 48 pixels"):
        assert words in page.text()
    assert "A tidied version could" in page.text()
    links = {a.get("href") for a in page.all("a")}
    assert f"/as-if/{contest.slug}/" in links
    assert "not announced yet" not in page.text()
    assert "Take it back" not in page.text()
    assert Adoption.objects.count() == 0


def test_one_button_takes_it_on_and_one_takes_it_back(head, contest):
    page = send(head, contest)
    assert "This is what everybody sees from now on." in page.text()
    assert "Ann Head did this on" in page.text()
    assert name_now() == "Three Oaks"
    assert Adoption.objects.get().adopted_by == head.user
    [button] = [b for b in page.all("button") if b.get("name") == "take_back"]
    taken_back = {"take_back": button.get("value")}
    page = Page(head.client.post(page.address, taken_back, follow=True), page.address)
    assert "The site is called and looks as it was before." in page.text()
    assert "Ann Head did this" not in page.text()
    assert name_now() == "River Group"
    response = head.client.post(page.address, taken_back, follow=True)
    assert "It has been taken back already" in response.content.decode()


def test_what_stays_is_told(head, contest):
    send(head, contest)
    Collaboration.objects.update(strap_line="By hand")
    data = {"take_back": Adoption.objects.get().pk}
    response = head.client.post(address_of(contest), data, follow=True)
    assert "But for the strap line" in response.content.decode()
    assert Collaboration.objects.get().strap_line == "By hand"


def test_before_the_announcement_it_warns(head, contest):
    type(contest).objects.update(announces_at=timezone.now() + timedelta(days=1))
    page = head.get(address_of(contest))
    assert "The result is not announced yet." in page.text()
    send(head, contest)
    assert name_now() == "Three Oaks"


def test_a_tidied_logo_is_looked_at_kept_and_taken_on(head, contest):
    page = send(head, contest, tidied=picture(), look="yes")
    assert "We have kept the tidied logo" in page.text()
    assert "Tidied: this one would be used" in page.text()
    assert name_now() == "River Group"
    token = fields_of(page)["tidied_held"]
    assert f"/as-if/{contest.slug}/tidied-{token}/" in {a.get("href") for a in page.all("a")}
    shown = {image.get("src") for image in page.all("img")}
    assert f"/name-us/suggest/picture/{token}/" in shown
    assert f"{address_of(contest)}16.png?held={token}" in shown
    send(head, contest, page)
    logo = Collaboration.objects.get().logo
    assert (logo.width, logo.height, logo.alt_text) == (200, 200, "Three trees")
    assert Adoption.objects.get().is_tidied
    assert not HeldPicture.objects.exists()


def test_a_tidied_logo_is_still_there_after_a_walk_through_the_preview(head, contest):
    token = fields_of(send(head, contest, tidied=picture(), look="yes"))["tidied_held"]
    walk = head.get(f"/as-if/{contest.slug}/tidied-{token}/")
    page = head.get(f"{address_of(contest)}?held={token}")
    assert page.address in {a.get("href") for a in walk.all("a")}
    assert "Tidied: this one would be used" in page.text()
    send(head, contest, page)
    assert Adoption.objects.get().is_tidied
    assert "Tidied" not in head.get(f"{address_of(contest)}?held=nonsense").text()


def test_a_tidied_logo_survives_an_error(head, contest):
    page = send(head, contest, tidied=picture(), alt_text="")
    assert page.all("title")[0].text.startswith("Error: ")
    assert "Say in a few words what the logo shows." in page.text()
    send(head, contest, page, alt_text="Oaks")
    assert Collaboration.objects.get().logo.alt_text == "Oaks"
    assert Adoption.objects.get().is_tidied


def test_a_tidied_logo_can_be_left_out_again(head, contest):
    page = send(head, contest, tidied=picture(), look="yes")
    page = send(head, contest, page, tidied_remove="on", look="yes")
    assert "Tidied" not in page.text()
    send(head, contest, page)
    assert not Adoption.objects.get().is_tidied


def test_a_held_logo_that_is_gone_is_asked_for_again(head, contest):
    page = send(head, contest, tidied=picture(), look="yes")
    HeldPicture.objects.all().delete()
    page = send(head, contest, page)
    assert "We no longer have the picture that you chose." in page.text()
    assert name_now() == "River Group"


def test_what_is_no_picture_is_refused(head, contest):
    page = send(head, contest, tidied=SimpleUploadedFile("logo.svg", b"<svg></svg>"))
    assert "This is an SVG drawing" in page.text()
    assert name_now() == "River Group"


@pytest.mark.parametrize("with_tidied", [False, True])
def test_what_has_changed_meanwhile_is_shown_first(head, contest, with_tidied):
    page = head.get(address_of(contest))
    winner = contest.winners.get(part=Part.NAME)
    winner.idea = make_idea(name="The Acorn", status="approved")
    winner.save()
    tidied = {"tidied": picture()} if with_tidied else {}
    page = send(head, contest, page, alt_text="Mine", **tidied)
    assert "Something has changed since you opened this page." in page.text()
    assert "The Acorn" in page.text()
    assert name_now() == "River Group"
    assert fields_of(page)["alt_text"] == "Mine"
    send(head, contest, page)
    assert name_now() == "The Acorn"
    assert Adoption.objects.get().is_tidied == with_tidied


def test_a_second_press_takes_on_nothing_more(head, contest):
    page = head.get(address_of(contest))
    send(head, contest, page)
    assert "Something has changed since" in send(head, contest, page).text()
    assert Adoption.objects.count() == Logo.objects.count() == 1


def test_a_logo_withdrawn_meanwhile_is_not_taken_on(head, contest):
    page = head.get(address_of(contest))
    contest.winners.get(part=Part.LOGO).idea.delete()
    data = fields_of(page) | {"tidied": picture()}
    response = head.client.post(address_of(contest), data, follow=True)
    assert "Something has changed since" in response.content.decode()
    assert not HeldPicture.objects.exists()
    send(head, contest)
    assert Collaboration.objects.get().logo is None


def test_it_can_be_taken_on_again_with_a_tidied_logo(head, contest):
    page = send(head, contest)
    assert "Take it on again" in page.text()
    page = send(head, contest, page, tidied=picture(), look="yes")
    send(head, contest, page)
    assert [adoption.is_tidied for adoption in Adoption.objects.order_by("pk")] == [False, True]
    assert Collaboration.objects.get().logo.width == 200


@pytest.mark.parametrize("missing", ["winners", "end"])
def test_without_winners_it_says_why(head, contest, missing):
    if missing == "winners":
        contest.winners.all().delete()
    else:
        type(contest).objects.update(closes_at=None, announces_at=None)
    page = head.get(address_of(contest))
    told = {"winners": "No winner is chosen yet", "end": "The time for ideas is not over yet."}
    assert told[missing] in page.text()
    response = head.client.post(address_of(contest), {"stamp": "x", "alt_text": "x"}, follow=True)
    assert "There is nothing to take on any more." in response.content.decode()


def test_a_name_alone_needs_no_words_for_a_logo(head, contest):
    contest.winners.exclude(part=Part.NAME).delete()
    page = head.get(address_of(contest))
    assert "What the logo shows" not in page.text()
    send(head, contest, page, tidied=picture())
    assert name_now() == "Three Oaks"
    assert not HeldPicture.objects.exists()


def test_words_that_may_tell_who_somebody_is_are_not_offered(head, contest):
    contest.ideas.update(logo_alt="Drawn for me@oak.example")
    assert fields_of(head.get(address_of(contest)))["alt_text"] == ""


@pytest.mark.parametrize("role", [Role.EDITOR, Role.JUDGE])
def test_only_who_may_choose_may_take_on_or_back(head, contest, role):
    page = head.get(address_of(contest))
    other = Editing(make_user(role))
    for data in (fields_of(page), {"take_back": "1"}):
        assert other.client.post(address_of(contest), data).status_code == 403
    assert other.status(address_of(contest)) == 403
    assert other.status(f"{address_of(contest)}16.png") == 403
    assert name_now() == "River Group"


def test_it_needs_the_forms_token(head, contest):
    data = fields_of(head.get(address_of(contest)))
    del data["csrfmiddlewaretoken"]
    head.client.handler.enforce_csrf_checks = True
    assert head.client.post(address_of(contest), data).status_code == 403


def test_what_is_logged_and_told_holds_no_word_of_a_family(head, contest):
    send(head, contest)
    head.client.post(address_of(contest), {"take_back": Adoption.objects.get().pk})
    logged = LogEntry.objects.order_by("pk").values_list("object_repr", "change_message")
    assert [said for _, said in logged] == ["Took on the winners", "Took back the winners"]
    assert {name for name, _ in logged} == {"Name us"}


@pytest.mark.parametrize(
    ("side", "status"), [(16, 200), (32, 200), (48, 200), (17, 404), (5000, 404)]
)
def test_the_logo_is_shown_as_small_as_icons_are(head, contest, side, status):
    response = head.client.get(f"{address_of(contest)}{side}.png")
    assert response.status_code == status
    assert "no-store" in response["Cache-Control"]
    if status == 200:
        assert Image.open(io.BytesIO(response.content)).width == side


@pytest.mark.parametrize("number", ["x", "", "0", "999999", "9" * 30])
def test_nonsense_is_a_404(head, contest, number):
    data = {"take_back": number}
    assert head.client.post(address_of(contest), data).status_code == 404
    assert head.status("/admin/naming_contest/contest/999/adopt/") == 404


def test_the_contests_page_leads_there_once_it_is_over(head, contest):
    page = f"/admin/naming_contest/contest/{contest.pk}/change/"
    assert address_of(contest) in head.get(page).links()
    assert address_of(contest) not in Editing(make_user(Role.EDITOR)).get(page).links()
    type(contest).objects.update(closes_at=None, announces_at=None)
    assert address_of(contest) not in head.get(page).links()


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_takes_the_same_queries(head, contest, count, django_assert_num_queries):
    for _ in range(count):
        make_idea(contest=contest, status="approved")
    send(head, contest)
    with django_assert_num_queries(13):
        head.get(address_of(contest))
