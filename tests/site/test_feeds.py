"""The feeds, and the page and the panel of what is new: valid, small, and only what is public."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from achievements.models import Achievement
from actionplan.models import Edition, Update
from collab_site.core.accounts.roles import Role
from collab_site.core.schools.models import Collaboration
from collab_site.portal.middleware import PortalHandler
from naming_contest.models import Contest, Idea
from tests.atom import AtomFeed
from tests.make import (
    make_achievement,
    make_collaboration,
    make_contest,
    make_idea,
    make_picture,
    make_plan,
    make_possibility,
    make_school,
    make_step,
    make_update,
    make_user,
    publish,
)
from tests.site.page_cache import ask, lasting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_connection")]

PLAN, ACHIEVEMENTS = "/plan/feed/", "/achievements/feed/"
IDEAS, LATEST = "/name-us/feed/", "/latest/feed/"
PANEL = "/from/oak/panel/latest/"
FEEDS = [PLAN, ACHIEVEMENTS, IDEAS, LATEST]
ENTRANCES = ["", "/from/oak"]
ODD = "<b>\x0b & ]]> “é” 𝒜 \ufffe\uffff {{ x }} &lt;"


@pytest.fixture
def portal(time_machine):
    """A portal with one thing of each kind, an hour between them."""
    time_machine.move_to("2026-11-20T08:00:00+00:00", tick=False)
    make_collaboration()
    make_school(slug="oak", name="Oak School", short_name="Oak")
    make_step(text="Sing.").strand.plan.publish(note="Our first plan.")
    time_machine.shift(3600)
    make_update(text="Everybody met.")
    time_machine.shift(3600)
    make_achievement(title="We sang.", details="In all three halls.", achieved_on="2026-06-01")
    time_machine.shift(3600)
    make_idea(name="Three Oaks", strap_line="Growing together", status="approved")
    time_machine.shift(3600)


def feed(client, address=LATEST):
    return AtomFeed(client.get(address))


@pytest.mark.parametrize("entrance", ENTRANCES)
@pytest.mark.parametrize("address", FEEDS)
def test_every_feed_is_valid_through_every_entrance(client, portal, address, entrance):
    found = feed(client, entrance + address)
    assert found.entries
    assert found.author == "River Group"
    assert found.title.endswith(" – River Group")
    assert found.links["self"] == settings.PUBLIC_URL + entrance + address
    links = [found.links["alternate"], *(entry["link"] for entry in found.entries)]
    assert all(link.startswith(f"{settings.PUBLIC_URL}{entrance}/") for link in links)
    for link in links:
        assert client.get(link.removeprefix(settings.PUBLIC_URL)).status_code == 200


@pytest.mark.parametrize("address", FEEDS)
def test_ids_are_the_same_through_every_entrance(client, portal, address):
    plain, entered = (feed(client, entrance + address) for entrance in ENTRANCES)
    assert plain.id == entered.id
    assert [e["id"] for e in plain.entries] == [e["id"] for e in entered.entries]


def test_what_is_linked_stands_on_the_page_to_which_the_link_leads(client, portal):
    for entry in feed(client).entries:
        address, _, place = entry["link"].removeprefix(settings.PUBLIC_URL).partition("#")
        assert not place or f'id="{place}"' in client.get(address).content.decode()


@pytest.mark.parametrize("address", FEEDS)
def test_an_empty_feed_is_valid_and_always_of_the_same_time(client, address, time_machine):
    time_machine.move_to("2026-11-20T08:00:00+00:00")
    before = feed(client, address)
    time_machine.move_to("2026-11-21T08:00:00+00:00")
    after = feed(client, address)
    assert before.entries == []
    assert (before.updated, before.id) == (after.updated, after.id)


@pytest.mark.parametrize("address", FEEDS)
def test_odd_characters_are_text_or_left_out(client, portal, address):
    Collaboration.objects.update(name=ODD, plan_name=ODD, plan_introduction=ODD, introduction=ODD)
    Collaboration.objects.update(achievements_introduction=ODD)
    Update.objects.update(text=ODD)
    Edition.objects.update(note=ODD)
    Achievement.objects.update(title=ODD, details=ODD)
    Idea.objects.update(name=ODD, strap_line=ODD)
    found = feed(client, address)
    assert found.author == "<b> & ]]> “é” 𝒜  {{ x }} &lt;"
    for entry in found.entries:
        assert "<b>" not in entry["summary"]
        assert "&lt;b&gt; &amp; ]]&gt;" in entry["summary"]


@pytest.mark.parametrize("address", FEEDS)
def test_a_feed_has_twenty_entries_at_most(client, portal, address):
    plan = make_plan(year=2025)
    plan.publish()
    for number in range(25):
        make_update(text=f"Update {number}.", plan=plan)
        make_achievement()
        make_idea(name=f"Idea {number}", status="approved")
    assert len(feed(client, address).entries) == 20


# Conditional GET


def asked(address, method="GET", **extra):
    """Return what a server answers that has kept nothing yet: status, headers, and body."""
    return ask(lasting(PortalHandler()).page_cache, address, method, **extra)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("entrance", ENTRANCES)
@pytest.mark.parametrize("address", FEEDS)
def test_who_has_it_as_it_is_gets_no_second_copy(portal, address, entrance, method):
    _, first, _ = asked(entrance + address)
    status, again, body = asked(entrance + address, method, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (status, body) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Cache-Control"] == first["Cache-Control"] == "no-cache, public"


def test_it_is_the_same_copy_compressed(portal):
    _, compressed, _ = asked(LATEST, HTTP_ACCEPT_ENCODING="gzip")
    assert compressed["Content-Encoding"] == "gzip"
    assert asked(LATEST, HTTP_IF_NONE_MATCH=compressed["ETag"])[0] == 304


CHANGES = {
    "a new entry": lambda: make_achievement(title="We danced."),
    "an update taken down": lambda: Update.objects.get().take_down(),
    "an idea withdrawn": lambda: Idea.objects.get().delete(),
    "an idea declined": lambda: Idea.objects.get().decide("declined", None),
    "an achievement removed": lambda: Achievement.objects.get().delete(),
    "a corrected word": lambda: Update.objects.update(text="Nearly everybody met."),
    "another name": lambda: Collaboration.objects.update(name="Three Oaks"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_is_sent(portal, change):
    _, first, _ = asked(LATEST)
    CHANGES[change]()
    status, again, _ = asked(LATEST, HTTP_IF_NONE_MATCH=first["ETag"])
    assert status == 200
    assert again["ETag"] != first["ETag"]


def test_who_asks_by_time_alone_also_loses_what_was_withdrawn(client, portal):
    now = timezone.now().strftime("%a, %d %b %Y %H:%M:%S GMT")
    Idea.objects.get().delete()
    response = client.get(LATEST, headers={"If-Modified-Since": now})
    assert response.status_code == 200
    assert "Last-Modified" not in response


def test_time_alone_changes_no_feed(portal, time_machine):
    _, first, _ = asked(LATEST)
    time_machine.shift(86400)
    assert asked(LATEST, HTTP_IF_NONE_MATCH=first["ETag"])[0] == 304


def test_a_feed_is_read_not_sent_to(client, portal):
    assert client.post(LATEST).status_code == 405


# What is in them


def test_the_latest_has_something_of_everything_newest_first(client, portal):
    assert feed(client).titles == [
        "New idea: Three Oaks",
        "We sang.",
        "Everybody met.",
        "The plan for 2026–27: edition 1",
    ]


def test_many_of_a_kind_leave_room_for_the_others_and_fill_what_these_leave(client, portal):
    others = {title for title in feed(client).titles if not title.startswith("New idea")}
    for number in range(30):
        make_idea(name=f"Idea {number}", status="approved")
    titles = feed(client).titles
    assert len(titles) == 20
    assert others < set(titles)
    assert {title for title in titles if not title.startswith("New idea")} == others


def all_told(client):
    """Return all that the feeds, the page and the panel say above their foot."""
    pages = [*FEEDS, "/latest/", PANEL]
    texts = (client.get(page).content.decode() for page in pages)
    return " ".join(text.partition("<footer")[0] for text in texts)


def test_nothing_is_told_that_is_not_public(client, portal):
    plan = make_plan(year=2027)
    make_update(text="Secret: of an unpublished plan.", plan=plan)
    make_update(text="Secret: only for staff.", audience="staff")
    make_update(text="Secret: taken down.").take_down()
    make_step(text="Secret: a draft.")
    plan.publish(note="Secret: to come.", at=timezone.now() + timedelta(days=1))
    for status in ("waiting", "declined", "draft"):
        make_idea(name=f"Secret: {status}", status=status, decided_at=decided(status))
    make_idea(name="Secret: of an earlier call", contest=later_call(), status="approved")
    assert "Secret" not in all_told(client)
    client.force_login(make_user(Role.HEADTEACHER))
    assert "Secret" not in all_told(client)


def decided(status):
    return timezone.now() if status == "declined" else None


def later_call():
    """Return a call that isn't shown yet."""
    return make_contest(title="Another", slug="another")


def test_a_scheduled_edition_appears_when_its_time_has_come(client, portal, time_machine):
    make_step(text="Meet.")
    publish_at = timezone.now() + timedelta(hours=1)
    Edition.objects.get().plan.publish(note="At noon.", at=publish_at)
    assert "At noon." not in all_told(client)
    time_machine.shift(3601)
    assert feed(client).titles[0] == "The plan for 2026–27: edition 2"


def test_before_the_gallery_shows_ideas_no_feed_does(client, portal, time_machine):
    closes = timezone.now() + timedelta(hours=1)
    Contest.objects.update(gallery="after-closing", closes_at=closes)
    assert "Three Oaks" not in all_told(client)
    time_machine.shift(3601)
    assert feed(client, IDEAS).titles == ["New idea: Three Oaks"]


def test_an_idea_is_told_by_its_words_without_who_sent_it_and_without_picture(client, portal):
    Idea.objects.all().delete()
    idea = make_idea(
        name="Three Oaks",
        strap_line="Growing together",
        first_name="Samira",
        year_group="year-3",
        meaning="My garden.",
        logo=make_picture(),
        logo_alt="Three trees",
        school=make_school(name="Hidden School"),
        answer="Lovely!",
        status="approved",
    )
    told = all_told(client)
    assert "Three Oaks" in told
    assert "Growing together" in told
    # Every page names all schools, but no feed tells which one it was.
    assert "Hidden" not in client.get(IDEAS).content.decode()
    for secret in ("Samira", "Year 3", "My garden", "Three trees", "Lovely", idea.code):
        assert secret not in told
    assert idea.logo_address() not in told


@pytest.mark.parametrize(
    ("parts", "title"),
    [
        ({"name": "Three Oaks"}, "New idea: Three Oaks"),
        ({"name": "", "strap_line": "Growing"}, "New idea: Growing"),
        ({"name": "", "strap_line": ""}, "New idea: a logo"),
    ],
)
def test_an_idea_s_title_is_what_it_has(client, portal, parts, title):
    Idea.objects.all().delete()
    make_idea(**{"logo": make_picture(), "status": "approved"} | parts)
    assert feed(client, IDEAS).titles == [title]


def test_a_name_that_many_had_is_one_entry(client, portal):
    for _ in range(3):
        make_idea(name="three oaks").decide("approved", None)
    assert feed(client, IDEAS).titles == ["New idea: Three Oaks"]


def test_a_long_list_of_changes_is_cut(client, portal):
    plan = Edition.objects.get().plan
    for number in range(30):
        make_step(strand=plan.strands.get(), text=f"Step {number}.")
    publish(plan)
    [summary] = [e["summary"] for e in feed(client).entries if "edition 2" in e["title"]]
    assert summary.count("<li>") == 11
    assert "<li>And 20 more.</li>" in summary


# Pages


@pytest.mark.parametrize(
    ("shown", "address"),
    [
        ("/", LATEST),
        ("/latest/", LATEST),
        ("/plan/", PLAN),
        ("/plan/2026-27/", PLAN),
        ("/achievements/", ACHIEVEMENTS),
        ("/name-us/", IDEAS),
        ("/name-us/ideas/", IDEAS),
    ],
)
@pytest.mark.parametrize("entrance", ENTRANCES)
def test_feed_readers_find_the_feed_of_a_page(client, portal, shown, address, entrance):
    html = client.get(entrance + shown).content.decode()
    [found] = re.findall(r'<link rel="alternate" type="application/atom\+xml"[^>]+>', html)
    assert f'href="{entrance}{address}"' in found
    assert feed(client, entrance + address).title in found


def test_parents_find_what_is_new_from_the_home_page_and_from_every_page(client, portal):
    for page in ("/", "/privacy/"):
        assert '<a href="/latest/">' in client.get(page).content.decode()
    assert "All that is new from our schools" in client.get("/").content.decode()


def test_the_page_has_the_feed_s_entries_day_by_day(client, portal, time_machine):
    time_machine.move_to("2026-11-21T09:00:00+00:00")
    make_achievement(title="We danced.", details="<i>Twice</i>")
    html = client.get("/latest/").content.decode()
    assert re.findall(r'<h2 id="day-.*?>([^<]+)</time></h2>', html) == [
        "21 November 2026",
        "20 November 2026",
    ]
    links = re.findall(r'<p class="latest-title"><a href="([^"]+)"', html)
    entries = feed(client).entries
    assert [settings.PUBLIC_URL + link for link in links] == [entry["link"] for entry in entries]
    assert "&lt;i&gt;Twice&lt;/i&gt;" in html
    assert "In all three halls." in html


def test_a_day_is_one_of_the_schools_own(client, portal, time_machine):
    time_machine.move_to("2026-06-30T23:30:00+00:00")
    make_achievement(added_at=timezone.now())
    assert "1 July 2026" in client.get("/latest/").content.decode()


def test_an_empty_page_and_panel_say_so(client):
    make_school(slug="oak")
    for page in ("/latest/", PANEL):
        assert "Nothing is told here yet." in client.get(page).content.decode()


def test_the_panel_names_the_day_of_each_with_its_year(client, portal, time_machine):
    time_machine.move_to("2027-11-20T08:00:00+00:00")
    times = re.findall(r"<time[^>]*>([^<]+)</time>", client.get(PANEL).content.decode())
    assert times == ["20 November 2026"] * 4


def test_the_panel_has_the_newest_five(client, portal):
    for number in range(9):
        make_achievement(title=f"Achievement {number}")
        make_update(text=f"Update {number}.")
    html = client.get(PANEL).content.decode()
    assert html.count("<li>") == 5
    assert 'href="/from/oak/achievements/#achievement-' in html


# The editions, the updates, the achievements, the call and its ideas, beyond the identity's.
QUERIES = {LATEST: 6, PLAN: 3, ACHIEVEMENTS: 2, IDEAS: 3, "/latest/": 8, PANEL: 8}


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("address", QUERIES)
def test_it_takes_few_queries(client, count, address, django_assert_num_queries):
    make_school(slug="oak")
    plan = make_plan()
    for number in range(count):
        make_step(text=f"Step {number}.")
        publish(plan)
        make_update()
        make_achievement()
        make_idea(name=f"Idea {number}", status="approved")
    with django_assert_num_queries(QUERIES[address]):
        client.get(address)


def test_an_achievement_is_new_when_it_was_added_not_when_it_was_achieved(client, portal):
    make_achievement(title="Long ago.", achieved_on="2019-01-01")
    assert feed(client, ACHIEVEMENTS).titles == ["Long ago.", "We sang."]
    [entry, _] = feed(client, ACHIEVEMENTS).entries
    assert entry["updated"] == datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_editions_are_compared_only_for_who_reads_it(client, portal, monkeypatch):
    plan = Edition.objects.get().plan
    make_possibility(plan=plan)
    publish(plan)
    compared = []
    monkeypatch.setattr("actionplan.feeds.sentences", lambda *pair: compared.append(pair) or [])
    client.get(PANEL)
    assert compared == []
    client.get(PLAN)
    assert len(compared) == 1
