"""Entering ideas that came on paper: first the pictures, then what stands on each sheet.

Each sheet is an idea, a draft until somebody says that it is ready to be looked at.
"""

import hashlib
import re
import uuid

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils import timezone

from collab_site.core.pictures.cleaning import clean_picture
from collab_site.core.pictures.fields import PictureFormField
from collab_site.core.pictures.storage import StorageUnavailable, all_or_nothing
from collab_site.core.pictures.turning import turned
from naming_contest import tickets
from naming_contest.models import Idea, YearGroup
from naming_contest.text import LineField, WrittenField

MOST_PICTURES = 30
NUMBER = re.compile(r"\d{1,18}", re.ASCII)
TURN = re.compile(r"(\d{1,18}):(left|right)", re.ASCII)

NOT_STORED = "We could not store the pictures just now. Wait for a minute, then try again."
NOT_TURNED = "We could not turn the picture of %s. Wait for a minute, then try again."
NOTHING_CHOSEN = "Choose one picture or more."
TOO_MANY = "You chose %d pictures. Choose up to %d at once, and the rest after that."
NOT_AGREED = "Tick this once an adult has signed the slip. Without it the idea has to wait."
NOTHING_THERE = "An idea needs a name, a strap line or the picture of a logo."


class NextStep(models.TextChoices):
    KEEP = "keep", "Keep it here as a draft"
    READY = "ready", "Ready to be looked at"
    WITHOUT_PICTURE = (
        "without-picture",
        "Ready to be looked at, without the picture: it shows only words",
    )
    REMOVE = "remove", "Remove it for good"


def steps_for(idea):
    """Return the choices of what may become of a draft."""
    if not idea.logo:
        return [choice for choice in NextStep.choices if choice[0] != NextStep.WITHOUT_PICTURE]
    with_picture = {NextStep.READY: "Ready to be looked at, with this picture as the logo"}
    return [(step, with_picture.get(step, label)) for step, label in NextStep.choices]


class SchoolField(forms.TypedChoiceField):
    """One of the schools that it is given, read once for all the sheets of a page."""

    def __init__(self, **kwargs):
        super().__init__(label="School", required=False, empty_value=None, **kwargs)

    def offer(self, schools):
        """Let one of `schools` be chosen."""
        self.choices = [("", "Nothing chosen"), *((school.pk, school.name) for school in schools)]
        by_key = {str(school.pk): school for school in schools}
        self.coerce = lambda key: by_key.get(str(key))


class PicturesInput(forms.FileInput):
    allow_multiple_selected = True


class PicturesField(PictureFormField):
    """Several uploads; they are cleaned by the form, one by one."""

    widget = PicturesInput

    def clean(self, data, initial=None):
        """Return the uploads. Raises ValidationError if they are too many."""
        if len(data) > MOST_PICTURES:
            raise ValidationError(TOO_MANY % (len(data), MOST_PICTURES))
        return data


class SheetsForm(forms.Form):
    """New sheets, each with a picture, or one without. The same form sent twice adds them once.

    Its template also sends `ticket` back, and has the buttons `add` and, for a sheet without a
    picture, `blank`.
    """

    pictures = PicturesField(label="Pictures of the upper halves", required=False)
    school = SchoolField()

    def __init__(self, *args, schools, **kwargs):
        super().__init__(*args, prefix="new", **kwargs)
        self.fields["school"].offer(schools)
        self.fields["pictures"].help_text = (
            f"Up to {MOST_PICTURES} at once, each up to {_megabytes(settings.PICTURE_MAX_BYTES)} "
            f"and together up to {_megabytes(_most_bytes())}: JPEG, PNG, WebP, GIF, AVIF or HEIC. "
            "Never the slip with the child’s name."
        )
        self.fields["pictures"].widget.attrs["data-most-bytes"] = _most_bytes()
        self.ticket = tickets.issue()

    def clean_pictures(self):
        """Return [(what tells it from others, picture), …] of the good ones; tell of the others."""
        uploads, good = self.cleaned_data["pictures"], []
        if "add" in self.data and not uploads:
            raise ValidationError(NOTHING_CHOSEN)
        for place, upload in enumerate(uploads, 1):
            try:
                good.append((f"{place} {_digest(upload)}", clean_picture(upload)))
            except ValidationError as error:
                told = f"Picture {place} of {len(uploads)}: {' '.join(error.messages)}"
                self.add_error("pictures", told)
        return good

    def store(self, contest):
        """Make a draft of every good picture, whatever else is wrong; return how many are new.

        Where they can't be stored, none is, and the form has an error.
        """
        self.full_clean()
        token = tickets.token_of(self.data.get("ticket", ""))
        sheets = list(self.cleaned_data.get("pictures", []))
        if "blank" in self.data:
            sheets.append(("blank", ""))
        if token is None or not sheets:
            return 0
        return self._add([self._draft(contest, uuid.uuid5(token, name), p) for name, p in sheets])

    def _draft(self, contest, token, picture):
        return Idea(
            contest=contest,
            school=self.cleaned_data.get("school"),
            logo=picture,
            form_token=token,
            is_on_paper=True,
            status=Idea.Status.DRAFT,
        )

    def _add(self, ideas):
        tokens = [idea.form_token for idea in ideas]
        known = Idea.objects.filter(form_token__in=tokens)
        found = set(known.values_list("form_token", flat=True))
        new = [idea for idea in ideas if idea.form_token not in found]
        try:
            with all_or_nothing(new, "logo"):
                for idea in new:
                    idea.save()
        except StorageUnavailable:
            self.add_error("pictures", NOT_STORED)
            return 0
        except IntegrityError:
            # The same form has been sent twice at once, and the other one was faster.
            if known.count() < len(ideas):
                raise
        return len(new)


class EntryForm(forms.ModelForm):
    """What stands on one sheet, and what becomes of it. A draft may lack anything.

    The page carries what each field held, by which a sheet that nobody touched is known, and the
    idea's `revision`.
    """

    school = SchoolField()
    year_group = forms.ChoiceField(
        choices=[("", "Nothing ticked"), *YearGroup.choices], required=False
    )
    next_step = forms.ChoiceField(
        label="What now?", widget=forms.RadioSelect, initial=NextStep.KEEP
    )

    conflicts = ()
    is_gone = False

    class Meta:
        model = Idea
        fields = [
            "name",
            "strap_line",
            "meaning",
            "logo_alt",
            "first_name",
            "year_group",
            "school",
            "shows_first_name",
            "adult_agreed",
        ]
        field_classes = {
            "name": LineField,
            "strap_line": LineField,
            "meaning": WrittenField,
            "logo_alt": LineField,
            "first_name": LineField,
        }
        labels = {
            "meaning": "What it means",
            "logo_alt": "What the logo shows",
            "shows_first_name": "“Show my first name” is ticked",
            "adult_agreed": "The slip is signed by an adult and kept at school",
        }
        help_texts = {"logo_alt": "For people who cannot see it.", "first_name": "Never a surname."}
        widgets = {"meaning": forms.Textarea({"rows": 3})}

    def __init__(self, data, instance, schools):
        super().__init__(data, instance=instance, prefix=f"idea-{instance.pk}")
        self.fields["school"].offer(schools)
        self.fields["next_step"].choices = steps_for(instance)
        for name in self.Meta.fields:
            self.fields[name].show_hidden_initial = True

    @property
    def is_stale(self):
        """Whether somebody has changed the draft since the page was made."""
        return self.data.get(self.add_prefix("revision")) != str(self.instance.revision)

    def differing(self):
        """Return the names of the fields in which what was sent isn't what is stored."""
        fields = [self[name] for name in self.Meta.fields]
        return [f.name for f in fields if f.field.has_changed(f.initial, f.data)]

    def versions(self):
        """Return [(label, what is stored, what was sent), …] of the fields that differ."""
        fields = [self[name] for name in self.differing()]
        return [(f.label, _in_words(f, f.initial), _in_words(f, f.data)) for f in fields]

    def tell_conflict(self):
        """Show both versions; what was sent is in the fields, and is stored if it comes again."""
        self.conflicts = self.versions()
        self.data = self.data.copy()
        for name in self.Meta.fields:
            value = self.get_initial_for_field(self.fields[name], name)
            self.data[self.add_initial_prefix(name)] = "" if value is None else str(value)

    def clean(self):
        """Ask for nothing but what an idea needs that is to be looked at."""
        super().clean()
        step = self.cleaned_data.get("next_step")
        if step in (NextStep.READY, NextStep.WITHOUT_PICTURE):
            self._check_ready(has_logo=self.instance.logo and step == NextStep.READY)

    def store(self):
        """Store what was sent, and take the next step; return it."""
        idea, step, names = self.instance, self.cleaned_data["next_step"], set(self.differing())
        if step == NextStep.REMOVE:
            idea.delete()
            return step
        if step == NextStep.WITHOUT_PICTURE:
            idea.logo, idea.logo_alt = "", ""
            names |= {"logo", "logo_width", "logo_height", "logo_alt"}
        if step != NextStep.KEEP:
            idea.status, idea.sent_at = Idea.Status.WAITING, timezone.now()
            names |= {"status", "sent_at"}
        idea.revision += 1
        idea.save(update_fields={*names, "revision"})
        return step

    def _check_ready(self, has_logo):
        if not self.cleaned_data.get("adult_agreed"):
            self.add_error("adult_agreed", NOT_AGREED)
        if "school" not in self.errors and not self.cleaned_data.get("school"):
            self.add_error("school", "Choose the school.")
        words = {"name", "strap_line"}
        is_empty = not has_logo and not any(map(self.cleaned_data.get, words))
        if is_empty and not words & self.errors.keys():
            self.add_error("name", NOTHING_THERE)


class Entries:
    """The sheets of one page as they come back; each is stored for itself.

    After `store`, `forms` are what is to be shown again, `finished` the ideas that now wait to be
    looked at, `receipts` those and what a click made twice had finished before, `removed` the keys
    of those that are gone for good, and `turned` the ideas whose picture has been turned.
    """

    def __init__(self, contest, data, schools):
        self.drafts = Idea.objects.drafts().filter(contest=contest)
        self.others = Idea.objects.filter(contest=contest).exclude(status=Idea.Status.DRAFT)
        self.data, self.schools = data, schools
        self.forms, self.finished, self.receipts, self.removed = [], [], [], []
        self.turned = []
        self.problem = ""
        turn = TURN.fullmatch(data.get("turn", ""))
        self.turn = (int(turn[1]), turn[2]) if turn else (None, "")
        if turn:
            # Who turns a picture wants to look at it again before anything becomes of its sheet.
            self.data = data.copy()
            self.data[f"idea-{int(turn[1])}-next_step"] = NextStep.KEEP

    @property
    def is_in_order(self):
        """Whether everything that was sent is stored."""
        amiss = (form for form in self.forms if form.is_bound)
        return not self.problem and not any(amiss)

    def store(self):
        """Store every sheet that can be stored, in the caller's `all_or_nothing`."""
        sent = filter(NUMBER.fullmatch, self.data.getlist("idea"))
        keys = list(dict.fromkeys(map(int, sent)))
        locked = self.drafts.select_for_update().filter(pk__in=keys)
        found = {idea.pk: idea for idea in locked}
        for key in keys:
            self._take(found[key]) if key in found else self._take_gone(key)

    def _take(self, idea):
        form = EntryForm(self.data, idea, self.schools)
        is_stale = form.is_stale
        if form.has_changed() and not self._store(form):
            self.forms.append(form)
        elif idea.pk and idea.status == Idea.Status.DRAFT:
            is_turned = self.turn[0] == idea.pk and not is_stale
            shown = self._turned(idea) if is_turned and idea.logo else idea
            self.forms.append(EntryForm(None, shown, self.schools))

    def _store(self, form):
        """Store a sheet if it can be; return whether it is."""
        if form.is_stale and form.differing():
            form.tell_conflict()
            return False
        if not form.is_valid():
            return False
        key, step = form.instance.pk, form.store()
        if step == NextStep.REMOVE:
            self.removed.append(key)
        elif step != NextStep.KEEP:
            self.finished.append(form.instance)
            self.receipts.append(form.instance)
        return True

    def _take_gone(self, key):
        """Tell that somebody else has finished or removed a sheet, but for a click made twice."""
        form = EntryForm(self.data, Idea(pk=key), self.schools)
        if not form.has_changed():
            return
        now = self.others.filter(pk=key).first()
        if now and not EntryForm(self.data, now, self.schools).differing():
            self.receipts.append(now)
        elif now or self.data.get(form.add_prefix("next_step")) != NextStep.REMOVE:
            form.is_gone, form.conflicts = True, form.versions()
            self.forms.append(form)

    def _turned(self, idea):
        try:
            idea.logo = turned(idea.logo, self.turn[1])
            idea.revision += 1
            self.turned.append(idea)
            idea.save(update_fields=["logo", "logo_width", "logo_height", "revision"])
        except OSError:
            self.problem = NOT_TURNED % idea
            return self.drafts.get(pk=idea.pk)
        return idea


def _most_bytes():
    """Return how large all pictures may be together, with room for the words beside them."""
    return settings.REQUEST_MAX_BYTES - settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _megabytes(size):
    return f"{size // 1024**2} MB"


def _digest(upload):
    upload.seek(0)
    return hashlib.file_digest(upload, "sha256").hexdigest()


def _in_words(field, value):
    if isinstance(field.field, forms.ChoiceField):
        labels = {str(key): label for key, label in field.field.choices}
        return labels.get(str(value), "") if value else ""
    if isinstance(field.field, forms.BooleanField):
        return "Ticked" if value else "Not ticked"
    return value
