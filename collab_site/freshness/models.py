"""The content version: another one as soon as anything that readers see may be another."""

from django.db import models, transaction

KEPT = 100


class ContentChangeQuerySet(models.QuerySet):
    def forget_old(self):
        """Take all but the newest few rows away; the version becomes another one by that."""
        with transaction.atomic():
            newest = self.model.objects.create()
            self.filter(pk__lte=newest.pk - KEPT).delete()


class ContentChange(models.Model):
    """Tells that content has changed; it is stored in the same transaction as the change.

    Each change adds a row, where one row that counts would make everybody who writes wait for the
    one before, and two who change much at once wait for each other.
    """

    objects = ContentChangeQuerySet.as_manager()

    def __str__(self):
        return f"Change {self.pk}"
