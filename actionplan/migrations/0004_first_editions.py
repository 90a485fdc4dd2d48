"""What parents could read before there were editions becomes each plan's first one."""

from django.db import migrations
from django.utils import timezone

from collab_site.core.accounts.roles import EDITING, Role, grant

STRAND_TEXTS = (
    "slug",
    "title",
    "summary",
    "rationale",
    "lead",
    "success_criteria",
    "monitoring",
    "resources",
    "status",
)
STEP_TEXTS = ("kind", "text", "venue", "half_term", "status", "open_question")
IN_ORDER = ("order", "pk")


def publish(apps, schema_editor):
    edition = apps.get_model("actionplan", "Edition")
    for plan in apps.get_model("actionplan", "Plan").objects.all():
        edition.objects.create(
            plan=plan, number=1, content=_snapshot(plan), published_at=timezone.now()
        )


def _snapshot(plan):
    return {
        "year": plan.year,
        "introduction": plan.introduction,
        "possibilities_introduction": plan.possibilities_introduction,
        "strands": [_strand(strand) for strand in plan.strands.order_by(*IN_ORDER)],
        "possibilities": [
            {"id": row.pk, "text": row.text} for row in plan.possibilities.order_by(*IN_ORDER)
        ],
        "let_go": [],
    }


def _strand(strand):
    aims = strand.aims.order_by(*IN_ORDER)
    return {
        "id": strand.pk,
        **{name: getattr(strand, name) for name in STRAND_TEXTS},
        "aims": [{"slug": aim.slug, "title": aim.title} for aim in aims],
        "taken_up": None,
        "steps": [_step(step) for step in strand.steps.order_by(*IN_ORDER)],
    }


def _step(step):
    schools = step.schools.order_by(*IN_ORDER)
    return {
        "id": step.pk,
        **{name: getattr(step, name) for name in STEP_TEXTS},
        "due_on": step.due_on.isoformat() if step.due_on else "",
        "schools": [{"slug": school.slug, "name": school.short_name} for school in schools],
        "carried": None,
    }


class Migration(migrations.Migration):
    dependencies = [
        ("actionplan", "0003_editions_and_updates"),
        ("aims", "0001_aims"),
        ("accounts", "0002_roles"),
    ]

    operations = [
        grant("actionplan", ["update", "evidence"], EDITING),
        grant("actionplan", ["edition"], EDITING, actions=["view"]),
        grant("actionplan", ["plan"], [Role.HEADTEACHER], actions=["publish"]),
        migrations.RunPython(publish, migrations.RunPython.noop),
    ]
