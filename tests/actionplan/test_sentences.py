import re
from copy import deepcopy

import pytest
from django.template.loader import render_to_string

from actionplan.sentences import Sentence, sentences

GLADE = {"slug": "glade", "name": "Forest Glade"}
DALE = {"slug": "dale", "name": "Dalestorth"}
WOOD = {"slug": "wood", "name": "Healdswood"}
RIGOUR = {"slug": "rigour", "title": "Rigour"}
EQUALITY = {"slug": "equality", "title": "Equality"}


def snapshot_step(key, text="", **fields):
    empty = dict.fromkeys(["venue", "half_term", "due_on", "status", "open_question"], "")
    text = text or f"Step with id {key}"
    return {"id": key, "kind": "other", "text": text, "schools": [], "carried": None} | (
        empty | fields
    )


def snapshot_strand(key, title="", **fields):
    texts = ["summary", "rationale", "lead", "success_criteria", "monitoring", "resources"]
    title = title or f"Strand with id {key}"
    base = {"id": key, "slug": f"strand-{key}", "title": title, "aims": [], "status": ""}
    return base | {"taken_up": None, "steps": []} | dict.fromkeys(texts, "") | fields


def make_snapshot(*strands, **fields):
    empty = {"year": 2026, "introduction": "", "possibilities_introduction": ""}
    return empty | {"strands": list(strands), "possibilities": [], "let_go": []} | fields


def told(older, newer):
    return [sentence.text for sentence in sentences(older, newer)]


SCRUTINY = "Step 1.1, “3-way book scrutiny”,"
WHY = {"step": 9, "number": "2.3", "why": "Not finished"}


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ({}, {"status": "under-way"}, f"{SCRUTINY} is now under way."),
        ({"status": "done"}, {"status": "paused"}, f"{SCRUTINY} is now paused."),
        ({"status": "done"}, {"status": "not-started"}, f"{SCRUTINY} has not started yet."),
        ({"status": "done"}, {"status": ""}, f"{SCRUTINY} no longer has a status."),
        ({"status": ""}, {"status": "retired"}, f"{SCRUTINY} is now retired."),
        (
            {"half_term": "spring-1"},
            {"half_term": "spring-2"},
            f"{SCRUTINY} moved from Spring 1 to Spring 2.",
        ),
        (
            {"half_term": "spring-1"},
            {"due_on": "2027-03-05"},
            f"{SCRUTINY} moved from Spring 1 to 5 March 2027.",
        ),
        ({}, {"half_term": "spring-2"}, f"{SCRUTINY} now has a time: Spring 2."),
        ({"due_on": "2027-03-05"}, {}, f"{SCRUTINY} no longer has a time."),
        (
            {"half_term": "easter"},
            {"due_on": "2027-02-30"},
            f"{SCRUTINY} moved from easter to 2027-02-30.",
        ),
        (
            {"kind": "training"},
            {"kind": "séance"},
            "The kind of step 1.1, “3-way book scrutiny”, changed from “Training” to “séance”.",
        ),
        (
            {"schools": []},
            {"schools": [GLADE]},
            "Forest Glade now takes part in step 1.1, “3-way book scrutiny”.",
        ),
        (
            {"schools": [GLADE, DALE, WOOD]},
            {"schools": []},
            "Forest Glade, Dalestorth and Healdswood no longer take part in step 1.1, "
            "“3-way book scrutiny”.",
        ),
        (
            {"schools": [GLADE, DALE]},
            {"schools": [DALE]},
            "Forest Glade no longer takes part in step 1.1, “3-way book scrutiny”.",
        ),
        (
            {"text": "Look at books"},
            {"text": "Look at maths books"},
            "The wording of step 1.1 changed: Look at [put in: maths] books",
        ),
        (
            {"text": "Look at books"},
            {"text": "Look at\n\nbooks"},
            "The wording of step 1.1 has other spaces or line breaks.",
        ),
        (
            {"venue": "School hall"},
            {"venue": "Dalestorth hall"},
            "The place of step 1.1, “3-way book scrutiny”, changed: "
            "[taken out: School] [put in: Dalestorth] hall",
        ),
        (
            {},
            {"open_question": "Who pays?"},
            "The open question of step 1.1, “3-way book scrutiny”, is new: [put in: Who pays?]",
        ),
        (
            {"open_question": "Who pays?"},
            {"open_question": "Who leads?"},
            "The open question of step 1.1, “3-way book scrutiny”, changed: "
            "Who [taken out: pays?] [put in: leads?]",
        ),
        (
            {"open_question": "Who pays?"},
            {},
            "The open question of step 1.1, “3-way book scrutiny”, is no longer open: "
            "[taken out: Who pays?]",
        ),
        (
            {},
            {"carried": WHY},
            f"{SCRUTINY} is carried over from last year’s step 2.3. Why: Not finished",
        ),
        (
            {"carried": WHY},
            {},
            f"{SCRUTINY} is no longer said to be carried over from last year.",
        ),
        (
            {"carried": WHY},
            {"carried": WHY | {"number": "2.4", "why": ""}},
            f"{SCRUTINY} is carried over from last year’s step 2.4.",
        ),
        (
            {"carried": WHY},
            {"carried": WHY | {"why": "Not done"}},
            "The reason for carrying over step 1.1, “3-way book scrutiny”, changed: "
            "Not [taken out: finished] [put in: done]",
        ),
    ],
)
def test_what_is_told_of_a_step(before, after, sentence):
    before, after = ({"text": "3-way book scrutiny"} | fields for fields in (before, after))
    older, newer = (
        make_snapshot(snapshot_strand(1, steps=[snapshot_step(1, **fields)]))
        for fields in (before, after)
    )
    assert [(each.text, each.strand) for each in sentences(older, newer)] == [
        (sentence, "strand-1")
    ]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ({}, {"status": "done"}, "Strand 1, “Sport”, is now done."),
        ({"slug": "sports"}, {}, "The address of strand 1, “Sport”, changed."),
        ({"title": "PE"}, {}, "The title of strand 1 changed: [taken out: PE] [put in: Sport]"),
        (
            {},
            {"summary": "More play."},
            "The short description of strand 1, “Sport”, is new: [put in: More play.]",
        ),
        (
            {"rationale": "We like it."},
            {},
            "“Why” in strand 1, “Sport”, was taken out: [taken out: We like it.]",
        ),
        (
            {"lead": "Headteacher"},
            {"lead": "Deputy headteacher"},
            "“Led by” in strand 1, “Sport”, changed: "
            "[taken out: Headteacher] [put in: Deputy headteacher]",
        ),
        (
            {},
            {"success_criteria": "Fun"},
            "“How we will know it worked” in strand 1, “Sport”, is new: [put in: Fun]",
        ),
        (
            {},
            {"monitoring": "Visits"},
            "“How we will check” in strand 1, “Sport”, is new: [put in: Visits]",
        ),
        (
            {},
            {"resources": "Balls"},
            "“What it needs” in strand 1, “Sport”, is new: [put in: Balls]",
        ),
        ({}, {"aims": [RIGOUR]}, "Strand 1, “Sport”, now serves the aim “Rigour”."),
        (
            {"aims": [RIGOUR, EQUALITY]},
            {},
            "Strand 1, “Sport”, no longer serves the aims “Rigour” and “Equality”.",
        ),
        (
            {},
            {"taken_up": 4},
            "Strand 1, “Sport”, is now said to come from an idea that was being considered.",
        ),
        (
            {"taken_up": 4},
            {"taken_up": 5},
            "Strand 1, “Sport”, is now said to come from another idea that was being considered.",
        ),
        (
            {"taken_up": 4},
            {},
            "Strand 1, “Sport”, is no longer said to come from an idea that was being considered.",
        ),
    ],
)
def test_what_is_told_of_a_strand(before, after, sentence):
    older, newer = (
        make_snapshot(snapshot_strand(1, **({"title": "Sport"} | fields)))
        for fields in (before, after)
    )
    assert told(older, newer) == [sentence]


def test_what_is_told_of_the_plans_own_texts():
    older = make_snapshot(introduction="This year", possibilities_introduction="Perhaps")
    assert told(older, make_snapshot(introduction="This good year")) == [
        "The introduction of the plan changed: This [put in: good] year",
        "The heading of the ideas being considered was taken out: [taken out: Perhaps]",
    ]


def steps(*keys):
    return [snapshot_step(key) for key in keys]


def two_strands(first, second):
    return make_snapshot(
        snapshot_strand(1, "Reading", steps=first), snapshot_strand(2, "Sport", steps=second)
    )


def test_a_new_step_and_one_that_is_gone_and_none_that_made_room():
    older, newer = two_strands(steps(1, 2), []), two_strands(steps(3, 1), [])
    assert told(older, newer) == [
        "Step 1.1, “Step with id 3”, is new.",
        "Step 1.2, “Step with id 2”, is no longer in the plan.",
    ]


def test_a_new_step_that_is_carried_over():
    newer = two_strands([snapshot_step(1, carried=WHY | {"why": ""})], [])
    assert told(two_strands([], []), newer) == [
        "Step 1.1, “Step with id 1”, is carried over from last year’s step 2.3."
    ]


def test_a_step_that_moved_within_its_strand_and_to_another():
    assert told(two_strands(steps(1, 2, 3), []), two_strands(steps(3, 1, 2), [])) == [
        "Step 1.3, “Step with id 3”, is now step 1.1."
    ]
    moved = sentences(two_strands(steps(1, 2), steps(3)), two_strands(steps(1), steps(2, 3)))
    assert [(each.text, each.strand) for each in moved] == [
        ("Step 1.2, “Step with id 2”, is now step 2.1, in “Sport”.", "strand-2")
    ]


def test_an_item_that_moved_and_has_the_same_number():
    older, newer = two_strands(steps(*range(1, 7)), []), two_strands(steps(4, 5, 3, 6), [])
    assert told(older, newer)[0] == (
        "Step 1.3, “Step with id 3”, now comes after step 1.2, “Step with id 5”."
    )
    newer = make_snapshot(snapshot_strand(2, "Sport", steps=steps(1)))
    assert told(two_strands(steps(1), []), newer) == [
        "Step 1.1, “Step with id 1”, is now in strand 1, “Sport”.",
        "Strand 1, “Reading”, is no longer in the plan.",
    ]
    older = make_snapshot(*(snapshot_strand(key) for key in range(1, 7)))
    newer = make_snapshot(*(snapshot_strand(key) for key in (4, 5, 3, 6)))
    assert told(older, newer)[0] == (
        "Strand 3, “Strand with id 3”, now comes after strand 2, “Strand with id 5”."
    )


def test_strands_that_move_take_their_steps_with_them():
    older = two_strands(steps(1, 2), steps(3))
    newer = make_snapshot(*reversed(older["strands"]))
    assert told(older, newer) == ["Strand 2, “Sport”, is now strand 1."]


def test_a_whole_strand_is_one_sentence():
    older, newer = make_snapshot(), two_strands(steps(1, 2, 3), steps(4))
    assert told(older, newer) == [
        "Strand 1, “Reading”, is new. It has 3 steps.",
        "Strand 2, “Sport”, is new. It has 1 step.",
    ]
    assert told(newer, older) == [
        "Strand 1, “Reading”, is no longer in the plan. It took 3 steps with it.",
        "Strand 2, “Sport”, is no longer in the plan. It took 1 step with it.",
    ]


def test_an_idea_that_is_taken_up():
    idea = {"id": 7, "text": "Shared sporting events/clubs"}
    older = make_snapshot(possibilities=[idea])
    until_now = (
        "“Shared sporting events/clubs”, until now an idea being considered, is now strand 1"
    )
    strand = snapshot_strand(1, idea["text"], taken_up=7)
    assert told(older, make_snapshot(strand)) == [f"{until_now}."]
    strand = snapshot_strand(1, "Sport", taken_up=7, steps=steps(1, 2))
    assert told(older, make_snapshot(strand)) == [f"{until_now}, “Sport”. It has 2 steps."]
    assert told(make_snapshot(), make_snapshot(strand)) == [
        "Strand 1, “Sport”, is new. It has 2 steps."
    ]


def test_ideas():
    ideas = [{"id": 1, "text": "A choir?"}, {"id": 2, "text": "A fair?"}]
    none, both = make_snapshot(), make_snapshot(possibilities=ideas)
    assert told(none, make_snapshot(possibilities=ideas[:1])) == [
        "A new idea is being considered: “A choir?”."
    ]
    assert told(make_snapshot(possibilities=ideas[:1]), none) == [
        "The idea “A choir?” is no longer being considered."
    ]
    assert len(told(both, make_snapshot(possibilities=ideas[::-1]))) == 1
    assert (
        "has a new place among the ideas" in told(both, make_snapshot(possibilities=ideas[::-1]))[0]
    )
    newer = deepcopy(both)
    newer["possibilities"][0]["text"] = "A big choir?"
    assert told(both, newer) == [
        "The wording of an idea being considered changed: A [put in: big] choir?"
    ]


def test_steps_let_go():
    step = {"id": 5, "number": "1.2", "text": "Walks.", "why": "No time."}
    other = {"id": 6, "number": "1.3", "text": "Talks", "why": ""}
    none, both = make_snapshot(), make_snapshot(let_go=[step, other])
    assert told(none, both) == [
        "Last year’s step 1.2, “Walks”, is let go. Why: No time.",
        "Last year’s step 1.3, “Talks”, is let go.",
    ]
    assert told(both, make_snapshot(let_go=[step])) == [
        "Last year’s step 1.3, “Talks”, is no longer let go."
    ]
    assert told(both, make_snapshot(let_go=[other, step])) == [
        "Last year’s step 1.3, “Talks”, has a new place among the steps let go."
    ]
    changed = step | {"number": "1.4", "text": "Long walks.", "why": ""}
    assert told(both, make_snapshot(let_go=[changed, other])) == [
        "Last year’s step 1.2, “Long walks”, is now numbered 1.4.",
        "The wording of last year’s step 1.4 changed: [taken out: Walks.] [put in: Long walks.]",
        "The reason for letting go of last year’s step 1.4, “Long walks”, was taken out: "
        "[taken out: No time.]",
    ]


def with_links(schools, aims):
    """A plan of two strands and two steps that all have these schools and aims."""
    strands = [
        snapshot_strand(key, aims=aims, steps=[snapshot_step(key, schools=schools)])
        for key in (1, 2)
    ]
    return make_snapshot(*strands)


def test_what_changed_about_a_school_or_an_aim_is_told_once():
    older = with_links([GLADE, DALE], [RIGOUR, EQUALITY])
    renamed = with_links(
        [GLADE | {"name": "The Glade"}, DALE], [RIGOUR | {"title": "Care"}, EQUALITY]
    )
    assert sorted(told(older, renamed)) == [
        "Forest Glade is now called The Glade.",
        "The aim “Rigour” is now called “Care”.",
    ]
    readdressed = with_links([GLADE | {"slug": "g"}, DALE], [RIGOUR | {"slug": "r"}, EQUALITY])
    assert sorted(told(older, readdressed)) == [
        "The address of Forest Glade changed.",
        "The address of the aim “Rigour” changed.",
    ]
    assert sorted(told(older, with_links([DALE, GLADE], [EQUALITY, RIGOUR]))) == [
        "The aims are listed in another order.",
        "The schools are listed in another order.",
    ]


def test_long_wording_is_cut_between_words_and_quotes_in_it_are_single():
    text = "Share the “best” examples of each year group's writing across the whole collaboration."
    newer = two_strands([snapshot_step(1, text)], [])
    assert told(two_strands([], []), newer) == [
        "Step 1.1, “Share the ‘best’ examples of each year group's writing…”, is new."
    ]
    newer["strands"][0]["steps"][0]["text"] = "書" * 100
    assert told(two_strands([], []), newer) == [f"Step 1.1, “{'書' * 59}…”, is new."]


def test_the_order_is_the_newer_plans():
    older = two_strands(steps(1), steps(2))
    older["strands"].append(snapshot_strand(3, "Gone"))
    newer = make_snapshot(
        *two_strands(
            [snapshot_step(1, status="done")], [snapshot_step(2, status="done"), snapshot_step(4)]
        )["strands"],
        introduction="Hello",
        possibilities=[{"id": 1, "text": "A choir?"}],
        let_go=[{"id": 5, "number": "1.2", "text": "Walks", "why": ""}],
    )
    newer["strands"][0]["status"] = "done"
    found = [(each.text.split(",")[0], each.strand) for each in sentences(older, newer)]
    assert found == [
        ("The introduction of the plan is new: [put in: Hello]", ""),
        ("Strand 1", "strand-1"),
        ("Step 1.1", "strand-1"),
        ("Step 2.1", "strand-2"),
        ("Step 2.2", "strand-2"),
        ("Strand 3", ""),
        ("A new idea is being considered: “A choir?”.", ""),
        ("Last year’s step 1.2", ""),
    ]


def test_a_sentence_on_a_page_marks_words_for_eye_and_ear_and_reads_as_its_text():
    parts = (("same", "It changed:"), ("deleted", "<old>"), ("inserted", "new"), ("same", "end"))
    sentence = Sentence(parts)
    html = render_to_string("components/sentence.html", {"sentence": sentence})
    assert '<del><span class="visually-hidden">[taken out: </span>&lt;old&gt;<span' in html
    assert '<ins><span class="visually-hidden">[put in: </span>new<span' in html
    read = re.sub("<[^>]+>", "", html).strip().replace("&lt;", "<").replace("&gt;", ">")
    assert read == sentence.text == "It changed: [taken out: <old>] [put in: new] end"
