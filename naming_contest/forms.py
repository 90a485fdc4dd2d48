"""The form with which families send an idea."""

import contextlib
import hashlib

from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from collab_site.pictures.fields import PictureFormField
from collab_site.pictures.forms import HeldPictureFormMixin
from collab_site.schools.models import School
from naming_contest import tickets
from naming_contest.models import Idea, YearGroup
from naming_contest.text import LineField, WrittenField

NOTHING_SENT = "Write a name or a strap line, or choose a logo. One of them is enough."
PICTURE_GONE = "We no longer have the picture that you chose. Choose it again."
NOT_SENT = "We could not send this. Check your answers and press Send again."
TOO_LONG = (
    "The %s is too long: it has %%(show_value)d characters, and there is room for "
    "%%(limit_value)d. Make it shorter."
)
TOO_SOON = "That was very quick! Check your answers and press Send again."
TOO_LATE = "This page was open for a long time. Check your answers and press Send again."
SENT_ALREADY = "You have sent this form already. To send this as another idea, press Send again."
TOO_MANY = (
    "Many ideas have come from your school or home in a short time. "
    "Wait for %(wait)s, then press Send again. All that you wrote is still here."
)


class IdeaForm(HeldPictureFormMixin, forms.ModelForm):
    """An idea for `contest`. `take_turn` counts it, and returns how many seconds it has to wait.

    Its template also sends `ticket` back, and the decoy field that only robots see.
    """

    held_field = "logo"
    decoy = "website"
    wait = 0

    logo = PictureFormField(label="A logo", required=False)
    school = forms.ModelChoiceField(
        School.objects.all(),
        label="Your school",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose your school.",
            "invalid_choice": "Choose one of the schools in the list.",
        },
    )
    year_group = forms.ChoiceField(
        label="Year group (if you like)",
        choices=[("", "I’d rather not say"), *YearGroup.choices],
        required=False,
        error_messages={"invalid_choice": "Choose one of the year groups in the list."},
    )
    adult_agreed = forms.BooleanField(
        label="An adult has said yes",
        error_messages={"required": "An adult has to say yes. Ask one, then tick the box."},
    )

    class Meta:
        model = Idea
        fields = [
            "name",
            "strap_line",
            "logo",
            "meaning",
            "first_name",
            "school",
            "year_group",
            "adult_agreed",
        ]
        field_classes = {
            "name": LineField,
            "strap_line": LineField,
            "meaning": WrittenField,
            "first_name": LineField,
        }
        labels = {
            "name": "A name",
            "strap_line": "A strap line",
            "meaning": "What your idea means (if you like)",
            "first_name": "First name or nickname (if you like)",
        }
        error_messages = {
            "name": {"max_length": TOO_LONG % "name"},
            "strap_line": {"max_length": TOO_LONG % "strap line"},
            "meaning": {"max_length": TOO_LONG % "meaning"},
            "first_name": {"max_length": TOO_LONG % "first name"},
        }
        help_texts = {
            "name": "What should we call ourselves?",
            "strap_line": "A few words to stand under the name.",
            "meaning": "What made you think of it?",
            "first_name": "Please leave out your surname.",
        }
        widgets = {
            "meaning": forms.Textarea({"rows": 4}),
            "first_name": forms.TextInput({"autocomplete": "given-name"}),
        }

    def __init__(self, *args, contest, take_turn, **kwargs):
        super().__init__(*args, **kwargs)
        self.take_turn = take_turn
        self.ticket = self.data.get("ticket", "") if self.is_bound else tickets.issue()
        self.instance.contest = contest
        self.instance.form_digest = self._digest()
        self.fields["logo"].help_text = (
            "Draw it on paper and take a photo of the paper, or choose a picture file: JPEG, PNG, "
            f"WebP, GIF, AVIF or HEIC, up to {settings.PICTURE_MAX_BYTES // 1024**2} MB. "
            "Please show no people."
        )

    def clean(self):
        """Check what concerns more than one answer; only an idea without a fault is counted."""
        super().clean()
        self._check_idea()
        self._check_picture()
        self._check_sender()
        self._check_ticket()
        if not self.errors:
            self._check_limit()

    def is_repeat(self):
        """Return whether just this was sent, and stored, before: a double click, or a reload."""
        earlier = Idea.objects.sent_with(tickets.token_of(self.data.get("ticket", "")))
        return earlier.filter(form_digest=self.instance.form_digest).exists()

    def send(self):
        """Store the valid form's idea, and return True.

        Returns False, with errors on the form, if its ticket was used up in the meantime. Raises
        StorageUnavailable.
        """
        try:
            with transaction.atomic():
                self.save()
                self.release_held()
        except Exception as error:
            with contextlib.suppress(OSError):
                self.instance.logo.delete(save=False)
            token = self.instance.form_token
            if isinstance(error, IntegrityError) and Idea.objects.sent_with(token).exists():
                self.full_clean()
                return False
            raise
        return True

    def _check_idea(self):
        parts = {"name", "strap_line", "logo"}
        if not any(map(self.cleaned_data.get, parts)) and not parts & self.errors.keys():
            self.add_error("name", NOTHING_SENT)

    def _check_picture(self):
        kept = self.held_token or self.files.get("logo") or self.data.get("logo_remove")
        if self.data.get("logo_held") and not kept:
            self.add_error("logo", PICTURE_GONE)

    def _check_sender(self):
        if self.data.get(self.decoy):
            self.add_error(None, NOT_SENT)

    def _check_ticket(self):
        try:
            self.instance.form_token = tickets.redeem(self.ticket)
        except tickets.EarlyTicket:
            if not self.errors:
                self.add_error(None, TOO_SOON)
        except tickets.InvalidTicket:
            self._ask_again(TOO_LATE)
        else:
            if Idea.objects.sent_with(self.instance.form_token).exists():
                self._ask_again(SENT_ALREADY)

    def _check_limit(self):
        self.wait = self.take_turn()
        if self.wait:
            minutes = -(-self.wait // 60)
            wait = "a minute" if minutes == 1 else f"{minutes} minutes"
            self.add_error(None, TOO_MANY % {"wait": wait})

    def _ask_again(self, message):
        self.ticket = tickets.issue()
        self.add_error(None, message)

    def _digest(self):
        names = [*self.fields, "logo_remove"]
        parts = [repr([self.data.get(self.add_prefix(name)) for name in names])]
        upload = self.files.get("logo")
        if upload:
            parts.append(hashlib.file_digest(upload, "sha256").hexdigest())
        return salted_hmac("naming_contest.forms", "\n".join(parts), algorithm="sha256").hexdigest()
