"""What happened: updates on the plan's work, with evidence, published one by one."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from actionplan.files import CleanDocument, DocumentField, random_name
from actionplan.models.plan import Plan, Step, Strand
from collab_site.core.editing.ordering import Ordered
from collab_site.core.pictures.fields import PictureField
from collab_site.core.pictures.models import SAFE, HeldFile
from collab_site.core.schools.models import School

GONE_STEP = "A step that is no longer in the plan"
GONE_STRAND = "A strand that is no longer in the plan"


class Audience(models.TextChoices):
    STAFF = "staff", "Only staff of the schools"
    PUBLIC = "public", "Everybody"


class UpdateQuerySet(models.QuerySet):
    def shown(self, to_staff=False):
        """Return what readers see, newest first; staff also see what is only for them."""
        shown = self.told(to_staff)
        return shown if to_staff else shown.filter(plan__in=Plan.objects.published())

    def told(self, to_staff=False):
        """Return what readers of the plan see, newest first, if they can read the plan at all."""
        told = self.filter(taken_down_at=None)
        if not to_staff:
            told = told.filter(audience=Audience.PUBLIC)
        return told.order_by("-happened_on", "-pk")

    def with_subjects(self):
        """Fetch what each is about; `strand` and `step` are None where they are gone."""
        # Plans apart: SQLite would go through the updates plan by plan, and sort them.
        found = self.select_related("strand", "step__strand", "school", "author")
        return found.prefetch_related("plan")


class Update(models.Model):
    """One thing that happened. It outlives the step or strand that it tells of.

    Strand and step carry no constraint in the database: a step that a draft has lost may still
    be read in an edition, and may come back from the bin.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="updates")
    strand = models.ForeignKey(
        Strand, models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="+"
    )
    step = models.ForeignKey(
        Step, models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="+"
    )
    happened_on = models.DateField("day", default=timezone.localdate)
    text = models.TextField(
        "what happened",
        max_length=2000,
        help_text="A sentence or two, in plain words. No child's name.",
    )
    school = models.ForeignKey(
        School,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Leave empty if it was all of them.",
    )
    audience = models.CharField("who sees it", max_length=6, choices=Audience)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    taken_down_at = models.DateTimeField(null=True, editable=False)

    objects = UpdateQuerySet.as_manager()

    class Meta:
        verbose_name = "update"
        ordering = ["-happened_on", "-pk"]
        indexes = [
            models.Index(fields=["happened_on", "id"], name="actionplan_update_happened"),
            models.Index(fields=["plan", "happened_on", "id"], name="actionplan_update_of_plan"),
            models.Index(
                fields=["audience", "written_at", "id"],
                condition=Q(taken_down_at=None),
                name="actionplan_update_written",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience__in=Audience), name="actionplan_update_audience_known"
            )
        ]

    def __str__(self):
        words = self.text.split()
        return " ".join(words[:8]) + (" …" if len(words) > 8 else "")

    def get_absolute_url(self):
        return f"{reverse('plan-updates', args=[self.plan.year])}#update-{self.pk}"

    def clean(self):
        """Refuse what has not happened yet."""
        super().clean()
        if self.happened_on and self.happened_on > timezone.localdate():
            raise ValidationError(
                {"happened_on": "This day is still to come. Give the day on which it happened."}
            )

    @property
    def subject(self):
        """What it is about as the draft is now, in words; for a row of `with_subjects`."""
        if self.step_id:
            return str(self.step or GONE_STEP)
        if self.strand_id:
            return f"Strand {self.strand}" if self.strand else GONE_STRAND
        return "The whole plan"

    def take_down(self):
        """Hide it from all readers at once."""
        self.taken_down_at = timezone.now()
        self.save(update_fields=["taken_down_at"])

    def put_up(self):
        """Show it to its readers again."""
        self.taken_down_at = None
        self.save(update_fields=["taken_down_at"])


class EvidenceQuerySet(models.QuerySet):
    def shown(self, to_staff=False):
        """Return what readers see; staff also see what is only for them."""
        shown = self.filter(update__taken_down_at=None)
        if not to_staff:
            updates = Update.objects.shown()
            shown = shown.filter(audience=Audience.PUBLIC, update__in=updates)
        return shown


class Evidence(Ordered):
    """One thing that shows what came of the work; which fields are filled depends on its kind."""

    class Kind(models.TextChoices):
        VIDEO = "video", "Video"
        REPORT = "report", "Report"
        PRESENTATION = "presentation", "Presentation"
        PICTURE = "picture", "Work example"
        IMPACT = "impact", "What difference it made"

    update = models.ForeignKey(Update, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=12, choices=Kind)
    audience = models.CharField(
        "who sees it", max_length=6, choices=Audience, default=Audience.STAFF
    )
    title = models.CharField(
        "what it is",
        max_length=160,
        blank=True,
        help_text="A few words, such as “Three ways to look at a book”.",
    )
    text = models.TextField(
        "what difference it made",
        max_length=1000,
        blank=True,
        help_text="What is better now, and how you know.",
    )
    url = models.URLField(
        "link",
        max_length=500,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"])],
        help_text="The address at which it can be seen, with https://.",
    )
    document = DocumentField("PDF", upload_to="evidence", blank=True, db_index=True)
    image = PictureField(
        "picture",
        upload_to="evidence",
        width_field="width",
        height_field="height",
        blank=True,
        db_index=True,
    )
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    alt_text = models.CharField(
        "what the picture shows",
        max_length=250,
        blank=True,
        help_text="For people who cannot see it. Never a child’s name.",
    )
    is_safe = models.BooleanField(
        SAFE,
        default=False,
    )

    objects = EvidenceQuerySet.as_manager()

    order_within = "update"

    class Meta(Ordered.Meta):
        verbose_name = "evidence"
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="video") & ~Q(url="")
                | Q(kind__in=["report", "presentation"]) & (~Q(url="") | ~Q(document=""))
                | Q(kind="picture") & ~Q(image="") & ~Q(alt_text="") & Q(is_safe=True)
                | Q(kind="impact") & ~Q(text=""),
                name="actionplan_evidence_complete",
            ),
            models.CheckConstraint(
                condition=Q(audience__in=Audience), name="actionplan_evidence_audience_known"
            ),
        ]

    def __str__(self):
        return self.title or self.alt_text or self.get_kind_display()


class HeldDocument(HeldFile):
    """A checked PDF that waits for the rest of its form to be put right."""

    document = DocumentField(upload_to="held")

    file_field = "document"
    content_class = CleanDocument
    most_held = "DOCUMENTS_HELD_AT_MOST"
    new_name = staticmethod(random_name)
