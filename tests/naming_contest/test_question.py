"""The gentle question about what may tell who or where somebody is."""

import re

import pytest

from naming_contest.models import Idea, TokenBucket
from tests.naming_contest.family import photo, receipt, summary
from tests.pictures.samples import drawing, saved

ANSWER = re.compile(r'name="may_stay" value="(\w+)"')
PNG = saved(drawing(), "PNG")


def answer(response):
    """Return what the box “Send it as it is” would send."""
    return ANSWER.search(response.content.decode())[1]


@pytest.mark.parametrize(
    ("field", "words", "asked"),
    [
        (
            "meaning",
            "Ring 01623 123456 now",
            "“01623 123456” in what your idea means looks like a telephone number. "
            "People who see your idea could ring it.",
        ),
        (
            "name",
            "sam@mail.example",
            "“sam@mail.example” in the name looks like an e-mail address. "
            "People who see your idea could write to it.",
        ),
        (
            "logo_alt",
            "My name is Sam Oakley",
            "“Sam Oakley” in the description of your logo looks like a full name. "
            "People who see your idea could tell who that is.",
        ),
        (
            "first_name",
            "Sam Oakley",
            "“Sam Oakley” in the first name looks like a full name. "
            "We do not need it: a first name or a nickname is enough.",
        ),
    ],
)
def test_what_looks_personal_is_asked_about_kindly(family, field, words, asked):
    response = family.send({"name": "Oaks", field: words})
    page = response.content.decode()

    assert response.status_code == 200
    assert summary(response) == [asked]
    assert f'<a href="#id_{field}">' in page
    assert 'href="#id_may_stay"' in page
    assert 'id="id_may_stay"' in page
    assert "There is a problem" not in page
    assert "<title>One question: " in page
    assert 'aria-invalid="true"' not in page
    assert not Idea.objects.exists()


def test_the_question_costs_no_turn_and_keeps_everything(family):
    response = family.send({"name": "sam@mail.example", "logo": photo(PNG)})

    assert "We have kept this picture." in response.content.decode()
    assert TokenBucket.objects.count() == 1  # the kept picture's
    assert receipt(family.send({"may_stay": answer(response)}))
    assert Idea.objects.get().name == "sam@mail.example"
    assert Idea.objects.get().logo


def test_leaving_it_out_answers_the_question(family):
    family.send({"name": "sam@mail.example"})

    assert receipt(family.send({"name": "Oaks"}))


def test_the_answer_counts_for_just_these_words(family):
    first = family.send({"name": "sam@mail.example"})
    again = family.send({"name": "kim@mail.example", "may_stay": answer(first)})

    assert len(summary(again)) == 1
    assert "kim@mail.example" in summary(again)[0]
    assert answer(again) != answer(first)
    assert not re.search(r'name="may_stay"[^>]* checked', again.content.decode())
    assert not Idea.objects.exists()
    assert receipt(family.send({"may_stay": answer(again)}))


def test_words_that_nothing_was_asked_about_may_change(family):
    first = family.send({"name": "sam@mail.example"})

    assert receipt(family.send({"meaning": "Because.", "may_stay": answer(first)}))


@pytest.mark.parametrize("forged", ["on", "yes", "", "🎈", "0" * 64])
def test_no_other_answer_counts(family, forged):
    assert len(summary(family.send({"name": "sam@mail.example", "may_stay": forged}))) == 1
    assert not Idea.objects.exists()


def test_the_answer_stays_through_errors_elsewhere(family):
    first = family.send({"name": "sam@mail.example"})
    wrong = family.send({"may_stay": answer(first), "adult_agreed": ""})

    assert summary(wrong) == ["An adult has to say yes. Ask one, then tick the box."]
    assert re.search(r'name="may_stay"[^>]* checked', wrong.content.decode())


def test_errors_come_before_the_question(family):
    wrong = family.send({"name": "sam@mail.example", "adult_agreed": ""})

    assert summary(wrong) == ["An adult has to say yes. Ask one, then tick the box."]
    assert "may_stay" not in wrong.content.decode()
    assert "sam@mail.example” in the name" in summary(family.send({"adult_agreed": "on"}))[0]


@pytest.mark.parametrize(
    "name", ["Three Oaks", "2026", "Oak School, Elm School", "10,000,000 stars"]
)
def test_ordinary_words_are_not_asked_about(family, name):
    assert receipt(family.send({"name": name}))
