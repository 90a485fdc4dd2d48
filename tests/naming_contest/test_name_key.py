"""Names that are about the same are put together, and one of those that say no more is shown."""

import random
import string
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from hypothesis import assume, given
from hypothesis import strategies as st

from naming_contest.models import Idea, NameSpelling
from naming_contest.models.idea import NameSpellingQuerySet
from naming_contest.name_key import MIN_FUZZY_LETTERS, NameKey
from tests.make import make_contest, make_idea, make_picture

letters = st.sampled_from(string.ascii_lowercase)
words = st.text(letters, min_size=2, max_size=8).filter(lambda word: word not in ("and",))
names = st.lists(words, min_size=1, max_size=4).map(" ".join)
long_names = names.filter(lambda name: len(NameKey(name).key) > MIN_FUZZY_LETTERS + 1)
any_text = st.text(max_size=20)
ACCENTS = ["\u0300", "\u0301", "\u0308", "\u030c"]


def alike(one, other):
    return not NameKey(one).spellings.isdisjoint(NameKey(other).spellings)


@given(any_text)
def test_every_name_is_like_itself(name):
    assert alike(name, name)


@given(any_text, any_text)
def test_likeness_works_both_ways(one, other):
    assert alike(one, other) == alike(other, one)


@given(names, st.data())
def test_case_spaces_signs_and_accents_do_not_matter(name, data):
    changed = name
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(1, len(changed)))
        sign = data.draw(st.sampled_from([*" -!.,'’_“”🌳️", *ACCENTS]))
        changed = changed[:place] + sign + changed[place:]
    assert alike(name, data.draw(st.sampled_from([str, str.upper, str.title]))(changed))


@given(names)
def test_plural_does_not_matter(name):
    assume(not name.endswith(("s", "x", "z", "y", "ch", "sh", "ie")))
    assert alike(name, f"{name}s")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Happy Family", "Happy Families"),
        ("Fox", "Foxes"),
        ("The Class", "The Classes"),
        ("Cookie", "Cookies"),
        ("Star Up", "Stars Up"),
        ("Stars Up", "StarsUp"),
        ("Oak & Elm", "oak and elm"),
        ("Café", "CAFE"),
        ("Our school’s name", "Our schools' name"),
        ("Ｔｈｒｅｅ 𝓞𝓪𝓴𝓼", "three oaks"),
        ("مَدارِسنا", "مدارسنا"),
    ],
)
def test_these_are_about_the_same(one, other):
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Oaks", "Oars"),
        ("Hill", "Hills Up"),
        ("Sutton Stars 1", "Sutton Stars 2"),
        ("Sutton Stars 12", "Sutton Stars 1"),
        ("की", "का"),
        ("が", "か"),
        ("학교", "학기"),
        ("🌳", "🌟"),
        ("!", "?"),
    ],
)
def test_these_are_not(one, other):
    assert not alike(one, other)


@given(long_names, st.data())
def test_a_slip_does_not_part_long_names(name, data):
    name = name.replace(" ", "")
    place = data.draw(st.integers(0, len(name) - 3))
    other = data.draw(letters)
    slips = {
        "too few": name[:place] + name[place + 1 :],
        "too many": name[:place] + other + name[place:],
        "wrong": name[:place] + other + name[place + 1 :],
        "swapped": name[:place] + name[place + 1] + name[place] + name[place + 2 :],
    }
    slip = data.draw(st.sampled_from(sorted(slips)))
    # An ending that is a plural before or after the slip is another change.
    assume(not {name[-1], slips[slip][-1]} & set("seyxz"))
    assert alike(name, slips[slip]), slip


@given(st.text(letters, min_size=1, max_size=7), st.text(letters, min_size=1, max_size=7))
def test_short_names_are_alike_only_when_they_are_the_same(one, other):
    assert alike(one, other) == (NameKey(one).key == NameKey(other).key)


@given(names, st.integers(0, 99), st.integers(0, 99))
def test_other_digits_make_another_name(name, one, other):
    assert alike(f"{name} {one}", f"{name} {other}") == (one == other)


@given(any_text)
def test_only_what_says_nothing_has_no_group(name):
    assert bool(NameKey(name).key) == bool(name.strip())


# The groups


def group_of(contest, name):
    return NameSpelling.objects.group_of(contest.pk, name)


@pytest.fixture
def groups(db):
    contest = make_contest()
    return lambda *names: [group_of(contest, name) for name in names]


def test_names_that_are_about_the_same_share_a_group(groups):
    oaks = set(groups("Three Oaks", "three-oak", "Thre Oaks"))
    elms = set(groups("Four Elms Together", "Four Elm Togehter"))
    assert len(oaks) == len(elms) == 1
    assert oaks != elms


def test_no_name_is_in_no_group(groups):
    assert groups("", "  ") == ["", ""]
    assert not NameSpelling.objects.exists()


def test_each_contest_has_groups_of_its_own(db):
    one, other = make_contest(), make_contest()
    group_of(one, "Three Oaks")
    group_of(other, "Thre Oaks")
    assert group_of(other, "Three Oak Z") != group_of(one, "Three Oak")
    assert NameSpelling.objects.filter(contest=other).exists()


@pytest.mark.parametrize("other", ["Ashfield Stars", "Ashfield Stara", "Ashfeild Stars"])
def test_two_who_send_first_at_the_same_moment_are_in_one_group(db, monkeypatch, other):
    contest, found, create = make_contest(), [], NameSpellingQuerySet.bulk_create

    def be_slower(self, *args, **kwargs):
        monkeypatch.setattr(NameSpellingQuerySet, "bulk_create", create)
        found.append(group_of(contest, other))
        return create(self, *args, **kwargs)

    monkeypatch.setattr(NameSpellingQuerySet, "bulk_create", be_slower)
    found.append(group_of(contest, "Ashfield Stars"))

    assert found[0] == found[1] == group_of(contest, "Ashfield Stars") == group_of(contest, other)
    assert set(NameSpelling.objects.values_list("group", flat=True)) == {found[0]}


# What is shown of a group


def shown():
    return set(Idea.objects.approved().unfolded())


def approve(*ideas):
    for idea in ideas:
        idea.decide(Idea.Status.APPROVED, None)


@pytest.fixture
def three(db):
    """Three ideas with about the same name, which wait."""
    return [make_idea(name=name) for name in ("Three Oaks", "three oak", "Thre Oaks")]


def test_of_those_that_repeat_a_name_the_first_approved_is_shown(three):
    first, second, third = three
    approve(second, first, third)
    assert shown() == {second}
    assert (first.is_folded, second.is_folded) == (True, False)
    assert Idea.objects.count_alike(first.contest, [first.name_group]) == {first.name_group: 3}


@pytest.mark.parametrize("more", [{"strap_line": "Together"}, {"meaning": "Trees"}, {"logo": True}])
def test_what_says_more_than_the_name_is_shown(three, more):
    more = more if "logo" not in more else {"logo": make_picture()}
    rich = make_idea(name="Three Oaks", **more)
    approve(*three, rich)
    assert shown() == {three[0], rich}


@pytest.mark.parametrize("leave", ["decline", "wait", "delete", "rename"])
def test_when_the_one_shown_leaves_the_next_takes_its_place(three, leave):
    approve(*three)
    first, second, _ = three
    if leave == "delete":
        first.delete()
    elif leave == "rename":
        first.name = "Four Elms"
        first.save()
    else:
        first.decide(Idea.Status.DECLINED if leave == "decline" else Idea.Status.WAITING, None)
    assert {idea.name for idea in shown()} - {"Four Elms"} == {second.name}


def test_a_new_name_leaves_nothing_of_the_old_one(db):
    idea = make_idea(name="Secret Name Of Mine")
    old = set(NameSpelling.objects.values_list("spelling", flat=True))
    idea.name = "Three Oaks"
    idea.save(update_fields=["name"])
    assert old.isdisjoint(NameSpelling.objects.values_list("spelling", flat=True))
    idea.delete()
    assert not NameSpelling.objects.exists()


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_decided_each_name_is_shown_once(db, seed):
    chance = random.Random(seed)
    names = ["Three Oaks", "Thre Oaks", "three oaks!", "Four Elms", "four elm"]
    for _ in range(8):
        make_idea(name=chance.choice(names), strap_line=chance.choice(["", "", "Together"]))
    for _ in range(30):
        idea = chance.choice(Idea.objects.all())
        match chance.choice(["decide", "decide", "decide", "rename", "delete"]):
            case "decide":
                idea.decide(chance.choice(DECISIONS), None)
            case "rename":
                idea.name = chance.choice(names)
                idea.save()
            case "delete" if Idea.objects.count() > 3:
                idea.delete()
        check_each_name_is_shown_once()


DECISIONS = [Idea.Status.APPROVED, Idea.Status.APPROVED, Idea.Status.DECLINED, Idea.Status.WAITING]


def says_only_its_name(idea):
    return bool(idea.name) and not (idea.strap_line or idea.logo or idea.meaning)


def check_each_name_is_shown_once():
    approved, visible = set(Idea.objects.approved()), shown()
    assert not Idea.objects.filter(is_folded=True).exclude(status="approved").exists()
    assert {idea.name_group for idea in approved} == {idea.name_group for idea in visible}
    only_names = [idea.name_group for idea in visible if says_only_its_name(idea)]
    assert len(only_names) == len(set(only_names))
    assert all(says_only_its_name(idea) for idea in approved - visible)


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_show_a_name_once():
    ideas = [make_idea(name=name) for name in ["Three Oaks", "Thre Oaks"] * 4]
    # SQLite lets one write at a time, wherever it stands.
    at_once = len(ideas) if connection.features.has_select_for_update else 1
    start = Barrier(at_once)

    def decide(idea):
        start.wait()
        idea.decide(Idea.Status.APPROVED, None)
        connection.close()

    with ThreadPoolExecutor(at_once) as threads:
        list(threads.map(decide, ideas))
    check_each_name_is_shown_once()
    assert len(shown()) == 1


@pytest.mark.parametrize("name", ["The Oak Trio", "the oak trio!", "An Oak Trio", "Oak Trio"])
def test_an_article_in_front_makes_no_other_name(name):
    assert alike(name, "Oak Trio")
    assert not alike(name, "Elm Trio")
