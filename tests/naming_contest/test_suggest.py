import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.signing import TimestampSigner
from django.test import Client
from django.utils import timezone

from naming_contest.forms import IdeaForm
from naming_contest.models import Idea
from tests.make import make_contest, make_school
from tests.naming_contest.family import FORM, Family, photo, receipt, summary
from tests.pictures.samples import drawing, saved

PNG = saved(drawing(), "PNG")


def is_thanked(response):
    return response.status_code == 302 and receipt(response) is not None


def test_everything_sent_waits_for_a_person(family, school, contest):
    response = family.send(
        {
            "name": "Three Oaks",
            "strap_line": "Growing together",
            "meaning": "Roots meet.\r\nUnder the ground.",
            "first_name": "Sam",
            "year_group": "year-3",
            "logo": photo(PNG),
        }
    )

    idea = Idea.objects.get()
    assert is_thanked(response)
    assert (idea.name, idea.strap_line, idea.first_name) == (
        "Three Oaks",
        "Growing together",
        "Sam",
    )
    assert idea.meaning == "Roots meet.\nUnder the ground."
    assert (idea.contest, idea.school, idea.year_group) == (contest, school, "year-3")
    assert (idea.status, idea.adult_agreed) == ("waiting", True)
    assert (idea.logo_width, idea.logo_height) == (60, 40)


@pytest.mark.parametrize(
    "idea", [{"name": "Oaks"}, {"strap_line": "Together"}, {"logo": photo(PNG)}], ids=str
)
def test_a_name_a_strap_line_or_a_logo_is_enough(family, idea):
    assert is_thanked(family.send(idea))


@pytest.mark.parametrize("name", ["", " ", "\u200b\u200d", "\u3164", "\u2800", "\0"])
def test_a_form_without_an_idea_says_what_to_do(family, name):
    response = family.send({"name": name, "meaning": "Because"})

    assert response.status_code == 200
    assert summary(response) == [
        "Write a name or a strap line, or choose a logo. One of them is enough."
    ]
    assert not Idea.objects.exists()


def test_every_refusal_is_explained_at_its_field_and_keeps_what_was_typed(family):
    response = family.send(
        {
            "name": "x" * 81,
            "strap_line": "Grow <together> & well",
            "meaning": "Roots",
            "first_name": "Sam",
            "school": "",
            "year_group": "year-6",
            "adult_agreed": "",
        }
    )

    page = response.content.decode()
    assert summary(response) == [
        "The name is too long: it has 81 characters, and there is room for 80. Make it shorter.",
        "Choose your school.",
        "An adult has to say yes. Ask one, then tick the box.",
    ]
    for link in re.findall(r'<a href="#(id_\w+)">', page):
        assert f'id="{link}"' in page
    assert "<title>Error: " in page
    assert f'value="{"x" * 81}"' in page
    assert 'value="Grow &lt;together&gt; &amp; well"' in page
    assert 'value="Sam"' in page
    assert "Roots</textarea>" in page
    assert '<option value="year-6" selected>' in page
    assert not Idea.objects.exists()


def test_what_it_means_for_a_child_is_told_before_a_file_is_chosen(client, contest, school):
    before = client.get(FORM).content.decode().partition('type="file"')[0]

    for words in (
        "An adult at one of the schools looks at your idea before anyone else can see it.",
        "We never show who sent it, but for a first name that you let us show",
        'href="/privacy/"',
        "JPEG, PNG, WebP, GIF, AVIF or HEIC, up to 20 MB",
    ):
        assert words in before


def test_the_adult_reads_what_the_tick_means(client, contest, school):
    page = client.get(FORM).content.decode()

    assert "Whoever made it still owns it" in page
    assert "Our schools may show it on this website" in page


def test_every_input_has_a_label(client, contest, school):
    page = client.get(FORM).content.decode()
    inputs = re.findall(r'<(?:input type="(?!hidden)\w+"|select|textarea)[^>]* id="(\w+)"', page)

    assert len(inputs) == 11
    assert [name for name in inputs if f'<label for="{name}"' not in page] == []


def test_longest_texts_are_told_to_the_browser(client, contest, school):
    page = client.get(FORM).content.decode()

    assert re.findall(r'name="(\w+)"[^>]*maxlength="(\d+)"', page) == [
        ("name", "80"),
        ("strap_line", "140"),
        ("logo_alt", "250"),
        ("meaning", "1000"),
        ("first_name", "40"),
    ]


def test_a_school_entrance_chooses_the_school_and_is_kept(client, contest, school):
    make_school(slug="elm")
    entrance = "/from/oak/name-us"
    page = client.get(f"{entrance}/suggest/").content.decode()
    family = Family(client, school, f"{entrance}/suggest/")

    assert re.search(rf'value="{school.pk}" id="id_school_\d" required checked', page)
    assert len(re.findall(r'id="id_\w+"[^>]* checked', page)) == 1
    assert receipt(family.send({"name": "Oaks"})).startswith(f"{entrance}/receipt/")


def test_in_a_school_s_entrance_a_family_may_choose_another_and_keeps_it(client, contest, school):
    other = make_school(slug="elm")
    family = Family(client, other, "/from/oak/name-us/suggest/")
    page = family.send({"name": ""}).content.decode()
    assert re.findall(r'name="school" value="(\d+)"[^>]*checked', page) == [str(other.pk)]
    family.send({"name": "Three Oaks"})
    assert Idea.objects.get().school == other


@pytest.mark.parametrize("answer", ["999", "x", "9" * 40, "-1"])
def test_a_school_that_is_not_there_is_refused(family, answer):
    assert summary(family.send({"name": "Oaks", "school": answer})) == [
        "Choose one of the schools in the list."
    ]


@pytest.mark.parametrize("name", ["school", "year_group", "logo_held", "logo_remove", "ticket"])
@pytest.mark.parametrize("answer", ["\0", "🎈", "x" * 5000, "../../etc/passwd"])
def test_no_answer_breaks_the_form(family, name, answer):
    assert family.send({"name": "Oaks", "adult_agreed": "", name: answer}).status_code == 200


def test_extra_fields_have_no_effect(family, contest):
    other = make_contest(title="Other")
    other.make_current()
    Idea.objects.all().delete()
    family.send(
        {
            "name": "Oaks",
            "status": "approved",
            "decided_at": "2026-01-01",
            "contest": contest.pk,
            "form_token": str(uuid.UUID(int=1)),
            "pk": "77",
            "id": "77",
            "next": "https://evil.example/",
        }
    )

    idea = Idea.objects.get()
    assert (idea.status, idea.decided_at, idea.contest) == ("waiting", None, other)
    assert idea.form_token != uuid.UUID(int=1)
    assert idea.pk != 77


def test_what_falls_into_the_decoy_is_not_stored_and_nobody_is_thanked(family):
    refused = family.send({"name": "Oaks", "website": "https://buy.example/"})
    page = refused.content.decode()
    del family.answers["website"]

    assert refused.status_code == 200
    assert summary(refused) == ["We could not send this. Check your answers and press Send again."]
    assert "buy.example" not in page
    assert 'value="Oaks"' in page
    assert not Idea.objects.exists()
    assert is_thanked(family.send())


def test_the_decoy_is_hidden_from_people(client, contest, school):
    page = client.get(FORM).content.decode()
    decoy = re.search(
        r'<div class="visually-hidden" aria-hidden="true">(.*?)</div>', page, re.DOTALL
    )

    assert 'name="website" id="id_website" tabindex="-1" autocomplete="off"' in decoy[1]


def test_a_form_that_comes_back_at_once_is_not_a_persons(family, settings):
    settings.SUGGESTION_MIN_SECONDS = 5
    too_soon = family.send({"name": "Oaks"})

    assert summary(too_soon) == ["That was very quick! Check your answers and press Send again."]
    assert 'value="Oaks"' in too_soon.content.decode()
    assert not Idea.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(seconds=6)):
        assert is_thanked(family.send())


def test_a_form_that_lay_open_too_long_is_sent_with_the_second_try(family, settings):
    settings.SUGGESTION_MAX_HOURS = 3
    with time_machine.travel(timezone.now() + timedelta(hours=3, seconds=2)):
        late = family.send({"name": "Oaks", "meaning": "Roots"})

        assert summary(late) == [
            "This page was open for a long time. Check your answers and press Send again."
        ]
        assert 'value="Oaks"' in late.content.decode()
        assert not Idea.objects.exists()
        assert is_thanked(family.send())


@pytest.mark.parametrize(
    "ticket",
    ["", "x", "a:b:c", "\0", "🎈", TimestampSigner(salt="else").sign(uuid.uuid4().hex), "a" * 9999],
)
def test_a_forged_ticket_stores_nothing_and_a_person_can_go_on(family, ticket):
    forged = family.send({"name": "Oaks", "ticket": ticket})

    assert forged.status_code == 200
    assert len(summary(forged)) == 1
    assert not Idea.objects.exists()
    assert is_thanked(family.send())


@pytest.mark.parametrize("logo", [None, PNG])
def test_the_same_form_twice_is_one_idea(family, logo):
    def send():
        return family.send({"name": "Oaks"} | ({"logo": photo(logo)} if logo else {}))

    assert is_thanked(send())
    assert is_thanked(send())
    assert Idea.objects.count() == 1


def test_the_same_form_with_a_held_picture_twice_is_one_idea(family):
    family.send({"adult_agreed": "", "logo": photo(PNG)})
    answers = {"adult_agreed": "on"}

    assert is_thanked(family.send(answers))
    assert is_thanked(family.send(answers))
    assert Idea.objects.get().logo


@pytest.mark.parametrize("change", [{"name": "Elms"}, {"logo": photo(PNG)}], ids=str)
def test_another_idea_in_the_same_form_is_not_swallowed(family, change):
    family.send({"name": "Oaks"})
    again = family.send(change)

    assert summary(again) == [
        "You have sent this form already. To send this as another idea, press Send again."
    ]
    assert Idea.objects.count() == 1
    assert is_thanked(family.send())
    assert Idea.objects.count() == 2


def test_the_loser_of_a_race_is_told_and_keeps_its_picture(family, monkeypatch):
    """Both forms are checked before either is stored, and say different things."""
    twin = {**family.answers, "name": "Elms"}
    send = IdeaForm.send

    def overtaken(form):
        monkeypatch.setattr(IdeaForm, "send", send)
        assert is_thanked(family.client.post(FORM, twin))
        return form.send()

    monkeypatch.setattr(IdeaForm, "send", overtaken)
    slower = family.send({"name": "Oaks", "logo": photo(PNG)})

    assert [idea.name for idea in Idea.objects.all()] == ["Elms"]
    assert len(summary(slower)) == 1
    assert "We have kept this picture." in slower.content.decode()
    assert is_thanked(family.send())
    assert Idea.objects.get(name="Oaks").logo


def test_a_form_without_the_csrf_token_is_refused(contest, school):
    stranger = Client(enforce_csrf_checks=True)
    family = Family(stranger, school)

    assert family.client.post(FORM, family.answers | {"name": "Oaks"}).status_code == 403
    assert not Idea.objects.exists()


def test_the_form_sets_no_cookie_but_the_one_against_forgery(client, contest, school, settings):
    client.get(FORM)

    assert list(client.cookies) == [settings.CSRF_COOKIE_NAME]


@time_machine.travel("2026-05-01 12:00 +0000")
@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ({"opens_at": "2026-05-02 07:00Z"}, "You can send ideas from Saturday 2 May 2026, 8 am."),
        ({"closes_at": "2026-05-01 11:00Z"}, "The time for ideas ended on Friday 1 May 2026."),
    ],
)
def test_outside_its_time_the_form_says_so_and_stores_nothing(family, contest, dates, words):
    for name, value in dates.items():
        setattr(contest, name, value)
    contest.save()

    asked, sent = family.client.get(FORM), family.send({"name": "Oaks"})

    assert (asked.status_code, sent.status_code) == (200, 200)
    for page in (asked.content.decode(), sent.content.decode()):
        assert words in page
        assert 'href="/name-us/"' in page
        assert "<form" not in page
    assert "was not sent" in sent.content.decode()
    assert "was not sent" not in asked.content.decode()
    assert not Idea.objects.exists()


def test_without_a_call_the_form_says_so(client, collaboration):
    for page in (client.get(FORM), client.post(FORM, {"name": "Oaks"})):
        assert page.status_code == 200
        assert "We are not taking ideas just now" in page.content.decode()


def test_the_thank_you_page_tells_what_happens_and_nothing_private(family, contest):
    contest.afterwards = "The heads choose in June."
    contest.save()
    thanks = family.send({"name": "Oaks", "first_name": "Samira"})["Location"]

    page = Client().get(thanks).content.decode()

    assert "Samira" not in page
    for words in (
        "Thank you!",
        "An adult at one of the schools looks at your idea.",
        "The heads choose in June.",
        'href="/name-us/"',
    ):
        assert words in page


def test_the_form_costs_few_queries(client, contest, school, django_assert_num_queries):
    for _ in range(5):
        make_school()

    with django_assert_num_queries(5):
        client.get(FORM)
