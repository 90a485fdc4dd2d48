import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import resolve

from actionplan import urls
from actionplan.models import HalfTerm, Plan, Status, Step
from tests.make import (
    make_collaboration,
    make_plan,
    make_possibility,
    make_school,
    make_step,
    make_strand,
    publish,
)

pytestmark = pytest.mark.django_db


def page(client, address="/plan/"):
    """Publish what has been made, and return the page on which it is read."""
    publish()
    return client.get(address).content.decode()


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_strands_and_steps_are_numbered(client):
    strand = make_strand(steps=["First", "Second"])
    make_strand(plan=strand.plan, steps=["Third"])
    html = page(client)
    assert re.findall(r"Step </span>([\d.]+)", html) == ["1.1", "1.2", "2.1"]
    assert [step.number for step in Step.objects.order_by("pk")] == ["1.1", "1.2", "2.1"]


def test_the_plan_page_shows_the_current_year(client, time_machine):
    time_machine.move_to("2026-11-22")
    for year in (2025, 2026, 2027):
        make_plan(year=year, introduction=f"About {year}")
    assert "About 2026" in page(client)
    time_machine.move_to("2027-09-01")
    assert "About 2027" in page(client)


def test_until_a_new_plan_is_written_the_last_one_stays(client, time_machine):
    make_plan(year=2024, introduction="About 2024")
    make_plan(year=2025, introduction="About 2025")
    time_machine.move_to("2026-11-22")
    assert "About 2025" in page(client)


def test_each_year_has_its_address_and_the_others_can_be_reached(client):
    make_plan(year=2025)
    make_plan(year=2026, introduction="About 2026")
    html = page(client, "/plan/2026-27/")
    assert "About 2026" in html
    assert '<a href="/plan/2025-26/">2025–26</a>' in html
    assert 'href="/plan/2026-27/">2026–27' not in html


@pytest.mark.parametrize("year", ["2030-31", "2026-28", "2026", "0000-01", "٢٠٢٦-٢٧"])
def test_a_year_that_is_not_there_is_a_404(client, year):
    make_plan(year=2026)
    publish()
    assert client.get(f"/plan/{year}/").status_code == 404


def test_what_is_not_filled_in_leaves_no_label(client):
    make_collaboration()
    make_strand(title="Only a title", steps=["Only a text"])
    text = words(page(client))
    for label in (
        "Where",
        "When",
        "question still open",
        "Led by",
        "Why",
        "How we",
        "serves",
        "None",
    ):
        assert label not in text
    assert not [s for s in Status if s.label in text]


@pytest.mark.parametrize("status", Status)
def test_a_status_is_told_in_words_and_by_shape(client, status):
    make_step(status=status)
    html = page(client)
    shown = re.search(r'<span class="status[^>]+>(<svg.+?</svg>)(.+?)</span>', html, re.DOTALL)
    assert shown[2] == status.label
    assert 'class="ring"' in shown[1]


def test_the_four_statuses_have_four_shapes(client):
    for status in Status:
        make_step(status=status)
    shapes = re.findall(r'<span class="status[^>]+>(<svg.+?</svg>)', page(client), re.DOTALL)
    assert len(set(shapes)) == len(Status) == 4


def test_a_step_tells_who_takes_part_where_and_when(client):
    schools = [make_school(short_name=name) for name in ("Oak", "Elm", "Fir")]
    step = make_step(venue="The hall", half_term=HalfTerm.SPRING_1, open_question="Which books?")
    step.schools.set(schools)
    text = words(page(client))
    for part in ("All three schools", "Where: The hall", "When: Spring 1"):
        assert part in text
    assert "A question still open Which books?" in text
    step.schools.set(schools[:2])
    assert "Oak and Elm" in words(page(client))


def test_both_schools_of_two_take_part(client):
    make_step().schools.set([make_school(), make_school()])
    assert "Both schools" in words(page(client))


def test_a_day_is_written_in_words(client):
    make_step(due_on="2027-03-12")
    assert "When: 12 March 2027" in words(page(client))


def test_a_step_has_a_half_term_or_a_day_but_not_both():
    step = make_step(half_term="autumn-1")
    step.due_on = "2026-10-01"
    with pytest.raises(ValidationError, match="a half-term or a day"):
        step.full_clean()
    with pytest.raises(IntegrityError):
        step.save()


def test_ideas_being_considered_stand_apart_from_the_strands(client):
    possibility = make_possibility(text="A shared choir?")
    make_strand(plan=possibility.plan)
    html = page(client)
    assert html.index('id="considering"') > html.index('class="strand"')
    assert "A shared choir?" in html


def test_a_plan_without_ideas_has_no_place_for_them(client):
    make_strand()
    assert "considering" not in page(client)


def test_there_is_one_plan_a_year():
    make_plan(year=2026)
    with pytest.raises(IntegrityError):
        Plan.objects.create(year=2026)


def test_no_strand_takes_the_address_of_another_page_of_its_plan(client):
    beside = [
        literal[1]
        for pattern in urls.urlpatterns
        if (literal := re.match(r"<year:year>/([a-z-]+)/", str(pattern.pattern)))
    ]
    assert {"changes", "editions", "on-a-page", "updates"} <= set(beside)
    for name in set(beside):
        strand = make_strand(title=name.replace("-", " "))
        assert strand.slug != name
        publish()
        assert name.replace("-", " ") in client.get(strand.get_absolute_url()).content.decode()
        assert resolve(strand.get_absolute_url()).url_name == "strand"
