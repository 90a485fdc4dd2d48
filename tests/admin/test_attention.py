"""The first page tells what somebody should look at."""

import pytest

from actionplan.models import Step
from tests.make import make_plan, make_step, make_strand, make_update, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def strand(time_machine):
    time_machine.move_to("2026-09-10")
    strand = make_strand(plan=make_plan(year=2026), title="Reading")
    make_step(strand=strand, text="Meet.")
    publish()
    return strand


def told(head):
    return head.get("/admin/").text()


def test_nothing_is_told_where_nothing_needs_attention(head, strand):
    assert "Needs attention" not in told(head)


def test_a_plan_that_parents_cannot_read_is_told(head, strand):
    strand.plan.editions.all().delete()
    assert "Parents can’t read this year’s plan yet" in told(head)


def test_changes_that_are_not_published_are_told(head, strand):
    Step.objects.update(status="under-way")
    assert "1 change of the plan isn’t published yet" in told(head)


def test_changes_of_the_next_years_plan_are_told(head, strand):
    following = make_strand(plan=make_plan(year=2027))
    assert "Needs attention" not in told(head)
    publish()
    following.title = "Another"
    following.save()
    assert "1 change of the plan for 2027–28 isn’t published yet" in told(head)


def test_overdue_steps_are_told(head, strand, time_machine):
    Step.objects.update(half_term="autumn-1")
    publish()
    assert "overdue" not in told(head)
    time_machine.move_to("2026-11-07")
    assert "Step 1.1 is overdue" in told(head)


def test_a_strand_of_which_nothing_is_told_for_a_half_term_is_told(head, strand, time_machine):
    silent = "Nothing told of strand 1 for a half-term"
    time_machine.move_to("2026-10-28")
    assert silent not in told(head)
    time_machine.move_to("2026-11-01")
    assert silent in told(head)
    update = make_update(plan=strand.plan, step=strand.steps.get(), happened_on="2026-10-20")
    assert silent not in told(head)
    update.take_down()
    assert silent in told(head)
    strand.status = "done"
    strand.save()
    publish()
    assert silent not in told(head)
