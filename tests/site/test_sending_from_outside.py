"""What a stranger may send to the form for ideas, and what becomes of it."""

import re
import socket
from contextlib import closing
from html import unescape
from urllib.parse import urlencode

import pytest
from django.utils.crypto import get_random_string

from tests.site.portal import SUGGEST, Sender, new_name, read_answer

FORM = "application/x-www-form-urlencoded"
HOME = 'href="/"'


def stored(portal, *columns):
    """Return the stored ideas' columns, the latest first."""
    return portal.rows(f"SELECT {', '.join(columns)} FROM naming_contest_idea ORDER BY id DESC")


def number_of_ideas(portal):
    return len(stored(portal, "id"))


def is_stored(answer):
    return answer.status == 302 and answer.headers["Location"].startswith("/name-us/")


def problems(answer):
    """Return the sentences above a form that was refused."""
    summary = re.search(r'id="problems".*?<ul>(.*?)</ul>', answer.text, re.DOTALL)
    items = re.findall(r"<li>(.*?)</li>", summary[1], re.DOTALL) if summary else []
    return [unescape(re.sub(r"<[^>]+>", "", item)).strip() for item in items]


def typed(answer, name):
    """Return what a page's input `name` holds."""
    [tag] = re.findall(rf'<input [^>]*name="{name}"[^>]*>', answer.text)
    return unescape(re.search(r' value="([^"]*)"', tag)[1])


def test_what_to_know_is_told_before_a_file_is_chosen(sending_portal):
    page = sending_portal.ask(SUGGEST).text
    before, chooser, _ = page.partition('type="file"')

    assert chooser
    for words in ("JPEG, PNG, WebP, GIF, AVIF or HEIC, up to 2 MB", 'href="/privacy/"'):
        assert words in before
    seen = re.findall(r'<(?:input type="(?!hidden)\w+"|select|textarea)[^>]* id="(\w+)"', page)
    assert seen
    assert [name for name in seen if f'<label for="{name}"' not in page] == []


TEXTS = {
    "one letter": "X",
    "another script": "مدارسنا",
    "apostrophes": "O’Brien & D'Arcy",
    "emoji": "👩‍👩‍👧‍👦❤️",
    "markup": "<b>Oaks</b> &amp; \"'><script>alert(1)</script>",
    "a template": "{{ 7|add:7 }}{% load x %}${7*7}",
    "a formula": "=HYPERLINK(1)",
    "a mail header": "Oaks Bcc: all, everybody",
    "SQL": "'; DROP TABLE naming_contest_idea; --",
    "a surrogate's neighbours": "\ud7ff\ue000\U0010ffff",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_any_text_is_stored_and_shown_again_as_typed(sender, text):
    shown = sender.send({"name": text, "adult_agreed": ""})
    assert typed(shown, "name") == text

    assert is_stored(sender.send({"adult_agreed": "on"}))
    assert stored(sender.portal, "name")[0] == (text,)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"Oa\0ks\x07\x1b\x7f", "Oaks"),
        (b"Oaks\r\nBcc: a", "Oaks Bcc: a"),
        (b"O\xffks", "O\ufffdks"),
    ],
)
def test_what_cannot_be_typed_is_left_out(sender, sent, kept):
    assert is_stored(sender.send({"name": sent}))
    assert stored(sender.portal, "name")[0] == (kept,)


@pytest.mark.parametrize("blank", ["", " \u3000", "\u200b\u2060\ufeff", "\u3164", "\0\0"])
def test_a_text_that_looks_blank_is_no_idea(sender, blank):
    number = number_of_ideas(sender.portal)
    refused = sender.send({"name": blank})

    assert refused.status == 200
    assert problems(refused) == [
        "Write a name or a strap line, or choose a logo. One of them is enough."
    ]
    assert number_of_ideas(sender.portal) == number


@pytest.mark.parametrize(
    ("name", "most"), [("name", 80), ("strap_line", 140), ("meaning", 1000), ("first_name", 40)]
)
def test_every_text_has_a_maximum(sender, name, most):
    refused = sender.send({"name": "Oaks", name: "ö" * (most + 1)})
    assert refused.status == 200
    assert "Make it shorter." in problems(refused)[0]

    assert is_stored(sender.send({name: "ö" * most}))
    assert stored(sender.portal, name)[0] == ("ö" * most,)


def test_what_was_typed_stays_after_every_refusal(sender):
    number = number_of_ideas(sender.portal)
    refused = sender.send(
        {"name": "Oaks <3", "strap_line": "x" * 141, "first_name": "Zoë", "adult_agreed": ""}
    )

    assert (typed(refused, "name"), typed(refused, "first_name")) == ("Oaks <3", "Zoë")
    assert typed(refused, "strap_line") == "x" * 141
    assert len(problems(refused)) == 2
    assert number_of_ideas(sender.portal) == number


@pytest.mark.parametrize("name", ["school", "year_group", "logo_held", "ticket", "logo_remove"])
@pytest.mark.parametrize("value", [b"\0", b"\xff\xfe", "🎈", "9" * 5000, "../../etc/passwd", "-1"])
def test_no_hidden_or_chosen_value_is_our_fault(sender, name, value):
    assert 200 <= sender.send({"name": "Oaks", "adult_agreed": "", name: value}).status < 500


def test_further_fields_have_no_effect(sender):
    name = new_name()
    forged = {
        "status": "approved",
        "decided_at": "2026-01-01",
        "answer": "Yes",
        "code": "AAAAAA",
        "link_hash": "0" * 64,
        "id": "987654",
        "contest": "987654",
        "is_shortlisted": "on",
        "is_on_paper": "on",
        "next": "https://evil.example/",
    }

    assert is_stored(sender.send({"name": name} | forged))
    columns = "status", "decided_at", "answer", "is_shortlisted", "is_on_paper"
    row = stored(sender.portal, "name", "id", "code", "link_hash", *columns)[0]
    assert row[0] == name
    assert row[1] != 987654
    assert row[2] != "AAAAAA"
    assert row[3] != "0" * 64
    assert [row[4], row[5], row[6], bool(row[7]), bool(row[8])] == [
        "waiting",
        None,
        "",
        False,
        False,
    ]


@pytest.mark.parametrize("place", [0, 1])
def test_of_a_field_sent_twice_one_is_kept(sender, place):
    names = ["Oaks", "Elms"]
    assert is_stored(sender.send({"name": names}))
    assert stored(sender.portal, "name")[0][0] in names


def test_what_falls_into_the_decoy_is_refused_like_any_error_and_not_kept(sender):
    number = number_of_ideas(sender.portal)
    secret = f"https://buy.example/{get_random_string(20)}"
    refused = sender.send({"name": "Oaks", "website": secret})

    assert refused.status == 200
    assert problems(refused) == ["We could not send this. Check your answers and press Send again."]
    assert secret not in refused.text
    assert number_of_ideas(sender.portal) == number
    assert secret not in (sender.portal.data_dir / "log.txt").read_text()


@pytest.mark.parametrize("cut", [1, 40, 300])
def test_a_form_that_breaks_off_stores_nothing(sender, cut):
    number = number_of_ideas(sender.portal)
    with closing(sender.begin({"name": "Oaks"}, cut=cut)) as connection:
        connection.shutdown(socket.SHUT_WR)
        assert read_answer(connection, "POST").status in (400, 403)
    assert number_of_ideas(sender.portal) == number


def test_whoever_goes_away_in_the_middle_of_sending_is_not_our_fault(sender):
    number = number_of_ideas(sender.portal)
    sender.begin({"name": "Oaks"}, cut=40).close()

    assert sender.portal.ask("/").status == 200
    assert number_of_ideas(sender.portal) == number


def test_every_refusal_of_the_server_leads_on(sender):
    portal, number = sender.portal, number_of_ideas(sender.portal)
    other_site = {"Cookie": "csrftoken=" + "a" * 32}
    odd = {"Content-Type": f"{FORM}; charset=utf-16"}
    refusals = {
        400: sender.send({"name": "Oaks"}, headers=odd),
        403: sender.send({"name": "Oaks"}, headers=other_site),
        404: portal.ask("/name-us/nothing/"),
        413: sender.send({"name": "Oaks"}, headers={"Content-Length": str(7 * 1024**2)}),
    }

    for status, answer in refusals.items():
        assert answer.status == status
        assert answer.text.count("<h1>") == 1
        assert HOME in answer.text
        assert "Django" not in answer.text
    assert number_of_ideas(portal) == number


def test_a_form_without_files_may_come_in_the_other_encoding(sender):
    name = new_name()
    body = urlencode(sender.answers | {"name": name}).encode()
    answer = sender.portal.ask(SUGGEST, "POST", sender.headers | {"Content-Type": FORM}, body)

    assert is_stored(answer)
    assert stored(sender.portal, "name")[0] == (name,)


def test_the_same_form_again_and_again_is_one_idea(sender):
    name = new_name()
    answers = [sender.send({"name": name}) for _ in range(3)]

    assert all(map(is_stored, answers))
    assert stored(sender.portal, "name").count((name,)) == 1


def test_asking_changes_nothing(sending_portal):
    sender, number = Sender(sending_portal), number_of_ideas(sending_portal)
    query = urlencode(sender.answers | {"name": "Oaks"})
    for method in ("GET", "HEAD", "OPTIONS"):
        assert sending_portal.ask(f"{SUGGEST}?{query}", method, sender.headers).status == 200
    assert number_of_ideas(sending_portal) == number
