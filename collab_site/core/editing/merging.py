"""What one editor sends, brought together with what others have saved since the page was opened.

Everything is compared in the form's own terms: a value is what a browser would send back of it, as
text, a list of texts, or True and False.
"""

import re
from dataclasses import asdict, dataclass, field

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.forms.formsets import (
    DELETION_FIELD_NAME,
    INITIAL_FORM_COUNT,
    TOTAL_FORM_COUNT,
    ManagementForm,
)
from django.forms.models import InlineForeignKeyField
from django.utils import formats
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst

from collab_site.core.editing.widgets import ColourInput, LongLineField

CHOICE = "_choose-"
THEIRS, MINE, BOTH = "theirs", "mine", "both"
NEW_FILE = "a new file"


@dataclass
class Seen:
    """What the author of a page has seen: its values, and the questions that it asked.

    `fields` are {name: value}, `rows` {prefix: {primary key: {name: value}}}, and `open` has the
    keys of questions. `at` is the time in seconds.
    """

    fields: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)
    open: list = field(default_factory=list)
    at: float = 0

    @classmethod
    def of(cls, form, formsets, **kwargs):
        """Return what a form and its formsets hold in the database, whatever was sent to them."""
        rows = {
            formset.prefix: {str(row.instance.pk): _values(row) for row in formset.initial_forms}
            for formset in formsets
        }
        return cls(_values(form), rows, **kwargs)

    def signed(self, salt):
        """Return this as one text, to be carried by a page."""
        return signing.dumps(asdict(self), salt=salt, compress=True)

    @classmethod
    def read(cls, text, salt):
        """Return what `signed` has made; nothing at all was seen if the text isn't from it."""
        try:
            return cls(**signing.loads(text or "", salt=salt))
        except signing.BadSignature:
            return cls()


@dataclass(frozen=True)
class Question:
    """Two have changed the same: `options` are [(answer, its words), …]."""

    key: str
    label: str
    theirs: str
    mine: str
    options: list
    was_left_open: bool

    @property
    def name(self):
        """The name under which the answer is sent."""
        return f"{CHOICE}{self.key}"


@dataclass(frozen=True)
class Note:
    """Something that others have changed, and that nobody need decide on."""

    label: str
    what: str
    now: str = ""
    before: str = ""


@dataclass
class Sent:
    """What was sent for one form, under names without the form's prefix."""

    data: MultiValueDict
    files: MultiValueDict

    @classmethod
    def as_stored(cls, row, pk_name):
        """Return what a page would send of a row of a formset that nobody has touched."""
        sent = cls(MultiValueDict({pk_name: [str(row.instance.pk)]}), MultiValueDict())
        for bound in _bound_fields(row):
            sent.put(bound, _value(bound.field, bound.initial))
        return sent

    def value(self, bound, unchanged):
        """Return the value of a field; `unchanged` where no new file was chosen."""
        if isinstance(bound.field, forms.FileField):
            is_new = bound.name in self.files or self.data.get(f"{bound.name}_held")
            return NEW_FILE if is_new else unchanged
        widget = bound.field.widget
        return _value(bound.field, widget.value_from_datadict(self.data, self.files, bound.name))

    def values(self, form):
        """Return {name: value} for all fields of a form."""
        return {bound.name: self.value(bound, "") for bound in _bound_fields(form)}

    def differs(self, form, base):
        """Return whether a value is another one than in `base`."""
        return any(
            self.value(bound, base.get(bound.name)) != base.get(bound.name)
            for bound in _bound_fields(form)
        )

    def put(self, bound, value):
        """Send `value` instead; of a file, only that none was chosen."""
        self.data.pop(bound.name, None)
        if isinstance(bound.field, forms.FileField):
            self.files.pop(bound.name, None)
            self.data.pop(f"{bound.name}_held", None)
        elif isinstance(value, list):
            self.data.setlist(bound.name, value)
        elif value is True:
            self.data[bound.name] = "on"
        elif value is not False:
            self.data[bound.name] = value


class Merge:
    """Brings `data` and `files`, which are changed in place, together with what is stored.

    Afterwards they fit the rows that there are: what only others have changed is in them and told
    in `notes`; where both have, what was sent stays, and one of `questions` is asked.
    """

    def __init__(self, seen, data, files):
        self.seen = seen
        self.data = data
        self.files = files
        self.notes = []
        self.questions = []
        self._unanswered = set()

    def run(self, form, formsets):
        """Apply the answers, then compare with the unbound form and formsets of what is stored."""
        main = Sent(self.data, self.files)
        self._answer(form, main, "", self.seen.fields)
        self._compare(form, main, "", self.seen.fields, "")
        for formset in formsets:
            if _is_readable(formset, self.data):
                self._merge_rows(formset)

    @property
    def is_stale(self):
        """Whether there is something that the author has to see before this is saved."""
        return bool(self.notes or self.questions)

    @property
    def unanswered(self):
        """The questions that were asked already, and not answered."""
        return [question for question in self.questions if question.was_left_open]

    def _merge_rows(self, formset):
        prefix, pk_name = formset.prefix, formset.model._meta.pk.name
        base = self.seen.rows.get(prefix, {})
        mine, new, removed = self._answered_rows(formset, base)
        rows, added = [], []
        for form in formset.initial_forms:
            pk = str(form.instance.pk)
            row = mine.pop(pk, None)
            rows.append(row or Sent.as_stored(form, pk_name))
            if not row and pk not in base:
                added.append((len(rows), form))
        for pk, row in mine.items():
            if DELETION_FIELD_NAME in row.data:
                continue
            if row.differs(formset.empty_form, base.get(pk, {})):
                row.data.pop(pk_name)
                removed.append(row)
            else:
                label = capfirst(formset.model._meta.verbose_name)
                self._note(formset.empty_form, label, "is gone", before=base.get(pk))
        for place, form in added:
            self._take_in(form, place, new)
        for place, form in enumerate(formset.initial_forms):
            self._compare_row(form, rows[place], f"{prefix}-{place}-", base, place + 1)
        for place, row in enumerate(removed, start=len(rows)):
            self._ask_for_removed(formset.empty_form, row, f"{prefix}-{place}")
        self._put_rows(prefix, [*rows, *removed, *new], len(rows))

    def _answered_rows(self, formset, base):
        """Return the rows that were sent: {key: row}, new ones, and those removed meanwhile."""
        mine, new, removed = {}, [], []
        form, pk_name = formset.empty_form, formset.model._meta.pk.name
        for key, row in _take_rows(formset, self.data, self.files):
            pk = row.data.get(pk_name)
            self._answer(form, row, f"{key}-", base.get(pk, {}))
            if pk:
                mine[pk] = row
                self._answer_deletion(form, row, f"{key}-{DELETION_FIELD_NAME}", base)
            elif key not in self.seen.open or self._answer_to(key) == MINE:
                new.append(row)
            elif self._answer_to(key) != THEIRS:
                removed.append(row)
        return mine, new, removed

    def _put_rows(self, prefix, rows, initial):
        for number, row in enumerate(rows):
            for source, target in [(row.data, self.data), (row.files, self.files)]:
                for name, values in source.lists():
                    target.setlist(f"{prefix}-{number}-{name}", values)
        self.data[f"{prefix}-{TOTAL_FORM_COUNT}"] = str(len(rows))
        self.data[f"{prefix}-{INITIAL_FORM_COUNT}"] = str(initial)

    def _answer_to(self, key):
        answer = self.data.get(f"{CHOICE}{key}")
        if answer not in (THEIRS, MINE, BOTH):
            self._unanswered.add(key)
        return answer

    def _answer(self, form, sent, prefix, base):
        for bound in _bound_fields(form):
            key = f"{prefix}{bound.name}"
            if key not in self.seen.open or bound.name not in base:
                continue
            answer = self._answer_to(key)
            if answer == THEIRS:
                sent.put(bound, base[bound.name])
            elif answer == BOTH and _is_text(bound.field):
                mine = sent.value(bound, "")
                sent.put(bound, _joined(bound.field, base[bound.name], mine))
            elif answer != MINE:
                # Without what was seen before, the question comes again.
                base.pop(bound.name)

    def _answer_deletion(self, form, row, key, base):
        pk = row.data[form.instance._meta.pk.name]
        if key not in self.seen.open or pk not in base:
            return
        answer = self._answer_to(key)
        if answer == THEIRS:
            row.data.pop(DELETION_FIELD_NAME, None)
            for bound in _bound_fields(form):
                row.put(bound, base[pk][bound.name])
        elif answer != MINE:
            base[pk] = {}

    def _compare_row(self, form, row, prefix, base, place):
        pk, key = str(form.instance.pk), f"{prefix}{DELETION_FIELD_NAME}"
        about = f"{capfirst(form.instance._meta.verbose_name)} {place}"
        if DELETION_FIELD_NAME not in row.data:
            self._compare(form, row, prefix, base.get(pk, {}), f"{about}, ")
        elif _values(form) != base.get(pk):
            options = [(THEIRS, "Keep it, as it is now"), (MINE, "Remove it")]
            mine = "To be removed"
            self._ask(key, about, _summary(form, _values(form)), mine, options)

    def _compare(self, form, sent, prefix, base, about):
        for bound in _bound_fields(form):
            before, theirs = base.get(bound.name), _value(bound.field, bound.initial)
            mine = sent.value(bound, before)
            if theirs in (before, mine):
                continue
            label = f"{about}{bound.label}"
            if bound.is_hidden or mine is None:
                sent.put(bound, theirs)
            elif mine == before:
                sent.put(bound, theirs)
                now, then = _words(bound.field, theirs), _words(bound.field, before)
                self.notes.append(Note(label, "has changed", now, then))
            else:
                words = [_words(bound.field, value) for value in (theirs, mine)]
                self._ask(f"{prefix}{bound.name}", label, *words, _options(bound.field))

    def _take_in(self, form, place, new):
        """Tell of a row that others have added, unless one of `new` is the very same."""
        theirs = _values(form)
        same = next((row for row in new if row.values(form) == theirs), None)
        if same:
            new.remove(same)
            return
        label = f"{capfirst(form.instance._meta.verbose_name)} {place}"
        self._note(form, label, "is new", now=theirs)

    def _ask_for_removed(self, form, row, key):
        name = form.instance._meta.verbose_name
        options = [
            (THEIRS, "Leave it removed"),
            (MINE, f"Put mine back, as a new {name}"),
        ]
        words = _summary(form, row.values(form))
        self._ask(key, f"A {name} that you have changed", "Removed", words, options)

    def _note(self, form, label, what, **values):
        words = {when: _summary(form, those) for when, those in values.items() if those}
        if words:
            self.notes.append(Note(label, what, **words))

    def _ask(self, key, label, theirs, mine, options):
        self.questions.append(Question(key, label, theirs, mine, options, key in self._unanswered))


def readable(form, formsets, data, files):
    """Return all that was sent as [(label, words), …]; the unbound form and formsets say what."""
    parts = [("", form, Sent(data, files))]
    for formset in formsets:
        if _is_readable(formset, data):
            name = capfirst(formset.model._meta.verbose_name)
            rows = _take_rows(formset, data.copy(), files.copy())
            parts += [
                (f"{name} {place}, ", formset.empty_form, row)
                for place, (key, row) in enumerate(rows, start=1)
            ]
    told = [
        (f"{about}{bound.label}", _words(bound.field, sent.value(bound, "")))
        for about, form, sent in parts
        for bound in _bound_fields(form)
        if not bound.is_hidden
    ]
    return [(label, words) for label, words in told if words]


def _is_readable(formset, data):
    return ManagementForm(data, prefix=formset.prefix).is_valid()


def _take_rows(formset, data, files):
    """Take the rows of a formset out of what was sent: return [(prefix, Sent), …]."""
    total = int(data[f"{formset.prefix}-{TOTAL_FORM_COUNT}"])
    rows = {
        f"{formset.prefix}-{number}": Sent(MultiValueDict(), MultiValueDict())
        for number in range(min(total, formset.absolute_max))
    }
    name = re.compile(rf"({re.escape(formset.prefix)}-\d+)-(\w+)", re.ASCII)
    for part, source in [("data", data), ("files", files)]:
        for match in filter(None, map(name.fullmatch, list(source))):
            values = source.pop(match[0])
            if match[1] in rows:
                getattr(rows[match[1]], part).setlist(match[2], values)
    return list(rows.items())


def _bound_fields(form):
    """Return the fields that hold something to be edited."""
    held = f"{getattr(form, 'held_picture_field', None)}_held"
    apart = {form.instance._meta.pk.name, DELETION_FIELD_NAME, held}
    return [
        bound
        for bound in form
        if bound.name not in apart and not isinstance(bound.field, InlineForeignKeyField)
    ]


def _values(form):
    return {bound.name: _value(bound.field, bound.initial) for bound in _bound_fields(form)}


def _value(form_field, value):
    """Return the same for what is stored and for what a browser sends back of it unchanged."""
    if isinstance(form_field, forms.FileField):
        return getattr(value, "name", None) or ""
    if isinstance(form_field, forms.BooleanField):
        return bool(value)
    shown = form_field.widget.format_value(form_field.prepare_value(value))
    if isinstance(shown, list):
        return sorted(shown)
    text = (shown or "").replace("\r\n", "\n")
    if isinstance(form_field, forms.CharField):
        try:
            return form_field.to_python(text) or ""
        except ValidationError:
            pass
    return text.strip()


def _words(form_field, value):
    """Return a value as people read it."""
    if isinstance(form_field, forms.FileField) and value:
        noun = getattr(form_field, "noun", "file")
        return f"The {noun} that you chose" if value == NEW_FILE else f"Another {noun}"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        labels = {str(key): str(label) for key, label in form_field.choices}
        return ", ".join(labels.get(key, "") for key in value if key)
    if value and isinstance(form_field, (forms.DateField, forms.DateTimeField)):
        try:
            return formats.localize(form_field.to_python(value))
        except ValidationError:
            pass
    return value or ""


def _summary(form, values):
    """Return the texts of a row."""
    texts = [values[bound.name] for bound in _bound_fields(form) if _is_text(bound.field)]
    return " · ".join(filter(None, texts))


def _is_text(form_field):
    is_text = type(form_field) in (forms.CharField, LongLineField)
    return is_text and not isinstance(form_field.widget, ColourInput)


def _is_long(form_field):
    is_area = isinstance(form_field.widget, forms.Textarea)
    return is_area and not isinstance(form_field, LongLineField)


def _joined(form_field, theirs, mine):
    return ("\n\n" if _is_long(form_field) else " ").join(filter(None, [theirs, mine]))


def _options(form_field):
    options = [(THEIRS, "Keep theirs"), (MINE, "Keep mine")]
    return [*options, (BOTH, "Keep both, theirs first")] if _is_text(form_field) else options
