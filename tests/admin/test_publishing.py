"""Publishing: a headteacher sees first what will change, and only a headteacher publishes."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from actionplan.models import Edition, Plan, Step
from collab_site.core.editing.models import Removal
from tests.make import make_plan, make_step, make_strand, publish


def publish_page(plan):
    return f"/admin/actionplan/plan/{plan.pk}/publish/"


def fields(page):
    """Return what the publishing form would send."""
    names = ("seen", "note", "when")
    inputs = [i for i in page.all("input") if i.get("name") in names]
    data = {"note": ""}
    for field in inputs:
        if field.get("type") != "radio" or field.get("checked") is not None:
            data[field.get("name")] = field.get("value")
    return data


@pytest.fixture
def step(db):
    return make_step(strand=make_strand(plan=make_plan(year=2026)), text="Meet.")


@pytest.fixture
def plan(step):
    return step.strand.plan


def test_a_headteacher_publishes_for_the_first_time(head, plan):
    page = head.get(publish_page(plan))
    assert "for the first time" in page.text()
    response = head.client.post(page.address, fields(page) | {"note": "Welcome."}, follow=True)
    assert "Parents can read edition 1 now." in response.content.decode()
    edition = Edition.objects.get()
    assert (edition.author, edition.note) == (head.user, "Welcome.")
    assert "Meet." in head.get("/plan/").text()


def test_it_is_told_first_what_will_change(head, plan, step):
    publish()
    Step.objects.update(status="under-way")
    page = head.get(publish_page(plan))
    assert "Step 1.1" in page.text()
    assert "under way" in page.text()


def test_nothing_to_publish_is_said(head, plan):
    publish()
    page = head.get(publish_page(plan))
    assert "Nothing: parents read the plan as it is now." in page.text()
    assert not [b for b in page.all("button") if "".join(b.itertext()) == "Publish"]
    response = head.client.post(page.address, {"when": "now", "seen": "x"}, follow=True)
    assert "Parents read the plan as it is now already." in response.content.decode()
    assert Edition.objects.count() == 1


def test_an_editor_cannot_publish(editor, plan):
    assert editor.status(publish_page(plan)) == 403
    assert editor.client.post(publish_page(plan), {"when": "now"}).status_code == 403
    assert publish_page(plan) not in editor.get(publish_page(plan) + "../outline/").links()
    assert not Edition.objects.exists()


def test_what_changed_meanwhile_is_shown_before_it_is_published(head, plan):
    publish()
    Step.objects.update(text="Meet at noon.")
    page = head.get(publish_page(plan))
    Step.objects.update(text="Meet at midnight.")
    response = head.client.post(page.address, fields(page) | {"note": "As agreed."})
    html = response.content.decode()
    assert "The plan has changed while you were looking." in html
    assert "midnight" in html
    assert "As agreed." in html
    assert Edition.objects.count() == 1
    seen = re.search(r'name="seen" value="(\w+)"', html)[1]
    head.client.post(page.address, {"when": "now", "seen": seen})
    assert Edition.objects.count() == 2


def test_it_can_be_published_at_a_time_to_come(head, plan):
    page = head.get(publish_page(plan))
    at = timezone.localtime() + timedelta(days=2)
    sent = fields(page) | {"when": "later", "at": at.strftime("%Y-%m-%dT%H:%M")}
    response = head.client.post(page.address, sent, follow=True)
    assert "will appear by itself" in response.content.decode()
    assert head.status("/plan/2026-27/") == 404
    edition = Edition.objects.get()
    assert abs(edition.published_at - at) < timedelta(minutes=1)
    assert "is to appear on" in head.get(publish_page(plan)).text()
    head.client.post(publish_page(plan), {"cancel": "yes"})
    assert not Edition.objects.exists()


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("", "Give the day and the time."),
        ("2020-01-01T10:00", "This time is past."),
        ("soon", "Error:"),
    ],
)
def test_a_time_that_cannot_be_is_told(head, plan, at, told):
    page = head.get(publish_page(plan))
    response = head.client.post(page.address, fields(page) | {"when": "later", "at": at})
    assert told in response.content.decode()
    assert not Edition.objects.exists()


def test_the_preview_is_the_draft_for_whoever_has_the_link(head, plan, client, time_machine):
    publish()
    Step.objects.update(text="Not public yet.")
    html = head.client.get(publish_page(plan)).content.decode()
    address = re.search(rf'href="{settings.PUBLIC_URL}(/plan-preview/[^"]+)"', html)[1]
    response = client.get(address)
    assert "Not public yet." in response.content.decode()
    assert "This is a draft." in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert not response.cookies
    assert client.get(address[:-2] + "x/").status_code == 404
    time_machine.move_to(timezone.now() + timedelta(days=15))
    assert client.get(address).status_code == 404


def test_an_edition_is_brought_back_and_that_undone(editor, plan):
    publish()
    Step.objects.update(text="Meet at noon.")
    publish()
    editions = f"/admin/actionplan/plan/{plan.pk}/editions/"
    editor.client.post(editions, {"edition": "1"})
    assert Step.objects.get().text == "Meet."
    assert "Meet at noon." in editor.get("/plan/").text()
    assert "Undo" in editor.get(editions).text()
    editor.client.post(editions, {"put_back": "yes"})
    assert Step.objects.get().text == "Meet at noon."


@pytest.mark.parametrize("number", ["", "x", "0", "9", "9" * 30])
def test_only_an_edition_that_is_there_is_brought_back(editor, plan, number):
    publish()
    before = Plan.objects.get().snapshot()
    editions = f"/admin/actionplan/plan/{plan.pk}/editions/"
    assert editor.client.post(editions, {"edition": number}).status_code == 404
    assert Plan.objects.get().snapshot() == before


def test_a_published_plan_stays(head, plan):
    address = f"/admin/actionplan/plan/{plan.pk}/delete/"
    assert head.status(address) == 200
    publish()
    assert head.status(address) == 403


def test_the_next_year_begins_with_what_is_unfinished(editor, plan, step):
    done = make_step(strand=step.strand, text="Done.", status="done")
    other = make_step(strand=step.strand, text="Let go.")
    address = f"/admin/actionplan/plan/{plan.pk}/next/"
    text = editor.get(address).text()
    assert "Meet." in text
    assert done.text not in text
    sent = {f"step-{step.pk}": "carry", f"why-{step.pk}": "No time."}
    response = editor.client.post(address, sent)
    assert not Plan.objects.filter(year=2027).exists()
    assert "No time." in response.content.decode()
    editor.client.post(address, sent | {f"step-{other.pk}": "let-go", f"why-{other.pk}": ""})
    following = Plan.objects.get(year=2027)
    [strand] = following.strands.all()
    [carried] = strand.steps.all()
    assert (carried.text, carried.carried_number, carried.carried_why) == (
        "Meet.",
        "1.1",
        "No time.",
    )
    assert [(row.step, row.text) for row in following.let_go.all()] == [(other.pk, "Let go.")]
    assert plan.strands.get().steps.count() == 3
    assert "No step is unfinished." in editor.get(address).text()
    following.publish()
    assert "published already" in editor.client.get(address, follow=True).content.decode()


def test_a_year_that_was_begun_empty_takes_on_the_steps(editor, plan, step):
    following = make_plan(year=2027)
    address = f"/admin/actionplan/plan/{plan.pk}/next/"
    editor.client.post(address, {f"step-{step.pk}": "carry", f"why-{step.pk}": ""})
    editor.client.post(address, {f"step-{step.pk}": "carry", f"why-{step.pk}": ""})
    assert [row.text for row in following.strands.get().steps.all()] == ["Meet."]


def test_two_who_carry_over_at_once_carry_each_step_once(plan, step):
    for _ in range(2):
        following = plan.begin_next({step.pk: ""}, {})
    assert following.strands.get().steps.count() == 1


def test_a_published_plan_keeps_its_year(editor, plan):
    address = f"/admin/actionplan/plan/{plan.pk}/change/"
    publish()
    page = editor.get(address)
    assert "year" not in page.data()
    editor.save(page, year="2027", introduction="Hello")
    plan.refresh_from_db()
    assert (plan.year, plan.introduction) == (2026, "Hello")
    plan.year = 2027
    with pytest.raises(ValidationError, match="keeps its year"):
        plan.full_clean()


def test_a_strands_old_address_leads_to_its_new_one(client, plan, step):
    publish()
    strand = step.strand
    old, strand.slug = strand.slug, "another"
    strand.save()
    publish()
    assert client.get(f"/plan/2026-27/{old}/")["Location"] == "/plan/2026-27/another/"


def test_what_a_restored_edition_brings_back_is_not_in_the_bin(head, plan, step):
    publish()
    head.client.post(f"/admin/actionplan/strand/{step.strand_id}/delete/", {"post": "yes"})
    assert Removal.objects.exists()
    head.client.post(f"/admin/actionplan/plan/{plan.pk}/editions/", {"edition": "1"})
    assert Step.objects.get() == step
    assert not Removal.objects.exists()
