"""What two versions of a page say differently, and what one says, in the words of the pages."""

from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.db import models
from django.utils import formats, timezone
from django.utils.text import Truncator, capfirst

from collab_site.core.editing.history import kind_of, model_of
from collab_site.core.editing.wording import wording
from collab_site.core.pictures.fields import OwnFileMixin, PictureField

GONE = "one that is not there any more"
EXCERPT = 120


@dataclass
class Said:
    """What a version says in one field: a text; or a picture, (the version's number, its field)."""

    text: str = ""
    picture: tuple[int, str] | None = None


@dataclass
class Change:
    """One thing that is different: `what` it is, and how.

    Either a `sentence` says it; or the words of a text, marked as by `wording`; or it was `old`
    and is `new`, both Said.
    """

    what: str
    sentence: str = ""
    words: list = field(default_factory=list)
    old: Said | None = None
    new: Said | None = None


class Names:
    """The names of the rows to which versions refer, read in one query for each model."""

    def __init__(self, versions):
        wanted = {}
        for version in versions:
            model = model_of(version)
            for item in [*model._meta.fields, *model._meta.local_many_to_many]:
                if item.related_model and item.name != kind_of(model).parent:
                    wanted.setdefault(item.related_model, set()).update(_pks(item, version))
        self._names = {
            (model, str(pk)): str(row)
            for model, pks in wanted.items()
            if pks
            for pk, row in model._base_manager.in_bulk(pks).items()
        }

    def of(self, model, pks):
        """Return the names of these rows of a model, with commas between."""
        return ", ".join(self._names.get((model, str(pk)), GONE) for pk in pks)


def name_of(version):
    """Return what a stored row is called: "Step 2.3", "Point 2", "1. Read together"."""
    model, name = model_of(version), version.object_repr
    kind = capfirst(model._meta.verbose_name)
    if kind_of(model).is_page or name.startswith(kind):
        return name
    order = version.field_dict.get("order")
    return f"{kind} {order}" if order else kind


def excerpt_of(version):
    """Return the first words of a stored row that its name doesn't have, or ""."""
    for item in _fields(model_of(version)):
        if isinstance(item, models.CharField | models.TextField) and not item.choices:
            text = version.field_dict[item.attname] or ""
            return "" if text in name_of(version) else Truncator(text).chars(EXCERPT)
    return ""


def changes(older, newer, names):
    """Return what `newer` has otherwise than `older`, as Changes.

    Both are a page's versions, the page's own row first; `names` are the Names of both.
    """
    return [
        *_changed_fields("", older[0], newer[0], names),
        *_changed_place(older[0], newer[0]),
        *_changed_parts(older[1:], newer[1:], names),
    ]


def contents(versions, names):
    """Return what a page's versions say: [(heading, [(label, Said), …]), …], empty fields left out.

    The page's own fields come first, under the heading "".
    """
    sections = []
    for version in versions:
        heading = name_of(version) if sections else ""
        said = [(capfirst(f.verbose_name), _said(f, version, names)) for f in _fields_of(version)]
        sections.append((heading, [(label, s) for label, s in said if s.text or s.picture]))
    return sections


def _changed_fields(about, old, new, names):
    for item in _fields_of(new):
        before, after = old.field_dict.get(item.attname), new.field_dict.get(item.attname)
        if _plain(before) == _plain(after):
            continue
        label = capfirst(item.verbose_name)
        what = f"{about}: {item.verbose_name}" if about else label
        if before and after and _is_text(item):
            yield Change(what, words=wording(before, after))
        else:
            yield Change(what, old=_said(item, old, names), new=_said(item, new, names))


def _changed_place(old, new):
    before, after = old.field_dict.get("order"), new.field_dict.get("order")
    if before != after:
        yield Change("Place", old=Said(str(before)), new=Said(str(after)))


def _changed_parts(older, newer, names):
    old = {(v.content_type_id, v.object_id): v for v in older}
    new = {(v.content_type_id, v.object_id): v for v in newer}
    for key, version in old.items():
        if key not in new:
            yield Change(name_of(version), sentence=_with_excerpt("taken out", version))
    moved = _moved([key for key in old if key in new], [key for key in new if key in old])
    for key, version in new.items():
        if key not in old:
            yield Change(name_of(version), sentence=_with_excerpt("added", version))
            continue
        is_only = "order" not in version.field_dict
        about = "" if is_only else name_of(version)
        if key in moved:
            yield Change(about, sentence=f"moved; it was {name_of(old[key])}")
        yield from _changed_fields(about, old[key], version, names)


def _moved(before, after):
    """Return the fewest of the same items that have another place in `after`."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    stayed = {before[m.a + i] for m in matcher.get_matching_blocks() for i in range(m.size)}
    return set(after) - stayed


def _with_excerpt(verb, version):
    excerpt = excerpt_of(version)
    return f"{verb}: “{excerpt}”" if excerpt else verb


def _fields(model):
    parent = kind_of(model).parent
    own = [*model._meta.fields, *model._meta.local_many_to_many]
    own.sort(key=lambda item: isinstance(item, models.SlugField))
    return [item for item in own if item.editable and not item.primary_key and item.name != parent]


def _fields_of(version):
    return [item for item in _fields(model_of(version)) if item.attname in version.field_dict]


def _said(item, version, names):
    value = version.field_dict.get(item.attname)
    if isinstance(item, PictureField):
        return Said(picture=(version.pk, item.name) if value else None)
    if isinstance(item, OwnFileMixin):
        return Said("A file" if value else "")
    if item.related_model:
        return Said(names.of(item.related_model, _pks(item, version)))
    if item.choices:
        return Said(str(dict(item.flatchoices).get(value, value or "")))
    if isinstance(item, models.BooleanField):
        return Said("Yes" if value else "No")
    if isinstance(item, models.DateTimeField) and value:
        return Said(formats.date_format(timezone.localtime(value), "j F Y, H:i"))
    if isinstance(item, models.DateField) and value:
        return Said(formats.date_format(value, "j F Y"))
    return Said("" if value is None else str(value))


def _pks(item, version):
    value = version.field_dict.get(item.attname)
    if item.many_to_many:
        return value or []
    return [] if value is None else [value]


def _plain(value):
    if isinstance(value, list):
        return sorted(str(item) for item in value)
    return getattr(value, "name", value) or ""


def _is_text(item):
    return isinstance(item, models.CharField | models.TextField) and not item.choices
