"""Parents read editions; the draft is the headteachers' own until it is published."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from actionplan.models import Edition, NothingToPublish, Plan, Step
from tests.make import (
    make_aim,
    make_collaboration,
    make_plan,
    make_possibility,
    make_school,
    make_step,
    make_strand,
    publish,
)

pytestmark = pytest.mark.django_db


def text_of(client, address):
    return client.get(address).content.decode()


def make_full_plan():
    """Make a plan in which every field that a snapshot has is filled."""
    plan = make_plan(year=2026, introduction="This year.", possibilities_introduction="Maybe")
    strand = make_strand(
        plan=plan,
        title="Reading",
        summary="We read.",
        rationale="Books help.",
        lead="Deputy headteacher",
        success_criteria="More books.",
        monitoring="A scrutiny.",
        resources="Time.",
        status="under-way",
        taken_up=7,
    )
    strand.aims.set([make_aim(title="Read")])
    step = make_step(
        strand=strand,
        text="Meet.",
        kind="staff-meeting",
        venue="The hall",
        half_term="spring-1",
        status="paused",
        open_question="Which books?",
        carried_from=3,
        carried_number="1.3",
        carried_why="No time.",
    )
    step.schools.set([make_school(short_name="Oak")])
    make_step(strand=strand, text="Look.", due_on="2027-03-12")
    make_strand(plan=plan, title="Counting", steps=["Count."])
    make_possibility(plan=plan, text="A choir?")
    plan.let_go.create(step=4, number="1.4", text="Sing.", why="Done otherwise.")
    return plan


def test_a_draft_is_not_public_until_it_is_published(client):
    strand = make_strand(plan=make_plan(year=2026), title="Secret")
    for address in ("/", "/plan/", "/aims/", "/sitemap.xml", "/plan/feed/"):
        assert "Secret" not in text_of(client, address)
        assert "2026-27" not in text_of(client, address)
    for address in ("/plan/2026-27/", f"/plan/2026-27/{strand.slug}/", "/plan/2026-27/plan.csv"):
        assert client.get(address).status_code == 404
    publish()
    assert "Secret" in text_of(client, "/plan/")


def test_edits_wait_for_the_next_edition(client):
    step = make_step(text="As it was")
    publish()
    Step.objects.filter(pk=step.pk).update(text="As it will be")
    assert "As it was" in text_of(client, "/plan/")
    publish()
    assert "As it will be" in text_of(client, "/plan/")


def test_editions_are_numbered_and_keep_their_addresses(client):
    plan = make_plan(year=2026, introduction="First words")
    plan.publish()
    Plan.objects.update(introduction="Second words")
    second = Plan.objects.get().publish(note="A better sentence.")
    assert (second.number, second.get_absolute_url()) == (2, "/plan/2026-27/editions/2/")
    assert "First words" in text_of(client, "/plan/2026-27/editions/1/")
    assert "Second words" in text_of(client, "/plan/2026-27/editions/2/")
    assert "A better sentence." in text_of(client, "/plan/2026-27/editions/2/")
    assert client.get("/plan/2026-27/editions/3/").status_code == 404
    editions = text_of(client, "/plan/2026-27/editions/")
    assert editions.index("Edition 2") < editions.index("Edition 1")


def test_what_parents_read_already_is_not_published_again():
    plan = make_full_plan()
    plan.publish()
    with pytest.raises(NothingToPublish):
        Plan.objects.get().publish()
    assert Edition.objects.count() == 1


def test_a_scheduled_edition_appears_by_itself_at_its_time(client, time_machine):
    time_machine.move_to("2026-11-22T12:00:00+00:00", tick=False)
    plan = make_plan(year=2026, introduction="Now")
    plan.publish()
    Plan.objects.update(introduction="From Monday")
    at = timezone.now() + timezone.timedelta(days=1)
    Plan.objects.get().publish(at=at)
    assert "Now" in text_of(client, "/plan/")
    assert client.get("/plan/2026-27/editions/2/").status_code == 404
    assert "Edition 2" not in text_of(client, "/plan/2026-27/editions/")
    time_machine.move_to("2026-11-23T11:59:59+00:00", tick=False)
    assert "Now" in text_of(client, "/plan/")
    time_machine.move_to("2026-11-23T12:00:00+00:00", tick=False)
    assert "From Monday" in text_of(client, "/plan/")
    assert client.get("/plan/2026-27/editions/2/").status_code == 200


def test_publishing_again_takes_the_place_of_what_was_to_appear(client):
    plan = make_plan(year=2026, introduction="One")
    plan.publish(at=timezone.now() + timezone.timedelta(days=1))
    Plan.objects.update(introduction="Two")
    edition = Plan.objects.get().publish()
    assert (edition.number, Edition.objects.get()) == (1, edition)
    assert "Two" in text_of(client, "/plan/")


def test_an_edition_has_its_number_alone():
    plan = make_plan()
    edition = plan.publish()
    with pytest.raises(IntegrityError), transaction.atomic():
        plan.editions.create(number=edition.number, content={}, published_at=timezone.now())


def test_restoring_an_edition_makes_the_draft_what_it_was():
    plan = make_full_plan()
    content = plan.publish().content
    first, second = plan.strands.all()
    first.move(1)
    for step in first.steps.all():
        step.move_to(second)
    step.delete()
    second.slug, first.slug = "", ""
    second.title, second.status = "Something else", ""
    second.save()
    plan.possibilities.get().take_up()
    plan.let_go.all().delete()
    Plan.objects.update(introduction="Other words")
    plan.refresh_from_db()
    assert plan.snapshot() != content
    plan.restore(content)
    assert Plan.objects.get().snapshot() == content


def test_bringing_an_edition_back_can_be_undone():
    plan = make_full_plan()
    content = plan.publish().content
    plan.strands.first().delete()
    changed = plan.snapshot()
    plan.bring_back(content)
    assert plan.snapshot() == content
    plan.put_back()
    assert plan.snapshot() == changed
    plan.bring_back(content)
    plan.strands.update(summary="Other words.")
    plan.publish(at=timezone.now() + timezone.timedelta(days=1))
    plan.refresh_from_db()
    assert plan.set_aside is None


def test_a_snapshot_tells_all_that_an_editor_can_write():
    plan = make_full_plan()
    told = {name for row in _rows(plan.snapshot()) for name in row}
    for model in (Plan, plan.strands.model, Step, plan.possibilities.model):
        editable = {f.name for f in model._meta.get_fields() if getattr(f, "editable", False)}
        editable -= {"id", "plan", "strand"} | {name for name in editable if "carried" in name}
        assert editable <= told


def _rows(value):
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for below in value:
            yield from _rows(below)


def test_strands_with_swapped_addresses_are_restored():
    plan = make_plan()
    one, two = make_strand(plan=plan, slug="one"), make_strand(plan=plan, slug="two")
    content = plan.publish().content
    one.slug = "three"
    one.save()
    two.slug = "one"
    two.save()
    one.slug = "two"
    one.save()
    plan.restore(content)
    assert [strand.slug for strand in plan.strands.all()] == ["one", "two"]


@pytest.mark.parametrize("count", [1, 30])
def test_publishing_takes_few_queries(count, django_assert_num_queries):
    plan = make_plan()
    for _ in range(count):
        make_strand(plan=plan, steps=["Meet."] * 3)
    with django_assert_num_queries(15):
        plan.publish()


def test_a_page_of_an_edition_says_which_one_it_is(client):
    make_collaboration()
    plan = make_plan(year=2026, introduction="One")
    plan.publish()
    assert "This is the newest one." in text_of(client, "/plan/2026-27/editions/1/")
    Plan.objects.update(introduction="Two")
    publish()
    old = text_of(client, "/plan/2026-27/editions/1/")
    assert "The plan has changed since then" in old
    assert 'href="/plan/2026-27/changes/since-edition-1/"' in old
