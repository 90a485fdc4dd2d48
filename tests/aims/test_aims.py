import pytest

from aims.models import Aim, Point
from tests.make import make_aim, make_plan, make_strand, publish

pytestmark = pytest.mark.django_db


def test_points_stand_two_levels_deep_in_their_order(client):
    purpose = make_aim(points=["One", "Two", "Three"]).purpose
    Point.objects.filter(text="Two").update(level=Point.Level.LOWER)
    outline = [(p.text, [b.text for b in below]) for p, below in purpose.outline()]
    assert outline == [("One", ["Two"]), ("Three", [])]


def test_a_lower_point_with_nothing_above_it_is_still_shown():
    purpose = make_aim(points=["Alone"]).purpose
    Point.objects.update(level=Point.Level.LOWER)
    assert [(p.text, below) for p, below in purpose.outline()] == [("Alone", [])]


def test_each_aim_can_be_linked_to(client):
    make_aim(title="Read every day", slug="read")
    html = client.get("/aims/").content.decode()
    assert 'id="read"' in html
    assert 'href="#read"' in html
    assert Aim.objects.get().get_absolute_url() == "/aims/#read"


def test_an_aim_and_its_purpose_keep_their_own_words(client):
    make_aim(title="Strategically develop", heading="Strategic development")
    html = client.get("/aims/").content.decode()
    assert "Strategically develop" in html
    assert "Strategic development" in html


def test_an_aim_shows_the_strands_that_serve_it_only_when_there_are_some(client):
    served, _ = make_aim(), make_aim()
    assert "In our plan" not in client.get("/aims/").content.decode()
    strand = make_strand(plan=make_plan(year=2026), title="A reading boat", slug="boat")
    strand.aims.add(served)
    publish()
    html = client.get("/aims/").content.decode()
    assert html.count("In our plan") == 1
    assert '<a href="/plan/2026-27/boat/">A reading boat</a> (2026–27)' in html


def test_an_address_name_is_made_from_the_title_once():
    aim = make_aim(title="Read, swim & sail!")
    assert aim.slug == "read-swim-sail"
    aim.title = "Something else"
    aim.save()
    assert aim.slug == "read-swim-sail"


def test_equal_titles_get_different_address_names():
    assert [make_aim(title="Read").slug for _ in range(3)] == ["read", "read-2", "read-3"]


def test_a_title_without_latin_letters_gets_an_address_name_too():
    assert make_aim(title="讀書").slug == "aim"
