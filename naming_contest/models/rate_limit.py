import math
from datetime import timedelta

from django.db import connection, models, transaction
from django.utils import timezone


class TokenBucketQuerySet(models.QuerySet):
    def take(self, key, per_hour):
        """Take a token from the bucket `key`, which holds `per_hour` and gains as many an hour.

        Returns 0, or the seconds until there is a token again if it is empty.
        """
        now = timezone.now()
        cost = timedelta(hours=1) / per_hour
        with transaction.atomic():
            rows = self.select_for_update()
            bucket, _ = rows.get_or_create(key=key, defaults={"full_at": now})
            # Only after its own row is locked, so that nobody waits for somebody who waits.
            full = self.filter(full_at__lte=now).exclude(key=key)
            unused = full.select_for_update(skip_locked=connection.features.has_select_for_update)
            self.filter(pk__in=list(unused.values_list("pk", flat=True))).delete()
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
