"""Choosing the winners: what is written of each, and that nobody overwrites what they don't see."""

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from naming_contest.models import Contest, Part, Winner
from naming_contest.text import LineField

PERMISSION = "naming_contest.settle_contest"
# Of more ideas, those on a shortlist are offered once there is one.
MOST_OFFERED = 60
NOT_AGREED = "Ask the family first, then tick the box. Or leave “Named as” empty."
NAMED_AS_NOBODY = "Write how they are named, or take this tick away."
NOBODY_CHOSEN = "Choose an idea first, or leave this empty."
AGREED_BEFORE = (
    "You have told us that they said yes to “{}”. Tick it again only if you name somebody else."
)


class ChosenMeanwhile(Exception):
    """What is chosen isn't any more what the person has seen, or an idea is gone."""


class WinnerForm(forms.ModelForm):
    """The winner in one Part, or none: one of `rows`, as Results has them."""

    class Meta:
        model = Winner
        fields = ["idea", "credit", "credit_agreed"]
        field_classes = {"credit": LineField}
        labels = {"credit": "Named as"}

    def __init__(self, data=None, *, part, rows, instance):
        # A yes is for one idea and one name: it is never taken over for another.
        initial = {"credit_agreed": False}
        super().__init__(data, instance=instance, prefix=part, initial=initial)
        self.was_agreed = instance.credit_agreed
        self.part = part
        self.rows = _offered(rows, instance.idea_id)
        ideas = {row.idea.pk: row.idea for row in self.rows}
        self.fields["idea"] = forms.TypedChoiceField(
            label=f"The {part.label.lower()}",
            choices=[("", "None"), *((pk, str(idea)) for pk, idea in ideas.items())],
            coerce=lambda pk: ideas.get(int(pk)),
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": "Choose one of the ideas in the list."},
        )
        if self.was_agreed:
            self.fields["credit_agreed"].help_text = AGREED_BEFORE.format(instance.credit)

    def options(self):
        """Return [(Row, its radio button), …]; the first is for none."""
        return zip([None, *self.rows], self["idea"], strict=True)

    def clean(self):
        """Let nobody be named without their family's yes."""
        super().clean()
        credit, is_agreed = map(self.cleaned_data.get, ("credit", "credit_agreed"))
        if is_agreed and not credit and "credit" not in self.errors:
            self.add_error("credit_agreed", NAMED_AS_NOBODY)
        elif credit and not self.cleaned_data.get("idea"):
            self.add_error("credit", NOBODY_CHOSEN)
        elif credit and not is_agreed:
            self._keep_agreement()

    def _keep_agreement(self):
        if self.was_agreed and not {"idea", "credit"} & set(self.changed_data):
            self.cleaned_data["credit_agreed"] = True
        else:
            self.add_error("credit_agreed", NOT_AGREED)

    def keep(self, user):
        """Save what is chosen, in the name of `user`, or that nothing is."""
        winner = self.instance
        if self.cleaned_data["idea"] is None:
            Winner.objects.filter(pk=winner.pk).delete()
        elif self.has_changed():
            winner.chosen_by, winner.chosen_at = user, timezone.now()
            winner.save()


def winner_forms(contest, results, data=None):
    """Return a WinnerForm for each Part that has ideas, or had when its winner was chosen."""
    chosen = {winner.part: winner for winner in contest.winners.all()}
    tables = [table for table in map(results.table, Part) if table.rows or table.part in chosen]
    return [
        WinnerForm(
            data,
            part=table.part,
            rows=table.rows,
            instance=chosen.get(table.part) or Winner(contest=contest, part=table.part),
        )
        for table in tables
    ]


def digest(contest):
    """Return a digest of the winners as they are now."""
    fields = "part", "idea", "credit", "credit_agreed"
    chosen = list(contest.winners.order_by("part").values_list(*fields))
    return salted_hmac("naming_contest.winners", repr(chosen), algorithm="sha256").hexdigest()


@transaction.atomic
def settle(contest, winners, user, seen):
    """Keep the valid WinnerForms `winners`; with any winner the contest is settled.

    `seen` is the digest of what the person has seen. Raises ChosenMeanwhile.
    """
    contest = Contest.objects.select_for_update().get(pk=contest.pk)
    chosen = {form.cleaned_data["idea"].pk for form in winners if form.cleaned_data["idea"]}
    there = contest.ideas.approved().select_for_update().filter(pk__in=chosen)
    if digest(contest) != seen or len(there) != len(chosen):
        raise ChosenMeanwhile
    for form in winners:
        form.keep(user)
    contest.settled_at = timezone.now() if contest.winners.exists() else None
    contest.save(update_fields=["settled_at"])


@transaction.atomic
def announce(contest):
    """Tell everybody the winners from now on. Raises ChosenMeanwhile if there are none any more."""
    contest = Contest.objects.select_for_update().get(pk=contest.pk)
    if contest.settled_at is None:
        raise ChosenMeanwhile
    contest.announces_at = timezone.now()
    contest.save(update_fields=["announces_at"])


def _offered(rows, chosen):
    best, others = rows[:MOST_OFFERED], rows[MOST_OFFERED:]
    return best + [row for row in others if row.idea.pk == chosen]
