"""What the schools have achieved together."""

from django.db import models
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from aims.models import Aim
from collab_site.editing.ordering import Ordered
from collab_site.pictures.models import Picture


class AchievementQuerySet(models.QuerySet):
    def newest_first(self):
        """Order by date, newest first; undated ones follow in the editors' order."""
        return self.order_by(F("achieved_on").desc(nulls_last=True), "order", "pk")


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
