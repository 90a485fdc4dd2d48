import re
import unicodedata
from html import unescape

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from naming_contest.models import Idea
from naming_contest.text import LineField, WrittenField
from tests.make import make_idea

EVERYTHING = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=80)


@pytest.mark.parametrize(
    "text",
    [
        "X",
        "木",
        "O’Brien & D'Arcy",
        "مدارسنا",
        "हिन्दी",
        "👩‍👩‍👧‍👦",
        "❤️",
        "<b>Oaks</b>",
        "=1+1",
        "{{ 7|add:7 }}",
        "Z̷a̷l̷g̷o̷",
        "\U0001fae8",  # newer than Python 3.11's tables
    ],
)
def test_texts_are_stored_as_typed(family, text):
    assert family.send({"name": text}).status_code == 302
    assert Idea.objects.get().name == text


@pytest.mark.parametrize(
    ("typed", "line", "lines"),
    [
        ("a\0b\x07c\x7f\x85", "abc", "abc"),
        ("a\tb", "a b", "a\tb"),
        ("a\r\nb\rc\nd", "a b c d", "a\nb\nc\nd"),
        ("  a  ", "a", "a"),
        ("\u200b \u2060\ufeff", "", ""),
        ("\u0301\u20dd", "", ""),
        ("\u115f\u3164\u2800\uffa0\u1160", "", ""),
        (None, "", ""),
    ],
)
def test_what_nobody_sees_is_left_out(typed, line, lines):
    assert LineField(required=False).clean(typed) == line
    assert WrittenField(required=False).clean(typed) == lines


@given(EVERYTHING)
def test_cleaning_changes_nothing_that_can_be_seen(text):
    cleaned = LineField(required=False).clean(text)
    seen = [c for c in text if unicodedata.category(c)[0] not in "ZC" or ord(c) > 0x1FFFF]

    assert cleaned == LineField(required=False).clean(cleaned)
    assert cleaned == "" or [c for c in cleaned if c in seen] == [c for c in text if c in seen]
    assert not any(unicodedata.category(c) == "Cc" for c in cleaned)


def test_a_line_end_counts_as_one_letter():
    assert WrittenField(max_length=5).clean("ab\r\ncd") == "ab\ncd"


@pytest.mark.usefixtures("collaboration")
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=EVERYTHING, strap_line=EVERYTHING)
@example(name="<b>Oaks</b> &amp; 'Elms'", strap_line='"><script>{{ 1 }}')
def test_an_approved_text_is_on_the_page_as_typed(client, name, strap_line):
    name, strap_line = (LineField(required=False).clean(t) for t in (name, strap_line))
    Idea.objects.all().delete()
    make_idea(name=name or "?", strap_line=strap_line, status="approved")

    page = client.get("/name-us/").content.decode()

    shown = re.findall(r'(?:<h3|class="idea-strap") dir="auto">(.*?)</', page, re.DOTALL)
    assert [unescape(text) for text in shown] == [name or "?", strap_line][: 1 + bool(strap_line)]
    assert not re.search(
        r"<(?!/?(h3|p|div|li)\b)", page.partition('<li class="idea">')[2].partition("</ul>")[0]
    )
