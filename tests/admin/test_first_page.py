"""The first page leads to everything a person may do, and to nothing else."""

import pytest
import time_machine
from django.test import Client

from collab_site.core.accounts.roles import Role
from tests.admin.pages import Editing
from tests.make import (
    make_aim,
    make_collaboration,
    make_contest,
    make_idea,
    make_plan,
    make_step,
    make_strand,
    make_user,
    publish,
)

FIRST = "/admin/"
LISTS = {
    "/admin/achievements/achievement/",
    "/admin/achievements/achievement/add/",
    "/admin/actionplan/plan/add/",
    "/admin/aims/aim/",
    "/admin/editing/removal/",
    "/admin/naming_contest/contest/",
    "/admin/naming_contest/idea/paper/",
    "/admin/schools/collaboration/",
    "/admin/schools/homepicture/",
    "/admin/schools/school/",
    "/admin/schools/term/",
}
OF_HEADS = {
    "/admin/schools/oldaddress/",
    "/admin/accounts/user/",
    "/admin/actionplan/plan/redact/",
    "/admin/naming_contest/idea/",
}


def test_an_editor_is_offered_the_content(editor):
    assert set(editor.get(FIRST).links()) == LISTS | {FIRST}


def test_a_headteacher_is_offered_ideas_and_people_too(head):
    assert set(head.get(FIRST).links()) == LISTS | OF_HEADS | {FIRST}


@pytest.mark.parametrize("address", sorted(OF_HEADS))
def test_an_editor_cannot_open_ideas_or_people(editor, address):
    assert editor.status(address) == 403


def test_an_editor_cannot_open_an_idea(editor):
    idea = make_idea()
    assert editor.status(f"/admin/naming_contest/idea/{idea.pk}/change/") == 403
    assert editor.status(f"/admin/naming_contest/idea/{idea.pk}/delete/") == 403


@pytest.mark.parametrize("address", sorted(LISTS | OF_HEADS))
def test_everything_offered_opens(head, address):
    make_collaboration()
    make_contest()
    response = head.client.get(address, follow=True)
    assert response.status_code == 200
    assert response.redirect_chain in ([], [(response.request["PATH_INFO"], 302)])


def test_any_step_is_two_clicks_away(editor):
    now = make_strand(steps=["Meet"])
    before = make_strand(plan=make_plan(year=2019), steps=["Look back"])
    make_step(strand=now, text="Look at books")
    clicks = {FIRST}
    for _ in range(2):
        clicks |= {link for page in clicks for link in editor.get(page).links()}
    pages = [f"/admin/actionplan/strand/{strand.pk}/change/" for strand in (now, before)]
    assert set(pages) <= clicks
    texts = [
        value
        for page in pages
        for name, value in editor.get(page).data().items()
        if name.endswith("text")
    ]
    assert [text for [text] in texts if text] == ["Meet", "Look at books", "Look back"]


@time_machine.travel("2027-01-15")
def test_the_plan_is_that_of_the_academic_year(db):
    editor = Editing(make_user(Role.EDITOR))
    make_strand(plan=make_plan(year=2025), title="Last year’s")
    make_strand(plan=make_plan(year=2026), title="This year’s")
    text = editor.get(FIRST).text()
    assert "2026–27 Change the plan" in text
    assert "This year’s" in text
    assert "Last year’s" not in text
    assert "Other years: 2025–26" in text


@time_machine.travel("2027-09-01")
def test_where_the_years_plan_is_missing_it_can_be_started(db):
    editor = Editing(make_user(Role.EDITOR))
    last = make_plan(year=2026)
    page = editor.get(FIRST)
    assert "There is no plan for 2027–28 yet." in page.text()
    assert f"/admin/actionplan/plan/{last.pk}/next/" in page.links()
    assert "/admin/actionplan/plan/add/" in page.links()
    assert editor.get("/admin/actionplan/plan/add/").data()["year"] == ["2027"]


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "None is waiting."), (1, "1 waits for you."), (3, "3 wait for you.")],
)
def test_ideas_that_wait_are_counted(head, count, told):
    for _ in range(count):
        make_idea()
    make_idea(status="approved")
    assert told in head.get(FIRST).text()


@pytest.mark.parametrize("count", [1, 30])
def test_its_queries_are_few(head, count, django_assert_num_queries):
    make_collaboration()
    plan = make_plan()
    for _ in range(count):
        make_strand(plan=plan, steps=["Meet"])
    publish()
    with django_assert_num_queries(21):
        head.get(FIRST)


def test_strangers_are_asked_to_sign_in_and_come_back(client, db):
    response = client.get("/admin/aims/aim/")
    assert response["Location"] == "/admin/login/?next=/admin/aims/aim/"
    response = client.get(response["Location"])
    assert response["Location"] == "/accounts/login/?next=/admin/aims/aim/"


def test_signing_in_never_leads_elsewhere(client, db):
    response = client.get("/admin/login/?next=https://elsewhere.example/")
    assert response["Location"] == "/accounts/login/?next=/admin/"


def test_who_may_do_nothing_is_refused(db):
    client = Client()
    client.force_login(make_user())
    response = client.get(FIRST, follow=True)
    assert response.status_code == 403


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/admin/logout/", "/accounts/logout/"),
        ("/admin/password_change/", "/accounts/password/change/"),
        ("/admin/aims/", "/admin/"),
        ("/admin/login/", "/admin/"),
        ("/admin/actionplan/strand/", "/admin/"),
        ("/admin/actionplan/strand/add/", "/admin/"),
    ],
)
def test_pages_of_djangos_lead_to_ours(head, address, target):
    assert head.client.get(address)["Location"] == target


@pytest.mark.parametrize(
    "address",
    ["password_change/done/", "jsi18n/", "autocomplete/", "r/1/1/"],
)
def test_what_the_portal_has_no_use_for_is_not_there(head, address):
    aim = make_aim()
    assert head.client.get(f"/admin/{address.format(pk=aim.pk)}", follow=True).status_code == 404


def test_each_role_is_one_that_has_a_first_page(db):
    for role in Role:
        client = Client()
        client.force_login(make_user(role))
        assert client.get(FIRST).status_code == 200
