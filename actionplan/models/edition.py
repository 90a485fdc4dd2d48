"""What has been published: parents read the newest edition, and the older ones stay."""

from django.conf import settings
from django.db import models
from django.db.models import OuterRef
from django.urls import reverse
from django.utils import timezone

from collab_site.core.schools.models import Logo, School


class NothingToPublish(Exception):
    """The draft is what parents read already."""


class EditionQuerySet(models.QuerySet):
    def public(self):
        """Return those whose time has come."""
        return self.filter(published_at__lte=timezone.now())

    def upcoming(self):
        """Return those that are still to appear."""
        return self.filter(published_at__gt=timezone.now())

    def newest(self):
        """Return of each plan the one edition that readers see now."""
        of_the_plan = Edition.objects.public().filter(plan=OuterRef("pk")).order_by("-number")
        plans = self.model.plan.field.related_model.objects.order_by()
        # Plans are few, their editions many.
        return self.filter(
            pk__in=plans.annotate(newest=of_the_plan.values("pk")[:1]).values("newest")
        )


class Edition(models.Model):
    """A plan as it was published at one moment. It never changes, but for a redacted text.

    `content` has the shape that `Plan.snapshot` describes. A `published_at` to come is judged when
    a page is read; a plan has at most one such edition, because the next one takes its place.
    """

    plan = models.ForeignKey("actionplan.Plan", on_delete=models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    note = models.TextField(max_length=500, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField()

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = "edition"
        ordering = ["plan", "number"]
        indexes = [models.Index(fields=["published_at", "id"], name="actionplan_edition_appeared")]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"], name="actionplan_edition_number_once"
            )
        ]

    def __str__(self):
        return f"Edition {self.number} of the {str(self.plan).lower()}"

    def get_absolute_url(self):
        return reverse("edition", args=[self.plan.year, self.number])


class EditionDocument(models.Model):
    """An edition as PDF, made when it is first asked for: one for each school through whose
    entrance it was, and one for the readers who came through none.

    `made_for` tells of which words and with which name, colours and schools; with others it is
    made anew.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="documents")
    school = models.ForeignKey(School, on_delete=models.CASCADE, null=True, related_name="+")
    data = models.BinaryField()
    made_for = models.CharField(max_length=64)
    # Shown in it, so a PDF goes with a logo that is withdrawn.
    logo = models.ForeignKey(Logo, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        verbose_name = "kept PDF of a plan"
        verbose_name_plural = "kept PDFs of plans"
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "school"], name="actionplan_one_pdf_of_each_school"
            ),
            models.UniqueConstraint(
                fields=["edition"],
                condition=models.Q(school=None),
                name="actionplan_one_pdf_of_all_schools",
            ),
        ]

    def __str__(self):
        return f"PDF of {self.edition}"
