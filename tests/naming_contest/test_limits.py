from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from collab_site.core.pictures.models import HeldPicture
from naming_contest.limits import bucket_key
from naming_contest.models import Idea, TokenBucket
from tests.naming_contest.family import FORM, Family, photo, receipt, summary
from tests.pictures.samples import drawing, saved

PNG = saved(drawing(), "PNG")


@pytest.fixture
def send(client, contest, school):
    """Send an idea from an address; returns the answer."""

    def send_from(address="192.0.2.1", forwarded=None, **answers):
        client.defaults["REMOTE_ADDR"] = address
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        return Family(client, school).send({"name": "Oaks"} | answers, **headers)

    return send_from


@pytest.fixture
def only_two(settings):
    settings.SUGGESTIONS_PER_HOUR = 2


def statuses(answers):
    return [answer.status_code for answer in answers]


def test_a_class_at_once_is_welcome_and_a_flood_is_not(send):
    answers = statuses(send() for _ in range(150))

    assert answers[:30] == [302] * 30
    assert answers.count(429) == 90
    assert Idea.objects.count() == 60


@pytest.mark.usefixtures("only_two")
def test_over_the_limit_all_is_kept_and_the_wait_is_told(send, client, school):
    send()
    send()
    family = Family(client, school)

    refused = family.send({"name": "Elms", "logo": photo(PNG)})

    assert refused.status_code == 429
    assert 1700 < int(refused["Retry-After"]) <= 1800
    assert summary(refused) == [
        "Many ideas have come from your school or home in a short time. Wait for 30 minutes, then "
        "press Send again. All that you wrote is still here."
    ]
    assert 'value="Elms"' in refused.content.decode()
    assert "We have kept this picture." in refused.content.decode()
    with time_machine.travel(timezone.now() + timedelta(seconds=int(refused["Retry-After"]))):
        assert receipt(family.send())
    assert Idea.objects.get(name="Elms").logo


@pytest.mark.usefixtures("only_two")
def test_others_and_readers_are_not_held_up(send, client):
    assert statuses(send() for _ in range(3)) == [302, 302, 429]

    assert send("192.0.2.2").status_code == 302
    assert statuses([client.get(FORM), client.get("/name-us/")]) == [200, 200]


@pytest.mark.usefixtures("only_two")
def test_putting_a_form_right_costs_nothing(send):
    for _ in range(5):
        send(adult_agreed="")

    assert statuses([send(), send()]) == [302, 302]


@pytest.mark.usefixtures("only_two")
def test_a_double_click_costs_one(client, contest, school):
    family = Family(client, school)

    assert statuses(family.send({"name": "Oaks"}) for _ in range(5)) == [302] * 5


@pytest.mark.usefixtures("only_two")
def test_the_address_is_the_one_that_a_known_proxy_tells(send, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    answers = [send(forwarded=f"203.0.113.{number}, 192.0.2.9") for number in range(3)]

    assert statuses(answers) == [302, 302, 429]
    assert send(forwarded="192.0.2.9, 203.0.113.1").status_code == 302


@pytest.mark.usefixtures("only_two")
def test_nobody_hides_behind_a_header_of_their_own(send):
    answers = [send(forwarded=f"203.0.113.{number}") for number in range(3)]

    assert statuses(answers) == [302, 302, 429]


def test_a_household_is_one_address_in_ipv6_too():
    assert bucket_key("2001:db8::1") == bucket_key("2001:db8::ffff:1")
    assert bucket_key("2001:db8::1") != bucket_key("2001:db8:0:1::1")
    assert bucket_key("192.0.2.1") != bucket_key("192.0.2.2")
    assert (
        bucket_key("::ffff:192.0.2.1") == bucket_key("192.0.2.1") != bucket_key("::ffff:192.0.2.2")
    )


def test_no_address_is_kept_and_a_full_bucket_is_forgotten(send):
    send("192.0.2.1")
    [bucket] = TokenBucket.objects.all()
    assert "192.0.2.1" not in bucket.key

    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        send("192.0.2.2")
    assert [b.key for b in TokenBucket.objects.all()] == [bucket_key("192.0.2.2")]


@pytest.mark.usefixtures("only_two")
def test_tokens_come_back_with_time(send):
    assert statuses(send() for _ in range(3)) == [302, 302, 429]

    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert statuses([send(), send()]) == [302, 429]
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        assert statuses(send() for _ in range(3)) == [302, 302, 429]


@pytest.mark.usefixtures("only_two")
def test_the_limits_can_be_cleared(send, capsys):
    assert statuses(send() for _ in range(3)) == [302, 302, 429]

    call_command("clear_limits")

    assert send().status_code == 302


@pytest.mark.usefixtures("only_two")
def test_pictures_that_are_only_kept_for_a_form_are_counted_apart(send, client, school):
    answers = [send(adult_agreed="", logo=photo(PNG)) for _ in range(9)]

    assert statuses(answers) == [200] * 9
    assert HeldPicture.objects.count() == 8
    assert summary(answers[-1]) == [
        "Many pictures have come from your school or home in a short time, so we could not keep "
        "yours. Choose it again just before you press Send.",
        "An adult has to say yes. Ask one, then tick the box.",
    ]
    assert receipt(send(logo=photo(PNG)))
    assert receipt(send("192.0.2.2", logo=photo(PNG)))


@pytest.mark.usefixtures("only_two")
def test_looking_at_pictures_is_counted_with_those_that_are_kept(send):
    for _ in range(8):
        send(look="yes", logo=photo(PNG))

    assert "could not keep yours" in summary(send(look="yes", logo=photo(PNG)))[0]
    assert receipt(send())
