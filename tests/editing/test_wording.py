"""What changed in a text is told in whole words."""

from hypothesis import given
from hypothesis import strategies as st

from collab_site.core.editing.wording import DELETED, INSERTED, SAME, wording

texts = st.lists(st.sampled_from(["we", "read", "aloud", "all"]), max_size=8).map(" ".join)


def said(parts, *kinds):
    return " ".join(words for kind, words in parts if kind in kinds)


@given(texts, texts)
def test_the_marks_give_both_texts(older, newer):
    parts = wording(older, newer)
    assert said(parts, SAME, DELETED) == older
    assert said(parts, SAME, INSERTED) == newer


def test_a_word_is_never_cut():
    assert wording("We read aloud", "We reads aloud") == [
        (SAME, "We"),
        (DELETED, "read"),
        (INSERTED, "reads"),
        (SAME, "aloud"),
    ]


def test_white_space_is_no_difference():
    assert wording("We  read\r\naloud", "We read aloud") == [(SAME, "We read aloud")]
