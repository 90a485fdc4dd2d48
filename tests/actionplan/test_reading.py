"""What readers are told beyond an edition's words: how far, what next, and where a strand is."""

import re

import pytest

from actionplan.academic_year import HalfTerm
from actionplan.reading import is_overdue, present, progress, read_plan
from tests.make import (
    make_collaboration,
    make_plan,
    make_school,
    make_step,
    make_strand,
    make_update,
    publish,
)

pytestmark = pytest.mark.django_db


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def steps(*statuses):
    return [{"status": status} for status in statuses]


def test_progress_is_told_once_somebody_has_said_how_far_a_step_is():
    assert progress(steps("", "")) is None
    told = progress(steps("done", "done", "under-way", ""))
    assert (told["total"], told["done"]) == (4, 2)
    assert [(s["label"], s["count"]) for s in told["segments"]] == [
        ("Done", 2),
        ("Under way", 1),
        ("No status yet", 1),
    ]
    assert sum(segment["width"] for segment in told["segments"]) == 100


def test_a_plan_says_how_far_it_is_in_words(client):
    strand = make_strand()
    for status in ("done", "under-way", "not-started"):
        make_step(strand=strand, status=status)
    publish()
    assert "How far we are 1 of 3 steps is done." in words(client.get("/plan/"))


@pytest.mark.parametrize(
    ("half_term", "day"),
    [
        ("autumn-1", "2026-11-06"),
        ("autumn-2", "2027-01-05"),
        ("spring-1", "2027-02-28"),
        ("spring-2", "2027-04-21"),
        ("summer-1", "2027-06-06"),
        ("summer-2", "2027-08-31"),
    ],
)
def test_a_half_term_is_over_when_the_holiday_after_it_is(half_term, day):
    assert HalfTerm(half_term).last_day(2026).isoformat() == day


@pytest.mark.parametrize(
    ("step", "overdue"),
    [
        ({"due_on": "2026-11-21", "status": ""}, True),
        ({"due_on": "2026-11-22", "status": ""}, False),
        ({"due_on": "2026-11-21", "status": "done"}, False),
        ({"due_on": "2026-11-21", "status": "paused"}, False),
        ({"half_term": "autumn-1", "status": "under-way"}, True),
        ({"half_term": "autumn-2", "status": "under-way"}, False),
        ({"status": "not-started"}, False),
    ],
)
def test_a_step_is_overdue_when_its_time_is_over(step, overdue, time_machine):
    time_machine.move_to("2026-11-22")
    assert is_overdue({"due_on": "", "half_term": ""} | step, 2026) == overdue


def test_what_is_next_is_what_ends_soonest(time_machine):
    time_machine.move_to("2026-11-22")
    strand = make_strand(plan=make_plan(year=2026))
    for text, fields in {
        "Spring": {"half_term": "spring-1"},
        "Past": {"half_term": "autumn-1"},
        "Tomorrow": {"due_on": "2026-11-23"},
        "Done": {"due_on": "2026-11-23", "status": "done"},
        "Autumn": {"half_term": "autumn-2"},
        "Summer": {"half_term": "summer-2"},
        "Some day": {},
    }.items():
        make_step(strand=strand, text=text, **fields)
    plan = present(strand.plan.snapshot())
    assert [step["text"] for step in plan["next"]] == ["Tomorrow", "Autumn", "Spring"]


def test_each_strand_has_its_own_page(client):
    make_collaboration()
    plan = make_plan(year=2026)
    make_strand(plan=plan, title="Reading", steps=["Meet."])
    make_strand(plan=plan, title="Counting aloud", steps=["Count to ten."])
    publish()
    page = client.get("/plan/2026-27/counting-aloud/")
    assert "Strand 2 Counting aloud" in words(page)
    assert "Count to ten." in words(page)
    assert "Meet." not in words(page)
    assert client.get("/plan/2026-27/singing/").status_code == 404


def test_a_strands_number_leads_to_its_page(client):
    school = make_school(slug="hill")
    make_strand(plan=make_plan(year=2026), title="Reading")
    publish()
    assert client.get("/plan/2026-27/1/")["Location"] == "/plan/2026-27/reading/"
    address = f"/from/{school.slug}/plan/2026-27/1/"
    assert client.get(address)["Location"] == "/from/hill/plan/2026-27/reading/"
    for number in ("2", "0", "99999999999999999999"):
        assert client.get(f"/plan/2026-27/{number}/").status_code == 404


@pytest.mark.parametrize("title", ["Changes", "Editions", "On a page", "Updates", "2"])
def test_no_strands_address_clashes_with_another_page(client, title):
    strand = make_strand(plan=make_plan(year=2026), title=title, steps=["Meet at noon."])
    publish()
    assert "Meet at noon." in words(client.get(f"/plan/2026-27/{strand.slug}/"))


def test_the_old_year_tells_where_its_unfinished_steps_went(client):
    plan = make_plan(year=2026)
    strand = make_strand(plan=plan, title="Reading")
    made = {name: make_step(strand=strand, text=name) for name in ("On", "Off", "Ended")}
    plan.publish()
    following = plan.begin_next({made["On"].pk: "No time."}, {made["Off"].pk: "Not needed."})
    assert "Carried over" not in words(client.get("/plan/2026-27/"))
    following.publish()
    old = client.get("/plan/2026-27/")
    assert "Carried over: step 1.1 of 2027–28" in words(old)
    assert 'href="/plan/2027-28/#step-1-1"' in old.content.decode()
    assert "Not carried on in 2027–28: Not needed." in words(old)
    new = words(client.get("/plan/2027-28/"))
    assert "Carried over from last year’s step 1.1: No time." in new
    assert "What we are not carrying on from last year Step 1.2: Off Not needed." in new
    assert "Ended" not in new


@pytest.mark.parametrize("count", [1, 30])
def test_reading_a_plan_takes_two_queries(count, django_assert_num_queries):
    for year in (2025, 2026, 2027):
        plan = make_plan(year=year)
        for _ in range(count):
            make_strand(plan=plan, steps=["Meet."] * 12)
    publish()
    with django_assert_num_queries(2):
        plan = read_plan(2026)
    assert len(plan["strands"]) == count


def test_a_value_that_is_no_longer_known_is_shown_as_it_is():
    plan = make_plan()
    make_step(strand=make_strand(plan=plan))
    content = plan.snapshot()
    content["strands"][0]["steps"][0] |= {"status": "asleep", "kind": "dance", "half_term": "x"}
    [step] = present(content)["strands"][0]["steps"]
    assert (step["status_label"], step["kind_label"]) == ("asleep", "dance")
    assert present(content)["next"] == []


def test_all_updates_of_a_year_can_be_read_where_the_feed_leads(client):
    make_collaboration()
    plan = make_plan(year=2026)
    publish()
    updates = [make_update(plan=plan) for _ in range(5)]
    assert "All 5 updates of this year" in words(client.get("/plan/2026-27/"))
    for update in updates:
        page, _, anchor = update.get_absolute_url().partition("#")
        assert f'id="{anchor}"' in client.get(page).content.decode()
