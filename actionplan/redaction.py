"""Taking a text, such as a child's name, out of everything that the portal keeps of its content."""

import json
import re
import unicodedata
from itertools import count

from django.contrib.admin.models import LogEntry
from django.db import models, transaction
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.text import slugify
from reversion.models import Revision, Version

from actionplan.models import Edition, EditionDocument, Evidence, LetGo, Plan, Step, Strand, Update
from collab_site.core.editing.history import kinds, model_of

# Where people write in a snapshot, and how long it may be there; the rest are the portal's words.
TEXTS = {
    "introduction": 2000,
    "summary": 400,
    "rationale": 1500,
    "success_criteria": 1500,
    "monitoring": 1000,
    "resources": 1000,
    "text": 1000,
    "why": LetGo._meta.get_field("why").max_length,
    "possibilities_introduction": Plan._meta.get_field("possibilities_introduction").max_length,
    "title": Strand._meta.get_field("title").max_length,
    "lead": Strand._meta.get_field("lead").max_length,
    "venue": Step._meta.get_field("venue").max_length,
    "open_question": Step._meta.get_field("open_question").max_length,
}
BETWEEN = r"[\s_\-\u2010-\u2015]+"
QUOTES = "'’‘ʼ`´"
# From here on scripts set words without spaces, so that no end of a word can be seen.
WITHOUT_SPACES = 0x2E80


class Redaction:
    """One text to take out. Letters count as equal in capitals, and however they are encoded."""

    def __init__(self, text):
        words = unicodedata.normalize("NFKC", text).split()
        pattern = BETWEEN.join("".join(map(_letter, word)) for word in words)
        starts = r"(?<!\w)" if ord(words[0][0]) < WITHOUT_SPACES else ""
        ends = r"(?!\w)" if ord(words[-1][-1]) < WITHOUT_SPACES else ""
        self.pattern = re.compile(f"{starts}{pattern}{ends}", re.IGNORECASE)
        self.slug = re.compile(rf"(?<![^-]){re.escape(slugify(text) or '/')}(?![^-])")
        self.instead = f"[removed on {format_date(timezone.localdate(), 'j F Y')}]"
        self.counts = {"live": 0, "editions": 0, "versions": 0}

    @transaction.atomic
    def carry_out(self):
        """Take the text out of drafts, editions, PDFs, updates and history.

        Return in how many rows it was, by "live", "editions" and "versions". Only whole words are
        taken out; a text that would be too long afterwards is cut.
        """
        for plan in Plan.objects.select_for_update():
            self._replace(plan, "live", set_aside=self._in_content(plan.set_aside))
        for model in {*(kind.model for kind in kinds()), Update, Evidence}:
            for row in model._base_manager.select_for_update():
                self._redact_row(row)
        for edition in Edition.objects.select_for_update():
            self._redact_edition(edition)
        for version in Version.objects.all():
            self._redact_version(version)
        for revision in Revision.objects.exclude(comment=""):
            self._replace(revision, "versions", comment=self._in_text(revision.comment))
        for entry in LogEntry.objects.all():
            self._redact_log(entry)
        return self.counts

    def _replace(self, row, kind, **values):
        """Store those `values` that are other ones than `row` has, and count it; return whether."""
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        if changed:
            type(row)._base_manager.filter(pk=row.pk).update(**changed)
            self.counts[kind] += 1
        return bool(changed)

    def _in_text(self, text, most=None):
        return self.pattern.sub(self.instead, text)[:most] if self.pattern.search(text) else text

    def _in_content(self, value):
        """Return a snapshot, or a part of one, without the text."""
        if isinstance(value, list):
            redacted = [self._in_content(below) for below in value]
            return self._with_free_slugs(redacted)
        if not isinstance(value, dict):
            return value
        return {key: self._in_value(key, below) for key, below in value.items()}

    def _in_value(self, key, value):
        if isinstance(value, str):
            return self._in_text(value, TEXTS[key]) if key in TEXTS else value
        return self._in_content(value)

    def _with_free_slugs(self, rows):
        strands = [row for row in rows if isinstance(row, dict) and "steps" in row]
        taken = {strand["slug"] for strand in strands}
        for strand in strands:
            if self.slug.search(strand["slug"]):
                strand["slug"] = _free(f"strand-{strand['id']}", taken)
        return rows

    def _redact_row(self, row):
        values = self._in_fields(row, lambda name: getattr(row, name))
        if isinstance(row, Strand) and self.slug.search(row.slug):
            neighbours = row.plan.strands.exclude(pk=row.pk)
            taken = set(neighbours.values_list("slug", flat=True))
            values["slug"] = _free(f"strand-{row.pk}", taken)
        self._replace(row, "live", **values)

    def _in_fields(self, row_or_model, get):
        return {
            item.name: self._in_text(get(item.name) or "", item.max_length)
            for item in _text_fields(row_or_model)
        }

    def _redact_edition(self, edition):
        content, note = self._in_content(edition.content), self._in_text(edition.note, 500)
        if self._replace(edition, "editions", content=content, note=note):
            EditionDocument.objects.filter(edition=edition).delete()

    def _redact_version(self, version):
        model, rows = model_of(version), json.loads(version.serialized_data)
        for row in rows:
            fields = row["fields"]
            redacted = self._in_fields(model, fields.get)
            fields |= {name: text for name, text in redacted.items() if fields.get(name)}
            if model is Plan:
                fields["set_aside"] = self._in_content(fields.get("set_aside"))
            if model is Strand and self.slug.search(fields["slug"]):
                fields["slug"] = f"strand-{row['pk']}"
        data = version.serialized_data
        self._replace(
            version,
            "versions",
            serialized_data=json.dumps(rows) if rows != json.loads(data) else data,
            object_repr=self._in_text(version.object_repr),
        )

    def _redact_log(self, entry):
        most = LogEntry._meta.get_field("object_repr").max_length
        message, name = entry.change_message, self._in_text(entry.object_repr, most)
        try:
            # Django keeps a list as JSON, in which letters beyond ASCII are coded.
            message = json.dumps(self._in_log(json.loads(message)))
        except ValueError:
            message = self._in_text(message)
        self._replace(entry, "versions", change_message=message, object_repr=name)

    def _in_log(self, value):
        if isinstance(value, dict):
            return {key: self._in_log(below) for key, below in value.items()}
        if isinstance(value, list):
            return [self._in_log(below) for below in value]
        return self._in_text(value) if isinstance(value, str) else value


def _letter(letter):
    """Return the pattern of a letter in every way in which it may be kept."""
    if letter in QUOTES:
        return f"[{QUOTES}]"
    if letter in "-_‐‑‒–—―":
        return BETWEEN
    forms = {unicodedata.normalize(form, letter) for form in ("NFC", "NFD")}
    return f"(?:{'|'.join(re.escape(form) for form in sorted(forms))})"


def _free(slug, taken):
    """Return `slug`, or it with a number, so that it isn't among `taken`; add it to those."""
    names = (slug if number == 1 else f"{slug}-{number}" for number in count(1))
    free = next(name for name in names if name not in taken)
    taken.add(free)
    return free


def _text_fields(model):
    """Return the fields in which people write freely, of a model or a row."""
    return [
        item
        for item in model._meta.concrete_fields
        if isinstance(item, models.CharField | models.TextField)
        and not isinstance(item, models.SlugField | models.EmailField)
        and not (item.choices or item.unique)
    ]
