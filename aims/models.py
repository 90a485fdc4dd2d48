"""What the schools want together: aims, and under each its purpose with its points."""

from django.db import models
from django.urls import reverse

from collab_site.core.editing.ordering import Ordered
from collab_site.core.editing.slugs import Slugged


class Aim(Slugged, Ordered):
    title = models.CharField(
        max_length=200, help_text="One line that completes the words above the aims."
    )

    class Meta(Ordered.Meta):
        verbose_name = "aim"
        constraints = [
            models.UniqueConstraint(
                fields=["slug"],
                name="aims_aim_slug_once",
                violation_error_message="Another aim has this address name.",
            )
        ]

    def __str__(self):
        return f"{self.order}. {self.title}"

    def get_absolute_url(self):
        return f"{reverse('aims')}#{self.slug}"


class Purpose(models.Model):
    """The heading under an aim. Its wording is its own: it need not repeat the aim's."""

    aim = models.OneToOneField(Aim, on_delete=models.CASCADE, related_name="purpose")
    heading = models.CharField(
        max_length=200, help_text="The heading above the points. It may repeat the aim's words."
    )

    class Meta:
        verbose_name = "purpose"

    def __str__(self):
        return self.heading

    def outline(self):
        """Return the points as [(point, [points under it]), …].

        A lower point that stands first, with nothing above it, is shown as an upper one.
        """
        tree = []
        for point in self.points.all():
            if point.level == Point.Level.LOWER and tree:
                tree[-1][1].append(point)
            else:
                tree.append((point, []))
        return tree


class Point(Ordered):
    class Level(models.IntegerChoices):
        UPPER = 1, "A point"
        LOWER = 2, "Under the point above it"

    purpose = models.ForeignKey(Purpose, on_delete=models.CASCADE, related_name="points")
    text = models.CharField(max_length=300)
    level = models.PositiveSmallIntegerField("where it stands", choices=Level, default=Level.UPPER)

    order_within = "purpose"

    class Meta(Ordered.Meta):
        verbose_name = "point"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__in=[1, 2]), name="aims_point_level_known"
            )
        ]

    def __str__(self):
        return self.text
