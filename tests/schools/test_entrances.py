import re

import pytest
from django.core.exceptions import ValidationError

from collab_site.core.editing.bin import bring_back
from collab_site.core.editing.history import history_of, recorded
from collab_site.core.schools.models import Collaboration, School

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _three_schools():
    Collaboration.objects.create(
        name="River Group", colour="#224466", welcome="Hello", introduction="We.", plan_name="Plan"
    )
    School.objects.create(
        name="Oak School",
        short_name="Oak",
        slug="oak",
        colour="#aa0000",
        website="https://oak.example/",
    )
    School.objects.create(name="Elm & Ash School", short_name="Elm", slug="elm", colour="#00aa00")
    School.objects.create(name="Fir School", short_name="Fir", slug="fir", colour="#0000aa")


def page(client, address):
    return client.get(address).content.decode()


def test_a_school_presents_the_collaboration_in_its_own_voice(client):
    assert (
        "Elm &amp; Ash School is proud to be part of the River Group along with Oak School and "
        "Fir School." in page(client, "/from/elm/aims/")
    )


def test_the_shared_page_speaks_for_all_schools(client):
    assert (
        "Oak School, Elm &amp; Ash School and Fir School are proud to be part of the River Group."
        in page(client, "/aims/")
    )


@pytest.mark.parametrize(
    ("others", "end"),
    [
        (0, "Oak School is proud to be part of the River Group."),
        (1, "along with Elm &amp; Ash School."),
    ],
)
def test_the_sentence_fits_one_school_and_two(client, others, end):
    kept = School.objects.values_list("pk", flat=True)[: others + 1]
    School.objects.exclude(pk__in=list(kept)).delete()
    assert end in page(client, "/from/oak/")


def test_every_link_keeps_the_entrance_but_the_static_files_do_not(client):
    links = re.findall(r'(?:href|src|action)="(/[^"]*)"', page(client, "/from/oak/"))
    static = [link for link in links if link.startswith("/static/")]
    assert static
    assert all(link.startswith(("/from/oak/", "/static/")) for link in links)


@pytest.mark.parametrize(
    "address",
    ["", "aims/", "plan/", "achievements/", "name-us/", "name-us/suggest/", "schools/", "privacy/"],
)
def test_every_public_page_is_there_with_the_greeting_and_the_way_back(client, address):
    html = page(client, f"/from/oak/{address}")
    assert "Welcome from Oak School" in html
    assert '<a href="https://oak.example/">Back to Oak’s website</a>' in html


def test_a_school_without_a_website_shows_no_way_back(client):
    assert "Back to" not in page(client, "/from/elm/")


@pytest.mark.parametrize(
    "address",
    [
        "admin/",
        "accounts/login/",
        "accounts/welcome/x/",
        "style/",
        "healthz",
        "sitemap.xml",
        "from/oak/",
        "from/elm/aims/",
    ],
)
def test_nothing_else_is_under_an_entrance(client, address):
    assert client.get(f"/from/oak/{address}").status_code == 404


@pytest.mark.parametrize(
    "address", ["/from/nobody/", "/from/", "/from/oak%20/", "/from//aims/", "/from/oak/nowhere/"]
)
def test_what_is_not_there_is_a_404(client, address):
    assert client.get(address).status_code == 404


def test_a_missing_slash_is_added_with_the_entrance_kept(client):
    assert client.get("/from/oak")["Location"] == "/from/oak/"
    assert client.get("/from/oak/aims")["Location"] == "/from/oak/aims/"


def test_one_reader_s_entrance_does_not_reach_the_next(client):
    client.get("/from/oak/")
    assert "Welcome from" not in page(client, "/")
    assert 'href="/aims/"' in page(client, "/")


def test_an_entrance_s_error_page_keeps_the_greeting(client):
    html = page(client, "/from/oak/nowhere/")
    assert "Welcome from Oak School" in html
    assert 'href="/from/oak/"' in html


def rename(school, slug):
    school = School.objects.get(slug=school)
    school.slug = slug
    school.full_clean()
    school.save()


def test_links_with_an_earlier_address_name_lead_to_the_school(client):
    rename("oak", "great-oak")
    rename("great-oak", "oak-tree")
    for former in ("oak", "great-oak"):
        moved = client.get(f"/from/{former}/plan/?a=b%20c")
        assert moved.status_code == 307
        assert moved["Location"] == "/from/oak-tree/plan/?a=b%20c"
    assert "Welcome from Oak School" in page(client, "/from/oak-tree/plan/")


@pytest.mark.parametrize("typed", ["/from/Oak/plan/", "/FROM/OAK/plan/", "/From/Old-Oak/plan/"])
def test_capitals_in_an_address_that_is_typed_by_hand_do_not_matter(client, typed):
    rename("oak", "old-oak")
    rename("old-oak", "oak")
    assert client.get(typed)["Location"] == "/from/oak/plan/"


def test_a_form_that_was_open_while_the_school_was_renamed_is_sent_on(client):
    rename("oak", "oak-tree")
    sent = client.post("/from/oak/name-us/suggest/", {"name": "x"})
    assert (sent.status_code, sent["Location"]) == (307, "/from/oak-tree/name-us/suggest/")


def test_a_school_may_take_an_earlier_address_name_back(client):
    rename("oak", "oak-tree")
    rename("oak-tree", "oak")
    assert client.get("/from/oak/").status_code == 200
    assert client.get("/from/oak-tree/")["Location"] == "/from/oak/"


def test_bringing_an_earlier_address_name_back_forgets_none_of_them(client):
    with recorded(None):
        rename("oak", "oak-tree")
    bring_back(history_of(School.objects.get(slug="oak-tree")).last())
    assert client.get("/from/oak/").status_code == 200
    assert client.get("/from/oak-tree/")["Location"] == "/from/oak/"


def test_no_school_takes_what_links_to_another_one_use():
    rename("oak", "oak-tree")
    with pytest.raises(ValidationError, match="Links to Oak School still use"):
        rename("elm", "oak")


@pytest.mark.parametrize("slug", ["from", "panel", "plan", "admin", "main", "chips"])
def test_no_address_name_clashes_with_a_page_or_a_part_of_one(client, slug):
    rename("oak", slug)
    assert "Welcome from Oak School" in page(client, f"/from/{slug}/")
    schools = page(client, "/schools/")
    identifiers = re.findall(r'\bid="([^"]*)"', schools)
    assert len(identifiers) == len(set(identifiers))
    rename(slug, "oak")
    assert client.get(f"/from/{slug}/aims/")["Location"] == "/from/oak/aims/"
