"""How ideas are judged, which of them win, and what the portal takes from them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from collab_site.core.schools.models import Logo
from naming_contest.models.contest import Contest
from naming_contest.models.idea import Idea


class Part(models.TextChoices):
    """What an idea may have, each judged apart; the values are the names of Idea's fields."""

    NAME = "name", "Name"
    STRAP_LINE = "strap_line", "Strap line"
    LOGO = "logo", "Logo"


class Score(models.Model):
    """What one judge thinks of one part of an idea, from 1 to 5."""

    judge = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="scores"
    )
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="scores")
    part = models.CharField(max_length=10, choices=Part)
    value = models.PositiveSmallIntegerField()
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["judge", "idea", "part"], name="naming_contest_score_once"
            ),
            models.CheckConstraint(
                condition=Q(value__range=(1, 5)), name="naming_contest_score_from_1_to_5"
            ),
        ]

    def __str__(self):
        return f"{self.value} for {self.idea}"


class Winner(models.Model):
    """The idea from which a contest's name, strap line or logo is taken.

    `credit` is how its maker is named; never without the permission that was asked for it.
    """

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="winners")
    part = models.CharField(max_length=10, choices=Part)
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="wins")
    credit = models.CharField(
        "named as",
        max_length=80,
        blank=True,
        help_text="For example “Sam, Year 3”. Never a surname. Leave empty to name nobody.",
    )
    credit_agreed = models.BooleanField(
        "Their family has said yes to being named like this", default=False
    )
    chosen_at = models.DateTimeField(default=timezone.now, editable=False)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "part"], name="naming_contest_one_winner_a_part"
            ),
            models.CheckConstraint(
                condition=Q(credit="") | Q(credit_agreed=True),
                name="naming_contest_credit_agreed",
                violation_error_message="Name nobody whose family has not said yes to it.",
            ),
        ]

    def __str__(self):
        return f"{self.get_part_display()}: {self.idea}"


class AdoptionQuerySet(models.QuerySet):
    def in_force(self):
        """Return the last adoption that has not been undone, or None."""
        return self.filter(undone_at=None).order_by("-pk").first()


class Adoption(models.Model):
    """The collaboration's taking on of a contest's winners; `before` and `after` say what changed.

    Both are {field of Collaboration: value}; a logo's value is its primary key, or None.
    """

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="adoptions")
    # The drawing that `logo` is a copy of: it goes when its family withdraws it.
    logo_from = models.ForeignKey(
        Idea, on_delete=models.SET_NULL, null=True, related_name="adoptions"
    )
    logo = models.ForeignKey(Logo, on_delete=models.SET_NULL, null=True, related_name="+")
    is_tidied = models.BooleanField(default=False)
    before = models.JSONField()
    after = models.JSONField()
    adopted_at = models.DateTimeField(default=timezone.now)
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = AdoptionQuerySet.as_manager()

    def __str__(self):
        return f"What “{self.contest}” has given us"
