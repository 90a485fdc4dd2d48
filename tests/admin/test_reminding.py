"""The daily e-mail says how many ideas wait, never what, and comes once a day."""

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command

from collab_site.core.accounts.roles import Role
from naming_contest.models import Moderator
from tests.make import make_idea, make_school, make_user

pytestmark = pytest.mark.django_db


class FailingOnce(EmailBackend):
    """Fails for one person."""

    def send_messages(self, messages):
        if messages[0].to == ["bad@school.example"]:
            raise OSError("No such mailbox")
        return super().send_messages(messages)


def make_moderator(role=Role.HEADTEACHER, wants_email=True, **kwargs):
    user = make_user(role, first_name="Ann", **kwargs)
    return Moderator.objects.create(user=user, wants_email=wants_email)


def recipients():
    return sorted(message.to[0] for message in mail.outbox)


@pytest.mark.parametrize(
    ("count", "subject"), [(1, "1 idea waits for you"), (3, "3 ideas wait for you")]
)
def test_it_says_how_many_and_never_what(settings, count, subject, capsys):
    settings.PUBLIC_URL = "https://portal.example.org"
    make_moderator(email="ann@school.example")
    for _ in range(count):
        make_idea(name="Secret", first_name="Sam")
    call_command("remind_moderators")
    [message] = mail.outbox
    assert (message.subject, message.to) == (subject, ["ann@school.example"])
    assert f"{subject}. " in message.body
    assert "https://portal.example.org/admin/naming_contest/idea/" in message.body
    assert "Secret" not in message.body
    assert "Sam" not in message.body
    assert capsys.readouterr().out == "E-mails sent: 1.\n"


def test_it_comes_once_a_day_however_often_it_is_run():
    make_moderator()
    make_idea()
    with time_machine.travel("2026-06-01T07:00Z", tick=False) as clock:
        call_command("remind_moderators")
        clock.move_to("2026-06-01T22:30Z")
        call_command("remind_moderators")
        assert len(mail.outbox) == 1
        clock.move_to("2026-06-01T23:30Z")  # the next day, by summer time
        call_command("remind_moderators")
    assert len(mail.outbox) == 2


def test_it_is_only_for_who_wants_it_may_decide_and_has_ideas_waiting():
    oak, elm = make_school(), make_school()
    make_moderator(email="wanted@school.example", school=oak)
    make_moderator(email="unwanted@school.example", wants_email=False)
    make_moderator(email="left@school.example", is_active=False)
    make_moderator(email="editor@school.example", role=Role.EDITOR)
    make_moderator(email="elsewhere@school.example", school=elm)
    make_idea(school=oak)
    call_command("remind_moderators")
    assert recipients() == ["wanted@school.example"]


def test_nothing_waiting_is_not_told_and_what_comes_later_that_day_is():
    make_moderator()
    call_command("remind_moderators")
    assert mail.outbox == []
    make_idea()
    call_command("remind_moderators")
    assert len(mail.outbox) == 1


def test_one_failure_stops_nobody_elses_and_is_tried_again(settings):
    settings.EMAIL_BACKEND = f"{__name__}.FailingOnce"
    make_idea()
    for email in ("bad@school.example", "good@school.example"):
        make_moderator(email=email)
    for _ in range(2):
        with pytest.raises(CommandError, match="could not be sent: 1"):
            call_command("remind_moderators")
    assert recipients() == ["good@school.example"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    call_command("remind_moderators")
    assert recipients() == ["bad@school.example", "good@school.example"]
