import re

import pytest
from django.conf import settings
from hypothesis import example, given
from hypothesis import strategies as st

from collab_site.core.schools.colour import GROUNDS, contrast, ink_on, readable, tones
from collab_site.core.schools.identity import Identity
from collab_site.core.schools.mark import petals
from collab_site.core.schools.models import Collaboration, School

colours = st.from_regex(r"\A#[0-9a-f]{6}\Z")


@given(colours)
def test_text_on_any_colour_can_be_read(colour):
    assert contrast(ink_on(colour), colour) >= 4.5


@given(colours)
@example("#ffffff")
@example("#ffe600")
@example("#000000")
@example("#767676")
@example("#808080")
def test_whatever_the_colour_words_and_shapes_stand_out_on_every_ground(colour):
    found = tones(colour)
    for ground in GROUNDS:
        assert contrast(found["text"], ground) >= 4.5
        assert contrast(found["edge"], ground) >= 3
    assert contrast(found["ink"], colour) >= 4.5
    assert contrast(found["accent"], colour) >= 4.5


def test_a_colour_that_can_be_read_stays_as_it_is():
    assert readable("#1f4f4b") == "#1f4f4b"


def test_the_grounds_are_those_of_the_style_sheet():
    styles = (settings.BASE_DIR / "static/css/base.css").read_text()
    for name, ground in zip(("paper", "card", "soft", "sun-soft", "sun"), GROUNDS, strict=True):
        written = re.search(rf"--{name}: (#[0-9a-f]+);", styles)[1]
        assert ground in (written, f"#{written[1:] * 2}")


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_the_sign_has_a_petal_for_each_school_turned_evenly(count):
    colours = [f"#00000{n}" for n in range(count)]
    drawn = petals(colours)
    assert [petal.colour for petal in drawn] == colours
    assert [petal.angle for petal in drawn] == [round(360 / count * n, 2) for n in range(count)]


@pytest.mark.django_db
def test_a_pale_petal_has_an_outline_on_pages_and_in_the_icon(client):
    School.objects.create(name="Oak", short_name="Oak", slug="oak", colour="#ffffff")
    outline = f'stroke="{readable("#ffffff", 3)}"'
    for address in ("/", "/favicon.svg"):
        assert outline in client.get(address).content.decode()


@pytest.mark.django_db
def test_a_new_colour_is_in_the_styles_and_the_icon_at_the_next_load(client):
    school = School.objects.create(name="Oak", short_name="Oak", slug="oak", colour="#112233")
    before = Identity().version
    assert b"#112233" in client.get("/favicon.svg").content
    school.colour = "#445566"
    school.save()
    version = Identity().version
    assert version != before
    assert f"/colours-{version}.css" in client.get("/").content.decode()
    styles = client.get(f"/colours-{version}.css")
    assert b".school-oak{--school:#445566;--school-ink:#ffffff;" in styles.content
    assert "immutable" in styles["Cache-Control"]
    assert b"#445566" in client.get("/favicon.svg").content


@pytest.mark.django_db
def test_an_old_name_of_the_styles_leads_to_them(client):
    earlier = client.get("/colours-abc.css")
    assert (earlier.status_code, earlier["Location"]) == (302, f"/colours-{Identity().version}.css")
    assert earlier["Cache-Control"] == "no-cache"


@pytest.mark.django_db
def test_there_is_one_collaboration():
    Collaboration.objects.create(name="One", colour="#112233", welcome="w", introduction="i")
    Collaboration(name="Two", colour="#112233", welcome="w", introduction="i").save()
    assert [c.name for c in Collaboration.objects.all()] == ["Two"]
