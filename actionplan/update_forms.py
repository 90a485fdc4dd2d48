"""The forms with which somebody writes what happened, and adds what shows it."""

import re

from django import forms
from django.conf import settings
from django.db.models import Max, Q
from django.utils.text import Truncator

from actionplan.academic_year import academic_year
from actionplan.models import Evidence, HeldDocument, Plan, Update
from actionplan.models.update import GONE_STEP, GONE_STRAND
from collab_site.core.pictures.forms import HeldFileFormMixin, PictureForm
from collab_site.core.pictures.models import NOT_SAFE

NUMBER = re.compile(r"\d{1,18}", re.ASCII)
# What an address can ask for, the most exact first, and how it leads to the plan.
ASKED = {"step": "strands__steps", "strand": "strands", "plan": "pk"}
STEP_LENGTH = 60


class Subjects:
    """What an update can be about: the plan of this year, those to come, their strands and steps.

    `update` is one that is there already: its year is offered, too, and what it is about, even
    where that is gone. `asked` has the parameters of an address: ?step=, ?strand= or ?plan=.
    `choices` are for a select; `rows` has for each value the ids of plan, strand and step;
    `initial` is the value to begin with, or None if there is no plan.
    """

    def __init__(self, update=None, asked=None):
        asked = {name: (asked or {}).get(name, "") for name in ASKED}
        asked = {name: number for name, number in asked.items() if NUMBER.fullmatch(number)}
        self.choices, self.rows = [], {}
        for place, plan in enumerate(_plans(update, asked)):
            self._offer(plan, f"{plan.label}: " if place else "")
        values = [f"{name}-{int(number)}" for name, number in asked.items()]
        self.initial = next((value for value in values if value in self.rows), None)
        self.initial = self.initial or next(iter(self.rows), None)
        if update and update.plan_id:
            self._keep(update)

    def _offer(self, plan, year):
        self._add(self.choices, f"plan-{plan.pk}", f"The whole plan for {plan.label}", (plan.pk,))
        for strand in plan.strands.all():
            group = []
            name = f"{year}Strand {strand}"
            self._add(group, f"strand-{strand.pk}", name, (plan.pk, strand.pk))
            for step in strand.steps.all():
                text = Truncator(" ".join(step.text.split())).chars(STEP_LENGTH)
                name = f"{year}{strand.order}.{step.order} {text}"
                self._add(group, f"step-{step.pk}", name, (plan.pk, strand.pk, step.pk))
            self.choices.append((f"{year}{strand}", group))

    def _keep(self, update):
        kind = "step" if update.step_id else "strand" if update.strand_id else "plan"
        self.initial = f"{kind}-{getattr(update, f'{kind}_id')}"
        if self.initial not in self.rows:
            gone = GONE_STEP if update.step_id else GONE_STRAND
            group = []
            ids = (update.plan_id, update.strand_id, update.step_id)
            self._add(group, self.initial, f"({gone[0].lower()}{gone[1:]})", ids)
            self.choices[:0] = group

    def _add(self, choices, value, name, ids):
        choices.append((value, name))
        self.rows[value] = (*ids, None, None)[:3]


def _plans(update, asked):
    """Return the plans that are not over, this year's first, and those that are asked for."""
    now = Plan.objects.filter(year__lte=academic_year()).aggregate(year=Max("year"))["year"] or 0
    wanted = Q(year__gte=now)
    for name, number in asked.items():
        wanted |= Q(pk__in=Plan.objects.filter(**{ASKED[name]: number}))
    if update:
        wanted |= Q(pk=update.plan_id)
    plans = Plan.objects.filter(wanted).prefetch_related("strands__steps")
    return sorted(plans, key=lambda plan: (plan.year != now, plan.year))


class UpdateForm(forms.ModelForm):
    """One thing that happened. The page sets `subjects`, the Subjects to choose from."""

    about = forms.ChoiceField(
        label="What it is about",
        error_messages={
            "invalid_choice": "This is no longer in the plan. Choose what it is about now."
        },
    )

    subjects = None

    class Meta:
        model = Update
        fields = ["text", "happened_on", "school", "audience"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = self.subjects.choices
        self.initial.setdefault("about", self.subjects.initial)
        self.fields["audience"].error_messages["required"] = "Choose who sees it."

    def save(self, commit=True):
        """Return the update, which is about what was chosen."""
        row = self.instance
        row.plan_id, row.strand_id, row.step_id = self.subjects.rows[self.cleaned_data["about"]]
        return super().save(commit)


class EvidenceFormSet(forms.BaseInlineFormSet):
    """The rows of one kind of evidence. The inline sets `name`, by which they are told apart."""

    name = None

    @classmethod
    def get_default_prefix(cls):
        return cls.name

    @property
    def is_used(self):
        """Whether something stands in it."""
        typed = self.is_bound and any(form.has_changed() for form in self.forms)
        return typed or self.initial_form_count() > 0


class EvidenceForm(forms.ModelForm):
    """One piece of evidence; `needed` are the fields that its kind can't do without."""

    kind = None
    needed = ()

    class Meta:
        model = Evidence
        fields = ["audience"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.kind:
            self.instance.kind = self.kind
        for name in self.needed:
            field = self.fields[name]
            field.required = field.widget.is_required = True

    def has_changed(self):
        """Return whether there is anything; a new row with nothing but choices is still empty."""
        return bool({*self.changed_data} - self._ignored())

    def _ignored(self):
        return {"audience", "kind"} if self.instance._state.adding else set()


class HeldRowMixin:
    """For a row with a held file: where that is taken away, the row may be empty again."""

    def _ignored(self):
        name = self.held_field
        is_removed = self.data.get(f"{self.add_prefix(name)}_remove")
        return super()._ignored() | ({f"{name}_held"} if is_removed else set())


class WorkExampleForm(HeldRowMixin, EvidenceForm, PictureForm):
    """A picture of children's work."""

    kind = Evidence.Kind.PICTURE
    needed = ("image", "alt_text", "is_safe")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["is_safe"].error_messages["required"] = NOT_SAFE
        megabytes = settings.PICTURE_MAX_BYTES // 1024**2
        self.fields["image"].help_text = f"A photo of the work, up to {megabytes} MB."


class MaterialForm(HeldRowMixin, EvidenceForm, HeldFileFormMixin, forms.ModelForm):
    """A video, report or presentation: by its link, or as a PDF."""

    held_field = "document"
    held_model = HeldDocument
    held_word = "PDF"

    KINDS = (Evidence.Kind.VIDEO, Evidence.Kind.REPORT, Evidence.Kind.PRESENTATION)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in self.KINDS]
        self.fields["kind"].error_messages["required"] = "Choose what it is."
        megabytes = settings.DOCUMENT_MAX_BYTES // 1024**2
        self.fields["document"].help_text = (
            f"Up to {megabytes} MB, for a report or presentation without a link. Whoever may see "
            "it can download it."
        )

    def clean(self):
        """Ask for a link or a PDF, and not both."""
        super().clean()
        if not (self.has_error("url") or self.has_error("document")):
            self._check_place(self.cleaned_data.get("url"), self.cleaned_data.get("document"))

    def save(self, commit=True):
        """Return the row with its PDF, which is no longer held apart."""
        row = super().save(commit)
        self.release_held()
        return row

    def _check_place(self, url, document):
        is_video = self.cleaned_data.get("kind") == Evidence.Kind.VIDEO
        if is_video and document:
            self.add_error(
                "document", "A video needs a link. Is this PDF a report or a presentation?"
            )
        elif url and document:
            self.add_error("url", "Give the link or the PDF, not both. Take one of them away.")
        elif not url and not document:
            self.add_error("url", "Give the link." if is_video else "Give the link, or a PDF.")


class ImpactForm(EvidenceForm):
    """What difference the work made."""

    kind = Evidence.Kind.IMPACT
    needed = ("text",)
