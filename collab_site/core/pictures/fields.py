import contextlib

from django import forms
from django.apps import apps
from django.db import models, transaction
from django.db.models import signals
from django.db.models.fields.files import ImageFieldFile

from collab_site.core.pictures.cleaning import CleanPicture, clean_picture
from collab_site.core.pictures.renditions import (
    WIDTHS,
    make_renditions,
    original_name,
    rendition_name,
)
from collab_site.core.pictures.storage import picture_storage

_retention_checks = []


def register_retention_check(is_kept):
    """Keep the file of a row that is gone, or has another picture, while is_kept(model, name)."""
    _retention_checks.append(is_kept)


class PictureInput(forms.ClearableFileInput):
    """A file input that says that there is a picture already, without a link to it."""

    template_name = "pictures/picture_input.html"
    clear_checkbox_label = "Remove this picture"

    def is_initial(self, value):
        return bool(value)


class PictureFormField(forms.FileField):
    """A form field for one picture, cleaned into a `CleanPicture`; the sent name isn't used.

    Raises ValidationError with one of the codes of `clean_picture`.
    """

    noun = "picture"
    widget = forms.FileInput
    default_error_messages = {
        "required": "Choose a picture.",
        "contradiction": "Choose a new picture, or tick “Remove this picture”, but not both.",
    }

    def to_python(self, data):
        if data in self.empty_values or isinstance(data, CleanPicture):
            return data or None
        return clean_picture(data)

    def widget_attrs(self, widget):
        # Some systems leave the newer kinds out of "image/*".
        return {**super().widget_attrs(widget), "accept": "image/*,.heic,.heif,.avif"}


class OwnFileMixin:
    """For a model field: its file is deleted, after the commit, when no row has it any more.

    That is when its row is deleted or gets another file, unless a check says that it is to be kept
    (`register_retention_check`). `own_storage` returns the storage, `storage_alias` is its alias in
    STORAGES.
    """

    own_storage = None
    storage_alias = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"storage": self.own_storage, **kwargs})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["storage"]
        return name, path, args, kwargs

    def contribute_to_class(self, cls, name, **kwargs):
        super().contribute_to_class(cls, name, **kwargs)
        if not cls._meta.abstract:
            signals.pre_save.connect(self._remember_stored, sender=cls)
            signals.post_save.connect(self._delete_replaced, sender=cls)
            signals.post_delete.connect(self._delete_stored, sender=cls)

    def _remember_stored(self, sender, instance, using, **kwargs):
        if not instance._state.adding:
            row = sender._base_manager.using(using).filter(pk=instance.pk)
            stored = row.values_list(self.attname, flat=True).first()
            setattr(instance, f"_stored_{self.name}", stored)

    def _delete_replaced(self, sender, instance, update_fields, using, **kwargs):
        stored = instance.__dict__.pop(f"_stored_{self.name}", None)
        is_saved = update_fields is None or self.name in update_fields
        if is_saved and stored != self.value_from_object(instance).name:
            self.delete_unused(stored, using)

    def _delete_stored(self, sender, instance, using, **kwargs):
        self.delete_unused(self.value_from_object(instance).name, using)

    def files_of(self, stored):
        """Return the names of all files that belong to the file `stored`, itself the first."""
        return [stored]

    def is_kept(self, stored):
        """Return whether there's reason to keep the file `stored` although no row names it."""
        return any(is_kept(self.model, original_name(stored)) for is_kept in _retention_checks)

    def delete_unused(self, stored, using):
        """Delete the file `stored`, which no row names any more, after the commit if not kept."""
        if stored:
            deletion = (
                apps.get_model("pictures.PendingDeletion")
                .objects.using(using)
                .create(model=self.model._meta.label, field=self.name, name=stored)
            )
            # After the commit nothing may fail any more: what can't be deleted is logged, and
            # deleted by the next clean-up.
            transaction.on_commit(deletion.complete, using=using, robust=True)


class PictureFile(models.fields.files.ImageFieldFile):
    """A row's picture; what is stored or deleted are its renditions, too."""

    def save(self, name, content, save=True):
        """Store the picture with its renditions: all of them, or none."""
        super().save(name, content, save=False)
        if self.field.has_renditions and isinstance(content, CleanPicture):
            try:
                for width, file in make_renditions(content):
                    self.storage.save(rendition_name(self.name, width), file)
            except Exception:
                with contextlib.suppress(OSError):
                    self.delete(save=False)
                raise
        if save:
            self.instance.save()

    def delete(self, save=True):
        """Delete the picture with its renditions."""
        for name in self.field.files_of(self.name)[1:] if self else ():
            self.storage.delete(name)
        super().delete(save=save)


class PictureField(OwnFileMixin, models.ImageField):
    """A model field for one cleaned picture, in the folder `upload_to` of the pictures' storage.

    Without `has_renditions` it is kept in one width only.
    """

    own_storage = staticmethod(picture_storage)
    storage_alias = "pictures"
    attr_class = PictureFile

    def __init__(self, *args, has_renditions=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.has_renditions = has_renditions

    def files_of(self, stored):
        """Return the names of the picture and of its renditions."""
        widths = WIDTHS if self.has_renditions else ()
        return [stored, *(rendition_name(stored, width) for width in widths)]

    def update_dimension_fields(self, instance, force=False, *args, **kwargs):
        """Note the size of a new picture. A stored one isn't read for it: its row has it."""
        file = instance.__dict__.get(self.attname)
        is_stored = isinstance(file, ImageFieldFile) and file and file._committed
        super().update_dimension_fields(instance, force and not is_stored, *args, **kwargs)

    def formfield(self, **kwargs):
        # The widget of Django's admin would link to the file.
        return super().formfield(
            **{**kwargs, "form_class": PictureFormField, "widget": PictureInput}
        )
