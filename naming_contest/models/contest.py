from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from collab_site.core.editing.slugs import Slugged


class WrongPhase(Exception):
    """What is asked of a contest doesn't fit the phase that it is in by now."""


SCORED = "Judges have begun to score the ideas, so no more can be let in."
SEEN = "The judges have seen all scores, so judging can’t go on."


class Phase(models.TextChoices):
    BEFORE = "before", "Not open yet"
    OPEN = "open", "Open for ideas"
    JUDGING = "judging", "Closed and being judged"
    DECIDED = "decided", "Decided"


class Gallery(models.TextChoices):
    FROM_APPROVAL = "from-approval", "As soon as an idea is approved"
    AFTER_CLOSING = "after-closing", "When the time for ideas is over"


def phase_at(now, *, opens_at, closes_at, announces_at, settled_at):
    """Return the Phase that a contest with these times (datetimes, or None) is in at `now`.

    Without a closing time it is open until it is given one. It is decided only when the winners
    have been chosen and the time to announce them has come.
    """
    if opens_at and now < opens_at:
        return Phase.BEFORE
    if closes_at is None or now < closes_at:
        return Phase.OPEN
    times = announces_at, settled_at
    return Phase.DECIDED if all(time and time <= now for time in times) else Phase.JUDGING


class ContestQuerySet(models.QuerySet):
    def current(self):
        """Return the contest that is shown, or None."""
        return self.filter(is_current=True).first()

    def public(self):
        """Return the contests that everybody may read of: the current one, and those over."""
        return self.filter(Q(is_current=True) | Q(closes_at__lte=timezone.now()))

    def hold(self):
        """Let nobody else change any contest until the transaction ends."""
        list(self.select_for_update().order_by("pk").values_list("pk"))

    def decided(self):
        """Return the contests whose result has been announced."""
        now = timezone.now()
        return self.filter(closes_at__lte=now, announces_at__lte=now, settled_at__lte=now)

    def with_story(self):
        """Return the newest contest of whose result there is something to tell, or None."""
        told = self.decided().filter(winners__idea__status="approved")
        return told.order_by("-announces_at", "-pk").first()


class Contest(Slugged):
    """A call for ideas, from its brief to its result. Times alone decide its phase."""

    title = models.CharField(max_length=120, help_text="The heading of the page.")
    call = models.TextField(
        "the brief", max_length=1000, help_text="What you ask families for, in two sentences."
    )
    looked_for = models.TextField(
        "what you look for",
        max_length=1000,
        blank=True,
        help_text="What makes a good idea. The judges see it, too.",
    )
    how = models.TextField(
        "who may take part, and how",
        max_length=1000,
        blank=True,
        help_text="Who may send ideas, and how.",
    )
    judging = models.TextField(
        "how it is judged",
        max_length=1000,
        blank=True,
        help_text="Who judges, and how they choose.",
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
        "closes",
        null=True,
        blank=True,
        help_text="Leave empty to stay open until somebody closes it.",
    )
    judged_until = models.DateTimeField(
        "judging ends",
        null=True,
        blank=True,
        help_text="From then on judges see each other's scores. Leave empty until you know.",
    )
    announces_at = models.DateTimeField(
        "result is announced",
        null=True,
        blank=True,
        help_text="The winners that you have chosen are shown from then on, and not before. What "
        "we know about those who sent ideas is erased some time after that.",
    )
    gallery = models.CharField(
        "when families see the ideas",
        max_length=20,
        choices=Gallery,
        default=Gallery.FROM_APPROVAL,
    )
    is_current = models.BooleanField("shown under “Name us”", default=False, editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)

    objects = ContestQuerySet.as_manager()

    class Meta:
        verbose_name = "call for ideas"
        verbose_name_plural = "calls for ideas"
        ordering = ["-is_current", "-pk"]
        permissions = [
            ("judge_contest", "Can score ideas"),
            ("settle_contest", "Can choose the winners and adopt them"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="naming_contest_slug_once"),
            models.UniqueConstraint(
                fields=["is_current"],
                condition=Q(is_current=True),
                name="naming_contest_one_is_current",
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="naming_contest_closes_after_opening",
                violation_error_message="It has to open before it closes.",
            ),
            models.CheckConstraint(
                condition=Q(judged_until=None)
                | Q(closes_at__isnull=False, judged_until__gte=F("closes_at")),
                name="naming_contest_judged_after_closing",
                violation_error_message="Judging has to end after the time for ideas.",
            ),
            models.CheckConstraint(
                condition=Q(announces_at=None)
                | Q(closes_at__isnull=False, announces_at__gte=F("closes_at")),
                name="naming_contest_announces_after_closing",
                violation_error_message="The result has to be announced after the time for ideas.",
            ),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        """Make the first contest the one that is shown."""
        if self._state.adding and not Contest.objects.current():
            self.is_current = True
        super().save(*args, **kwargs)

    @transaction.atomic
    def delete(self, *args, **kwargs):
        """Delete it, and show the newest of those that are left in its place."""
        deleted, was_current = super().delete(*args, **kwargs), self.is_current
        newest = Contest.objects.order_by("-pk").first()
        if was_current and newest:
            newest.make_current()
        return deleted

    def clean(self):
        """Refuse to go back behind scores that judges have given, or have seen."""
        super().clean()
        stored = Contest.objects.filter(pk=self.pk).first()
        if stored and stored.has_scores:
            if stored.is_over and not self.is_over:
                raise ValidationError({"closes_at": SCORED})
            if stored.is_judged and not self.is_judged:
                raise ValidationError({"judged_until": SEEN})

    def get_absolute_url(self):
        return reverse("name-us") if self.is_current else reverse("call", args=[self.slug])

    @property
    def story_address(self):
        """Where its story is told, if there is one."""
        return reverse("story") if self.is_current else reverse("call-story", args=[self.slug])

    @property
    def phase(self):
        """The Phase it is in now."""
        return phase_at(
            timezone.now(),
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            announces_at=self.announces_at,
            settled_at=self.settled_at,
        )

    @property
    def is_open(self):
        """Whether ideas may be sent now."""
        return self.phase == Phase.OPEN

    @property
    def last_day(self):
        """The last day on which ideas may be sent, or None while nobody has said."""
        if self.closes_at is None:
            return None
        # A call that closes at midnight is open until the day before.
        return timezone.localdate(self.closes_at - timedelta(microseconds=1))

    @property
    def is_over(self):
        """Whether the time for ideas has ended."""
        return self.phase in (Phase.JUDGING, Phase.DECIDED)

    @property
    def is_decided(self):
        """Whether the result has been announced."""
        return self.phase == Phase.DECIDED

    @property
    def is_judged(self):
        """Whether judging has ended, so that scores may be seen and no more are given."""
        ended = self.judged_until is not None and self.judged_until <= timezone.now()
        return self.is_decided or (self.is_over and ended)

    @property
    def takes_scores(self):
        """Whether judges may give scores now."""
        return self.phase == Phase.JUDGING and not self.is_judged

    @property
    def is_public(self):
        """Whether everybody may read of it now."""
        return self.is_current or self.is_over

    @property
    def has_story(self):
        """Whether there is something to tell of its result."""
        return self.is_decided and self.winners.filter(idea__status="approved").exists()

    @property
    def shows_ideas(self):
        """Whether everybody may see the approved ideas now."""
        return self.is_over or (self.is_current and self.gallery == Gallery.FROM_APPROVAL)

    @property
    def can_be_closed(self):
        """Whether somebody may end the time for ideas now."""
        return self.is_current and self.is_open

    @property
    def can_be_reopened(self):
        """Whether ideas may be let in again: not once there are scores or winners."""
        is_judging = self.is_current and self.phase == Phase.JUDGING
        return is_judging and self.settled_at is None and not self.has_scores

    @property
    def has_scores(self):
        """Whether judges have scored any of its ideas."""
        return self.ideas.filter(scores__isnull=False).exists()

    @property
    def will_tell_at(self):
        """When the result is to be told, if that is known and lies ahead, or None."""
        is_ahead = self.announces_at is not None and self.announces_at > timezone.now()
        return self.announces_at if is_ahead else None

    @property
    def decided_at(self):
        """When everybody was told the result, or None."""
        return max(self.announces_at, self.settled_at) if self.is_decided else None

    @cached_property
    def chosen(self):
        """What everybody has been told of the winners: {part: Winner}, with their ideas."""
        if not self.is_decided:
            return {}
        shown = self.ideas.approved().order_by()
        winners = self.winners.filter(idea__in=shown).select_related("idea")
        return {winner.part: winner for winner in winners}

    @transaction.atomic
    def make_current(self):
        """Show this contest under “Name us”; the one before is closed if it was open for ideas."""
        Contest.objects.hold()
        for before in Contest.objects.filter(is_current=True).exclude(pk=self.pk):
            if before.is_open:
                before.closes_at = timezone.now()
            before.is_current = False
            before.save(update_fields=["is_current", "closes_at"])
        self.is_current = True
        self.save(update_fields=["is_current"])

    def close(self):
        """End the time for ideas now. Raises WrongPhase unless it is current and open."""
        if not self.can_be_closed:
            raise WrongPhase
        self.closes_at = timezone.now()
        self.save(update_fields=["closes_at"])

    def end_judging(self):
        """Let judges see all scores, and give no more. Raises WrongPhase unless they may now."""
        if not self.takes_scores:
            raise WrongPhase
        self.judged_until = timezone.now()
        self.save(update_fields=["judged_until"])

    def reopen(self):
        """Take ideas again, without any end as yet. Raises WrongPhase where that can't be."""
        if not self.can_be_reopened:
            raise WrongPhase
        self.closes_at = self.judged_until = self.announces_at = None
        self.save(update_fields=["closes_at", "judged_until", "announces_at"])
