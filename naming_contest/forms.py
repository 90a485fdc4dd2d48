"""The forms with which families send an idea, and change it."""

import hashlib

from django import forms
from django.conf import settings
from django.db import IntegrityError
from django.utils.crypto import salted_hmac

from collab_site.core.pictures.cleaning import CleanPicture
from collab_site.core.pictures.fields import PictureFormField
from collab_site.core.pictures.forms import HeldPictureFormMixin
from collab_site.core.pictures.storage import all_or_nothing
from collab_site.core.schools.models import School
from collab_site.core.tokens import hashed
from naming_contest import receipts, tickets
from naming_contest.models import Idea, YearGroup
from naming_contest.question import Question
from naming_contest.text import LineField, WrittenField

NOTHING_SENT = "Write a name or a strap line, or choose a logo. One of them is enough."
NO_PICTURE = "Choose a picture first. Then you can see it here."
PICTURE_GONE = "We no longer have the picture that you chose. Choose it again."
ASKED = "Leave it out, or tick that it may stay."
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

TOO_MANY_HELD = (
    "Many pictures have come from your school or home in a short time, so we could not keep yours. "
    "Choose it again just before you press Send."
)


class IdeaFormBase(HeldPictureFormMixin, forms.ModelForm):
    """A family's idea; a subclass's `store` saves it.

    `consume_quota` counts an idea that is stored, and returns the seconds that it has to wait.
    `consume_hold_quota` counts a picture that is held for this form, and returns whether it may be.
    """

    held_field = "logo"
    wait = 0
    question = None

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
            "logo_alt",
            "meaning",
            "first_name",
            "shows_first_name",
            "school",
            "year_group",
            "adult_agreed",
        ]
        field_classes = {
            "name": LineField,
            "strap_line": LineField,
            "logo_alt": LineField,
            "meaning": WrittenField,
            "first_name": LineField,
        }
        labels = {
            "name": "A name",
            "strap_line": "A strap line",
            "logo_alt": "Describe your logo (if you like)",
            "meaning": "What your idea means (if you like)",
            "first_name": "First name or nickname (if you like)",
            "shows_first_name": "Show my first name if my idea is chosen",
        }
        error_messages = {
            "name": {"max_length": TOO_LONG % "name"},
            "strap_line": {"max_length": TOO_LONG % "strap line"},
            "logo_alt": {"max_length": TOO_LONG % "description of your logo"},
            "meaning": {"max_length": TOO_LONG % "meaning"},
            "first_name": {"max_length": TOO_LONG % "first name"},
        }
        help_texts = {
            "name": "The name that you would give it.",
            "strap_line": "A few words to stand under the name.",
            "logo_alt": "For people who cannot see it. What would you tell a friend on the "
            "telephone? For example: three oak leaves in a circle.",
            "meaning": "What made you think of it?",
            "first_name": "Please leave out your surname.",
            "shows_first_name": "We never show it unless you tick this, or say yes when we ask "
            "you.",
        }
        widgets = {
            "meaning": forms.Textarea({"rows": 4}),
            "first_name": forms.TextInput({"autocomplete": "given-name"}),
        }

    def __init__(self, *args, consume_quota, consume_hold_quota, **kwargs):
        super().__init__(*args, **kwargs)
        self.consume_quota = consume_quota
        self.consume_hold_quota = consume_hold_quota
        self.is_looking = "look" in self.data
        self.instance.form_digest = self._digest()
        self.fields["logo"].help_text = (
            "Draw it on paper and take a photo of the paper, or choose a picture file: JPEG, PNG, "
            f"WebP, GIF, AVIF or HEIC, up to {settings.PICTURE_MAX_BYTES // 1024**2} MB. "
            "Please show no people."
        )

    def clean(self):
        """Check what concerns more than one answer, unless the sender only looks at a picture."""
        super().clean()
        self._check_picture()
        if not self.is_looking:
            self._check_idea()
            self._check_sender()
            self._check_words()

    def look(self):
        """Hold the chosen picture, so that it can be shown; nothing else is found fault with."""
        for name in self.errors.keys() - {self.held_field}:
            del self.errors[name]
        self.keep_file()
        if not self.held_token and not self.errors:
            self.add_error(self.held_field, NO_PICTURE)

    def send(self):
        """Store the valid form's idea, and return True.

        Returns False, with an error on the form, if it has to wait. Raises StorageUnavailable.
        """
        with all_or_nothing([self.instance] if self.has_new_logo else [], "logo"):
            self._store_in_turn()
        if self.wait:
            self.keep_file()
            self.add_error(None, TOO_MANY % {"wait": _in_minutes(self.wait)})
        return not self.wait

    def has_changes(self):
        """Return whether there is anything to store, in the transaction that will store it."""
        return True

    @property
    def has_new_logo(self):
        """Whether a valid form brings a picture."""
        return isinstance(self.cleaned_data.get("logo"), CleanPicture)

    def hold_new(self):
        """Hold the new picture, unless many are held for the same school or home."""
        if self.consume_hold_quota():
            super().hold_new()
        else:
            self.add_error(self.held_field, TOO_MANY_HELD)

    def _store_in_turn(self):
        # The turn is taken with what it is for: of two clicks at the same moment only one counts.
        if self.has_changes():
            self.wait = self.consume_quota()
            if not self.wait:
                self.store()
        if not self.wait:
            self.release_held()

    def _check_picture(self):
        kept = self.held_token or self.files.get("logo") or self.data.get("logo_remove")
        if self.data.get("logo_held") and not kept:
            self.add_error("logo", PICTURE_GONE)

    def _check_idea(self):
        parts = {"name", "strap_line", "logo"}
        if not any(map(self.cleaned_data.get, parts)) and not parts & self.errors.keys():
            self.add_error("name", NOTHING_SENT)

    def _check_sender(self):
        pass

    def _check_words(self):
        question = Question(self.cleaned_data)
        is_answered = question.is_answered_by(self.data.get("may_stay"))
        is_asked = bool(question.lines) and not is_answered and not self.errors
        if is_asked or (question.lines and is_answered):
            self.fields["may_stay"] = question.field(is_answered)
        if is_asked:
            self.question = question
            self.add_error(None, ASKED)

    def _digest(self):
        names = [*self.fields, "logo_remove"]
        parts = [repr([self.data.get(self.add_prefix(name)) for name in names])]
        upload = self.files.get("logo")
        if upload:
            parts.append(hashlib.file_digest(upload, "sha256").hexdigest())
        return salted_hmac("naming_contest.forms", "\n".join(parts), algorithm="sha256").hexdigest()


class IdeaForm(IdeaFormBase):
    """An idea for `contest`.

    Its template also sends `ticket` back, and the decoy field that only robots see.
    """

    decoy = "website"

    def __init__(self, *args, contest, **kwargs):
        super().__init__(*args, **kwargs)
        self.ticket = self.data.get("ticket", "") if self.is_bound else tickets.issue()
        self.instance.contest = contest

    def is_repeat(self):
        """Return whether just this was sent, and stored, before: a double click, or a reload."""
        earlier = Idea.objects.sent_with(tickets.token_of(self.data.get("ticket", "")))
        return earlier.filter(form_digest=self.instance.form_digest).exists()

    def receipt_token(self):
        """Return the token of the private link of the idea that was stored."""
        return receipts.token_of_ticket(self.data["ticket"])

    def send(self):
        """Do as every form; also returns False if its ticket was used up in the meantime."""
        try:
            return super().send()
        except IntegrityError:
            if not Idea.objects.sent_with(self.instance.form_token).exists():
                raise
            self.full_clean()
            return False

    def store(self):
        """Store the idea, with the private link that its ticket leads to."""
        self.instance.link_hash = hashed(self.receipt_token())
        self.save()

    def _check_sender(self):
        if self.data.get(self.decoy):
            self.add_error(None, NOT_SENT)
        self._check_ticket()

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

    def _ask_again(self, message):
        self.ticket = tickets.issue()
        self.add_error(None, message)


class ChangeForm(IdeaFormBase):
    """An idea that its family changes; the form's instance is one that nobody else uses."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.stored_logo = self.instance.logo.name
        self._offer_removal()

    def full_clean(self):
        """Validate; a tick to remove the stored picture stays through errors."""
        is_removed = bool(self.data.get("logo_remove"))
        super().full_clean()
        self._offer_removal()
        if is_removed and not self.held_token:
            self.data["logo_remove"] = "on"

    def clean_logo(self):
        """Return False, for no picture, where the one that is stored is to be removed."""
        is_removed = self.data.get("logo_remove") and not self.has_new_logo
        return False if is_removed else self.cleaned_data["logo"]

    def is_repeat(self):
        """Return whether just this was sent, and stored, before."""
        stored = Idea.objects.filter(pk=self.instance.pk)
        return stored.filter(form_digest=self.instance.form_digest).exists()

    def has_changes(self):
        """Lock the idea, and return whether the form says anything else than it does.

        Raises Idea.DoesNotExist if it has been withdrawn meanwhile.
        """
        stored = Idea.objects.select_for_update().get(pk=self.instance.pk)
        return stored.form_digest != self.instance.form_digest and any(
            getattr(stored, name) != getattr(self.instance, name) for name in self._sent_names()
        )

    def store(self):
        """Store what was sent; the idea waits again."""
        self.instance.rewrite([*self._sent_names(), "form_digest"])

    def _sent_names(self):
        if self.has_new_logo or self.cleaned_data["logo"] is False:
            return [*self._meta.fields, "logo_width", "logo_height"]
        return [name for name in self._meta.fields if name != "logo"]

    def _offer_removal(self):
        if self.stored_logo:
            self.fields["logo_remove"] = forms.BooleanField(
                required=False, label="Remove this picture"
            )


def _in_minutes(seconds):
    minutes = -(-seconds // 60)
    return "a minute" if minutes == 1 else f"{minutes} minutes"
