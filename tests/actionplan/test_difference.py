from copy import deepcopy
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actionplan.difference import Added, Changed, Moved, Removed, apply, difference
from actionplan.sentences import sentences
from collab_site.core.editing.wording import DELETED, INSERTED, SAME, excerpt, wording
from tests.actionplan.test_sentences import make_snapshot, snapshot_step, snapshot_strand

quick = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)

WORDS = st.lists(st.sampled_from("shared staff meeting, Spring. “book” \n é 書 …".split(" ")))
TEXT = WORDS.map(" ".join) | st.text(max_size=5)
KEYS_END = 12
KEYS = st.integers(1, KEYS_END)
LINKS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["North", "South", "West"]))
STATUS = st.sampled_from(["", "not-started", "under-way", "done", "retired"])
DAYS = st.sampled_from(["", "2026-11-22", "2027-02-30", "soon"])
CARRIED = st.none() | st.fixed_dictionaries(
    {"step": KEYS, "number": st.sampled_from(["1.1", "1.2"]), "why": TEXT}
)


def links(name):
    return LINKS.flatmap(lambda them: st.permutations(list(them.items()))).map(
        lambda pairs: [{"slug": slug, name: value} for slug, value in pairs]
    )


STEP = {
    "kind": st.sampled_from(["training", "other", "séance"]),
    "text": TEXT,
    "schools": links("name"),
    "venue": TEXT,
    "half_term": st.sampled_from(["", "autumn-1", "spring-2", "easter"]),
    "due_on": DAYS,
    "status": STATUS,
    "open_question": TEXT,
    "carried": CARRIED,
}
STRAND = {
    **dict.fromkeys(["title", "summary", "rationale", "lead"], TEXT),
    **dict.fromkeys(["success_criteria", "monitoring", "resources"], TEXT),
    "slug": st.sampled_from(["reading", "sport", "maths"]),
    "aims": links("title"),
    "status": STATUS,
    "taken_up": st.none() | KEYS,
}
LET_GO = {"number": st.sampled_from(["1.1", "1.2"]), "text": TEXT, "why": TEXT}
IDEA = {"text": TEXT}
PLAN = {"introduction": TEXT, "possibilities_introduction": TEXT}


def items(fields):
    return st.lists(KEYS, unique=True, max_size=4).flatmap(
        lambda keys: st.tuples(
            *(st.fixed_dictionaries({"id": st.just(key), **fields}) for key in keys)
        ).map(list)
    )


@st.composite
def snapshots(draw):
    strands = draw(items(STRAND))
    for strand in strands:
        strand["steps"] = []
    for step in draw(items(STEP)) if strands else []:
        draw(st.sampled_from(strands))["steps"].append(step)
    plan = draw(st.fixed_dictionaries({"year": st.just(2026), **PLAN}))
    lists = {"possibilities": draw(items(IDEA)), "let_go": draw(items(LET_GO))}
    return {**plan, "strands": strands, **lists}


def edit_field(draw, snapshot):
    steps = [step for strand in snapshot["strands"] for step in strand["steps"]]
    choices = [(snapshot, PLAN)]
    choices += [(item, STRAND) for item in snapshot["strands"]]
    choices += [(item, STEP) for item in steps]
    choices += [(item, IDEA) for item in snapshot["possibilities"]]
    choices += [(item, LET_GO) for item in snapshot["let_go"]]
    item, fields = draw(st.sampled_from(choices))
    name = draw(st.sampled_from(sorted(fields)))
    item[name] = draw(fields[name])


def draw_list(draw, snapshot):
    lists = [
        (snapshot["strands"], {**STRAND, "steps": st.builds(list)}),
        (snapshot["possibilities"], IDEA),
        (snapshot["let_go"], LET_GO),
        *((strand["steps"], STEP) for strand in snapshot["strands"]),
    ]
    return draw(st.sampled_from(lists))


def new_id(snapshot):
    """Return an id that the snapshot has nowhere, and that snapshots() never gives."""
    items = [*snapshot["strands"], *snapshot["possibilities"], *snapshot["let_go"]]
    items += [step for strand in snapshot["strands"] for step in strand["steps"]]
    return max([KEYS_END, *(item["id"] for item in items)]) + 1


def add(draw, snapshot):
    rows, fields = draw_list(draw, snapshot)
    item = draw(st.fixed_dictionaries({"id": st.just(new_id(snapshot)), **fields}))
    rows.insert(draw(st.integers(0, len(rows))), item)


def remove(draw, snapshot):
    rows, _ = draw_list(draw, snapshot)
    if rows:
        rows.pop(draw(st.integers(0, len(rows) - 1)))


def reorder(draw, snapshot):
    rows, _ = draw_list(draw, snapshot)
    rows[:] = draw(st.permutations(rows))


def move_step(draw, snapshot):
    strands = [strand for strand in snapshot["strands"] if strand["steps"]]
    if strands:
        steps = draw(st.sampled_from(strands))["steps"]
        step = steps.pop(draw(st.integers(0, len(steps) - 1)))
        target = draw(st.sampled_from(snapshot["strands"]))["steps"]
        target.insert(draw(st.integers(0, len(target))), step)


def take_up(draw, snapshot):
    if snapshot["possibilities"]:
        idea = snapshot["possibilities"].pop()
        new = snapshot_strand(new_id(snapshot), idea["text"], taken_up=idea["id"])
        snapshot["strands"].append(new)


EDITS = [edit_field, add, remove, reorder, move_step, take_up]


@st.composite
def related(draw):
    """Two snapshots, the newer made of the older by up to six edits."""
    older = draw(snapshots())
    newer = deepcopy(older)
    for edit in draw(st.lists(st.sampled_from(EDITS), max_size=6)):
        edit(draw, newer)
    return older, newer


@quick
@given(related() | st.tuples(snapshots(), snapshots()))
def test_applied_to_the_older_it_gives_the_newer_and_both_stay_as_they_are(pair):
    older, newer = pair
    untouched = deepcopy(pair)
    changes = difference(older, newer)
    result = apply(older, changes)
    assert result == newer
    assert bool(changes) == (older != newer)
    result["strands"].clear()
    assert pair == untouched


@quick
@given(related() | st.tuples(snapshots(), snapshots()))
def test_there_are_sentences_exactly_where_something_changed(pair):
    older, newer = pair
    told = sentences(older, newer)
    assert bool(told) == (older != newer)
    assert all(sentence.text.strip() for sentence in told)
    assert {sentence.strand for sentence in told} <= {"", *(s["slug"] for s in newer["strands"])}
    assert not sentences(newer, deepcopy(newer))


@quick
@given(snapshots(), st.data())
def test_each_single_edit_is_told(older, data):
    newer = deepcopy(older)
    edit_field(data.draw, newer)
    assert bool(sentences(older, newer)) == (older != newer)


@quick
@given(snapshots(), st.data())
def test_what_only_makes_room_or_closes_a_gap_has_not_moved(older, data):
    newer = deepcopy(older)
    add(data.draw, newer)
    for changes in (difference(older, newer), difference(newer, older)):
        assert len(changes) == 1
        assert not any(isinstance(change, Moved) for change in changes)


def test_as_few_items_as_possible_move():
    older = make_snapshot(snapshot_strand(1, steps=[snapshot_step(key) for key in range(1, 7)]))
    newer = deepcopy(older)
    steps = newer["strands"][0]["steps"]
    steps.append(steps.pop(1))
    assert difference(older, newer) == [Moved("step", 2, 1, 5)]


def test_a_step_that_goes_to_another_strand_has_moved():
    older = make_snapshot(
        snapshot_strand(1, steps=[snapshot_step(1), snapshot_step(2)]), snapshot_strand(2)
    )
    newer = deepcopy(older)
    newer["strands"][1]["steps"].append(newer["strands"][0]["steps"].pop(0))
    assert difference(older, newer) == [Moved("step", 1, 2, 0)]


def test_a_step_outlives_its_strand():
    older = make_snapshot(snapshot_strand(1, steps=[snapshot_step(1)]), snapshot_strand(2))
    newer = deepcopy(older)
    newer["strands"][0]["steps"] = newer["strands"].pop(0)["steps"]
    assert difference(older, newer) == [Removed("strand", 1), Moved("step", 1, 2, 0)]


def test_each_sort_of_change():
    older = make_snapshot(snapshot_strand(1, "Reading"))
    newer = make_snapshot(snapshot_strand(2, "Sport"), introduction="Hello")
    added, removed = newer["strands"][0] | {}, Removed("strand", 1)
    del added["steps"]
    assert difference(older, newer) == [
        removed,
        Added("strand", 2, None, 0, added),
        Changed("plan", None, "introduction", "", "Hello"),
    ]


def test_plans_of_two_years_are_not_compared():
    with pytest.raises(ValueError, match="same year"):
        difference(make_snapshot(), make_snapshot(year=2027))


@quick
@given(TEXT, TEXT)
def test_the_wording_holds_every_word_of_both_texts(older, newer):
    parts = wording(older, newer)
    for without, text in ((INSERTED, older), (DELETED, newer)):
        assert " ".join(words for kind, words in parts if kind != without) == " ".join(text.split())
    changed = [words for kind, words in parts if kind != SAME]
    assert bool(changed) == (older.split() != newer.split())
    cut = [words for kind, words in excerpt(parts) if kind != SAME]
    assert cut == changed


def test_whole_words_are_marked():
    assert wording("3-way book scrutiny in spring", "3-way books scrutiny in spring") == [
        (SAME, "3-way"),
        (DELETED, "book"),
        (INSERTED, "books"),
        (SAME, "scrutiny in spring"),
    ]


def test_a_word_that_both_have_by_chance_does_not_break_up_the_reading():
    assert wording("Look at the old plan now", "Look at our new plan for later") == [
        (SAME, "Look at"),
        (DELETED, "the old plan now"),
        (INSERTED, "our new plan for later"),
    ]


def test_only_the_words_next_to_a_change_are_repeated():
    words = [f"w{number}" for number in range(100)]
    parts = excerpt(wording(" ".join(words), " ".join([*words[:50], "new", *words[50:]])))
    assert parts == [
        (SAME, "… " + " ".join(words[38:50])),
        (INSERTED, "new"),
        (SAME, " ".join(words[50:62]) + " …"),
    ]


def test_longer_texts_than_a_plan_has_are_marked_as_a_whole():
    words = " ".join(map(str, range(1000)))
    parts = wording(f"old {words} old", f"new {words} new")
    assert [kind for kind, _ in parts] == [DELETED, INSERTED]


def test_a_text_that_repeats_itself_is_compared_in_a_moment():
    older = " ".join(["a", "b", "c"] * 333)
    newer = " ".join(["z", *["c", "b", "a"] * 65, "y"])
    before = process_time()
    wording(older, newer)
    assert process_time() - before < 2
