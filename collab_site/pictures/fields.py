from django import forms
from django.db import models, transaction
from django.db.models import signals

from collab_site.pictures.cleaning import CleanPicture, clean_picture
from collab_site.pictures.storage import picture_storage


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


class PictureField(models.ImageField):
    """A model field for one cleaned picture, in the folder `upload_to` of the pictures' storage.

    Its file is deleted when its row is deleted or gets another picture, after the commit.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"storage": picture_storage, **kwargs})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["storage"]
        return name, path, args, kwargs

    def formfield(self, **kwargs):
        # The widget of Django's admin would link to the file.
        return super().formfield(
            **{**kwargs, "form_class": PictureFormField, "widget": PictureInput}
        )

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
            self._delete_after_commit(stored, using)

    def _delete_stored(self, sender, instance, using, **kwargs):
        self._delete_after_commit(self.value_from_object(instance).name, using)

    def _delete_after_commit(self, stored, using):
        if stored:
            # After the commit nothing may fail any more: what can't be deleted is logged.
            transaction.on_commit(lambda: self.storage.delete(stored), using=using, robust=True)
