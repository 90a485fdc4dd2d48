"""What has been removed and can be put back."""

from django.contrib.contenttypes.models import ContentType
from django.db import models


class RemovalQuerySet(models.QuerySet):
    def for_user(self, user):
        """Return what `user` may put back: the kinds of thing that they may change."""
        kinds = ContentType.objects.all()
        allowed = [
            kind.pk for kind in kinds if user.has_perm(f"{kind.app_label}.change_{kind.model}")
        ]
        return self.filter(version__content_type__in=allowed)

    def of(self, version):
        """Return the entry, if there is one, of the row that `version` is of."""
        return self.filter(
            version__content_type_id=version.content_type_id, version__object_id=version.object_id
        )


class Removal(models.Model):
    """An entry of the bin: a row that was removed, with all that went with it.

    Its last version, and those of what went with it, are one revision, which says who and when.
    """

    version = models.OneToOneField("reversion.Version", on_delete=models.CASCADE)
    # What referred to the rows: [[model, pk, model that refers, its field, [pk, …]], …].
    links = models.JSONField(default=list)

    objects = RemovalQuerySet.as_manager()

    class Meta:
        verbose_name = "removed thing"
        ordering = ["-pk"]
        default_permissions = ["delete"]

    def __str__(self):
        return self.version.object_repr


def is_back(model, pks):
    """Take out of the bin what has come back in another way: rows of `model` with these keys."""
    kind = ContentType.objects.get_for_model(model)
    Removal.objects.filter(
        version__content_type=kind, version__object_id__in=[str(pk) for pk in pks]
    ).delete()
