"""What has changed: between editions, in sentences, on pages, in the feed and on the home page."""

import re
from xml.etree import ElementTree

import pytest
from django.conf import settings

from actionplan.models import Step
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
CHANGES = "/plan/2026-27/changes/"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def step(time_machine):
    """A step that was published in August, and changed in October and November."""
    time_machine.move_to("2026-08-20T12:00:00+00:00")
    make_collaboration()
    strand = make_strand(plan=make_plan(year=2026), title="Reading", slug="reading")
    step = make_step(strand=strand, text="3-way book scrutiny", half_term="spring-1")
    strand.plan.publish()
    for day, fields in {
        "2026-10-05": {"status": "under-way"},
        "2026-11-10": {"half_term": "spring-2", "text": "3-way book scrutiny in each school"},
    }.items():
        time_machine.move_to(f"{day}T12:00:00+00:00")
        Step.objects.update(**fields)
        strand.plan.publish(note=f"News of {day}.")
    time_machine.move_to("2026-11-22T12:00:00+00:00")
    return step


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


MOVED, UNDER_WAY = "moved from Spring 1 to Spring 2", "is now under way"


def test_since_the_last_edition(client, step):
    text = words(client.get(CHANGES))
    assert "From edition 2, of 5 October 2026, to edition 3, of 10 November 2026" in text
    assert MOVED in text
    assert UNDER_WAY not in text
    assert "News of 2026-11-10." in text
    assert "News of 2026-10-05." not in text


def test_since_september(client, step):
    text = words(client.get(f"{CHANGES}since-september/"))
    assert "From edition 1" in text
    assert MOVED in text
    assert UNDER_WAY in text
    assert "News of 2026-10-05." in text


def test_since_september_is_since_what_parents_read_on_its_first_day(client, time_machine):
    time_machine.move_to("2026-08-01T12:00:00+00:00")
    make_step(strand=make_strand(plan=make_plan(year=2026)), status="not-started")
    publish()
    time_machine.move_to("2026-08-31T12:00:00+00:00")
    Step.objects.update(status="under-way")
    publish()
    time_machine.move_to("2026-09-02T12:00:00+00:00")
    Step.objects.update(status="done")
    publish()
    text = words(client.get(f"{CHANGES}since-september/"))
    assert "From edition 2" in text
    assert UNDER_WAY not in text
    assert "is now done" in text


def test_since_an_edition(client, step):
    assert UNDER_WAY in words(client.get(f"{CHANGES}since-edition-1/"))
    assert UNDER_WAY not in words(client.get(f"{CHANGES}since-edition-2/"))
    assert "Nothing has changed" in words(client.get(f"{CHANGES}since-edition-3/"))
    for number in ("0", "4", "9" * 25):
        assert client.get(f"{CHANGES}since-edition-{number}/").status_code == 404


def test_the_first_edition_has_nothing_to_compare_with(client):
    make_plan(year=2026)
    publish()
    assert "is the only one so far" in words(client.get(CHANGES))


def test_changed_wording_is_marked_for_all(client, step):
    html = client.get(CHANGES).content.decode()
    [inserted] = re.findall(r"<ins>(.*?)</ins>", html)
    assert "in each school" in inserted
    assert "[put in: " in inserted
    assert "visually-hidden" in inserted


def test_changes_lead_to_their_strand(client, step):
    html = client.get(CHANGES).content.decode()
    assert 'href="/plan/2026-27/reading/"' in html


def test_the_newest_changes_are_on_the_home_page(client, step):
    make_update(plan=step.strand.plan, text="We met at noon.", happened_on="2026-11-20")
    text = words(client.get("/"))
    assert MOVED in text
    assert UNDER_WAY not in text
    assert "We met at noon." in text


def test_without_changes_the_home_page_has_no_place_for_them(client):
    make_plan(year=2026)
    publish()
    assert "What is new in the plan" not in words(client.get("/"))


def entries(client, address="/plan/feed/"):
    response = client.get(address)
    assert response["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(response.content)


def test_the_feed_has_editions_and_public_updates_newest_first(client, step, time_machine):
    plan = step.strand.plan
    make_update(plan=plan, text="Everybody met.")
    make_update(plan=plan, text="Only teachers met.", audience="staff")
    make_update(plan=plan, text="Taken away.").take_down()
    feed = entries(client)
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert titles[0] == "Everybody met."
    assert titles[1:] == [f"The plan for 2026–27: edition {number}" for number in (3, 2, 1)]
    texts = [entry.findtext(f"{ATOM}summary") for entry in feed.iter(f"{ATOM}entry")]
    assert MOVED in texts[1]
    assert "News of 2026-11-10." in texts[1]
    assert UNDER_WAY in texts[2]


def test_the_feeds_addresses_are_the_portals_own(client, step):
    school = make_school(slug="hill")
    for entrance in ("", f"/from/{school.slug}"):
        feed = entries(client, f"{entrance}/plan/feed/")
        links = [link.get("href") for link in feed.iter(f"{ATOM}link")]
        assert all(link.startswith(settings.PUBLIC_URL + entrance) for link in links)
        assert len(links) == 5


def test_what_is_typed_is_text_in_the_feed(client):
    plan = make_plan(year=2026)
    publish()
    make_update(plan=plan, text="<b>5 < 6</b> & more \x0bhere")
    [entry, _] = entries(client).iter(f"{ATOM}entry")
    assert "&lt;b&gt;5 &lt; 6" in entry.findtext(f"{ATOM}summary")
