"""The outline of a plan: each change is one press of a button."""

import pytest

from actionplan.models import Plan, Possibility, Status, Step, Strand
from tests.make import make_plan, make_possibility, make_step, make_strand, publish


def outline_of(plan):
    return f"/admin/actionplan/plan/{plan.pk}/outline/"


def press(person, plan, act):
    """Press the button that sends `act`; return the page that follows."""
    address = outline_of(plan)
    page = person.get(address)
    values = [b.get("value") for b in page.all("button") if b.get("disabled") is None]
    assert act in values, values
    response = person.client.post(address, {"act": act}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("status", Status)
def test_a_steps_status_is_one_press(editor, status):
    step = make_step()
    html = press(editor, step.strand.plan, f"status:step:{step.pk}:{status}")
    step.refresh_from_db()
    assert step.status == status
    assert f"Step 1.1 is “{status.label}” now." in html


def test_a_double_press_changes_nothing_more(editor):
    step = make_step(status="done")
    press(editor, step.strand.plan, f"status:step:{step.pk}:done")
    step.refresh_from_db()
    assert step.status == "done"


def test_what_is_first_or_last_goes_no_further(editor):
    strand = make_strand(steps=["One", "Two"])
    one, two = strand.steps.all()
    page = editor.get(outline_of(strand.plan))
    stuck = {b.get("value") for b in page.all("button") if b.get("disabled") is not None}
    assert stuck == {
        f"move:strand:{strand.pk}:up",
        f"move:strand:{strand.pk}:down",
        f"move:step:{one.pk}:up",
        f"move:step:{two.pk}:down",
    }


def test_what_somebody_has_removed_meanwhile_is_told(editor):
    strand = make_strand(steps=["One"])
    sent = {"act": f"status:step:{strand.steps.get().pk}:done"}
    strand.steps.all().delete()
    response = editor.client.post(outline_of(strand.plan), sent, follow=True)
    assert "That has been removed meanwhile." in response.content.decode()


def test_a_strand_has_a_status_too(editor):
    strand = make_strand()
    press(editor, strand.plan, f"status:strand:{strand.pk}:under-way")
    strand.refresh_from_db()
    assert strand.status == "under-way"


def test_steps_move_past_the_end_of_their_strand(editor):
    plan = make_plan()
    first = make_strand(plan=plan, steps=["One", "Two"])
    second = make_strand(plan=plan, steps=["Three"])
    one = first.steps.first()
    press(editor, plan, f"move:step:{one.pk}:down")
    assert [step.text for step in first.steps.all()] == ["Two", "One"]
    press(editor, plan, f"move:step:{one.pk}:down")
    assert [step.text for step in second.steps.all()] == ["One", "Three"]
    press(editor, plan, f"move:step:{one.pk}:up")
    assert [step.text for step in first.steps.all()] == ["Two", "One"]
    assert [step.order for step in Step.objects.order_by("text")] == [2, 1, 1]


def test_a_step_goes_to_any_other_strand(editor):
    plan = make_plan()
    first = make_strand(plan=plan, steps=["One", "Two"])
    make_strand(plan=plan)
    third = make_strand(plan=plan, steps=["Three"])
    one = first.steps.first()
    address = outline_of(plan)
    page = editor.get(f"{address}?move={one.pk}")
    assert f"to:step:{one.pk}:{third.pk}" in [b.get("value") for b in page.all("button")]
    editor.client.post(address, {"act": f"to:step:{one.pk}:{third.pk}"})
    assert [(s.text, s.order) for s in third.steps.all()] == [("Three", 1), ("One", 2)]
    assert [(s.text, s.order) for s in first.steps.all()] == [("Two", 1)]


def test_strands_move(editor):
    plan = make_plan()
    first, second = make_strand(plan=plan), make_strand(plan=plan)
    press(editor, plan, f"move:strand:{second.pk}:up")
    assert list(plan.strands.all()) == [second, first]


def test_rows_are_added_by_their_one_text(editor):
    plan = make_plan()
    for add, text in (("strand", "Reading"), ("possibility", "A choir?")):
        editor.client.post(outline_of(plan), {"add": add, "text": text})
    strand = Strand.objects.get()
    editor.client.post(outline_of(plan), {"add": strand.pk, "text": " Meet at noon. "})
    assert (strand.title, Possibility.objects.get().text) == ("Reading", "A choir?")
    assert [step.text for step in strand.steps.all()] == ["Meet at noon."]


@pytest.mark.parametrize("text", ["", "x" * 1001, "a\0b"])
def test_a_text_that_cannot_be_taken_is_told(editor, text):
    strand = make_strand()
    address = outline_of(strand.plan)
    html = editor.client.post(address, {"add": strand.pk, "text": text}).content.decode()
    assert not Step.objects.exists()
    assert "<title>Error: " in html
    assert 'role="alert"' in html
    assert f'value="{text}"' in html or not text


def test_an_idea_that_is_taken_up_is_a_strand_and_that_is_told(editor):
    plan = make_plan(year=2026)
    idea = make_possibility(plan=plan, text="A shared choir?")
    make_possibility(plan=plan, text="A band?")
    publish()
    press(editor, plan, f"take-up:possibility:{idea.pk}:")
    strand = Strand.objects.get()
    assert strand.title == "A shared choir?"
    assert [row.text for row in plan.possibilities.all()] == ["A band?"]
    publish()
    changes = editor.get("/plan/2026-27/changes/").text()
    assert "“A shared choir?”" in changes
    assert "strand 1" in changes


def test_a_long_idea_keeps_all_its_words(editor):
    idea = make_possibility(text="Shall we sing together? " * 15)
    strand = idea.take_up()
    assert len(strand.title) <= 160
    assert strand.rationale == idea.text


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"act": "x"},
        {"act": "status:step:{step}:asleep"},
        {"act": "status:possibility:{idea}:done"},
        {"act": "move:step:{step}:sideways"},
        {"act": "take-up:step:{step}:"},
        {"act": "to:step:{step}:x"},
        {"act": "to:strand:{strand}:{strand}"},
        {"add": "nothing", "text": "x"},
        {"add": "9" * 30, "text": "x"},
    ],
)
def test_what_no_button_sends_changes_nothing(editor, data):
    plan = make_plan(year=2026)
    strand = make_strand(plan=plan, steps=["Meet."])
    other = make_step(strand=make_strand(plan=make_plan(year=2025)))
    names = {
        "step": strand.steps.get().pk,
        "strand": strand.pk,
        "other": other.pk,
        "idea": make_possibility(plan=plan).pk,
    }
    before = [plan.snapshot() for plan in Plan.objects.all()]
    sent = {name: value.format(**names) for name, value in data.items()}
    assert editor.client.post(outline_of(plan), sent).status_code == 404
    assert [plan.snapshot() for plan in Plan.objects.all()] == before


def test_it_tells_what_is_overdue_and_what_waits_for_publishing(head, time_machine):
    time_machine.move_to("2026-11-22")
    step = make_step(strand=make_strand(plan=make_plan(year=2026)), half_term="autumn-1")
    address = outline_of(step.strand.plan)
    assert "Parents can’t read this plan yet." in head.get(address).text()
    publish()
    assert "Overdue" in head.get(address).text()
    assert "Parents read the plan as it is here: edition 1" in head.get(address).text()
    Step.objects.update(status="done")
    text = head.get(address).text()
    assert "1 change waits." in text
    assert "Overdue" not in text
