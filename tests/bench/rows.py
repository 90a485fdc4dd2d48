"""Fills an empty database: the starter content, a year's work on its plan, and long galleries.

Run as `python -m tests.bench.rows 96 9984 …`, with a number of ideas for each gallery.
"""

import sys
from datetime import timedelta
from itertools import cycle

import django

WEEKS = 24


def main(sizes):
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("load_content", settings.STARTER_CONTENT, verbosity=0)
    static_files.collect()
    work_on_the_plan()
    for size in sizes:
        make_gallery(size)


def work_on_the_plan():
    """Give its steps times and statuses, publish that as its one edition, and tell of the work."""
    plan, schools = Plan.objects.get(), cycle(School.objects.all())
    steps = list(Step.objects.filter(strand__plan=plan))
    for step, term, status in zip(steps, cycle(HalfTerm), cycle(("", *Status)), strict=False):
        step.half_term, step.status = term, status
        step.save()
    plan.editions.all().delete()
    plan.publish()
    today = timezone.localdate()
    for week, step in zip(range(WEEKS), cycle(steps), strict=False):
        update = make_update(
            plan=plan,
            step=step,
            text="Teachers of all three schools met, and looked at books from every year group.",
            happened_on=today - timedelta(weeks=week),
            school=next(schools),
        )
        make_evidence(Evidence.Kind.VIDEO, update=update)
        make_evidence(Evidence.Kind.IMPACT, update=update)


def make_gallery(size):
    """Make a closed contest with so many approved ideas; every tenth has the same name."""
    now = timezone.now()
    contest = make_contest(slug=f"of-{size}", is_current=False, closes_at=now)
    begun, schools = Idea.objects.count(), cycle(School.objects.all())
    Idea.objects.bulk_create(
        (
            Idea(
                contest=contest,
                school=next(schools),
                code=f"{number:06}",
                name="Three Oaks" if number % 10 == 0 else f"Oak {number}",
                name_group="three oaks" if number % 10 == 0 else f"oak {number}",
                strap_line="Growing together",
                meaning="Each of our schools has an old tree, and children meet under it.",
                adult_agreed=True,
                status=Idea.Status.APPROVED,
                sent_at=now - timedelta(days=30),
                decided_at=now - timedelta(seconds=number),
            )
            for number in range(begun, begun + size)
        ),
        batch_size=500,
    )


if __name__ == "__main__":
    django.setup()

    from django.conf import settings
    from django.utils import timezone

    from actionplan.models import Evidence, HalfTerm, Plan, Status, Step
    from collab_site.core.schools.models import School
    from collab_site.portal import static_files
    from naming_contest.models import Idea
    from tests.make import make_contest, make_evidence, make_update

    main(map(int, sys.argv[1:]))
