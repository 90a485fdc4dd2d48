import secrets

from django.db import models


def new_uploads_id():
    """Return a new id, 32 hex digits, that a database and its uploads have in common."""
    return secrets.token_hex(16)


class Installation(models.Model):
    """The installation to which this database belongs; one row.

    The uploads hold `uploads_id`, or `next_uploads_id` while a change of the id is under way.
    `last_plausible_at` is the latest time at which the clock is known to have been right.
    """

    uploads_id = models.CharField(max_length=32, default=new_uploads_id)
    next_uploads_id = models.CharField(max_length=32, blank=True)
    last_plausible_at = models.DateTimeField(null=True)

    def __str__(self):
        return self.uploads_id

    @classmethod
    def load(cls):
        """Return the one row, made where there is none yet."""
        return cls.objects.get_or_create(pk=1)[0]


class WriteProbe(models.Model):
    """The row that health checks write, to see whether the database can be written."""

    written_at = models.DateTimeField()

    def __str__(self):
        return str(self.written_at)
