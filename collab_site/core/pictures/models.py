import logging
import posixpath
import secrets
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.utils import timezone

from collab_site.core.pictures.cleaning import CleanPicture, random_name
from collab_site.core.pictures.fields import PictureField
from collab_site.core.pictures.storage import StorageUnavailable
from collab_site.core.tokens import hashed

logger = logging.getLogger(__name__)

SAFE = "No child can be recognised in this picture, and we have permission to show it"
NOT_SAFE = "Check both, then tick this box. If you cannot, choose another picture."


class Picture(models.Model):
    """What every shown picture has. A subclass's own Meta inherits from `Picture.Meta`."""

    image = PictureField(
        "picture",
        upload_to="shown",
        width_field="width",
        height_field="height",
        db_index=True,
    )
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    alt_text = models.CharField(
        "what the picture shows",
        max_length=250,
        help_text=(
            "For people who cannot see it. What would you say about this picture to somebody "
            "on the telephone? Never a child’s name."
        ),
    )
    is_safe = models.BooleanField(
        SAFE,
        default=False,
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_safe=True), name="%(app_label)s_%(class)s_is_safe"
            )
        ]

    def __str__(self):
        return self.alt_text

    @property
    def image_name(self):
        """The name under which the picture's address ends."""
        return posixpath.basename(self.image.name)

    def clean(self):
        """Raise ValidationError unless somebody has confirmed that the picture may be shown."""
        super().clean()
        if not self.is_safe:
            raise ValidationError({"is_safe": ValidationError(NOT_SAFE, code="not_safe")})


class HeldFileQuerySet(models.QuerySet):
    def fresh(self):
        """The files that may still be taken."""
        return self.filter(held_at__gt=self._oldest_fresh())

    def by_token(self, token):
        """Return the file held under `token`, or None; `token` may be anything that was sent."""
        return self.filter(token_hash=hashed(token)).first()

    def purge_stale(self):
        """Delete the files that nobody came back for."""
        self.filter(held_at__lte=self._oldest_fresh()).delete()

    def _oldest_fresh(self):
        return timezone.now() - timedelta(seconds=settings.PICTURE_HOLD_SECONDS)


class HeldFile(models.Model):
    """A checked file that waits for the rest of its form to be put right.

    A subclass names its model field in `file_field`, in `content_class` what that field's form
    field makes of an upload, and in `most_held` the setting that says how many there may be.
    """

    token_hash = models.CharField(max_length=64, unique=True)
    held_at = models.DateTimeField(default=timezone.now)

    objects = HeldFileQuerySet.as_manager()

    file_field = None
    content_class = None
    most_held = None

    class Meta:
        abstract = True

    def __str__(self):
        return self.file.name

    @property
    def file(self):
        """The stored file."""
        return getattr(self, self.file_field)

    @classmethod
    def hold(cls, content):
        """Keep `content`, a `content_class`, for PICTURE_HOLD_SECONDS; return its secret token.

        Raises StorageUnavailable, also while as many are held as may be.
        """
        cls.objects.purge_stale()
        if cls.objects.count() >= getattr(settings, cls.most_held):
            raise StorageUnavailable("Too many files are held.")
        token = secrets.token_urlsafe(32)
        held = cls(token_hash=hashed(token))
        content.seek(0)
        # Apart from the row: a failure inside Model.save() would break the transaction around it.
        held.file.save(content.name, content, save=False)
        held.save()
        return token

    @classmethod
    def take(cls, token):
        """Return the content held under `token` and stop holding it; None without one."""
        held = cls.objects.fresh().by_token(token)
        if held is None:
            return None
        content = held.content()
        held.delete()
        return content

    def content(self):
        """Return the file as a `content_class` with a new name; None if it is gone."""
        try:
            with self.file.open("rb") as file:
                return self.content_class(file.read(), name=self.new_name())
        except FileNotFoundError:
            return None


class HeldPicture(HeldFile):
    """A clean picture that waits for the rest of its form to be put right."""

    image = PictureField(upload_to="held", has_renditions=False)

    file_field = "image"
    content_class = CleanPicture
    most_held = "PICTURES_HELD_AT_MOST"
    new_name = staticmethod(random_name)


class PendingDeletionQuerySet(models.QuerySet):
    def complete(self):
        """Complete deletions that were interrupted or failed; return how many files are deleted.

        One that fails again is logged, and waits for the next clean-up.
        """
        return sum(deletion.try_complete() for deletion in self)


class PendingDeletion(models.Model):
    """A file whose row has been deleted, until the file is deleted, too.

    It is saved in the transaction that deletes the row, if there is one, so no file outlives its
    row because the storage was unavailable or the process was killed. `model` and `field` name the
    model field.
    """

    model = models.CharField(max_length=100)
    field = models.CharField(max_length=100)
    name = models.CharField(max_length=255)

    objects = PendingDeletionQuerySet.as_manager()

    def __str__(self):
        return self.name

    def complete(self):
        """Delete the file unless a row names it again or it is to be kept; return whether it went.

        Raises StorageUnavailable.
        """
        field = apps.get_model(self.model)._meta.get_field(self.field)
        has_row = field.model._base_manager.filter(**{field.name: self.name}).exists()
        is_kept = has_row or field.is_kept(self.name)
        if not is_kept:
            for name in field.files_of(self.name):
                field.storage.delete(name)
        self.delete()
        return not is_kept

    def try_complete(self):
        """Do as `complete`, but log what fails; return whether the file went."""
        try:
            return self.complete()
        # LookupError: the model or field is of another version.
        except (LookupError, FieldDoesNotExist, OSError) as error:
            logger.warning("The file %s of a deleted row can't be deleted: %s", self.name, error)
            return False
