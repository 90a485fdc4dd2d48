"""The portal's rows, with what its templates show of them as properties."""

from collections import Counter
from functools import cached_property

from django.db.models import Prefetch
from django.utils import timezone

from actionplan.academic_year import HalfTerm, academic_year
from actionplan.models import Audience, Evidence, Plan, Status, Step, Strand, Update
from actionplan.sentences import sentences
from aims.models import Aim

WAITING = ("", Status.NOT_STARTED, Status.UNDER_WAY)
PROGRESS = (Status.DONE, Status.UNDER_WAY, Status.PAUSED, Status.NOT_STARTED, "")
DETAILS = ("rationale", "lead", "success_criteria", "monitoring", "resources")


class PlainPlan(Plan):
    class Meta:
        proxy = True

    @classmethod
    def in_short(cls):
        """Return this year's plan with what the home page shows of it."""
        strands, updates = PlainStrand.objects.all(), PlainUpdate.with_subjects()
        return cls._of_this_year().prefetch_related(
            Prefetch("strands", strands), Prefetch("updates", updates)
        )[0]

    @classmethod
    def in_full(cls):
        """Return this year's plan with all that its own page shows."""
        steps = PlainStep.objects.prefetch_related("schools")
        strands = PlainStrand.objects.prefetch_related("aims", Prefetch("steps", steps))
        evidence = PlainEvidence.objects.filter(audience=Audience.PUBLIC)
        updates = PlainUpdate.with_subjects().prefetch_related(Prefetch("evidence", evidence))
        return cls._of_this_year().prefetch_related(
            Prefetch("strands", strands), Prefetch("updates", updates), "possibilities", "let_go"
        )[0]

    @classmethod
    def _of_this_year(cls):
        return cls.objects.published().filter(year__lte=academic_year())

    @property
    def url(self):
        return self.get_absolute_url()

    @cached_property
    def edition(self):
        return self.editions.public().defer("content").order_by("number").last()

    @cached_property
    def changes(self):
        newest, *before = self.editions.public().order_by("-number")[:2]
        return sentences(before[0].content, newest.content) if before else []

    @cached_property
    def other_years(self):
        return list(PlainPlan.objects.published().exclude(pk=self.pk))

    @cached_property
    def steps(self):
        return [step for strand in self.strands.all() for step in strand.steps.all()]

    @cached_property
    def progress(self):
        counts = Counter(step.status for step in self.steps)
        segments, start = [], 0
        for status in PROGRESS:
            if count := counts[status]:
                width = 100 * count / len(self.steps)
                label = Status(status).label if status else "No status yet"
                part = {"status": status, "label": label, "count": count}
                segments.append(part | {"start": start, "width": width})
                start += width
        return {"total": len(self.steps), "done": counts[Status.DONE], "segments": segments}

    @cached_property
    def next(self):
        today = timezone.localdate()
        waiting = [s for s in self.steps if s.last_day and s.last_day >= today]
        waiting = [step for step in waiting if step.status in WAITING]
        return sorted(waiting, key=lambda step: (step.last_day, step.strand.order))[:3]


class PlainStrand(Strand):
    class Meta:
        proxy = True

    @property
    def number(self):
        return self.order

    @property
    def url(self):
        return self.get_absolute_url()

    @property
    def label(self):
        return self.plan.label

    @property
    def status_label(self):
        return self.get_status_display()

    @property
    def has_details(self):
        return any(getattr(self, name) for name in DETAILS) or bool(self.aims.all())

    @cached_property
    def updates(self):
        return [update for update in self.plan.updates.all() if update.subject_strand == self]


class PlainStep(Step):
    class Meta:
        proxy = True

    @property
    def anchor(self):
        return "step-" + self.number.replace(".", "-")

    @property
    def kind_label(self):
        return self.get_kind_display()

    @property
    def status_label(self):
        return self.get_status_display()

    @property
    def half_term_label(self):
        return self.get_half_term_display()

    @property
    def school_names(self):
        return [school.short_name for school in self.schools.all()]

    @cached_property
    def last_day(self):
        if self.half_term:
            return HalfTerm(self.half_term).last_day(self.strand.plan.year)
        return self.due_on


class PlainUpdate(Update):
    class Meta:
        proxy = True

    @classmethod
    def with_subjects(cls):
        """Return the updates that everybody may read, each with what it is about."""
        return cls.objects.told().select_related("school", "strand__plan", "step__strand__plan")

    @property
    def subject_strand(self):
        return self.step.strand if self.step else self.strand

    @property
    def strand_title(self):
        return self.subject_strand and self.subject_strand.title

    @property
    def strand_url(self):
        return self.subject_strand and self.subject_strand.get_absolute_url()

    @property
    def step_number(self):
        return self.step and self.step.number


class PlainEvidence(Evidence):
    class Meta:
        proxy = True

    @property
    def kind_label(self):
        return self.get_kind_display()


class PlainAim(Aim):
    class Meta:
        proxy = True

    @classmethod
    def in_full(cls):
        """Return the aims with their purposes, points and strands."""
        strands = PlainStrand.objects.select_related("plan").order_by("-plan__year", "order")
        return cls.objects.select_related("purpose").prefetch_related(
            "purpose__points", Prefetch("strands", strands, to_attr="served_by")
        )
