"""Rows are moved by buttons that send the page, and nothing typed is lost."""

import pytest
from django.contrib.auth.models import Permission

from actionplan.models import Strand
from aims.models import Aim
from collab_site.core.accounts.roles import Role
from collab_site.core.schools.models import School
from tests.admin.pages import Page
from tests.make import (
    make_achievement,
    make_aim,
    make_plan,
    make_possibility,
    make_school,
    make_strand,
    make_user,
)

AIMS = "/admin/aims/aim/"


@pytest.fixture
def signed_in(client, db):
    client.force_login(make_user(Role.EDITOR))
    return client


def page_of(client, address):
    return Page(client.get(address), address)


def buttons(page):
    """Return {what a move button says: whether it can be pressed}."""
    moves = [button for button in page.all("button") if button.get("name") == "_move"]
    return {"".join(b.itertext()).strip(): b.get("disabled") is None for b in moves}


def send(client, address, **data):
    return client.post(address, data, follow=True)


def test_a_list_offers_what_can_be_moved(signed_in):
    make_aim(title="Read")
    make_aim(title="Count")
    assert buttons(page_of(signed_in, AIMS)) == {
        "Move “1. Read” up": False,
        "Move “1. Read” down": True,
        "Move “2. Count” up": True,
        "Move “2. Count” down": False,
    }


def test_a_row_of_a_list_moves(signed_in):
    first, second = make_aim(title="Read"), make_aim(title="Count")
    response = send(signed_in, AIMS, _move=f"aim:{second.pk}:up")
    assert response.redirect_chain == [(f"{AIMS}#aim-{second.pk}", 302)]
    assert list(Aim.objects.all()) == [second, first]
    send(signed_in, AIMS, _move=f"aim:{second.pk}:down")
    assert list(Aim.objects.all()) == [first, second]


@pytest.mark.parametrize(
    "value", ["", "aim", "aim:1", "aim:1:left", "aim:999:up", "school:{pk}:up", "aim:-1:up"]
)
def test_a_move_that_cannot_be_is_refused(signed_in, value):
    aim = make_aim()
    response = signed_in.post(AIMS, {"_move": value.format(pk=aim.pk)})
    assert response.status_code == 404


def test_a_move_needs_the_permission_to_change(client, db):
    make_aim()
    second = make_aim()
    person = make_user()
    person.user_permissions.add(Permission.objects.get(codename="view_aim"))
    client.force_login(person)
    assert buttons(page_of(client, AIMS)) == {}
    assert client.post(AIMS, {"_move": f"aim:{second.pk}:up"}).status_code == 403
    assert Aim.objects.last() == second


def test_moving_needs_the_forms_token(signed_in):
    make_school()
    second = make_school()
    signed_in.handler.enforce_csrf_checks = True
    answer = signed_in.post("/admin/schools/school/", {"_move": f"school:{second.pk}:up"})
    assert answer.status_code == 403
    assert School.objects.last() == second


def test_a_row_inside_a_page_moves_and_what_was_typed_is_kept(signed_in):
    strand = make_strand(steps=["One", "Two", "Three"], title="Old")
    third = strand.steps.last()
    address = f"/admin/actionplan/strand/{strand.pk}/change/"
    data = page_of(signed_in, address).data()
    data |= {
        "title": "New",
        "steps-0-text": "One, typed",
        "steps-3-text": "Four, typed into the empty one",
        "_move": f"step:{third.pk}:up",
    }
    response = send(signed_in, address, **data)
    assert response.redirect_chain == [(f"{address}#step-{third.pk}", 302)]
    strand.refresh_from_db()
    assert strand.title == "New"
    assert [step.text for step in strand.steps.all()] == [
        "One, typed",
        "Three",
        "Two",
        "Four, typed into the empty one",
    ]


def test_a_move_with_a_slip_elsewhere_keeps_what_was_typed(signed_in):
    strand = make_strand(steps=["One", "Two"])
    address = f"/admin/actionplan/strand/{strand.pk}/change/"
    data = page_of(signed_in, address).data()
    data |= {
        "title": "",
        "steps-0-text": "One, typed",
        "_move": f"step:{strand.steps.last().pk}:up",
    }
    page = Page(signed_in.post(address, data), address)
    assert page.response.status_code == 200
    assert page.data()["steps-0-text"] == ["One, typed"]
    assert "Nothing is saved yet" in page.text()
    assert [step.text for step in strand.steps.all()] == ["One", "Two"]


def test_ideas_being_considered_move_on_the_plans_page(signed_in):
    plan = make_plan()
    choir = make_possibility(plan=plan, text="A choir?")
    band = make_possibility(plan=plan, text="A band?")
    address = f"/admin/actionplan/plan/{plan.pk}/change/"
    data = page_of(signed_in, address).data()
    send(signed_in, address, **data, _move=f"possibility:{band.pk}:up")
    assert list(plan.possibilities.all()) == [band, choir]


def test_points_move_on_their_aims_page(signed_in):
    aim = make_aim(points=["One", "Two"])
    address = f"/admin/aims/aim/{aim.pk}/change/"
    data = page_of(signed_in, address).data()
    send(signed_in, address, **data, _move=f"point:{aim.purpose.points.first().pk}:down")
    assert [point.text for point in aim.purpose.points.all()] == ["Two", "One"]


def test_removing_and_changing_rows_at_once_leaves_no_gap(signed_in):
    strand = make_strand(steps=["One", "Two", "Three"])
    address = f"/admin/actionplan/strand/{strand.pk}/change/"
    data = page_of(signed_in, address).data()
    data |= {"steps-0-DELETE": "on", "steps-1-text": "Two, typed", "steps-2-text": "Three, typed"}
    send(signed_in, address, **data, _save="")
    assert [(step.order, step.text) for step in strand.steps.all()] == [
        (1, "Two, typed"),
        (2, "Three, typed"),
    ]


def test_only_achievements_without_a_day_are_moved_and_one_press_is_one_place(signed_in):
    first = make_achievement(title="First")
    make_achievement(title="Dated", achieved_on="2026-05-01")
    second = make_achievement(title="Second")
    address = "/admin/achievements/achievement/"
    assert list(buttons(page_of(signed_in, address))) == [
        "Move “First” up",
        "Move “First” down",
        "Move “Second” up",
        "Move “Second” down",
    ]
    send(signed_in, address, _move=f"achievement:{second.pk}:up")
    assert list(type(first).objects.newest_first().filter(achieved_on=None)) == [second, first]
    send(signed_in, address, _move=f"achievement:{second.pk}:down")
    assert list(type(first).objects.newest_first().filter(achieved_on=None)) == [first, second]


def test_the_first_button_of_a_page_saves_so_that_enter_moves_nothing(signed_in):
    strand = make_strand(steps=["One", "Two"])
    page = page_of(signed_in, f"/admin/actionplan/strand/{strand.pk}/change/")
    assert page.all("button", page.form)[0].get("name") == "_continue"
    assert Strand.objects.get() == strand
