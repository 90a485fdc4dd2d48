"""The one way in for PDFs that are evidence: judged by content, kept under a random name."""

import re
import secrets

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import models

from collab_site.core.pictures.fields import OwnFileMixin

REFUSALS = {
    "empty": "This file is empty. Choose the PDF again, or choose another one.",
    "too_large": (
        "This file is larger than %(megabytes)d MB. Save it as a smaller PDF, or put it where your "
        "school keeps its files and give the link instead."
    ),
    "not_pdf": (
        "This file is not a PDF. Open it in the program that made it, save it as a PDF, and choose "
        "that."
    ),
    "encrypted": (
        "This PDF is protected with a password, so not everybody could open it. "
        "Save it without one, and choose that."
    ),
    "broken": (
        "This PDF is damaged: its end is missing. Save it again from the program that made it, and "
        "choose that."
    ),
}
HEADER, END = b"%PDF-", b"%%EOF"
# A trailer names how a PDF is encrypted, by reference or in place; it is never compressed.
ENCRYPTED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R\b|<<)")
# Programs may write a little after the end, and readers look for it no further back.
TAIL = 1024


class CleanDocument(ContentFile):
    """What `check_document` has let in; it needs no second check."""


def document_storage():
    """Return the storage of all PDFs; STORAGES["documents"] alone chooses another place."""
    return storages["documents"]


def check_document(upload):
    """Return the PDF in the open binary file `upload` as a `CleanDocument`, judged by content.

    It is as it was sent, under a random name of 32 hex digits and ``.pdf``.
    Raises ValidationError, with one of the codes in `REFUSALS`.
    """
    upload.seek(0)
    data = upload.read(settings.DOCUMENT_MAX_BYTES + 1)
    code = _fault(data)
    if code:
        params = {"megabytes": settings.DOCUMENT_MAX_BYTES // 1024**2}
        raise ValidationError(REFUSALS[code], code=code, params=params)
    return CleanDocument(data, name=random_name())


def random_name():
    """Return a new file name for a stored PDF, with 128 random bits."""
    return f"{secrets.token_hex(16)}.pdf"


def _fault(data):
    if not data:
        return "empty"
    if not data.startswith(HEADER):
        return "not_pdf"
    if len(data) > settings.DOCUMENT_MAX_BYTES:
        return "too_large"
    if END not in data[-TAIL:] or b"startxref" not in data[-TAIL:]:
        return "broken"
    return "encrypted" if ENCRYPTED.search(data) else None


class DocumentInput(forms.ClearableFileInput):
    """A file input that says that there is a PDF already, without a link to it."""

    template_name = "actionplan/document_input.html"
    clear_checkbox_label = "Remove this PDF"

    def is_initial(self, value):
        return bool(value)


class DocumentFormField(forms.FileField):
    """A form field for one PDF, checked into a `CleanDocument`; the sent name isn't used.

    Raises ValidationError with one of the codes of `check_document`.
    """

    noun = "PDF"
    widget = forms.FileInput
    default_error_messages = {
        "contradiction": "Choose a new PDF, or tick “Remove this PDF”, but not both.",
    }

    def to_python(self, data):
        if data in self.empty_values or isinstance(data, CleanDocument):
            return data or None
        return check_document(data)

    def widget_attrs(self, widget):
        return {**super().widget_attrs(widget), "accept": ".pdf,application/pdf"}


class DocumentField(OwnFileMixin, models.FileField):
    """A model field for one checked PDF, in the folder `upload_to` of the documents' storage."""

    own_storage = staticmethod(document_storage)
    storage_alias = "documents"

    def formfield(self, **kwargs):
        # The widget of Django's admin would link to the file.
        return super().formfield(
            **{**kwargs, "form_class": DocumentFormField, "widget": DocumentInput}
        )
