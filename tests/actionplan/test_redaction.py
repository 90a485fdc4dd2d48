"""A text that must go goes everywhere, and nothing else does."""

import json
import re

import pytest
import reversion
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import models
from reversion.models import Version

from actionplan.models import (
    Edition,
    EditionDocument,
    Evidence,
    LetGo,
    Plan,
    Possibility,
    Step,
    Strand,
    Update,
)
from actionplan.redaction import Redaction
from tests.make import (
    make_aim,
    make_evidence,
    make_plan,
    make_possibility,
    make_step,
    make_strand,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_day")]
REMOVED = "[removed on 22 November 2026]"


@pytest.fixture
def _day(time_machine):
    time_machine.move_to("2026-11-22T12:00:00+00:00")


@pytest.fixture
def plan():
    """A plan that has a child's name in every place that a plan has."""
    plan = make_plan(year=2026, introduction="Sam Oak and friends", possibilities_introduction="S")
    strand = make_strand(plan=plan, title="Sam Oak reads", summary="With sam  oak.")
    make_step(strand=strand, text="Ask\nSAM OAK.", status="done", kind="training")
    make_step(strand=strand, text="Ask Sam Oakley.", open_question="Sam Oak?")
    make_possibility(plan=plan, text="More of Sam Oak's ideas?")
    with reversion.create_revision():
        strand.save()
        reversion.set_comment("Sam Oak was here")
    edition = plan.publish(note="Thanks to Sam Oak.")
    EditionDocument.objects.create(edition=edition, data=b"Sam Oak", made_for="x")
    plan.bring_back(edition.content)
    update = Update.objects.create(plan=plan, text="Sam Oak sang.", audience="public")
    Evidence.objects.create(update=update, kind="impact", text="Sam Oak is glad.")
    return plan


def everything(client):
    """Return all that is kept of plans, and all that is shown of them."""
    rows = [json.dumps([e.content, e.note]) for e in Edition.objects.all()]
    rows += [json.dumps([plan.snapshot(), plan.set_aside]) for plan in Plan.objects.all()]
    rows += [f"{u.text} {[e.text for e in u.evidence.all()]}" for u in Update.objects.all()]
    rows += [f"{v.serialized_data} {v.revision.comment} {v}" for v in Version.objects.all()]
    addresses = [
        "/",
        "/plan/",
        "/plan/feed/",
        "/plan/2026-27/editions/1/",
        "/plan/2026-27/plan.csv",
    ]
    return " ".join(rows + [client.get(address).content.decode() for address in addresses])


def names(text):
    return re.findall(r"sam\W+oak\b|sam-oak\b", text, re.IGNORECASE)


def test_it_is_gone_from_everywhere(client, plan):
    assert len(names(everything(client))) > 20
    Redaction("sam oak").carry_out()
    assert names(everything(client)) == []
    assert REMOVED in client.get("/plan/").content.decode()
    assert not EditionDocument.objects.exists()


def test_nothing_else_is_touched(plan):
    Redaction("Sam Oak").carry_out()
    first, second = Step.objects.order_by("order")
    assert (first.status, first.kind, second.text) == ("done", "training", "Ask Sam Oakley.")
    assert Strand.objects.get().slug == f"strand-{Strand.objects.get().pk}"


@pytest.mark.parametrize("text", ["done", "training", "under-way", "steps", "public", "impact"])
def test_words_that_the_portal_itself_uses_stay_in_their_fields(client, plan, text):
    Redaction(text).carry_out()
    assert client.get("/plan/").status_code == 200
    step = Edition.objects.get().content["strands"][0]["steps"][0]
    assert (step["status"], step["kind"]) == ("done", "training")
    assert Update.objects.get().audience == "public"


def test_what_would_grow_too_long_is_cut():
    strand = make_strand(title=("Sam " * 40).strip())
    Redaction("Sam").carry_out()
    strand.refresh_from_db()
    assert len(strand.title) == 160
    assert "Sam" not in strand.title


def test_a_headteacher_does_it_in_one_action_and_the_log_keeps_no_word_of_it(client, plan, head):
    address = "/admin/actionplan/plan/redact/"
    response = head.client.post(address, {"text": "Sam Oak"})
    assert "Tick this box" in response.content.decode()
    assert names(everything(client))
    response = head.client.post(address, {"text": "Sam Oak", "is_certain": "on"}, follow=True)
    assert "It is gone" in response.content.decode()
    assert names(everything(client)) == []
    entry = LogEntry.objects.get()
    assert entry.user == head.user
    assert not names(f"{entry.change_message} {entry.object_repr}")


@pytest.mark.parametrize("text", ["", "a", "  . , ! ", "x" * 201])
def test_what_is_no_word_is_refused(plan, head, text):
    sent = {"text": text, "is_certain": "on"}
    response = head.client.post("/admin/actionplan/plan/redact/", sent)
    assert "<title>Error: " in response.content.decode()


def test_words_that_stand_nowhere_are_told(plan, head):
    sent = {"text": "Kim Elm", "is_certain": "on"}
    response = head.client.post("/admin/actionplan/plan/redact/", sent, follow=True)
    assert "stand nowhere" in response.content.decode()
    assert not LogEntry.objects.exists()


def test_an_editor_cannot(plan, editor):
    assert editor.status("/admin/actionplan/plan/redact/") == 403


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("Zoë Elm", "Zoe\u0308 Elm"),
        ("Zoe\u0308 Elm", "ZOË ELM"),
        ("O'Brien", "O’Brien"),
        ("Sam Oak", "Sam-Oak"),
        ("Sam-Oak", "Sam Oak"),
        ("小明", "今天小明唱歌"),
        ("Jo", "Ask Jo."),
    ],
)
def test_a_name_is_found_however_it_is_written(asked, written):
    step = make_step(text=f"Ask {written} today.")
    Redaction(asked).carry_out()
    step.refresh_from_db()
    assert REMOVED in step.text


def test_it_goes_from_addresses_aims_and_what_django_has_logged(head):
    aim = make_aim(title="Zoë reads")
    LogEntry.objects.log_actions(
        head.user.pk, [aim], CHANGE, change_message=[{"added": {"object": "Zoë", "name": "aim"}}]
    )
    evidence = make_evidence("video", url="https://video.example/zoë/")
    Redaction("Zoë").carry_out()
    for row in (aim, evidence):
        row.refresh_from_db()
    entry = LogEntry.objects.get()
    assert REMOVED in aim.title
    assert "zoë" not in evidence.url
    assert "Zo" not in f"{entry.change_message} {entry.object_repr}"


def test_the_new_address_of_a_strand_is_no_other_strands():
    plan = make_plan()
    named = make_strand(plan=plan, title="Sam reads", slug="sam-reads")
    make_strand(plan=plan, slug=f"strand-{named.pk}")
    content = plan.publish().content
    Redaction("Sam").carry_out()
    named.refresh_from_db()
    assert named.slug == f"strand-{named.pk}-2"
    assert plan.editions.get().content == plan.snapshot() != content


def test_what_it_has_left_of_an_edition_can_be_brought_back():
    strand = make_strand(title=("Sam " * 40).strip(), lead="Sam " * 29)
    strand.plan.publish()
    Redaction("Sam").carry_out()
    edition = strand.plan.editions.get()
    strand.plan.restore(edition.content)
    assert strand.plan.snapshot() == edition.content


def free_texts(model):
    """Return the names of the model's fields in which people write."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, models.SlugField)
        and not field.choices
        and field.name != "number"
        and field.name != "carried_number"
    ]


def with_name(model, **kwargs):
    """Make a row that has the child's name, and the field's, in each of its texts."""
    texts = {name: f"Sam Oak in {name}" for name in free_texts(model)}
    return model.objects.create(**texts | kwargs)


def test_every_text_of_a_plan_is_redacted_in_the_draft_and_in_editions():
    plan = with_name(Plan, year=2026)
    strand = with_name(Strand, plan=plan)
    step = with_name(Step, strand=strand, carried_from=1)
    rows = [plan, strand, step, with_name(Possibility, plan=plan)]
    rows.append(with_name(LetGo, plan=plan, step=1))
    edition = plan.publish()
    written = re.findall(r"Sam Oak in (\w+)", json.dumps(edition.content))
    assert sorted(written) == sorted(name for row in rows for name in free_texts(type(row)))

    Redaction("Sam Oak").carry_out()

    edition.refresh_from_db()
    assert sorted(re.findall(rf"{re.escape(REMOVED)} in (\w+)", json.dumps(edition.content))) == (
        sorted(written)
    )
    for row in rows:
        row.refresh_from_db()
        for name in free_texts(type(row)):
            assert getattr(row, name) == f"{REMOVED} in {name}"
