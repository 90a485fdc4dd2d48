from django import forms

from collab_site.core.pictures.models import HeldPicture
from collab_site.core.pictures.storage import StorageUnavailable

NOT_KEPT = "We could not keep your {}. Choose it again."
EARLIER_KEPT = "We have kept the {} that you chose before."


class HeldFileFormMixin:
    """Keeps the chosen file while other answers are put right, so nobody chooses it twice.

    The form has a field named in `held_field`, whose value is a `content_class` of `held_model`, a
    HeldFile. Two fields are added to it: the hidden ``<name>_held`` with a token and, while a file
    is held, the box ``<name>_remove``. After validation `held_token` is the token of the held file,
    for a preview, or None. A view calls `release_held()` once it has saved the form.
    """

    held_field = None
    held_model = None
    held_word = "file"
    held_token = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[f"{self.held_field}_held"] = forms.Field(
            required=False, widget=forms.HiddenInput
        )

    def full_clean(self):
        """Validate with the held file in place of an upload; after errors hold a new one."""
        if not self.is_bound:
            super().full_clean()
            return
        name = self.add_prefix(self.held_field)
        held = self.held_model.objects.fresh().by_token(self.data.get(f"{name}_held"))
        is_removed = bool(self.data.get(f"{name}_remove"))
        upload = self.files.get(name)
        is_new = upload is not None and not isinstance(upload, self.held_model.content_class)
        self.held_token = None
        if held and is_removed:
            held.delete()
            held = None
        elif held and not is_new:
            self._use_held(held)
        super().full_clean()
        if is_new:
            self._choose(held)
        self._show_held()

    def keep_file(self):
        """Hold a new file although this form is in order: another one of its page isn't."""
        if self.is_bound and not self.errors and not self.held_token:
            self.hold_new()
            self._show_held()

    def hold_new(self):
        """Hold the valid new file, if there is one; where that fails, the field says so."""
        content = self.cleaned_data.get(self.held_field)
        if isinstance(content, self.held_model.content_class):
            try:
                self.held_token = self.held_model.hold(content)
            except StorageUnavailable:
                self.add_error(self.held_field, NOT_KEPT.format(self.held_word))

    def release_held(self):
        """Stop holding the file, in the caller's transaction; call it once the form is saved."""
        self.held_model.objects.purge_stale()
        held = self.held_model.objects.by_token(self.held_token)
        if held:
            held.delete()

    def _use_held(self, held):
        content = held.content()
        if content:
            name = self.add_prefix(self.held_field)
            self.files = self.files.copy()
            self.files[name] = content
            self.held_token = self.data.get(f"{name}_held")

    def _choose(self, held):
        """Let a good new picture take the place of the one `held` before; a bad one doesn't."""
        name = self.held_field
        if not self.cleaned_data.get(name):
            if held:
                self.held_token = self.data.get(f"{self.add_prefix(name)}_held")
                self.add_error(name, EARLIER_KEPT.format(self.held_word))
            return
        if held:
            held.delete()
        if self.errors:
            self.hold_new()

    def _show_held(self):
        name = self.add_prefix(self.held_field)
        self.data = self.data.copy()
        self.data[f"{name}_held"] = self.held_token or ""
        self.data.pop(f"{name}_remove", None)
        if self.held_token:
            self.fields[f"{self.held_field}_remove"] = forms.BooleanField(
                required=False, label=f"Remove this {self.held_word}"
            )


class HeldPictureFormMixin(HeldFileFormMixin):
    """Keeps the chosen picture; `held_field` names a PictureFormField."""

    held_field = "picture"
    held_model = HeldPicture
    held_word = "picture"


class PictureForm(HeldPictureFormMixin, forms.ModelForm):
    """A form for a row with an `image`, which keeps a chosen picture through errors."""

    held_field = "image"

    def save(self, commit=True):
        """Return the row with its picture, which is no longer held apart."""
        row = super().save(commit)
        self.release_held()
        return row
