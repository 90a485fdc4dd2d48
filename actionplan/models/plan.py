"""The shared plan of a year: strands of work, the steps of each, and ideas being considered."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import CharField, Exists, Max, OuterRef, Prefetch, Q, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from actionplan.academic_year import HalfTerm, validate_year, year_label
from actionplan.models.edition import Edition, NothingToPublish
from aims.models import Aim
from collab_site.core.editing.history import touch
from collab_site.core.editing.models import is_back
from collab_site.core.editing.ordering import Ordered
from collab_site.core.editing.slugs import Slugged
from collab_site.core.schools.models import School


class Status(models.TextChoices):
    NOT_STARTED = "not-started", "Not started"
    UNDER_WAY = "under-way", "Under way"
    DONE = "done", "Done"
    PAUSED = "paused", "Paused"


class PlanQuerySet(models.QuerySet):
    def outlined(self):
        """Fetch all that a plan's page shows, in a number of queries that never grows."""
        steps = Step.objects.prefetch_related("schools")
        return self.prefetch_related(
            Prefetch("strands", Strand.objects.prefetch_related("aims", Prefetch("steps", steps))),
            "possibilities",
            "let_go",
        )

    def published(self):
        """Return those that parents can read."""
        return self.filter(Exists(Edition.objects.public().filter(plan=OuterRef("pk"))))


class Plan(models.Model):
    year = models.PositiveSmallIntegerField(
        "academic year begins in",
        unique=True,
        validators=[validate_year],
        help_text="2026 for the year from September 2026 to August 2027.",
    )
    introduction = models.TextField(
        max_length=2000, blank=True, help_text="Stands above the strands: what this year is about."
    )
    possibilities_introduction = models.CharField(
        "heading of the ideas being considered",
        max_length=200,
        blank=True,
        help_text="Stands above the ideas that are not decided yet.",
    )

    # The draft as it was before an edition was brought back into it.
    set_aside = models.JSONField(null=True, editable=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "plan"
        ordering = ["-year"]
        permissions = [("publish_plan", "Can publish a plan")]

    def __str__(self):
        return f"Plan for {self.label}"

    def get_absolute_url(self):
        return reverse("plan-year", args=[self.year])

    def clean(self):
        """Refuse another year for a plan whose editions have their addresses by it."""
        super().clean()
        if self.pk and self.editions.exclude(plan__year=self.year).exists():
            raise ValidationError({"year": "A plan that was published keeps its year."})

    @property
    def label(self):
        """The academic year as people write it: 2026–27."""
        return year_label(self.year)

    def snapshot(self):
        """Return the plan as it is now, in the shape that all readers of plans share.

        A dict of texts, numbers, lists and dicts, as JSON has them: `year`, `introduction`,
        `possibilities_introduction`; `strands` with their `steps`, `possibilities` and `let_go`,
        each a list of the rows' own `snapshot`, in order. A row's number is its place.
        """
        plan = Plan.objects.outlined().get(pk=self.pk)
        return {
            "year": plan.year,
            "introduction": plan.introduction,
            "possibilities_introduction": plan.possibilities_introduction,
            "strands": [strand.snapshot() for strand in plan.strands.all()],
            "possibilities": [row.snapshot() for row in plan.possibilities.all()],
            "let_go": [row.snapshot() for row in plan.let_go.all()],
        }

    def newest_edition(self):
        """Return the edition that parents read now, or None."""
        return self.editions.public().order_by("number").last()

    def upcoming_edition(self):
        """Return the edition that is still to appear, or None."""
        return self.editions.upcoming().first()

    @transaction.atomic
    def publish(self, author=None, note="", at=None, content=None):
        """Make `content` the next Edition, for parents to read from `at` (now) on.

        It is a snapshot of this plan, that of now if none is given, and takes the place of an
        edition that is still to appear. Raises NothingToPublish if parents read the same already.
        """
        self.hold()
        content, newest = content or self.snapshot(), self.newest_edition()
        if newest and newest.content == content:
            raise NothingToPublish
        self.editions.upcoming().delete()
        Plan.objects.filter(pk=self.pk).update(set_aside=None)
        last = self.editions.aggregate(last=Max("number"))["last"]
        return self.editions.create(
            number=(last or 0) + 1,
            content=content,
            note=note,
            author=author,
            published_at=at or timezone.now(),
        )

    @transaction.atomic
    def restore(self, content):
        """Make the draft what `content`, a snapshot of this plan, says; rows keep their identity.

        Aims and schools that are gone meanwhile stay gone.
        """
        self.hold()
        for strand in self.strands.all():
            touch(strand)
        self.introduction = content["introduction"]
        self.possibilities_introduction = content["possibilities_introduction"]
        self.save()
        # Until each has its own again, no two may have the same.
        self.strands.update(slug=Concat(Value("restoring-"), Cast("pk", CharField())))
        for place, strand in enumerate(content["strands"], start=1):
            Strand.restore(self, strand, place)
        Step.objects.filter(strand__plan=self).exclude(pk__in=_step_ids(content)).delete()
        self.strands.exclude(pk__in=_ids(content["strands"])).delete()
        self.possibilities.exclude(pk__in=_ids(content["possibilities"])).delete()
        for place, idea in enumerate(content["possibilities"], start=1):
            Possibility(pk=idea["id"], plan=self, order=place, text=idea["text"]).save()
        self.let_go.all().delete()
        for row in content["let_go"]:
            LetGo.restore(self, row)
        is_back(Strand, _ids(content["strands"]))
        is_back(Step, _step_ids(content))
        is_back(Possibility, _ids(content["possibilities"]))

    @transaction.atomic
    def bring_back(self, content):
        """Restore `content` into the draft, and set aside what the draft was, for `put_back`."""
        self.hold()
        self.set_aside = self.snapshot()
        self.restore(content)

    @transaction.atomic
    def put_back(self):
        """Undo the last `bring_back`, which is possible until the plan is published."""
        content, self.set_aside = self.set_aside, None
        self.restore(content)

    def unfinished_steps(self):
        """Return the steps that aren't done, in the plan's order."""
        steps = Step.objects.filter(strand__plan=self).exclude(status=Status.DONE)
        return steps.select_related("strand").order_by("strand__order", "order")

    def next_plan(self):
        """Return the plan of the year that follows, or None."""
        return Plan.objects.filter(year=self.year + 1).first()

    def unanswered_steps(self):
        """Return the unfinished steps of which the next plan doesn't say what becomes of them."""
        following = self.next_plan()
        carried = Step.objects.filter(strand__plan=following, carried_from__isnull=False)
        answered = [*carried.values_list("carried_from", flat=True)]
        answered += LetGo.objects.filter(plan=following).values_list("step", flat=True)
        return self.unfinished_steps().exclude(pk__in=answered)

    @transaction.atomic
    def begin_next(self, carried, let_go):
        """Return the plan for the year that follows, begun with what this one hands on.

        `carried` and `let_go` are dicts of steps' ids with the reasons, which may be "". A strand
        goes on where one of its steps does, or where it has none and isn't done; so do the ideas.
        Raises ValidationError if there can be no such year.
        """
        self.hold()
        following = self.next_plan() or self._new_next_plan()
        # Somebody else may have answered meanwhile.
        unanswered = list(self.unanswered_steps())
        open_to_carry = {step.pk for step in unanswered} & carried.keys()
        for strand in self.strands.all():
            strand.carry_to(following, {pk: carried[pk] for pk in open_to_carry})
        for step in unanswered:
            if step.pk not in let_go:
                continue
            LetGo.objects.create(
                plan=following,
                step=step.pk,
                number=step.number,
                text=step.text,
                why=let_go[step.pk],
            )
        return following

    def _new_next_plan(self):
        following = Plan(
            year=self.year + 1, possibilities_introduction=self.possibilities_introduction
        )
        following.full_clean()
        following.save()
        for idea in self.possibilities.all():
            Possibility.objects.create(plan=following, text=idea.text)
        return following

    def hold(self):
        """Let nobody else change, publish or restore anything of the plan in this transaction."""
        Plan.objects.select_for_update().get(pk=self.pk)


def _ids(rows):
    return [row["id"] for row in rows]


def _step_ids(content):
    return [step["id"] for strand in content["strands"] for step in strand["steps"]]


class Strand(Slugged, Ordered):
    """One priority of the plan. Its number is its place: strand 2, step 2.3."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="strands")
    title = models.CharField(max_length=160, help_text="A few words. It gets its number by itself.")
    summary = models.TextField(
        "in short",
        max_length=400,
        blank=True,
        help_text="One sentence that tells parents what it is.",
    )
    rationale = models.TextField(
        "why", max_length=1500, blank=True, help_text="What made you choose this."
    )
    aims = models.ManyToManyField(
        Aim, blank=True, related_name="strands", verbose_name="aims it serves"
    )
    lead = models.CharField(
        "led by",
        max_length=120,
        blank=True,
        help_text="A role, such as “Deputy headteacher”, and not a person's name.",
    )
    success_criteria = models.TextField(
        max_length=1500, blank=True, help_text="How you will know that it worked."
    )
    monitoring = models.TextField(
        "how it will be checked",
        max_length=1000,
        blank=True,
        help_text="For example: a book scrutiny in each school in Spring 1.",
    )
    resources = models.TextField(
        max_length=1000, blank=True, help_text="Time, money or materials that it needs."
    )
    status = models.CharField(
        max_length=12,
        choices=Status,
        blank=True,
        help_text="Leave empty to show none.",
    )

    taken_up = models.PositiveBigIntegerField(null=True, editable=False)

    order_within = slugs_within = "plan"
    reserved_slugs = ("changes", "editions", "on-a-page", "updates")

    class Meta(Ordered.Meta):
        verbose_name = "strand"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "slug"],
                name="actionplan_strand_slug_once",
                violation_error_message="Another strand of this plan has this address name.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["", *Status]), name="actionplan_strand_status_known"
            ),
        ]

    def __str__(self):
        return f"{self.order}. {self.title}"

    def get_absolute_url(self):
        return reverse("strand", args=[self.plan.year, self.slug])

    def snapshot(self):
        """Return the strand as part of a plan's snapshot, with its steps.

        `taken_up` is the id of the idea being considered from which it was made, or None.
        """
        return {
            "id": self.pk,
            **{name: getattr(self, name) for name in STRAND_TEXTS},
            "aims": [{"slug": aim.slug, "title": aim.title} for aim in self.aims.all()],
            "taken_up": self.taken_up,
            "steps": [step.snapshot() for step in self.steps.all()],
        }

    def carry_to(self, plan, whys):
        """Copy to another year's `plan` the strand and its steps that `whys` names by id."""
        steps = list(self.steps.filter(pk__in=whys))
        is_over = self.status == Status.DONE or self.steps.exists()
        if is_over and not steps:
            return
        strand = plan.strands.filter(slug=self.slug).first() or self._copy_to(plan)
        for step in steps:
            step.carry_to(strand, whys[step.pk])

    def _copy_to(self, plan):
        texts = {name: getattr(self, name) for name in STRAND_TEXTS if name != "status"}
        strand = Strand.objects.create(plan=plan, **texts)
        strand.aims.set(self.aims.all())
        return strand

    @classmethod
    def restore(cls, plan, content, place):
        """Make the strand of `plan` what its snapshot `content` says, with its steps."""
        texts = {name: content[name] for name in STRAND_TEXTS}
        strand = cls(
            pk=content["id"], plan=plan, order=place, taken_up=content["taken_up"], **texts
        )
        strand.save()
        strand.aims.set(Aim.objects.filter(slug__in=[aim["slug"] for aim in content["aims"]]))
        for step_place, step in enumerate(content["steps"], start=1):
            Step.restore(strand, step, step_place)


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


class Step(Ordered):
    class Kind(models.TextChoices):
        STAFF_MEETING = "staff-meeting", "Shared staff meeting"
        FOLLOW_UP = "follow-up", "Follow-up meeting"
        PRACTICE = "practice", "Trying it in class"
        SCRUTINY = "scrutiny", "Scrutiny"
        LEARNING_WALK = "learning-walk", "Scrutiny and learning walks"
        SHARING = "sharing", "Sharing what works"
        TRAINING = "training", "Training"
        DECISION = "decision", "Deciding what is next"
        EVALUATION = "evaluation", "Evaluation"
        OTHER = "other", "Other work"

    strand = models.ForeignKey(Strand, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField("kind of step", max_length=16, choices=Kind, default=Kind.OTHER)
    text = models.TextField("what", max_length=1000, help_text="What will happen, in plain words.")
    schools = models.ManyToManyField(
        School, blank=True, related_name="steps", verbose_name="schools taking part"
    )
    venue = models.CharField(
        "where", max_length=120, blank=True, help_text="Where it is held. Leave empty if not known."
    )
    half_term = models.CharField("when: half-term", max_length=10, choices=HalfTerm, blank=True)
    due_on = models.DateField(
        "when: day", null=True, blank=True, help_text="Give a half-term or a day, or neither."
    )
    status = models.CharField(
        max_length=12, choices=Status, blank=True, help_text="Leave empty to show none."
    )
    open_question = models.CharField(
        "question still open",
        max_length=300,
        blank=True,
        help_text="What the schools have not decided yet. It is shown as a question.",
    )

    # Where a step of last year's plan was carried over: its id and number there, and the reason.
    # The id is a plain number, for the plan of that year is read from its editions.
    carried_from = models.PositiveBigIntegerField(null=True, editable=False)
    carried_number = models.CharField(max_length=10, blank=True, editable=False)
    carried_why = models.CharField(
        "why it was carried over",
        max_length=300,
        blank=True,
        help_text="Shown where the step says that it comes from last year.",
    )

    order_within = "strand"

    class Meta(Ordered.Meta):
        verbose_name = "step"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["", *Status]), name="actionplan_step_status_known"
            ),
            models.CheckConstraint(
                condition=Q(half_term="") | Q(due_on=None),
                name="actionplan_step_one_time",
                violation_error_message="Give a half-term or a day, not both.",
            ),
        ]

    def __str__(self):
        return f"Step {self.number}"

    def clean(self):
        """Refuse two times for one step."""
        super().clean()
        if self.half_term and self.due_on:
            raise ValidationError({"due_on": "Give a half-term or a day, not both."})

    @property
    def number(self):
        """The step's number as a governor would quote it: "2.3"."""
        return f"{self.strand.order}.{self.order}"

    def shift(self, places):
        """Move the step by `places` (-1 up, 1 down), past the strand's end into the next one."""
        place = self.order + places
        if 1 <= place <= self.siblings().count():
            self.move(places)
            return
        strands = self.strand.siblings()
        beyond = strands.filter(order=self.strand.order + (1 if places > 0 else -1)).first()
        if beyond:
            self.move_to(beyond, first=places > 0)

    def snapshot(self):
        """Return the step as part of a plan's snapshot. `due_on` is YYYY-MM-DD or ""."""
        return {
            "id": self.pk,
            **{name: getattr(self, name) for name in STEP_TEXTS},
            "due_on": self.due_on.isoformat() if self.due_on else "",
            "schools": [{"slug": s.slug, "name": s.short_name} for s in self.schools.all()],
            "carried": self._carried(),
        }

    def carry_to(self, strand, why):
        """Copy the step to a `strand` of the next year; its time was one of this year."""
        copy = Step.objects.create(
            strand=strand,
            kind=self.kind,
            text=self.text,
            venue=self.venue,
            status=self.status if self.status == Status.UNDER_WAY else "",
            open_question=self.open_question,
            carried_from=self.pk,
            carried_number=self.number,
            carried_why=why,
        )
        copy.schools.set(self.schools.all())

    def _carried(self):
        if self.carried_from is None:
            return None
        return {
            "step": self.carried_from,
            "number": self.carried_number,
            "why": self.carried_why,
        }

    @classmethod
    def restore(cls, strand, content, place):
        """Make the step what its snapshot `content` says, as number `place` of `strand`."""
        carried = content["carried"] or {"step": None, "number": "", "why": ""}
        step = cls(
            pk=content["id"],
            strand=strand,
            order=place,
            due_on=content["due_on"] or None,
            carried_from=carried["step"],
            carried_number=carried["number"],
            carried_why=carried["why"],
            **{name: content[name] for name in STEP_TEXTS},
        )
        step.save()
        slugs = [school["slug"] for school in content["schools"]]
        step.schools.set(School.objects.filter(slug__in=slugs))


STEP_TEXTS = ("kind", "text", "venue", "half_term", "status", "open_question")


class Possibility(Ordered):
    """An idea the schools are considering: nothing is decided."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="possibilities")
    text = models.TextField(max_length=500, help_text="One idea. Keep its question mark.")

    order_within = "plan"

    class Meta(Ordered.Meta):
        verbose_name = "idea being considered"
        verbose_name_plural = "ideas being considered"

    def __str__(self):
        return self.text

    def snapshot(self):
        """Return the idea as part of a plan's snapshot."""
        return {"id": self.pk, "text": self.text}

    @transaction.atomic
    def take_up(self):
        """Turn the idea into the plan's last strand, and return that."""
        title = " ".join(self.text.split())
        fits = len(title) <= TITLE_LENGTH
        strand = Strand.objects.create(
            plan=self.plan,
            title=title if fits else Truncator(title).words(TITLE_WORDS),
            rationale="" if fits else self.text,
            taken_up=self.pk,
        )
        self.delete()
        return strand


TITLE_LENGTH = 80
TITLE_WORDS = 8


class LetGo(models.Model):
    """A step of last year's plan that this plan doesn't carry on, and why."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="let_go")
    step = models.PositiveBigIntegerField()
    number = models.CharField(max_length=10)
    text = models.TextField(max_length=1000)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "step"], name="actionplan_let_go_once")
        ]

    def __str__(self):
        return f"Step {self.number}"

    def snapshot(self):
        """Return it as part of a plan's snapshot; `id` is the step's in last year's plan."""
        return {"id": self.step, "number": self.number, "text": self.text, "why": self.why}

    @classmethod
    def restore(cls, plan, content):
        """Make it what its snapshot `content` says."""
        fields = {name: content[name] for name in ("number", "text", "why")}
        cls.objects.create(plan=plan, step=content["id"], **fields)
