"""The suggestion box: the call for a name, and the ideas that families send."""

import math
import posixpath
from datetime import timedelta

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from collab_site.pictures.fields import PictureField
from collab_site.schools.models import School


class ContestQuerySet(models.QuerySet):
    def current(self):
        """Return the contest that is shown: the newest, or None."""
        return self.order_by("-pk").first()


class Contest(models.Model):
    title = models.CharField(max_length=120, help_text="The heading of the page.")
    call = models.TextField(max_length=1000, help_text="What you ask families for.")
    how = models.TextField(
        "how to take part", max_length=1000, blank=True, help_text="Who may send ideas, and how."
    )
    afterwards = models.TextField(
        "what happens then",
        max_length=1000,
        blank=True,
        help_text="Told to everybody who has sent an idea: who looks at it, and when.",
    )
    opens_at = models.DateTimeField(
        "opens", null=True, blank=True, help_text="Leave empty to be open at once."
    )
    closes_at = models.DateTimeField(
        "closes", null=True, blank=True, help_text="Leave empty to stay open until you fill it in."
    )

    objects = ContestQuerySet.as_manager()

    class Meta:
        verbose_name = "call for ideas"
        verbose_name_plural = "call for ideas"
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at=None)
                | Q(closes_at=None)
                | Q(closes_at__gt=models.F("opens_at")),
                name="naming_contest_closes_after_opening",
                violation_error_message="It has to open before it closes.",
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("name-us")

    def is_open(self):
        """Return whether ideas may be sent now."""
        now = timezone.now()
        begun = self.opens_at is None or self.opens_at <= now
        return begun and not self.is_over()

    def is_over(self):
        """Return whether it has closed."""
        return self.closes_at is not None and self.closes_at <= timezone.now()


class YearGroup(models.TextChoices):
    NURSERY = "nursery", "Nursery"
    RECEPTION = "reception", "Reception"
    YEAR_1 = "year-1", "Year 1"
    YEAR_2 = "year-2", "Year 2"
    YEAR_3 = "year-3", "Year 3"
    YEAR_4 = "year-4", "Year 4"
    YEAR_5 = "year-5", "Year 5"
    YEAR_6 = "year-6", "Year 6"
    ADULT = "adult", "I am an adult"


class IdeaQuerySet(models.QuerySet):
    def approved(self):
        """Return the ideas that everybody may see, the latest approved first."""
        return self.filter(status=Idea.Status.APPROVED).order_by("-decided_at", "-pk")

    def waiting(self):
        """Return the ideas that nobody has decided on yet, the oldest first."""
        return self.filter(status=Idea.Status.WAITING).order_by("sent_at", "pk")

    def sent_with(self, token):
        """Return the one idea, or none, that came in the form with this one-use token."""
        return self.filter(form_token=token)


class Idea(models.Model):
    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting to be looked at"
        APPROVED = "approved", "Approved: everybody can see it"
        DECLINED = "declined", "Declined: nobody sees it"

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="ideas")
    name = models.CharField("a name", max_length=80, blank=True)
    strap_line = models.CharField("a strap line", max_length=140, blank=True)
    logo = PictureField(
        "a logo",
        upload_to="ideas",
        blank=True,
        width_field="logo_width",
        height_field="logo_height",
        db_index=True,
    )
    logo_width = models.PositiveIntegerField(null=True, editable=False)
    logo_height = models.PositiveIntegerField(null=True, editable=False)
    meaning = models.TextField("what it means", max_length=1000, blank=True)
    first_name = models.CharField("first name or nickname", max_length=40, blank=True)
    school = models.ForeignKey(
        School, on_delete=models.SET_NULL, null=True, blank=True, related_name="ideas"
    )
    year_group = models.CharField(max_length=10, choices=YearGroup, blank=True)
    adult_agreed = models.BooleanField("an adult has said yes", default=False)
    form_token = models.UUIDField(unique=True, editable=False)
    # Tells the same form sent twice from another idea written into it.
    form_digest = models.CharField(max_length=64, editable=False)
    sent_at = models.DateTimeField(default=timezone.now, editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    objects = IdeaQuerySet.as_manager()

    class Meta:
        verbose_name = "idea"
        ordering = ["sent_at", "pk"]
        permissions = [("decide_idea", "Can approve and decline ideas")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="", strap_line="", logo=""),
                name="naming_contest_idea_not_empty",
                violation_error_message="Send a name, a strap line or a logo: at least one.",
            ),
            models.CheckConstraint(
                condition=Q(adult_agreed=True), name="naming_contest_idea_adult_agreed"
            ),
            models.CheckConstraint(
                condition=Q(status="waiting", decided_at=None)
                | Q(status__in=["approved", "declined"], decided_at__isnull=False),
                name="naming_contest_idea_decided_when",
            ),
        ]
        indexes = [models.Index(fields=["status", "sent_at"], name="naming_contest_idea_queue")]

    def __str__(self):
        return f"Idea {self.pk}"

    def logo_address(self):
        """Return where everybody finds the logo while the idea is approved."""
        return reverse("idea-picture", args=[posixpath.basename(self.logo.name)])

    def decide(self, status, user):
        """Approve, decline, or put back to wait, in the name of `user`; nothing else is saved."""
        self.status = status
        waiting = status == self.Status.WAITING
        self.decided_at = None if waiting else timezone.now()
        self.decided_by = None if waiting else user
        self.save(update_fields=["status", "decided_at", "decided_by"])


class TokenBucketQuerySet(models.QuerySet):
    def take(self, key, per_hour):
        """Take a token from the bucket `key`, which holds `per_hour` and gains as many an hour.

        Returns 0, or the seconds until there is a token again if it is empty.
        """
        now = timezone.now()
        cost = timedelta(hours=1) / per_hour
        with transaction.atomic():
            full = self.filter(full_at__lte=now).exclude(key=key)
            unused = full.select_for_update(skip_locked=connection.features.has_select_for_update)
            self.filter(pk__in=list(unused.values_list("pk", flat=True))).delete()
            rows = self.select_for_update()
            bucket, _ = rows.get_or_create(key=key, defaults={"full_at": now})
            wait = max(bucket.full_at, now) + cost - (now + timedelta(hours=1))
            if wait > timedelta():
                return math.ceil(wait.total_seconds())
            bucket.full_at = max(bucket.full_at, now) + cost
            bucket.save(update_fields=["full_at"])
            return 0


class TokenBucket(models.Model):
    """How much one sender has sent of late, told by when the bucket will be full again.

    A full one says nothing and is deleted.
    """

    key = models.CharField(max_length=64, primary_key=True)
    full_at = models.DateTimeField(db_index=True)

    objects = TokenBucketQuerySet.as_manager()

    def __str__(self):
        return self.key
