"""What the schools have achieved together."""

import re

from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import IsNull
from django.urls import reverse
from django.utils import timezone

from aims.models import Aim
from collab_site.core.editing.ordering import Ordered
from collab_site.core.paging import Page
from collab_site.core.pictures.models import Picture

# Written so that both databases find the order in an index.
HAS_NO_DAY = IsNull(F("achieved_on"), True)
NUMBER = re.compile(r"\d{1,18}", re.ASCII)
NEWEST = "newest"


class AchievementQuerySet(models.QuerySet):
    def newest_first(self):
        """Order by date, newest first; undated ones follow in the editors' order."""
        return self.order_by(HAS_NO_DAY, "-achieved_on", "order", "pk")

    def from_row(self, row):
        """Return `row`, and what follows it where the newest come first."""
        follows = Q(order__gt=row.order) | Q(order=row.order, pk__gte=row.pk)
        if row.achieved_on is None:
            return self.newest_first().filter(follows, achieved_on=None)
        older = Q(achieved_on=None) | Q(achieved_on__lt=row.achieved_on)
        return self.newest_first().filter(older | Q(follows, achieved_on=row.achieved_on))

    def page_from(self, number, size):
        """Return the Page of at most `size` rows from that with this primary key on.

        `number` may be anything that was sent; without such a row it is the first page.
        """
        start = self.filter(pk=number).first() if NUMBER.fullmatch(number or "") else None
        found = list((self.from_row(start) if start else self.newest_first())[: size + 1])
        later = str(found[size].pk) if found[size:] else ""
        return Page(found[:size], earlier=NEWEST if start else "", later=later)


class Achievement(Ordered):
    title = models.CharField(max_length=300, help_text="What was achieved, in one sentence.")
    details = models.TextField(
        max_length=2000, blank=True, help_text="More about it, if there is more to say."
    )
    achieved_on = models.DateField(
        "day", null=True, blank=True, help_text="Leave empty if nobody knows any more."
    )
    aims = models.ManyToManyField(
        Aim, blank=True, related_name="achievements", verbose_name="aims it serves"
    )
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AchievementQuerySet.as_manager()

    class Meta(Ordered.Meta):
        verbose_name = "achievement"
        indexes = [
            models.Index(
                HAS_NO_DAY, F("achieved_on").desc(), "order", "id", name="achievements_newest_first"
            ),
            models.Index(fields=["added_at", "id"], name="achievements_added_last"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return f"{reverse('achievements')}#achievement-{self.pk}"


class AchievementPicture(Ordered, Picture):
    achievement = models.ForeignKey(Achievement, on_delete=models.CASCADE, related_name="pictures")

    order_within = "achievement"

    class Meta(Ordered.Meta, Picture.Meta):
        verbose_name = "picture"

    def __str__(self):
        return self.alt_text
