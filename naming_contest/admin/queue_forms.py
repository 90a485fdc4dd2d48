"""The forms of the queue: deciding, finding an idea, covering, and one's way of working."""

from django import forms

from collab_site.core.schools.models import School
from naming_contest.models import Idea, Moderator
from naming_contest.moderating import Reason
from naming_contest.text import LineField, WrittenField

LATEST = 2**33
ANSWER_LENGTH = Idea._meta.get_field("answer").max_length
IN_OWN_WORDS = "own"
NOT_SEEN = "Look at the idea again before you decide."
NO_REASON = "Choose a reason, or write one."
TOO_LONG = (
    "This is too long: it has %(show_value)d characters, and there is room for %(limit_value)d. "
    "Make it shorter."
)
TOO_LONG_TOGETHER = (
    "With the reason above this has %(length)d characters, and there is room for %(limit)d. "
    "Make it shorter."
)
NO_SUCH_CODE = "No idea has this code. Check each letter and digit."


class PutBackForm(forms.Form):
    """Puts an idea back to wait. Like every decision it says what its author has seen, and when.

    The page itself writes both of these fields, for the idea as it is now.
    """

    revision = forms.IntegerField(
        min_value=0, widget=forms.HiddenInput, error_messages={"required": NOT_SEEN}
    )
    opened = forms.IntegerField(
        min_value=0, max_value=LATEST, required=False, widget=forms.HiddenInput
    )

    @property
    def answer(self):
        """What the family reads, of a form that has been validated."""
        return ""

    def is_stale(self, idea):
        """Return whether `idea` isn't any more what was seen by who sent this validated form."""
        return self.cleaned_data.get("revision", idea.revision) != idea.revision


class ApproveForm(PutBackForm):
    words = WrittenField(
        label="A word for the family (if you like)",
        help_text="They read it on their private page.",
        required=False,
        max_length=ANSWER_LENGTH,
        error_messages={"max_length": TOO_LONG},
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, data=None):
        super().__init__(data, auto_id="approve-%s")

    @property
    def answer(self):
        """What the family reads, of a form that has been validated."""
        return self.cleaned_data.get("words", "")


class DeclineForm(PutBackForm):
    reason = forms.ChoiceField(
        label="What should the family read?",
        choices=[*Reason.choices, (IN_OWN_WORDS, "Something else: I write it here.")],
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": NO_REASON},
    )
    words = WrittenField(
        label="In your own words",
        help_text="The family reads them after the reason that you have chosen.",
        required=False,
        max_length=ANSWER_LENGTH,
        error_messages={"max_length": TOO_LONG},
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, data=None):
        super().__init__(data, auto_id="decline-%s")

    @property
    def answer(self):
        """What the family reads, of a form that has been validated."""
        chosen, words = map(self.cleaned_data.get, ("reason", "words"))
        reason = Reason(chosen).label if chosen in Reason else ""
        return " ".join(filter(None, [reason, words]))

    def clean(self):
        """Ask for a reason, and for one for which there is room."""
        if self.errors:
            return
        if not self.answer:
            self.add_error("reason", NO_REASON)
        elif len(self.answer) > ANSWER_LENGTH:
            told = {"length": len(self.answer), "limit": ANSWER_LENGTH}
            self.add_error("words", TOO_LONG_TOGETHER % told)


DECISIONS = {
    Idea.Status.APPROVED: ApproveForm,
    Idea.Status.DECLINED: DeclineForm,
    Idea.Status.WAITING: PutBackForm,
}


class FindForm(forms.Form):
    """Finds the Idea, `cleaned_data["code"]`, that has the code of a receipt."""

    code = LineField(
        label="Find an idea by its receipt code",
        help_text="Six letters and digits, for example K7M4QX.",
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Write the code.", "max_length": NO_SUCH_CODE},
    )

    def clean_code(self):
        """Return the Idea."""
        code = "".join(filter(str.isalnum, self.cleaned_data["code"])).upper()
        idea = Idea.objects.exclude(status=Idea.Status.DRAFT).filter(code=code).first()
        if idea is None:
            raise forms.ValidationError(NO_SUCH_CODE)
        return idea


class CoverForm(forms.Form):
    """Chooses one of `schools` to cover for."""

    school = forms.ModelChoiceField(
        School.objects.none(), label="School", empty_label=None, widget=forms.RadioSelect
    )

    def __init__(self, data=None, *, schools):
        super().__init__(data)
        self.fields["school"].queryset = schools


class WorkForm(forms.ModelForm):
    class Meta:
        model = Moderator
        fields = ["uses_keys", "wants_email"]
        labels = {
            "uses_keys": "Decide with one key",
            "wants_email": "Send me a daily e-mail while ideas wait",
        }
