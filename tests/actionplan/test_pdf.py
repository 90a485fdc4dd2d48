import time
from copy import deepcopy
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
import yaml
from django.conf import settings
from pypdf import PdfReader

from actionplan.document.pdf import PlanPdfContext, plan_pdf

ABOUT = PlanPdfContext(
    collaboration="River Group",
    plan_name="Our plan",
    colour="#224466",
    schools=(("North", "#aa0000"), ("South", "#00aa00"), ("West", "#f0a520")),
    address="https://river.example/plan/2026-27/editions/3/",
    place="Riverton",
    number=3,
    published=date(2026, 11, 22),
)
SCRIPTS = "Kraków Łódź, Ласкаво просимо, العربية للأطفال, 欢迎来到我们的学校, 👩‍🏫🎉"


def make_step(**kwargs):
    fields = {"id": 1, "kind": "training", "text": "Meet.", "schools": [], "venue": ""}
    unset = {"half_term": "", "due_on": "", "status": "", "open_question": "", "carried": None}
    return fields | unset | kwargs


def make_strand(*steps, **kwargs):
    unset = ("summary", "rationale", "lead", "success_criteria", "monitoring", "resources")
    fields = {"id": 1, "slug": "s", "title": "Reading", "aims": [], "status": "", "taken_up": None}
    return fields | dict.fromkeys(unset, "") | {"steps": list(steps)} | kwargs


def make_snapshot(*strands, **kwargs):
    fields = {"year": 2026, "introduction": "", "possibilities_introduction": ""}
    return fields | {"strands": list(strands), "possibilities": [], "let_go": []} | kwargs


def read(snapshot, about=ABOUT):
    return PdfReader(BytesIO(plan_pdf(snapshot, about)))


def folded(text):
    return " ".join(text.split())


def words(snapshot, about=ABOUT):
    return folded(" ".join(page.extract_text() for page in read(snapshot, about).pages))


def tags(reader):
    """Return the kind of every element of the document's structure, in reading order."""

    def walk(element):
        element = element.get_object()
        if isinstance(element, list):
            return [tag for child in element for tag in walk(child)]
        if not isinstance(element, dict) or "/K" not in element:
            return []
        return [element.get("/S"), *walk(element["/K"])]

    return [tag for tag in walk(reader.trailer["/Root"]["/StructTreeRoot"]) if tag]


def starter_snapshot():
    """Return the snapshot of the starter content's plan, and all texts in it."""
    path = settings.BASE_DIR / "collab_site/portal/content/ashfield.yaml"
    plan = yaml.safe_load(path.read_text())["plans"][0]
    texts = [plan["introduction"], plan["possibilities_introduction"], *plan["possibilities"]]
    strands = []
    for strand in plan["strands"]:
        steps = []
        for step in strand.pop("steps"):
            step["schools"] = [{"slug": slug, "name": slug} for slug in step["schools"]]
            texts += [step["text"], step.get("venue", ""), step.get("open_question", "")]
            steps.append(make_step(**step))
        texts += [strand["title"], strand.get("summary", "")]
        strands.append(make_strand(*steps, **strand))
    snapshot = make_snapshot(
        *strands,
        introduction=plan["introduction"],
        possibilities_introduction=plan["possibilities_introduction"],
        possibilities=[{"id": 1, "text": text} for text in plan["possibilities"]],
    )
    return snapshot, texts


def large_snapshot(text="Share good examples across the collaboration.", strands=30):
    details = dict.fromkeys(("rationale", "success_criteria", "monitoring", "resources"), text * 4)
    schools = [{"slug": "n", "name": "North"}, {"slug": "s", "name": "South"}]
    step = make_step(
        text=text * 4,
        schools=schools,
        venue="North",
        half_term="spring-1",
        status="under-way",
        open_question=text,
    )
    strand = make_strand(*[step] * 12, summary=text, lead="Headteacher", status="done", **details)
    return make_snapshot(*[deepcopy(strand) for _ in range(strands)])


def test_the_document_is_titled_tagged_and_in_english():
    reader = read(starter_snapshot()[0])
    root = reader.trailer["/Root"]
    assert reader.metadata.title == "Our plan 2026–27"
    assert reader.metadata.author == "River Group"
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def test_it_has_real_headings_and_table_headers():
    snapshot = make_snapshot(make_strand(make_step()), make_strand(make_step(venue="North")))
    found = tags(read(snapshot))
    assert found.count("/H1") == 1
    assert found.count("/H2") == 2
    assert found.count("/Table") == 2
    assert found.count("/TH") == 2 + 3
    assert found.count("/TD") == 2 + 3


def test_each_strand_and_the_ideas_have_a_bookmark():
    snapshot = make_snapshot(
        make_strand(title="Reading"),
        make_strand(title="Writing"),
        possibilities=[{"id": 1, "text": "A shared choir?"}],
        let_go=[{"id": 1, "number": "1.1", "text": "Swim.", "why": "No pool."}],
    )
    assert [mark.title for mark in read(snapshot).outline] == [
        "1. Reading",
        "2. Writing",
        "Ideas we are considering",
        "Where the steps of 2025–26 went",
    ]


def test_every_page_shows_edition_date_and_its_number():
    pages = read(large_snapshot(strands=3)).pages
    assert len(pages) > 4
    for number, page in enumerate(pages, 1):
        text = folded(page.extract_text())
        assert "Edition 3, 22 November 2026" in text
        assert f"Page {number} of {len(pages)}" in text


def test_a_draft_says_so_on_every_page():
    for page in read(large_snapshot(strands=2), replace(ABOUT, number=None, published=None)).pages:
        text = folded(page.extract_text())
        assert "Draft, not published" in text
        assert "Edition" not in text


def test_it_holds_all_texts_of_the_plan():
    snapshot, texts = starter_snapshot()
    found = words(snapshot)
    assert len(texts) > 50
    assert [text for text in texts if folded(text) not in found] == []


def test_what_is_not_set_leaves_no_label_and_no_column():
    found = words(make_snapshot(make_strand(make_step())))
    labels = "Who|Where|When|Status|Why|Led by|What it needs|How we will|Aims it|open|Ideas|went"
    assert [label for label in labels.split("|") if label in found] == []


def test_what_is_set_is_shown_in_words():
    step = make_step(
        text="First line.\nSecond line.\n\nSecond paragraph.",
        schools=[{"slug": "n", "name": "North"}, {"slug": "w", "name": "West"}],
        venue="Town hall",
        due_on="2027-03-14",
        status="under-way",
        open_question="Who brings cake?",
    )
    everyone = [{"slug": name, "name": name} for name in ("North", "South", "West")]
    unknown = make_step(kind="picnic", status="dreamt", half_term="autumn-2", schools=everyone)
    strand = make_strand(
        step,
        unknown,
        status="paused",
        summary="In short.",
        rationale="It matters.",
        lead="Headteacher",
        success_criteria="Smiles.",
        monitoring="Visits.",
        resources="Money.",
        aims=[{"slug": "a", "title": "Be kind"}, {"slug": "b", "title": "Be brave"}],
    )
    found = words(make_snapshot(strand), replace(ABOUT, note="Dates were added."))
    shown = (
        "Paused|In short.|1.1 Training First line. Second line. Second paragraph.|North and West|"
        "Town hall|14 March 2027|Under way|A question still open Who brings cake?|1.2 picnic|"
        "All three schools|Autumn 2|dreamt|Why It matters.|Led by Headteacher|"
        "How we will know it worked Smiles.|How we will check Visits.|What it needs Money.|"
        "Aims it serves Be kind Be brave|Dates were added."
    )
    assert [text for text in shown.split("|") if text not in found] == []


def test_it_tells_where_last_years_steps_went():
    carried = make_step(text="Paint.", carried={"step": 7, "number": "1.10", "why": "It rained."})
    let_go = [{"id": 9, "number": "1.9", "text": "Swim.", "why": "No pool."}]
    found = words(make_snapshot(make_strand(make_step(), carried), let_go=let_go))
    assert "Paint. Carried over from step 1.10 of 2025–26" in found
    assert "1.9 Swim. Let go No pool. 1.10 Paint. Carried over: now step 1.2 It rained." in found


@pytest.mark.parametrize("text", ['#read("x")', "= Heading", "$x$", "*b* _i_ `c` \\ // @a <b>"])
def test_a_text_is_never_markup(text):
    strand = make_strand(make_step(text=text, venue=text), title=text, rationale=text)
    about = replace(ABOUT, collaboration=text, plan_name=text, introduction=text, note=text)
    reader = read(make_snapshot(strand, introduction=text), about)
    found = folded(" ".join(page.extract_text() for page in reader.pages))
    assert found.count(text) >= 8
    assert reader.metadata.title == f"{text} 2026–27"


@pytest.mark.parametrize(
    "text",
    [
        SCRIPTS,
        "👩‍🏫",
        "\x00\x07 bell \ud800 \ufffe \x85",
        "W" * 1000,
        "a\n" * 500,
        "a\n\n" * 333,
        "_" * 300,
    ],
)
def test_no_text_fails_it(text):
    step = make_step(kind=text, text=text, venue=text, status=text, open_question=text)
    strand = make_strand(step, title=text, lead=text, status=text)
    about = replace(
        ABOUT, collaboration=text, plan_name=text, note=text, schools=((text, "#aa0000"),)
    )
    snapshot = make_snapshot(strand, possibilities=[{"id": 1, "text": text}])
    assert plan_pdf(snapshot, about).startswith(b"%PDF")


def test_a_word_too_long_for_its_line_is_broken():
    step = make_step(text="W" * 200, venue="W" * 100)
    lines = read(make_snapshot(make_strand(step))).pages[0].extract_text().splitlines()
    assert sum(line.count("W") for line in lines) == 300 + len(
        ["Where", "What will happen", "West"]
    )
    assert max(line.count("W") for line in lines) < 50


def test_a_text_at_which_typst_panics_shows_boxes_and_leaves_the_rest():
    hostile = "".join(map(chr, range(0x3E5, 0x7CA)))
    found = words(make_snapshot(make_strand(make_step(text=hostile), title="A café")))
    assert "A café" in found
    assert "Edition 3, 22 November 2026" in found


def test_a_text_in_other_scripts_stays_and_leaves_the_document_tagged():
    reader = read(make_snapshot(make_strand(make_step(text=SCRIPTS))))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "/TH" in tags(reader)
    assert "Kraków Łódź, Ласкаво просимо" in folded(reader.pages[0].extract_text())


def test_a_plan_with_nothing_in_it_can_be_printed():
    about = replace(ABOUT, place="", schools=(), number=None, published=None)
    assert "The work of this year is not written here yet." in words(make_snapshot(), about)


def test_the_same_edition_gives_the_same_bytes():
    snapshot, _ = starter_snapshot()
    assert plan_pdf(snapshot, ABOUT) == plan_pdf(deepcopy(snapshot), ABOUT)


# About 0.7 s of the processor's time for 107 pages; the bound leaves room for a slower one.
@pytest.mark.parametrize("text", ["Share good examples across the collaboration. ", "Party 🎉 "])
def test_the_largest_plan_takes_little_time(text):
    snapshot = large_snapshot(text)
    plan_pdf(make_snapshot(), ABOUT)
    start = time.process_time()
    plan_pdf(snapshot, ABOUT)
    assert time.process_time() - start < 2
