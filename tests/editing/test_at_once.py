"""Two headteachers who save the same page at the same moment, at a portal as it runs."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace

import pytest

from actionplan.academic_year import academic_year, year_slug
from tests.admin.pages import Page
from tests.site.portal import Visitor, running_on_tested_engine

PASSWORD = {"password1": "three dull words", "password2": "three dull words"}


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with running_on_tested_engine(tmp_path_factory.mktemp("at-once")) as portal:
        yield portal


@pytest.fixture(scope="module")
def heads(portal):
    """Two headteachers, signed in: the first has let the second in."""
    ann, ben = Visitor(portal), Visitor(portal)
    welcome = re.search(r"/accounts/welcome/\S+", (portal.data_dir / "log.txt").read_text())[0]
    ann.fill_in(welcome, PASSWORD | person("Ann", "Oak"))()
    role = {"role": "headteacher", "school": ""}
    page = ann.fill_in("/admin/accounts/user/add/", person("Ben", "Elm") | role)()[2]
    ben.fill_in(re.search(r"/accounts/welcome/[^\s\"]+", page)[0], PASSWORD)()
    return ann, ben


def person(first, last):
    email = f"{first}@school.example"
    return {"first_name": first, "last_name": last, "email": email}


def opened(visitor, address):
    return Page(SimpleNamespace(content=visitor.ask(address)[2].encode()), address)


def first_strand(visitor):
    return re.search(r"/admin/actionplan/strand/\d+/change/", visitor.ask("/admin/")[2])[0]


def save_at_once(address, forms):
    """Send [(visitor, data), …] at the same moment; return the texts of what they are shown."""
    start = Barrier(len(forms))

    def send(visitor, data):
        start.wait()
        status, _, text = visitor.ask(address, data | {"_continue": ""})
        assert status == 200
        return text

    with ThreadPoolExecutor(len(forms)) as threads:
        return list(threads.map(send, *zip(*forms, strict=True)))


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("field", ["title", "steps-0-text"])
def test_of_two_heads_one_wins_and_the_other_is_told(heads, field, number):
    address = first_strand(heads[0])
    texts = [f"{name} {number}" for name in ("Ann’s", "Ben’s")]
    forms = [
        (head, opened(head, address).data() | {field: [text]})
        for head, text in zip(heads, texts, strict=True)
    ]

    answers = save_at_once(address, forms)

    told = ["while you had it open" in answer for answer in answers]
    assert sorted(told) == [False, True]
    winner, loser = told.index(False), told.index(True)
    assert "is saved" in answers[winner]
    assert opened(heads[0], address).data()[field] == [texts[winner]]
    page = Page(SimpleNamespace(content=answers[loser].encode()), address)
    assert page.data()[field] == [texts[loser]]
    assert f"{('Ann Oak', 'Ben Elm')[winner]} {texts[winner]} You, on this page" in page.text()


def test_rows_that_both_add_at_once_are_both_there_when_the_second_saves_again(heads):
    address = first_strand(heads[0])
    forms = []
    for head, text in zip(heads, ("A step of Ann’s", "A step of Ben’s"), strict=True):
        data = opened(head, address).data()
        new = int(data["steps-INITIAL_FORMS"][0])
        forms.append((head, data | {f"steps-{new}-text": [text]}))
    answers = save_at_once(address, forms)
    loser = next(place for place, answer in enumerate(answers) if "had it open" in answer)
    page = Page(SimpleNamespace(content=answers[loser].encode()), address)
    heads[loser].ask(address, page.data() | {"_continue": ""})
    text = opened(heads[0], address).text()
    assert text.count("A step of Ann’s") == text.count("A step of Ben’s") == 1


def test_publishing_twice_at_once_makes_one_edition(heads):
    strand = first_strand(heads[0])
    for number in range(4):
        data = opened(heads[0], strand).data() | {"title": [f"Published {number}"], "_save": ""}
        outline = heads[0].ask(strand, data)[1].partition("#")[0]
        address = re.sub("outline/$", "publish/", outline).removeprefix(heads[0].address)
        forms = [(head, publishing_form(head, address)) for head in heads]
        before = editions(heads[0])
        answers = save_at_once(address, forms)
        assert editions(heads[0]) == before + 1
        assert sum("Parents can read edition" in answer for answer in answers) == 1
        assert sum("Parents read the plan as it is now already" in a for a in answers) == 1
        assert f"Published {number}" in heads[0].ask("/plan/")[2]


def publishing_form(visitor, address):
    """Return what the form for publishing would send."""
    page = visitor.ask(address)[2]
    found = dict(re.findall(r'name="(seen|csrfmiddlewaretoken)" value="(\w+)"', page))
    return found | {"when": "now", "note": ""}


def editions(visitor):
    return visitor.ask("/plan/" + year_slug(academic_year()) + "/editions/")[2].count("<time ")
