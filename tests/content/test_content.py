import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from achievements.models import Achievement
from actionplan.academic_year import academic_year
from actionplan.models import Plan, Step
from aims.models import Aim, Point
from collab_site.core.schools.models import Collaboration, School, Term
from collab_site.portal.content import store
from collab_site.portal.content.document import ContentError
from tests.make import make_plan, make_strand, make_update

STARTER = settings.BASE_DIR / "collab_site/portal/content/ashfield.yaml"
SEVEN = Path(__file__).parent / "seven.yaml"

LEAST = """
collaboration:
  name: Two
  colour: "#123456"
  welcome: Hello
  introduction: We are two.
  plan_name: Plan
schools:
  - {name: East School, short_name: East, slug: east, colour: "#aa0000"}
  - {name: West School, short_name: West, slug: west, colour: "#0000aa"}
"""

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("file", [STARTER, SEVEN], ids=["starter", "seven"])
def test_what_is_exported_loads_as_the_same_again(file):
    store.load(file.read_text())
    first = store.dump()
    store.load(first)
    assert store.dump() == first


def test_every_value_of_a_file_is_in_its_export():
    store.load(SEVEN.read_text())
    step = Step.objects.get(text="Staff learn to row.")
    assert [school.short_name for school in step.schools.all()] == ["Anchor", "Gull"]
    assert (step.kind, step.venue, step.half_term, step.status) == (
        "training",
        "The slipway",
        "autumn-2",
        "done",
    )
    assert list(Point.objects.values_list("text", "level")) == [
        ("A library at each school", 1),
        ("Stories from home:", 1),
        ("in Cornish", 2),
        ("in Welsh", 2),
        ("O'Brien & <Sons> “lend” books", 1),
    ]
    assert list(Plan.objects.values_list("year", flat=True)) == [2026, 2025]
    exported = store.dump()
    assert "opens_at: '2026-09-01T09:00:00+01:00'" in exported
    assert "year: 2025-26" in exported
    assert "      Ask the children.\n\n" in exported.replace("            ", "      ")


def test_a_plan_without_a_year_becomes_this_academic_year_s(time_machine):
    time_machine.move_to("2031-08-31")
    store.load(LEAST + "plans:\n  - introduction: Now\n")
    assert Plan.objects.get().year == 2030 == academic_year()


def test_content_is_not_loaded_over_content_unless_told_to(tmp_path):
    call_command("load_content", SEVEN)
    with pytest.raises(CommandError, match="There is content already"):
        call_command("load_content", STARTER)
    assert Collaboration.objects.get().name == "Harbour Learning Partnership"
    call_command("load_content", STARTER, "--replace")
    assert not School.objects.filter(slug="anchor").exists()
    assert not Term.objects.filter(term="tide").exists()
    assert Plan.objects.filter(year=academic_year()).exists()


def test_replacing_keeps_rows_that_the_file_still_names():
    store.load(LEAST)
    east = School.objects.get(slug="east").pk
    store.load(LEAST.replace("East School", "East Academy"))
    assert School.objects.get(pk=east).name == "East Academy"


def test_replacing_forgets_what_the_file_no_longer_says():
    store.load(LEAST.replace("welcome: Hello", "welcome: Hello\n  strap_line: Gone tomorrow"))
    store.load(LEAST)
    assert Collaboration.objects.get().strap_line == ""


@pytest.mark.parametrize(
    ("addition", "line", "reason"),
    [
        ("aims:\n  - titel: Typed wrong\n", 12, "“titel” is unknown here"),
        ("aims:\n  - slug: x\n", 12, "title: Fill this in."),
        ("aims: just text\n", 11, "here should be a list"),
        ("plans:\n  - year: 2026-28\n", 12, "is no academic year"),
        ("plans:\n  - strands:\n      - title: A\n        status: finished\n", 14, "status: Value"),
        ("plans:\n  - strands:\n      - title: A\n        aims: [no-such]\n", 14, "no “no-such”"),
        ("achievements:\n  - title: A\n    achieved_on: yesterday\n", 13, "achieved_on: "),
        (
            "glossary:\n  - {term: A, meaning: b}\n  - {term: C, also: a, meaning: b}\n",
            13,
            "“a” is",
        ),
        ("aims:\n  - title: [a\n", 13, "expected ',' or ']'"),
        ("schools: []\n", 11, "“schools” stands here twice"),
        (
            "plans:\n  - strands:\n      - title: A\n        steps:\n          - text: B\n"
            "            half_term: autumn-1\n            due_on: 2026-10-01\n",
            17,
            "Give a half-term or a day, not both.",
        ),
        (
            "aims:\n  - title: A\n    purpose:\n      heading: B\n      points:\n"
            "        - text: C\n          points:\n            - text: D\n              points:\n"
            "                - E\n",
            20,
            "two deep",
        ),
    ],
)
def test_a_bad_file_is_refused_with_line_and_reason_and_nothing_is_loaded(addition, line, reason):
    with pytest.raises(ContentError) as refusal:
        store.load(LEAST + addition)
    assert refusal.value.line == line
    assert reason in refusal.value.reason
    assert store.is_empty()


def test_the_command_tells_file_line_and_reason(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(LEAST.replace("name: Two", "nam: Two"))
    with pytest.raises(CommandError, match=r"bad\.yaml, line 3: “nam” is unknown here"):
        call_command("load_content", file)


def test_the_command_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="can't be read"):
        call_command("load_content", tmp_path / "none.yaml")


def test_the_starter_content_invents_nothing():
    store.load(STARTER.read_text())
    assert not Achievement.objects.exclude(achieved_on=None).exists()
    assert not Step.objects.exclude(status="", half_term="", due_on=None).exists()
    assert not School.objects.exclude(website="", email="", telephone="").exists()
    assert not School.objects.filter(colour_is_provisional=False).exists()
    assert not Term.objects.filter(is_provisional=False).exists()
    assert Aim.objects.count() == 5


def test_replacing_with_the_same_changes_no_row_and_publishes_nothing():
    store.load(STARTER.read_text())
    plan = Plan.objects.get()
    before = plan.snapshot()
    update = make_update(plan=plan, step=plan.strands.last().steps.last())
    store.load(STARTER.read_text())
    assert plan.snapshot() == before
    assert plan.editions.count() == 1
    update.refresh_from_db()
    assert update.step.text


def test_what_a_file_changes_of_a_published_plan_waits_for_publishing(client):
    text = STARTER.read_text()
    store.load(text)
    plan = Plan.objects.get()
    ids = [strand["id"] for strand in plan.snapshot()["strands"]]
    store.load(text.replace("Improving Challenge", "Improving the challenge"))
    assert [strand["id"] for strand in plan.snapshot()["strands"]] == ids
    assert "Improving the challenge" not in client.get("/plan/").content.decode()
    plan.publish()
    assert "Improving the challenge" in client.get("/plan/").content.decode()


def test_a_draft_that_a_file_names_stays_a_draft():
    store.load(LEAST)
    draft = make_strand(plan=make_plan(year=2030)).plan
    store.load(store.dump())
    assert not draft.editions.exists()


def test_a_plan_that_was_read_outlives_a_file_without_it(client):
    store.load(LEAST)
    make_plan(year=2019).publish()
    make_plan(year=2018)
    store.load(LEAST)
    assert list(Plan.objects.values_list("year", flat=True)) == [2019]


def test_the_example_that_others_begin_with_loads(client):
    guide = (settings.BASE_DIR / "docs/your-own-collaboration.md").read_text()
    store.load(re.search(r"```yaml\n(.+?)```", guide, re.DOTALL)[1])
    assert "A reading boat" in client.get("/from/anchor/plan/").content.decode()
