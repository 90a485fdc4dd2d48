"""The shared plan of a year: strands of work, the steps of each, and ideas being considered."""

from django.db import models
from django.db.models import Prefetch, Q
from django.urls import reverse

from actionplan.academic_year import academic_year, validate_year, year_label
from aims.models import Aim
from collab_site.editing.ordering import Ordered
from collab_site.editing.slugs import Slugged
from collab_site.schools.models import School


class Status(models.TextChoices):
    NOT_STARTED = "not-started", "Not started"
    UNDER_WAY = "under-way", "Under way"
    DONE = "done", "Done"
    PAUSED = "paused", "Paused"


class HalfTerm(models.TextChoices):
    AUTUMN_1 = "autumn-1", "Autumn 1"
    AUTUMN_2 = "autumn-2", "Autumn 2"
    SPRING_1 = "spring-1", "Spring 1"
    SPRING_2 = "spring-2", "Spring 2"
    SUMMER_1 = "summer-1", "Summer 1"
    SUMMER_2 = "summer-2", "Summer 2"


class PlanQuerySet(models.QuerySet):
    def outlined(self):
        """Fetch all that a plan's page shows, in a number of queries that never grows."""
        steps = Step.objects.prefetch_related("schools")
        return self.prefetch_related(
            Prefetch("strands", Strand.objects.prefetch_related("aims", Prefetch("steps", steps))),
            "possibilities",
        )

    def current(self):
        """Return this academic year's plan; failing that the latest before it, then the next.

        None where there is no plan at all.
        """
        this_year = academic_year()
        earlier = self.filter(year__lte=this_year).order_by("-year").first()
        return earlier or self.order_by("year").first()


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

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "plan"
        ordering = ["-year"]

    def __str__(self):
        return f"Plan for {self.label}"

    def get_absolute_url(self):
        return reverse("plan-year", args=[self.year])

    @property
    def label(self):
        """The academic year as people write it: 2026–27."""
        return year_label(self.year)


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

    order_within = slugs_within = "plan"

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
        return f"{self.plan.get_absolute_url()}#{self.slug}"

    @property
    def has_details(self):
        """Whether there is more to say of the strand than its steps."""
        texts = (
            self.rationale,
            self.lead,
            self.success_criteria,
            self.monitoring,
            self.resources,
        )
        return any(texts) or bool(self.aims.all())


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

    @property
    def number(self):
        """The step's number as a governor would quote it: "2.3"."""
        return f"{self.strand.order}.{self.order}"


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
