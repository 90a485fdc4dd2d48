"""The gentle question about words that may tell who or where somebody is."""

from dataclasses import dataclass

from django import forms
from django.utils.crypto import salted_hmac

from naming_contest.personal import WORDS, Kind, marks

WHERE = {
    "name": "the name",
    "strap_line": "the strap line",
    "logo_alt": "the description of your logo",
    "meaning": "what your idea means",
    "first_name": "the first name",
}
WHY = {
    Kind.EMAIL: "People who see your idea could write to it.",
    Kind.TELEPHONE: "People who see your idea could ring it.",
    Kind.FULL_NAME: "People who see your idea could tell who that is.",
}
LABEL = "Send it as it is"
HINT = "Tick this if the words that we asked about may stay."
NOT_NEEDED = "We do not need it: a first name or a nickname is enough."


@dataclass(frozen=True)
class Line:
    """A piece of text, `words`, of a field that looks like `kind`."""

    field: str
    kind: Kind
    words: str

    @property
    def where(self):
        """How the field is called in a sentence."""
        return WHERE[self.field]

    @property
    def why(self):
        """The sentence that says why it is asked about."""
        return NOT_NEEDED if self.field == "first_name" else WHY[self.kind]


class Question:
    """What there is to ask about `texts`, {field: text}; without `lines` it is nothing."""

    def __init__(self, texts):
        found = {field: marks(field, texts.get(field, "")) for field in WORDS}
        lines = {}
        for field, field_marks in found.items():
            for mark in field_marks:
                words = texts[field][mark.start : mark.end]
                lines.setdefault((field, mark.kind), Line(field, mark.kind, words))
        self.lines = list(lines.values())
        asked = repr([(field, texts[field]) for field in WORDS if found[field]])
        self.answer = salted_hmac(__name__, asked, algorithm="sha256").hexdigest()

    def is_answered_by(self, answer):
        """Return whether the sender has ticked that just these texts may stay."""
        return answer == self.answer

    def field(self, is_ticked):
        """Return the form field with which the sender answers."""
        widget = forms.CheckboxInput({"value": self.answer}, check_test=lambda value: is_ticked)
        return forms.BooleanField(label=LABEL, help_text=HINT, required=False, widget=widget)
