"""Judging in a real browser: blind and by keyboard; the results and the winners for everybody."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from collab_site.core.accounts.roles import Role
from naming_contest.models import Contest, Idea, Part, Score, Winner
from tests.browser.conftest import let_in
from tests.make import (
    make_collaboration,
    make_contest,
    make_idea,
    make_picture,
    make_school,
    make_user,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

DAY = timedelta(days=1)


@pytest.fixture
def contest(live_server):
    """A contest that is being judged, with a name, a strap line and a logo from a school."""
    make_collaboration()
    now = timezone.now()
    contest = make_contest(
        closes_at=now - DAY, judged_until=now + DAY, looked_for="Short and kind."
    )
    school = make_school(name="Hill School")
    for name in ("Three Oaks", "The Bridge"):
        make_idea(
            name=name,
            strap_line=f"{name}, together",
            meaning="It is near us all.",
            first_name="Samira",
            shows_first_name=True,
            logo=make_picture(),
            logo_alt=f"A drawing of {name.lower()}",
            status="approved",
            school=school,
        )
    return contest


def sign_in(page, live_server, role):
    user = make_user(role, first_name="Ann", last_name="Judge")
    let_in(page.context, user, live_server)
    return user


def test_a_judge_scores_blind_by_keyboard(page, contest, live_server):
    judge = sign_in(page, live_server, Role.JUDGE)
    page.goto("/admin/")
    page.get_by_role("link", name="Score the ideas").press("Enter")
    page.get_by_role("link", name="Score the names").press("Enter")
    oaks = page.get_by_role("group", name="Three Oaks")
    oaks.get_by_role("radio").first.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(oaks.get_by_role("radio", name="5 This is us")).to_be_checked()
    for word in ("Samira", "Hill School"):
        assert word not in page.content()
    page.keyboard.press("Enter")

    expect(page.get_by_text("Saved: you have scored 1 of 2 names.")).to_be_visible()
    expect(oaks.get_by_role("radio", name="5 This is us")).to_be_checked()
    score = Score.objects.get()
    assert (score.judge, score.idea.name, score.part, score.value) == (
        judge,
        "Three Oaks",
        Part.NAME,
        5,
    )


def test_every_page_of_judging_can_be_used_by_all(
    page, contest, live_server, on_a_phone, check_accessibility
):
    head = sign_in(page, live_server, Role.HEADTEACHER)
    Score.objects.create(judge=head, idea=Idea.objects.first(), part=Part.NAME, value=4)
    start = f"/admin/naming_contest/contest/{contest.pk}"
    for address in ("judge/", "judge/logo/", "shortlist/", "results/", "change/"):
        page.goto(f"{start}/{address}")
        check_accessibility()
    for judge in (head, make_user(Role.JUDGE, first_name="Bo", last_name="Long-Surname")):
        for idea in Idea.objects.all():
            for part in Part:
                Score.objects.update_or_create(
                    judge=judge, idea=idea, part=part, defaults={"value": 3}
                )
    Contest.objects.update(judged_until=timezone.now())
    for address in ("results/", "winners/"):
        page.goto(f"{start}/{address}")
        check_accessibility()

    name = page.get_by_role("group", name="The name")
    name.get_by_role("radio", name="Three Oaks").check()
    page.get_by_label("Named as").first.fill("Samira, Year 3")
    page.get_by_role("button", name="Save the winners").click()
    expect(page.locator("#problems")).to_be_focused()
    check_accessibility()
    page.get_by_role("link", name="Ask the family first").click()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Save the winners").click()
    page.get_by_role("link", name="Announce now").click()
    expect(page.get_by_role("button", name="Yes, announce it now")).to_be_visible()
    assert Winner.objects.get().credit == "Samira, Year 3"
    check_accessibility()
    page.get_by_role("button", name="Yes, announce it now").click()
    expect(page.get_by_text("everybody can see it since")).to_be_visible()
    assert Contest.objects.get().is_decided
