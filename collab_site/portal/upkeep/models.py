import secrets

from django.db import models


def new_uploads_id():
    """Return a new id, 32 hex digits, that a database and its uploads have in common."""
    return secrets.token_hex(16)


class Installation(models.Model):
    """The installation to which this database belongs; one row.

    The uploads hold `uploads_id`, or `next_uploads_id` while a change of the id is under way.
    `last_upkeep_at` is when what had expired was last erased. While the clock is taken to be wrong,
    `refused_clock_newest_at` is when the newest row was saved before that.
    """

    uploads_id = models.CharField(max_length=32, default=new_uploads_id)
    next_uploads_id = models.CharField(max_length=32, blank=True)
    last_upkeep_at = models.DateTimeField(null=True)
    refused_clock_newest_at = models.DateTimeField(null=True)

    def __str__(self):
        return self.uploads_id

    @classmethod
    def load(cls):
        """Return the one row, made where there is none yet."""
        return cls.objects.get_or_create(pk=1)[0]
