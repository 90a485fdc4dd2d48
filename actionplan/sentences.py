"""What changed between two snapshots of a plan, in sentences for parents."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils.dateformat import format as format_date

from actionplan.difference import PLAN, Added, Changed, Moved, Outline, Removed, difference
from actionplan.labels import label
from actionplan.models import HalfTerm, Status, Step
from collab_site.core.editing.wording import DELETED, INSERTED, SAME, excerpt, wording
from collab_site.core.schools.words import listed

SHORT = 60
NESTED_QUOTES = str.maketrans("“”", "‘’")

# What each text is called, by kind and field.
TEXTS = {
    ("plan", "introduction"): "The introduction of the plan",
    ("plan", "possibilities_introduction"): "The heading of the ideas being considered",
    ("strand", "title"): "The title of {label}",
    ("strand", "summary"): "The short description of {name}",
    ("strand", "rationale"): "“Why” in {name}",
    ("strand", "lead"): "“Led by” in {name}",
    ("strand", "success_criteria"): "“How we will know it worked” in {name}",
    ("strand", "monitoring"): "“How we will check” in {name}",
    ("strand", "resources"): "“What it needs” in {name}",
    ("step", "text"): "The wording of {label}",
    ("step", "venue"): "The place of {name}",
    ("step", "open_question"): "The open question of {name}",
    ("possibility", "text"): "The wording of an idea being considered",
    ("let_go", "text"): "The wording of {label}",
    ("let_go", "why"): "The reason for letting go of {name}",
}


@dataclass(frozen=True)
class Sentence:
    """One change, told to parents.

    `parts` are pairs of a kind ("same", "inserted" or "deleted") and words, to be read with spaces
    between them; `strand` is the slug of the newer plan's strand that it is about, or "".
    """

    parts: tuple
    strand: str = ""

    @property
    def text(self):
        """The sentence as plain text."""
        marks = {SAME: "{}", INSERTED: "[put in: {}]", DELETED: "[taken out: {}]"}
        return " ".join(marks[kind].format(words) for kind, words in self.parts)


def sentences(older, newer):
    """Return the Sentences that tell what changed, in the newer plan's order.

    There are none only if the snapshots are equal. Raises ValueError if they are of different
    years.
    """
    return [
        Sentence(((SAME, told),) if isinstance(told, str) else tuple(told), strand)
        for strand, told in _Comparison(older, newer).told()
    ]


class _Comparison:
    """Two snapshots and what changed, by item. Its methods yield strings or lists of parts."""

    def __init__(self, older, newer):
        self.before, self.after = _Named(older), _Named(newer)
        self.fate = {}
        self.changed = defaultdict(dict)
        for change in difference(older, newer):
            item = change.kind, change.id
            if isinstance(change, Changed):
                self.changed[item][change.field] = change.before, change.after
            else:
                self.fate[item] = change

    def told(self):
        """Yield (slug of the strand, what is told) for each sentence."""
        yield from (("", told) for told in self.texts(PLAN))
        yield from (("", told) for told in self.links())
        for key, strand in self.after.items("strand"):
            yield from ((strand["slug"], told) for told in self.strand(key))
            yield from ((strand["slug"], told) for told in self.steps(key))
        yield from (("", told) for told in self.strands_gone())
        yield from (("", told) for told in self.ideas())
        yield from (("", told) for told in self.let_go())

    def is_new(self, kind, key):
        return isinstance(self.fate.get((kind, key)), Added)

    def is_gone(self, kind, key):
        return isinstance(self.fate.get((kind, key)), Removed)

    def texts(self, item):
        label, name = self.after.label(item), self.after.name(item)
        for field, values in self.changed[item].items():
            if (item[0], field) in TEXTS:
                called = TEXTS[item[0], field].format(label=label, name=name)
                yield _text_changed(_subject(called), field, *values)

    def links(self):
        """Tell once what changed about schools and aims, and not at each item that has them."""
        told = {}
        for changed in self.changed.values():
            for field in changed.keys() & {"schools", "aims"}:
                told |= dict.fromkeys(_Links(field, *changed[field]).about_themselves())
        return told

    def strand(self, key):
        item = "strand", key
        name = self.after.name(item)
        subject = _subject(name)
        match self.fate.get(item):
            case Added():
                yield self.new_strand(item, subject)
            case Moved(place=place):
                if self.before.label(item) == self.after.label(item):
                    yield f"{subject} {self.after.neighbour('strand', None, place)}."
                else:
                    yield f"{self.moved(item)} is now {self.after.label(item)}."
        yield from self.texts(item)
        for field, (before, after) in self.changed[item].items():
            match field:
                case "status":
                    yield f"{subject} {_status(after)}."
                case "slug":
                    yield f"The address of {_followed(name)} changed."
                case "aims":
                    yield from _Links(field, before, after).of_strand(subject)
                case "taken_up":
                    yield f"{subject} {_taken_up(before, after)}."

    def new_strand(self, item, subject):
        strand = self.after.fields[item]
        count = len(self.after.order.get(("step", item[1]), []))
        steps = f" It has {_steps(count)}." if count else ""
        idea = self.before.fields.get(("possibility", strand["taken_up"]))
        if not idea or not self.is_gone("possibility", strand["taken_up"]):
            return f"{subject} is new.{steps}"
        title = strand["title"].rstrip("… ").split()
        same = idea["text"].split()[: len(title)] == title
        becomes = self.after.label(item) if same else self.after.name(item)
        idea = f"{_quoted(idea['text'])}, until now an idea being considered,"
        return f"{idea} is now {becomes}.{steps}"

    def moved(self, item):
        """Return the subject of an item that had another number."""
        return _subject(_name(self.before.label(item), self.after.text(item)))

    def steps(self, strand):
        for key, _ in self.after.items("step", strand):
            item = "step", key
            match self.fate.get(item):
                case Added() if not self.is_new("strand", strand):
                    yield self.new_step(item)
                case Moved() as move:
                    yield self.moved_step(item, move)
            yield from self.texts(item)
            yield from self.facts(item)
        for key, _ in self.before.items("step", strand):
            if self.is_gone("step", key):
                yield f"{_subject(self.before.name(('step', key)))} is no longer in the plan."

    def new_step(self, item):
        subject, carried = _subject(self.after.name(item)), self.after.fields[item]["carried"]
        return f"{subject} {_carried(carried)}" if carried else f"{subject} is new."

    def moved_step(self, item, move):
        label, strand = self.after.label(item), ("strand", move.parent)
        stays = move.id in self.before.order.get(("step", move.parent), [])
        if label == self.before.label(item):
            subject = _subject(self.after.name(item))
            if stays:
                return f"{subject} {self.after.neighbour('step', move.parent, move.place)}."
            return f"{subject} is now in {self.after.name(strand)}."
        title = "" if stays else f", in {_quoted(self.after.text(strand))}"
        return f"{self.moved(item)} is now {label}{title}."

    def facts(self, item):
        """Tell what changed about a step besides its texts."""
        changed, name = self.changed[item], self.after.name(item)
        subject = _subject(name)
        if changed.keys() & {"half_term", "due_on"}:
            yield f"{subject} {_time(self.before.fields[item], self.after.fields[item])}."
        for field, (before, after) in changed.items():
            match field:
                case "status":
                    yield f"{subject} {_status(after)}."
                case "kind":
                    kinds = f"“{label(Step.Kind, before)}” to “{label(Step.Kind, after)}”"
                    yield f"The kind of {_followed(name)} changed from {kinds}."
                case "schools":
                    yield from _Links(field, before, after).of_step(name)
                case "carried":
                    yield _carried_changed(subject, before, after)

    def strands_gone(self):
        for key, _ in self.before.items("strand"):
            if self.is_gone("strand", key):
                steps = self.before.order.get(("step", key), [])
                count = sum(self.is_gone("step", step) for step in steps)
                with_it = f" It took {_steps(count)} with it." if count else ""
                subject = _subject(self.before.name(("strand", key)))
                yield f"{subject} is no longer in the plan.{with_it}"

    def ideas(self):
        for key, idea in self.after.items("possibility"):
            match self.fate.get(("possibility", key)):
                case Added():
                    yield f"A new idea is being considered: {_quoted(idea['text'])}."
                case Moved():
                    yield f"The idea {_quoted(idea['text'])} has a new place among the ideas."
            yield from self.texts(("possibility", key))
        strands = self.after.items("strand")
        taken_up = {new["taken_up"] for key, new in strands if self.is_new("strand", key)}
        for key, idea in self.before.items("possibility"):
            if self.is_gone("possibility", key) and key not in taken_up:
                yield f"The idea {_quoted(idea['text'])} is no longer being considered."

    def let_go(self):
        for key, step in self.after.items("let_go"):
            item = "let_go", key
            subject = _subject(self.after.name(item))
            match self.fate.get(item):
                case Added():
                    yield f"{subject} is let go.{_why(step)}"
                case Moved():
                    yield f"{subject} has a new place among the steps let go."
            if "number" in self.changed[item]:
                yield f"{self.moved(item)} is now numbered {step['number']}."
            yield from self.texts(item)
        for key, _ in self.before.items("let_go"):
            if self.is_gone("let_go", key):
                yield f"{_subject(self.before.name(('let_go', key)))} is no longer let go."


class _Named(Outline):
    """An outline that knows what people call its items: strand 2, step 2.3."""

    def __init__(self, snapshot):
        super().__init__(snapshot)
        self.labels = {}
        for number, (key, _) in enumerate(self.items("strand"), start=1):
            self.labels["strand", key] = f"strand {number}"
            for place, (step, _) in enumerate(self.items("step", key), start=1):
                self.labels["step", step] = f"step {number}.{place}"
        for key, step in self.items("let_go"):
            self.labels["let_go", key] = f"last year’s step {step['number']}"

    def label(self, item):
        return self.labels.get(item, "")

    def text(self, item):
        fields = self.fields[item]
        return fields.get("title") or fields.get("text", "")

    def name(self, item):
        return _name(self.label(item), self.text(item))

    def neighbour(self, kind, parent, place):
        """Return where the item at `place` is, for one that moved and keeps its number.

        The first of a list never moves to the first place, so there is one before it.
        """
        previous = self.order[kind, parent][place - 1]
        return f"now comes after {self.name((kind, previous))}"


class _Links:
    """The schools or aims that an item had and has."""

    def __init__(self, field, before, after):
        self.field = field
        name = "name" if field == "schools" else "title"
        old = {row["slug"]: row[name] for row in before}
        new = {row["slug"]: row[name] for row in after}
        gone = [old[slug] for slug in old if slug not in new]
        come = [new[slug] for slug in new if slug not in old]
        self.readdressed = [name for name in come if name in gone]
        self.gone = [name for name in gone if name not in come]
        self.come = [name for name in come if name not in gone]
        self.renamed = [(old[s], new[s]) for s in old if s in new and old[s] != new[s]]

    def about_themselves(self):
        for old, new in self.renamed:
            yield f"{_first_upper(self.called(old))} is now called {self.written(new)}."
        for name in self.readdressed:
            yield f"The address of {self.called(name)} changed."
        if not (self.come or self.gone or self.renamed or self.readdressed):
            yield f"The {self.field} are listed in another order."

    def written(self, name):
        return name if self.field == "schools" else _quoted(name)

    def called(self, name):
        return name if self.field == "schools" else f"the aim {_quoted(name)}"

    def of_step(self, step):
        for names, adverb in ((self.come, "now"), (self.gone, "no longer")):
            if names:
                takes = "takes" if len(names) == 1 else "take"
                yield f"{listed(names)} {adverb} {takes} part in {step}."

    def of_strand(self, subject):
        for names, adverb in ((self.come, "now"), (self.gone, "no longer")):
            if names:
                aims = "the aim" if len(names) == 1 else "the aims"
                quoted = listed([_quoted(name) for name in names])
                yield f"{subject} {adverb} serves {aims} {quoted}."


def _text_changed(subject, field, before, after):
    if before.split() == after.split():
        return f"{subject} has other spaces or line breaks."
    if not before.strip():
        verb = "is new:"
    elif after.strip():
        verb = "changed:"
    else:
        verb = "is no longer open:" if field == "open_question" else "was taken out:"
    return [(SAME, f"{subject} {verb}"), *excerpt(wording(before, after))]


def _status(status):
    if not status:
        return "no longer has a status"
    if status == Status.NOT_STARTED:
        return "has not started yet"
    return f"is now {_first_lower(label(Status, status))}"


def _time(before, after):
    old, new = _when(before), _when(after)
    if not old:
        return f"now has a time: {new}"
    return f"moved from {old} to {new}" if new else "no longer has a time"


def _when(step):
    times = [label(HalfTerm, step["half_term"]), _day(step["due_on"])]
    return ", ".join(time for time in times if time)


def _day(text):
    try:
        return format_date(date.fromisoformat(text), "j F Y")
    except ValueError:
        return text


def _taken_up(before, after):
    if after is None:
        return "is no longer said to come from an idea that was being considered"
    which = "an idea" if before is None else "another idea"
    return f"is now said to come from {which} that was being considered"


def _carried(carried):
    return f"is carried over from last year’s step {carried['number']}.{_why(carried)}"


def _carried_changed(subject, before, after):
    if not after:
        return f"{subject} is no longer said to be carried over from last year."
    if before and {**before, "why": ""} == {**after, "why": ""}:
        reason = f"The reason for carrying over {_first_lower(subject)}"
        return _text_changed(reason, "why", before["why"], after["why"])
    return f"{subject} {_carried(after)}"


def _why(source):
    why = " ".join(source["why"].split())
    return f" Why: {why}" if why else ""


def _steps(count):
    return "1 step" if count == 1 else f"{count} steps"


def _name(label, text):
    quoted = _quoted(text)
    return ", ".join(words for words in (label, quoted) if words)


def _quoted(text):
    """Return a text in quotes, cut between words where it is long; "" for no text."""
    text = " ".join(text.split()).rstrip(".").translate(NESTED_QUOTES)
    if len(text) > SHORT:
        whole = text[:SHORT].rpartition(" ")[0] or text[: SHORT - 1]
        text = whole.rstrip(" ,.;:–-") + "…"
    return text and f"“{text}”"


def _subject(name):
    return _first_upper(_followed(name))


def _followed(name):
    """Return a name with the comma that closes its quoted words, if more is to follow."""
    return f"{name}," if name.endswith("”") else name


def _first_upper(text):
    return text[:1].upper() + text[1:]


def _first_lower(text):
    return text[:1].lower() + text[1:]
