"""The forms with which headteachers publish a plan and begin the next."""

import hashlib
import json

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from collab_site.core.editing.widgets import MomentField


class PublishForm(forms.Form):
    """When a draft becomes an edition, and what the headteachers say about it.

    `draft` and `newest` are the snapshots (the latter None at first) between which the page has
    shown the difference; if they are others when the form is sent, it is shown again.
    """

    NOW, LATER = "now", "later"

    note = forms.CharField(
        label="A note for parents (if you like)",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Stands above the list of changes: why you have changed the plan, for example.",
    )
    when = forms.ChoiceField(
        label="When should parents see it?",
        choices=[(NOW, "Now"), (LATER, "At a time to come")],
        widget=forms.RadioSelect,
        initial=NOW,
    )
    at = MomentField(
        label="The day and time to come",
        required=False,
        help_text="Only if you chose “At a time to come”. It happens by itself.",
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, draft, newest, **kwargs):
        super().__init__(*args, **kwargs)
        self.draft = draft
        self.fingerprint = fingerprint(draft, newest)
        self.initial["seen"] = self.fingerprint

    def clean(self):
        """Refuse a time that is past, and what isn't what the page has shown."""
        super().clean()
        if self.cleaned_data.get("when") == self.LATER and not self.errors.get("at"):
            self._check_time(self.cleaned_data.get("at"))
        if self.cleaned_data.get("seen") != self.fingerprint:
            self.data = self.data.copy()
            self.data["seen"] = self.fingerprint
            raise ValidationError(
                "The plan has changed while you were looking. Read what would change now, and "
                "publish again if it is right."
            )

    @property
    def published_at(self):
        """The moment from which parents see it, or None for now."""
        return self.cleaned_data["at"] if self.cleaned_data["when"] == self.LATER else None

    def _check_time(self, at):
        if at is None:
            self.add_error("at", "Give the day and the time.")
        elif at <= timezone.now():
            self.add_error("at", "This time is past. Choose one to come, or publish now.")


class RedactForm(forms.Form):
    """The text that has to go, and that its author knows what that means."""

    text = forms.CharField(
        label="The text that has to go",
        min_length=2,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="A name, for example. Only whole words are found; capitals make no difference.",
    )
    is_certain = forms.BooleanField(
        label="I know that this can’t be undone",
        error_messages={"required": "Tick this box if it has to go for good."},
    )

    def clean_text(self):
        """Refuse what would take out more than a name."""
        text = " ".join(self.cleaned_data["text"].split())
        if not any(character.isalnum() for character in text):
            raise ValidationError("Write a word, or some words.")
        return text


class NextYearForm(forms.Form):
    """What becomes of each of `steps` in the next year's plan, and why."""

    CARRY, LET_GO = "carry", "let-go"

    def __init__(self, *args, steps, **kwargs):
        super().__init__(*args, **kwargs)
        self.steps = list(steps)
        for step in self.steps:
            self.fields[f"step-{step.pk}"] = forms.ChoiceField(
                label=f"Step {step.number}",
                choices=[(self.CARRY, "Carry over"), (self.LET_GO, "Let go")],
                widget=forms.RadioSelect,
                initial=self.CARRY,
                help_text=step.text,
            )
            self.fields[f"why-{step.pk}"] = forms.CharField(
                label=f"Why step {step.number}? (if you like)", max_length=300, required=False
            )

    def chosen(self, choice):
        """Return {id: why} of the steps for which `choice` was made."""
        data = self.cleaned_data
        return {
            step.pk: data[f"why-{step.pk}"]
            for step in self.steps
            if data[f"step-{step.pk}"] == choice
        }


def fingerprint(draft, newest):
    """Return a short name of what stands in two snapshots."""
    text = json.dumps([draft, newest], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
