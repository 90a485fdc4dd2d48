import pytest

from collab_site.core.schools.glossary import Glossary, Vocabulary
from collab_site.core.schools.models import Term

ARE = Term(pk=1, term="ARE", meaning="What most children can do.")
WALK = Term(pk=2, term="learning walk", also="learning walks, Lernrundgang")


def glossary_of(terms):
    return Glossary(Vocabulary(terms))


def test_a_word_opens_its_meaning_where_it_stands_first():
    glossary = glossary_of([ARE])
    assert glossary.mark_up("An ARE child, and ARE again") == (
        'An <button type="button" class="term" popovertarget="term-are">ARE</button> child, '
        "and ARE again"
    )
    assert glossary.used == [ARE]
    assert "<button" not in glossary.mark_up("ARE in the next text")


def test_a_new_part_of_the_page_marks_a_word_again_but_explains_it_once():
    glossary = glossary_of([ARE])
    glossary.mark_up("ARE")
    glossary.begin_part()
    assert "<button" in glossary.mark_up("ARE")
    assert glossary.used == [ARE]


@pytest.mark.parametrize("text", ["we are here", "CARE", "AREA", "Are"])
def test_letters_that_only_look_like_a_term_stay_as_they_are(text):
    assert glossary_of([ARE]).mark_up(text) == text


@pytest.mark.parametrize("text", ["Learning walk", "learning walks", "Lernrundgang"])
def test_other_spellings_open_the_same_meaning(text):
    marked = glossary_of([WALK]).mark_up(text)
    assert f'popovertarget="term-learning-walk">{text}</button>' in marked


def test_texts_are_escaped_around_and_in_a_term():
    marked = glossary_of([Term(pk=3, term="R&D")]).mark_up("<b> R&D </b>")
    assert marked == (
        '&lt;b&gt; <button type="button" class="term" popovertarget="term-rd">R&amp;D</button> '
        "&lt;/b&gt;"
    )


def test_without_terms_a_text_is_only_escaped():
    assert glossary_of([]).mark_up("<i>") == "&lt;i&gt;"


@pytest.mark.django_db
def test_a_page_ends_with_the_meanings_it_uses_and_no_others(client):
    from achievements.models import Achievement

    Term.objects.create(term="ARE", meaning="What most children can do.")
    Term.objects.create(term="INSET", meaning="Never used here.")
    Achievement.objects.create(title="An ARE child")
    html = client.get("/achievements/").content.decode()
    assert html.count('id="term-are" popover') == 1
    assert "What most children can do." in html
    assert "Never used here." not in html


@pytest.mark.django_db
def test_a_spelling_belongs_to_one_term():
    Term.objects.create(term="ARE", also="age related", meaning="x")
    with pytest.raises(Exception, match="explained already"):
        Term(term="B", also="Age Related", meaning="y").full_clean()
