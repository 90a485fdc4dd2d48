"""Judges score blind; nobody sees others' scores before judging ends; heads choose the winners."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from collab_site.core.accounts.roles import Role
from collab_site.urls import urlpatterns
from naming_contest.judging import Ballot, JudgingOver, ideas_to_judge
from naming_contest.models import Contest, Idea, Part, Score, Winner
from naming_contest.winners import ChosenMeanwhile, announce
from tests.admin.pages import Editing
from tests.make import (
    make_aim,
    make_collaboration,
    make_contest,
    make_home_picture,
    make_idea,
    make_picture,
    make_plan,
    make_school,
    make_user,
)
from tests.site.portal import plain_paths

CONTESTS = "/admin/naming_contest/contest/"
DAY = timedelta(days=1)


@pytest.fixture
def judge(db):
    return make_judge()


@pytest.fixture
def contest(db):
    """A contest that is being judged."""
    now = timezone.now()
    return make_contest(closes_at=now - DAY, judged_until=now + DAY)


def make_judge(**kwargs):
    return Editing(make_user(Role.JUDGE, **kwargs))


def make_approved(name="", **kwargs):
    return make_idea(name=name, status="approved", **kwargs)


def address(contest, page):
    return f"{CONTESTS}{contest.pk}/{page}/"


def ballot(contest, part="name"):
    return address(contest, f"judge/{part}")


def end_judging(contest):
    Contest.objects.filter(pk=contest.pk).update(judged_until=timezone.now())


def words_of(page):
    """Return what stands above each group of scores."""
    return ["".join(legend.itertext()).strip() for legend in page.all("legend")]


def fields(page):
    """Return {words of an idea: the name of its field}."""
    names = [
        next(field.get("name") for field in page.all("input", group))
        for group in page.all("fieldset")
    ]
    return dict(zip(words_of(page), names, strict=True))


def score(person, contest, part="name", **scores):
    """Send `scores` ({words of an idea, with _ for spaces: score}) as the page's form would."""
    known = fields(person.get(ballot(contest, part)))
    sent = {known[words.replace("_", " ")]: value for words, value in scores.items()}
    return person.client.post(ballot(contest, part), sent, follow=True)


def give(person, idea, value, part=Part.NAME):
    return Score.objects.create(judge=person.user, idea=idea, part=part, value=value)


def given(person):
    return {s.idea.name: s.value for s in person.user.scores.select_related("idea")}


# A judge's own pages


def test_a_judge_is_offered_judging_and_nothing_else(judge, contest):
    make_collaboration()
    make_plan()
    make_home_picture(alt_text="")
    page = judge.get("/admin/")
    assert page.links() == ["/admin/", address(contest, "judge")]
    assert "Needs attention" not in page.text()
    assert judge.get(address(contest, "judge")).links() == [
        "/admin/",
        address(contest, "judge"),
        address(contest, "results"),
    ]


def test_a_judge_opens_no_other_page_of_the_editors(judge, contest):
    idea, aim = make_idea(), make_aim()
    pages = [path for path in plain_paths(urlpatterns) if path.startswith("/admin/")]
    assert len(pages) > 15
    pages += [
        f"{CONTESTS}{contest.pk}/change/",
        address(contest, "shortlist"),
        address(contest, "winners"),
        address(contest, "winners/announce"),
        f"/admin/naming_contest/idea/{idea.pk}/change/",
        f"/admin/accounts/user/{judge.user.pk}/change/",
        f"/admin/aims/aim/{aim.pk}/change/",
    ]
    opened = {path for path in pages if judge.client.get(path).status_code == 200}
    assert opened == {"/admin/"}


@pytest.mark.parametrize("name", ["judge", "judge/name", "results", "shortlist", "winners"])
def test_an_editor_judges_nothing(editor, contest, client, name):
    make_approved("Three Oaks")
    assert editor.status(address(contest, name)) == 403
    assert client.get(address(contest, name)).status_code == 302


def test_without_a_call_the_first_page_says_so(judge):
    assert "No ideas are being judged just now." in judge.get("/admin/").text()


@pytest.mark.parametrize("name", ["judge/strap", "judge/pictures", "judge/x"])
def test_there_are_three_parts(judge, contest, name):
    assert judge.status(address(contest, name)) == 404
    assert judge.status("/admin/naming_contest/contest/99999999999999999999/judge/") == 404


# Blind


def test_a_judge_sees_nothing_of_who_sent_an_idea(judge, contest):
    school = make_school(name="Hill School", short_name="Hill")
    idea = make_approved(
        "Three Oaks",
        strap_line="Growing together",
        meaning="Trees",
        first_name="Samira",
        year_group="year-3",
        school=school,
        sent_at="2026-03-14T15:09Z",
        logo=make_picture(),
        logo_alt="A tree",
    )
    for part in Part:
        page = judge.client.get(ballot(contest, part)).content.decode()
        assert "Trees" in page
        for told in ("Hill", "Samira", "Year 3", "14 March", "2026-03", idea.code, f">{idea}"):
            assert told not in page


def test_each_part_shows_only_itself(judge, contest):
    make_approved("Three Oaks", strap_line="Growing together")
    assert words_of(judge.get(ballot(contest, "name"))) == ["Three Oaks"]
    assert "Growing" not in judge.get(ballot(contest, "name")).text()
    assert words_of(judge.get(ballot(contest, "strap_line"))) == ["Growing together"]
    assert "Oaks" not in judge.get(ballot(contest, "strap_line")).text()


def test_what_may_tell_who_somebody_is_is_not_shown(judge, contest):
    school = make_school(name="Hill School", short_name="Hill")
    for number, meaning in enumerate(
        ["My name is Sam Smith", "Ring 01623 555 0199", "We at hill like it", "by SAMIRA"]
    ):
        make_approved(f"Number {number}", meaning=meaning, first_name="Samira", school=school)
    make_approved(logo=make_picture(), logo_alt="The gate of Hill School")
    text = judge.get(ballot(contest)).text()
    for told in ("Smith", "555", "hill", "SAMIRA"):
        assert told not in text
    assert text.count("What it means is not shown") == 4
    [image] = judge.get(ballot(contest, "logo")).all("img")
    assert image.get("alt") == "A logo that nobody has described"


def test_the_order_is_each_judges_own_and_stays(contest):
    for number in range(12):
        make_approved(f"Idea of {'abcdefghijkl'[number] * 4}")
    judges = [make_judge() for _ in range(3)]
    orders = [words_of(judge.get(ballot(contest))) for judge in judges]
    assert len({tuple(order) for order in orders}) == 3
    assert sorted(orders[0]) == sorted(orders[1]) == sorted(orders[2])
    assert words_of(judges[0].get(ballot(contest))) == orders[0]
    names = [fields(judge.get(ballot(contest))) for judge in judges]
    assert not set(names[0].values()) & set(names[1].values())


def test_ideas_of_the_judges_own_school_are_left_out(contest):
    mine, other = make_school(), make_school()
    judge = make_judge(school=mine)
    own = make_approved("Ours", school=mine)
    make_approved("Theirs", school=other)
    make_approved("Nobody’s")
    page = judge.get(ballot(contest))
    assert sorted(words_of(page)) == ["Nobody’s", "Theirs"]
    assert "Ideas of your own school are left out." in page.text()
    token = Ballot(contest, Part.NAME, judge.user)._token(own.pk)
    judge.client.post(ballot(contest), {token: "5"})
    assert not Score.objects.exists()
    assert "own school" not in make_judge().get(ballot(contest)).text()


def test_a_name_that_many_suggested_is_judged_once(judge, contest):
    first = make_approved("Three Oaks", decided_at=timezone.now() - DAY)
    make_approved("three oaks!")
    make_approved("Threee Oaks", decided_at=timezone.now() - DAY / 2)
    page = judge.get(ballot(contest))
    assert words_of(page) == ["Three Oaks"]
    score(judge, contest, Three_Oaks=4)
    assert Score.objects.get().idea == first
    assert "three oaks!" not in page.text()


def test_only_approved_ideas_of_this_contest_are_judged(judge, contest):
    make_idea(name="Waits")
    make_idea(name="Unkind", status="declined")
    make_approved("Elsewhere", contest=make_contest(title="Another"))
    make_approved("Good")
    assert words_of(judge.get(ballot(contest))) == ["Good"]
    assert "There is no logo for you to score." in judge.get(ballot(contest, "logo")).text()


def test_what_judges_look_for_is_told_them(judge, contest):
    Contest.objects.update(looked_for="Short and kind.")
    assert "Short and kind." in judge.get(address(contest, "judge")).text()


# Pictures


def test_a_logo_is_shown_to_judges_and_kept_by_nobody(judge, contest, editor, client):
    make_approved(logo=make_picture(), logo_alt="A tree")
    [image] = judge.get(ballot(contest, "logo")).all("img")
    assert image.get("alt") == "A tree"
    response = judge.picture(image.get("src"))
    assert response["Content-Type"] == "image/webp"
    assert "no-store" in response["Cache-Control"]
    assert editor.status(image.get("src")) == 403
    assert client.get(image.get("src")).status_code == 302


@pytest.mark.parametrize("status", ["waiting", "declined"])
def test_no_judge_sees_a_picture_that_is_not_approved(judge, contest, status):
    idea = make_idea(status=status, logo=make_picture())
    name = idea.logo.name.rpartition("/")[2]
    assert judge.status(f"{CONTESTS}{contest.pk}/judge/pictures/{name}") == 404


def test_no_judge_sees_a_picture_before_judging(judge, contest):
    idea = make_approved(logo=make_picture())
    picture = f"{CONTESTS}{contest.pk}/judge/pictures/{idea.logo.name.rpartition('/')[2]}"
    assert judge.status(picture) == 200
    other = make_contest(title="Another")
    assert judge.status(picture.replace(f"/{contest.pk}/", f"/{other.pk}/")) == 404
    Contest.objects.update(closes_at=None, judged_until=None)
    assert judge.status(picture) == 404


# Scoring


def test_scores_are_kept_some_at_a_time_and_can_be_changed(judge, contest):
    for name in ("Three Oaks", "The Bridge", "All of Us"):
        make_approved(name)
    page = score(judge, contest, Three_Oaks=4, The_Bridge=2)
    assert "Saved: you have scored 2 of 3 names." in page.content.decode()
    page = score(judge, contest, The_Bridge=5, All_of_Us=1)
    assert "Saved: you have scored 3 of 3 names. Thank you!" in page.content.decode()
    assert given(judge) == {"Three Oaks": 4, "The Bridge": 5, "All of Us": 1}
    chosen = [
        field.get("value")
        for field in judge.get(ballot(contest)).all("input")
        if field.get("checked") is not None
    ]
    assert sorted(chosen) == ["1", "4", "5"]
    assert "3 of 3 scored" in judge.get(address(contest, "judge")).text()


def test_a_score_is_one_judges_for_one_part(contest):
    make_approved("Three Oaks", strap_line="Growing together")
    one, other = make_judge(), make_judge()
    score(one, contest, Three_Oaks=4)
    score(other, contest, Three_Oaks=1)
    score(one, contest, "strap_line", Growing_together=2)
    found = Score.objects.order_by("pk").values_list("judge", "part", "value")
    assert list(found) == [
        (one.user.pk, "name", 4),
        (other.user.pk, "name", 1),
        (one.user.pk, "strap_line", 2),
    ]


@pytest.mark.parametrize("value", ["6", "0", "-1", "x", "4.5", "\x00"])
def test_another_score_is_refused_and_nothing_kept(judge, contest, value):
    make_approved("Three Oaks")
    make_approved("The Bridge")
    page = score(judge, contest, Three_Oaks=4, The_Bridge=value)
    assert "Choose one of the scores from 1 to 5." in page.content.decode()
    assert "<title>Error: " in page.content.decode()
    assert not Score.objects.exists()


def test_fields_that_are_not_asked_for_have_no_effect(judge, contest):
    idea = make_approved("Three Oaks")
    sent = {"judge": "1", "idea": idea.pk, str(idea.pk): "5", "name": "5", "value": "5"}
    assert judge.client.post(ballot(contest), sent).status_code == 302
    assert not Score.objects.exists()


def test_an_idea_that_has_gone_meanwhile_harms_no_other_score(judge, contest):
    gone = make_approved("Three Oaks")
    make_approved("The Bridge")
    known = fields(judge.get(ballot(contest)))
    gone.delete()
    judge.client.post(ballot(contest), dict.fromkeys(known.values(), "3"))
    assert given(judge) == {"The Bridge": 3}


@pytest.mark.parametrize(
    ("times", "told"),
    [
        ({"closes_at": None}, "judging begins when the time for ideas is over."),
        ({"closes_at": DAY}, "judging begins when the time for ideas is over, on "),
        ({"closes_at": -DAY, "judged_until": -DAY / 2}, "has ended."),
        ({"closes_at": -DAY, "announces_at": -DAY / 2, "settled_at": -DAY / 2}, "has ended."),
    ],
)
def test_scores_are_taken_only_while_ideas_are_judged(judge, contest, times, told):
    make_approved("Three Oaks")
    known = fields(judge.get(ballot(contest)))
    times = {field: time and timezone.now() + time for field, time in times.items()}
    Contest.objects.update(**{"judged_until": None} | times)
    response = judge.client.post(ballot(contest), {known["Three Oaks"]: "5"})
    assert response.status_code == 409
    assert told in response.content.decode()
    assert told in judge.get(ballot(contest)).text()
    assert "Three Oaks" not in judge.get(ballot(contest)).text()
    assert not Score.objects.exists()


def test_a_score_that_comes_as_judging_ends_is_refused(judge, contest):
    make_approved("Three Oaks")
    ballot = Ballot(contest, Part.NAME, judge.user)
    [token] = ballot.order
    end_judging(contest)
    with pytest.raises(JudgingOver):
        ballot.save({token: 5})
    assert not Score.objects.exists()


def test_without_an_end_judging_goes_on(judge, contest):
    Contest.objects.update(judged_until=None)
    make_approved("Three Oaks")
    assert "until a headteacher ends the judging" in judge.get(address(contest, "judge")).text()
    score(judge, contest, Three_Oaks=4)
    assert Score.objects.count() == 1


def test_many_ideas_come_page_by_page(judge, contest):
    for number in range(25):
        make_approved(f"{chr(97 + number) * 6}")
    first = words_of(judge.get(ballot(contest)))
    second = words_of(judge.get(f"{ballot(contest)}?page=2"))
    assert (len(first), len(second), len({*first, *second})) == (20, 5, 25)
    known = fields(judge.get(ballot(contest)))
    response = judge.client.post(ballot(contest), {known[first[0]]: "3", "_next": ""})
    assert response["Location"] == f"{ballot(contest)}?page=2"
    assert words_of(judge.get(f"{ballot(contest)}?page=nonsense")) == first


def test_what_was_chosen_and_not_saved_comes_back(judge, contest):
    make_approved("Three Oaks")
    known = fields(judge.get(ballot(contest)))
    sent = {known["Three Oaks"]: "4", "_restore": "yes", "_typing": "7-7"}
    page = judge.client.post(ballot(contest), sent).content.decode()
    assert "What you had typed is back." in page
    assert re.search(r'value="4"[^>]* checked', page)
    assert not Score.objects.exists()


# The shortlist


def shorten(person, contest, **sent):
    return person.client.post(address(contest, "shortlist"), sent, follow=True)


def test_only_the_shortlist_is_judged_once_there_is_one(head, judge, contest):
    good = make_approved("Three Oaks", strap_line="Growing together")
    make_approved("The Bridge", strap_line="Over the river")
    assert len(words_of(judge.get(ballot(contest)))) == 2
    page = shorten(head, contest, put_on=good.pk).content.decode()
    assert "1 idea is on the shortlist, with 1 name, 1 strap line and 0 logos." in page
    assert words_of(judge.get(ballot(contest))) == ["Three Oaks"]
    assert words_of(judge.get(ballot(contest, "strap_line"))) == ["Growing together"]
    shorten(head, contest, take_off=good.pk)
    assert len(words_of(judge.get(ballot(contest)))) == 2


def test_a_name_on_the_shortlist_stands_for_those_about_the_same(judge, contest):
    make_approved("Three Oaks", decided_at=timezone.now() - DAY)
    make_approved("three oaks!", meaning="Trees", is_shortlisted=True)
    assert words_of(judge.get(ballot(contest))) == ["three oaks!"]


def test_the_shortlist_is_made_blind(head, contest):
    school = make_school(name="Hill School", short_name="Hill")
    make_approved(
        "Three Oaks",
        school=school,
        first_name="Samira",
        sent_at="2026-03-14T15:09Z",
        meaning="Hill",
    )
    text = head.get(address(contest, "shortlist")).text()
    assert "Three Oaks" in text
    for told in ("Hill", "Samira", "March"):
        assert told not in text


def test_a_head_shortlists_their_own_schools_ideas(contest):
    mine = make_school()
    head = Editing(make_user(Role.HEADTEACHER, school=mine))
    own, other = make_approved("Ours", school=mine), make_approved("Theirs", school=make_school())
    text = head.get(address(contest, "shortlist")).text()
    assert "Ours" in text
    assert "Theirs" not in text
    assert shorten(head, contest, put_on=other.pk).status_code == 404
    assert shorten(head, contest, put_on=own.pk).status_code == 200
    assert [idea.name for idea in Idea.objects.filter(is_shortlisted=True)] == ["Ours"]


@pytest.mark.parametrize("pk", ["", "x", "0", "9" * 30, "9" * 5000, "\x00"])
def test_nothing_else_is_put_on_the_shortlist(head, contest, pk):
    make_idea(name="Waits")
    assert shorten(head, contest, put_on=pk).status_code == 404
    assert shorten(head, contest, put_on=Idea.objects.get().pk).status_code == 404


def test_the_shortlist_is_made_only_while_ideas_are_judged(head, contest):
    idea = make_approved("Three Oaks")
    end_judging(contest)
    assert shorten(head, contest, put_on=idea.pk).status_code == 409
    assert not Idea.objects.get().is_shortlisted
    assert "Three Oaks" not in head.get(address(contest, "shortlist")).text()


def test_the_log_of_the_shortlist_holds_only_a_number(head, contest):
    idea = make_approved("Three Oaks")
    shorten(head, contest, put_on=idea.pk)
    [entry] = LogEntry.objects.all()
    assert (entry.object_repr, entry.change_message) == (str(idea), "Put on the shortlist")


def test_a_long_list_to_shortlist_comes_page_by_page(head, contest):
    for number in range(25):
        make_approved(f"{chr(97 + number) * 6}", decided_at=timezone.now() - number * DAY / 50)
    page = head.get(address(contest, "shortlist"))
    assert "y" * 6 in page.text()
    [after, *_] = [a.get("href") for a in page.all("a") if "page=a" in (a.get("href") or "")]
    assert "a" * 6 in head.get(address(contest, "shortlist") + after).text()


# Results


def rows(page, number=0):
    """Return the cells of a table's rows, as texts."""
    table = page.all("table")[number]
    return [
        [
            " ".join("".join(cell.itertext()).split())
            for cell in row
            if cell.tag.endswith(("th", "td"))
        ]
        for row in page.all("tr", table)
    ]


def test_until_judging_ends_only_who_has_finished_is_told(head, contest):
    school = make_school()
    one, other = make_judge(), make_judge(school=school, first_name="Zoë", last_name="Judge")
    idea = make_approved("Three Oaks", strap_line="Growing together", school=school)
    make_approved("The Bridge")
    give(one, idea, 4)
    score(other, contest, The_Bridge=5)
    page = head.get(address(contest, "results"))
    # Of the names the judge of that school can score one, and of the strap lines none.
    assert "Names 1 of 3 judges has finished." in page.text()
    assert "Strap lines 0 of 3 judges have finished." in page.text()
    assert "Logos There is none to score." in page.text()
    assert page.all("table") == []
    assert "Zoë" not in page.text()
    assert head.status(address(contest, "results/table.csv").rstrip("/")) == 403


def test_the_results_show_places_ties_and_every_score(head, contest):
    jo = make_judge(first_name="Jo", last_name="A", school=make_school(short_name="Hill"))
    kim = make_judge(first_name="Kim", last_name="B")
    oaks = make_approved("Three Oaks", school=make_school(short_name="Dale"))
    bridge, minds = make_approved("The Bridge"), make_approved("Minds")
    own, _ = make_approved("Ours", school=jo.user.school), make_approved("Unseen")
    make_approved("three oaks!", decided_at=timezone.now() + DAY)
    for person, idea, value in (
        (jo, oaks, 4),
        (kim, oaks, 5),
        (jo, bridge, 5),
        (kim, bridge, 4),
        (kim, minds, 5),
        (jo, own, 5),
        (kim, own, 1),
    ):
        give(person, idea, value)
    end_judging(contest)
    page = head.get(address(contest, "results"))
    assert rows(page) == [
        ["Place", "Name", "Mean", "Judges", "Suggested", "School", "Jo A", "Kim B"],
        ["1", "Minds", "5.00", "1", "1 time", "–", "–", "5"],
        ["2=", "Three Oaks", "4.50", "2", "2 times", "Dale", "4", "5"],
        ["2=", "The Bridge", "4.50", "2", "1 time", "–", "5", "4"],
        ["4", "Ours", "1.00", "1", "1 time", "Hill", "–", "1"],
        ["not scored", "Unseen", "–", "0", "1 time", "–", "–", "–"],
    ]
    assert "Two names share 2nd place: both have 4.50 from 2 judges." in page.text()
    assert "The portal doesn’t break ties; you do." in page.text()
    assert "School" not in rows(jo.get(address(contest, "results")))[0]
    assert "Dale" not in jo.get(address(contest, "results")).text()


def test_the_results_are_a_table_to_take_along(head, judge, contest):
    idea = make_approved("=1+1", strap_line="@here", school=make_school(name="Hill School"))
    make_approved(logo=make_picture(), logo_alt="A tree")
    judge.user.first_name, judge.user.last_name = "+Jo", "Judge"
    judge.user.save()
    give(judge, idea, 4)
    end_judging(contest)
    file = f"{CONTESTS}{contest.pk}/results/table.csv"
    response = head.client.get(file)
    assert response.content.startswith("\ufeff".encode())
    assert "attachment" in response["Content-Disposition"]
    assert list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")))) == [
        [
            "Part",
            "Place",
            "Idea",
            "Mean",
            "Judges who scored it",
            "Ideas with this name",
            "School",
            "'+Jo Judge",
        ],
        ["Name", "1", "'=1+1", "4.00", "1", "1", "Hill School", "4"],
        ["Strap line", "not scored", "'@here", "", "0", "", "Hill School", ""],
        ["Logo", "not scored", "A tree", "", "0", "", "", ""],
    ]
    assert "Hill School" not in judge.client.get(file).content.decode()


def test_only_the_shortlist_is_in_the_results(head, judge, contest):
    give(judge, make_approved("Three Oaks", is_shortlisted=True), 3)
    give(judge, make_approved("The Bridge"), 5)
    end_judging(contest)
    assert [row[1] for row in rows(head.get(address(contest, "results")))[1:]] == ["Three Oaks"]


# Winners


def choose(person, contest, seen=None, **sent):
    """Send the form for the winners; `sent` changes what stands there."""
    page = person.get(address(contest, "winners"))
    form = next(f for f in page.all("form") if "editing-form" in (f.get("class") or ""))
    data = {
        "_seen": seen
        or next(i.get("value") for i in page.all("input", form) if i.get("name") == "_seen")
    }
    for field in page.all("input", form):
        name, kind = field.get("name"), field.get("type")
        if name and "-" in name and (kind == "text" or field.get("checked") is not None):
            data[name] = field.get("value", "on" if kind == "checkbox" else "")
    data |= {name.replace("__", "-"): value for name, value in sent.items()}
    data = {name: value for name, value in data.items() if value is not None}
    return person.client.post(address(contest, "winners"), data, follow=True)


@pytest.fixture
def judged(contest):
    """A contest whose judging has ended, with two names and a logo."""
    end_judging(contest)
    make_approved("Three Oaks", first_name="Sam", year_group="year-3", shows_first_name=True)
    make_approved("The Bridge", first_name="Lee")
    make_approved(logo=make_picture(), logo_alt="A tree")
    contest.refresh_from_db()
    return contest


def idea_of(name):
    return Idea.objects.get(name=name)


def test_the_name_is_chosen_from_one_idea_and_the_logo_from_another(head, judged):
    oaks, logo = idea_of("Three Oaks"), idea_of("")
    page = choose(head, judged, name__idea=oaks.pk, logo__idea=logo.pk)
    assert "Your choice is saved." in page.content.decode()
    winners = {winner.part: winner for winner in Winner.objects.all()}
    assert {part: winner.idea for part, winner in winners.items()} == {"name": oaks, "logo": logo}
    assert winners["name"].chosen_by == head.user
    judged.refresh_from_db()
    assert judged.settled_at
    assert not judged.is_decided
    entry = LogEntry.objects.get()
    assert (entry.object_repr, entry.change_message) == (str(judged), "Chose the winners")


def test_ideas_are_offered_in_the_order_of_the_result_with_what_their_family_ticked(
    head, judge, judged
):
    give(judge, idea_of("The Bridge"), 5)
    give(judge, idea_of("Three Oaks"), 2)
    page = head.get(address(judged, "winners"))
    text = page.text()
    assert text.index("The Bridge") < text.index("Three Oaks")
    assert "Place 2, mean 2.00 · The family ticked “show my first name”: Sam, Year 3" in text
    assert "Place 1, mean 5.00 · The family did not tick “show my first name”" in text
    assert "Lee" not in text
    ticked = [f for f in page.all("input") if f.get("type") == "checkbox" and "checked" in f.attrib]
    assert ticked == []
    assert {f.get("value") for f in page.all("input") if f.get("type") == "text"} == {None}


def test_nobody_is_named_without_their_familys_yes(head, judged):
    oaks = idea_of("Three Oaks").pk
    page = choose(head, judged, name__idea=oaks, name__credit="Sam, Year 3").content.decode()
    assert "Ask the family first, then tick the box." in page
    assert 'value="Sam, Year 3"' in page
    page = choose(head, judged, name__idea=oaks, name__credit_agreed="on").content.decode()
    assert "Write how they are named, or take this tick away." in page
    page = choose(head, judged, name__credit="Sam", name__credit_agreed="on").content.decode()
    assert "Choose an idea first, or leave this empty." in page
    assert not Winner.objects.exists()
    choose(head, judged, name__idea=oaks, name__credit="Sam, Year 3", name__credit_agreed="on")
    winner = Winner.objects.get()
    assert (winner.credit, winner.credit_agreed) == ("Sam, Year 3", True)


def test_a_yes_is_for_one_idea_and_one_name(head, judged):
    oaks, bridge = idea_of("Three Oaks").pk, idea_of("The Bridge").pk
    choose(head, judged, name__idea=oaks, name__credit="Sam", name__credit_agreed="on")
    assert "they said yes to “Sam”" in head.get(address(judged, "winners")).text()
    choose(head, judged, logo__idea=idea_of("").pk)
    assert Winner.objects.get(part="name").credit_agreed
    for changes in ({"name__idea": bridge}, {"name__credit": "Lee"}):
        page = choose(head, judged, **changes).content.decode()
        assert "Ask the family first, then tick the box." in page
    choose(head, judged, name__idea=bridge, name__credit="Lee", name__credit_agreed="on")
    winner = Winner.objects.get(part="name")
    assert (winner.idea_id, winner.credit, winner.credit_agreed) == (bridge, "Lee", True)
    choose(head, judged, name__credit="")
    winner.refresh_from_db()
    assert (winner.credit, winner.credit_agreed) == ("", False)


def test_a_choice_can_be_taken_back(head, judged):
    choose(head, judged, name__idea=idea_of("Three Oaks").pk)
    choose(head, judged, name__idea="")
    assert not Winner.objects.exists()
    assert Contest.objects.get().settled_at is None


def test_what_somebody_else_has_chosen_meanwhile_is_not_overwritten(head, judged):
    other = Editing(make_user(Role.HEADTEACHER))
    page = head.get(address(judged, "winners"))
    seen = next(i.get("value") for i in page.all("input") if i.get("name") == "_seen")
    choose(other, judged, name__idea=idea_of("The Bridge").pk)
    sent = {
        "_seen": seen,
        "name-idea": idea_of("Three Oaks").pk,
        "logo-idea": "",
        "name-credit": "",
    }
    response = head.client.post(address(judged, "winners"), sent)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody has changed something" in page
    assert Winner.objects.get().idea == idea_of("The Bridge")
    assert re.search(rf'value="{idea_of("Three Oaks").pk}"[^>]* checked', page)
    sent["_seen"] = re.search(r'name="_seen" value="(\w+)"', page)[1]
    assert head.client.post(address(judged, "winners"), sent).status_code == 302
    assert Winner.objects.get().idea == idea_of("Three Oaks")


@pytest.mark.parametrize("which", ["waiting", "elsewhere", "nonsense", "without"])
def test_only_an_approved_idea_of_this_call_wins(head, judged, which):
    pks = {
        "waiting": make_idea(name="Waits").pk,
        "elsewhere": make_approved("Far", contest=make_contest(title="Another")).pk,
        "nonsense": "9" * 30,
        "without": idea_of("").pk,
    }
    page = choose(head, judged, name__idea=pks[which]).content.decode()
    assert "Choose one of the ideas in the list." in page
    assert not Winner.objects.exists()


def test_a_winner_that_is_approved_no_more_is_chosen_no_more(head, judged):
    oaks = idea_of("Three Oaks")
    choose(head, judged, name__idea=oaks.pk)
    Idea.objects.filter(pk=oaks.pk).update(status="declined")
    choose(head, judged)
    assert not Winner.objects.exists()


def test_winners_are_chosen_when_judging_has_ended(head, judge, contest):
    idea = make_approved("Three Oaks")
    give(judge, idea, 5)
    assert "5.00" not in head.get(address(contest, "winners")).text()
    response = head.client.post(address(contest, "winners"), {"name-idea": idea.pk})
    assert response.status_code == 409
    assert not Winner.objects.exists()


def test_the_result_is_announced_once_somebody_says_so(head, judged):
    page = address(judged, "winners")
    announce = f"{page}announce/"
    assert head.client.post(announce).status_code == 302
    assert Contest.objects.get().announces_at is None
    choose(head, judged, name__idea=idea_of("Three Oaks").pk)
    assert "No day is set for the announcement." in head.get(page).text()
    assert announce in head.get(page).links()
    assert "Three Oaks" in head.get(announce).text()
    assert not Contest.objects.get().is_decided
    head.client.post(announce)
    assert Contest.objects.get().is_decided
    assert "The result is announced" in head.get(page).text()
    assert announce not in head.get(page).links()


def test_nothing_is_announced_while_families_may_send_ideas_again(head, judged):
    choose(head, judged, name__idea=idea_of("Three Oaks").pk)
    Contest.objects.update(closes_at=None, judged_until=None)
    assert head.client.post(address(judged, "winners/announce")).status_code == 302
    assert Contest.objects.get().announces_at is None


def test_the_day_of_the_announcement_is_told(head, judged):
    Contest.objects.update(announces_at=timezone.now() + DAY)
    choose(head, judged, name__idea=idea_of("Three Oaks").pk)
    assert "It will be announced by itself on" in head.get(address(judged, "winners")).text()
    assert not Contest.objects.get().is_decided
    Contest.objects.update(announces_at=timezone.now() - DAY / 4, settled_at=None)
    assert "as soon as you save them" in head.get(address(judged, "winners")).text()


def test_the_admins_page_of_a_call_leads_to_all_this(head, contest):
    pages = {address(contest, page) for page in ("judge", "shortlist", "results", "winners")}
    assert pages <= set(head.get(f"{CONTESTS}{contest.pk}/change/").links())


# What it costs


def make_many(count):
    for number in range(count):
        make_approved(
            f"{chr(97 + number % 26) * (6 + number // 26)}",
            strap_line=f"Line {number}",
            school=make_school(),
            first_name="Sam",
        )


@pytest.mark.parametrize("count", [1, 30])
def test_the_queries_of_a_ballot_do_not_grow(judge, contest, count, django_assert_num_queries):
    make_collaboration()
    make_many(count)
    with django_assert_num_queries(14):
        judge.get(ballot(contest))


@pytest.mark.parametrize("count", [1, 30])
def test_the_queries_of_saving_do_not_grow(judge, contest, count, django_assert_num_queries):
    make_many(count)
    known = fields(judge.get(ballot(contest)))
    with django_assert_num_queries(13):
        judge.client.post(ballot(contest), dict.fromkeys(known.values(), "3"))
    assert Score.objects.count() == min(count, 20)


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(("name", "queries"), [("results", 13), ("winners", 15), ("shortlist", 10)])
def test_the_queries_of_the_other_pages_do_not_grow(
    head, contest, name, queries, count, django_assert_num_queries
):
    make_collaboration()
    make_many(count)
    for idea in Idea.objects.all():
        give(make_judge(), idea, 3)
    if name != "shortlist":
        end_judging(contest)
    with django_assert_num_queries(queries):
        head.get(address(contest, name))


@pytest.mark.parametrize("count", [1, 30])
def test_the_queries_of_telling_who_has_finished_do_not_grow(
    head, contest, count, django_assert_num_queries
):
    make_collaboration()
    make_many(count)
    for idea in Idea.objects.all():
        give(make_judge(), idea, 3)
    with django_assert_num_queries(12):
        head.get(address(contest, "results"))


def test_another_idea_of_the_same_name_stands_for_one_that_has_gone(contest):
    first, second = (make_idea(contest=contest, name="Oaks", status="approved") for _ in range(2))
    Idea.objects.filter(pk=first.pk).update(is_shortlisted=True)
    Score.objects.create(judge=make_user(), idea=first, part="name", value=5)
    first.delete()
    second.refresh_from_db()
    assert second.is_shortlisted
    assert second.scores.get().value == 5
    assert list(ideas_to_judge(contest, Part.NAME)) == [second]


def test_nothing_is_announced_when_nobody_is_chosen_any_more(contest):
    with pytest.raises(ChosenMeanwhile):
        announce(contest)
    contest.refresh_from_db()
    assert contest.announces_at is None
