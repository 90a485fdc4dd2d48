"""One-time links."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from collab_site.core.accounts.forms import NewPasswordForm
from collab_site.core.accounts.models import Invitation, User
from collab_site.core.accounts.roles import Role
from tests.make import make_school, make_user

PASSWORDS = {"password1": "three dull words", "password2": "three dull words"}
ODD_TOKENS = ["x", "🙂", "é", "%2e%2e", "a" * 5000, "%ff", "'; --", "<script>", "%e2%80%ae"]


@pytest.fixture
def first_link(db):
    return f"/accounts/welcome/{Invitation.make()}/"


@pytest.fixture
def head(db):
    return make_user(Role.HEADTEACHER, email="head@school.example", first_name="Ada")


def link_for(person):
    return f"/accounts/welcome/{Invitation.make(person)}/"


def account(**changes):
    names = {"first_name": "Zoë", "last_name": "O’Brien", "email": "Zoe@School.example"}
    return names | PASSWORDS | changes


def is_gone(answer):
    return answer.status_code == 404 and "This link no longer works" in answer.content.decode()


def test_the_first_link_makes_a_headteacher_and_signs_in(client, first_link):
    school = make_school()
    answer = client.post(first_link, account(school=school.pk), follow=True)
    assert answer.redirect_chain[-1][0] == "/admin/"
    assert "Hello Zoë." in answer.content.decode()
    user = User.objects.get()
    assert (str(user), user.email, user.school) == ("Zoë O’Brien", "zoe@school.example", school)
    assert user.role == Role.HEADTEACHER
    assert user.check_password("three dull words")
    assert not user.is_superuser


def test_the_school_may_be_left_out(client, first_link):
    client.post(first_link, account())
    assert User.objects.get().school is None


def test_a_person_chooses_a_password_with_a_link(client, head):
    link = link_for(head)
    page = client.get(link).content.decode()
    assert "head@school.example" in page
    answer = client.post(link, PASSWORDS, follow=True)
    assert "Hello Ada." in answer.content.decode()
    head.refresh_from_db()
    assert head.check_password("three dull words")


def test_looking_at_a_link_uses_nothing_up(client, first_link):
    for method in (client.get, client.head, client.options):
        for _ in range(3):
            assert method(first_link).status_code == 200
    assert client.post(first_link, account()).status_code == 302


def test_a_link_works_once(client, first_link):
    client.post(first_link, account())
    again = Client()
    assert is_gone(again.get(first_link))
    assert is_gone(again.post(first_link, account(email="other@school.example")))
    assert User.objects.count() == 1


def test_pressing_twice_leads_on(head):
    client, link = Client(enforce_csrf_checks=True), link_for(head)
    client.get(link)
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    client.post(link, PASSWORDS | token)
    second = client.post(link, PASSWORDS | token, follow=True)
    assert second.redirect_chain == [(link, 302)]
    assert is_gone(second)
    assert "You are signed in as Ada" in second.content.decode()


def test_a_link_runs_out(client, first_link, settings):
    days = timedelta(days=settings.INVITATION_DAYS)
    with time_machine.travel(timezone.now() + days - timedelta(minutes=1)):
        assert client.get(first_link).status_code == 200
    with time_machine.travel(timezone.now() + days):
        assert is_gone(client.get(first_link))
        assert is_gone(client.post(first_link, account()))


@pytest.mark.django_db
@pytest.mark.parametrize("token", ODD_TOKENS)
def test_a_link_that_never_was_is_refused_kindly(client, token):
    assert is_gone(client.get(f"/accounts/welcome/{token}/"))
    assert is_gone(client.post(f"/accounts/welcome/{token}/", account()))


@pytest.mark.django_db
def test_a_link_with_a_nul_is_refused(client):
    assert client.get("/accounts/welcome/%00/").status_code == 400


def test_a_new_link_ends_the_earlier_one_of_the_same_person_only(client, head, first_link):
    other = link_for(make_user())
    old, new = link_for(head), link_for(head)
    assert is_gone(client.get(old))
    for link in (new, other, first_link):
        assert client.get(link).status_code == 200


def test_who_may_not_sign_in_has_no_link(client, head):
    link = link_for(head)
    head.is_active = False
    head.save()
    assert is_gone(client.get(link))
    assert is_gone(client.post(link, PASSWORDS))


def test_of_two_at_the_same_time_one_wins(client, head, monkeypatch):
    token = Invitation.make(head)

    def somebody_is_quicker(form):
        assert Invitation.objects.by_token(token).use_up()
        return {}

    monkeypatch.setattr(NewPasswordForm, "clean", somebody_is_quicker)
    assert is_gone(client.post(f"/accounts/welcome/{token}/", PASSWORDS))
    head.refresh_from_db()
    assert head.check_password("a-long-password")


def test_an_account_that_cannot_be_saved_leaves_the_link_as_it_was(first_link, monkeypatch):
    def fail(form, commit=True):
        raise RuntimeError

    monkeypatch.setattr("collab_site.core.accounts.forms.FirstAccountForm.save", fail)
    client = Client(raise_request_exception=False)
    assert client.post(first_link, account()).status_code == 500
    assert client.get(first_link).status_code == 200


def test_a_new_password_ends_the_sessions_of_the_old_one(client, head):
    elsewhere = Client()
    elsewhere.force_login(head)
    assert elsewhere.get("/admin/").status_code == 200
    client.post(link_for(head), PASSWORDS)
    assert client.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302


def test_the_session_ends_with_the_browser(client, head):
    client.post(link_for(head), PASSWORDS)
    assert client.cookies["sessionid"]["max-age"] == ""


def test_whoever_uses_a_link_is_signed_in_as_its_person(client, head):
    client.force_login(make_user(Role.EDITOR))
    client.post(link_for(head), PASSWORDS)
    assert client.get("/admin/").wsgi_request.user == head


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first_name": ""}, "Enter your first name."),
        ({"last_name": " "}, "Enter your last name."),
        ({"email": ""}, "Enter your e-mail address."),
        ({"email": "zoe"}, 'href="#id_email"'),
        ({"email": "HEAD@school.example"}, "Somebody with this e-mail has an account already."),
        ({"first_name": "a" * 151}, "150"),
        ({"first_name": "a\x00b"}, 'href="#id_first_name"'),
        ({"school": "9"}, 'href="#id_school"'),
        ({"password1": ""}, "Enter a new password."),
        ({"password2": ""}, "Enter the new password again."),
        ({"password2": "three dull worms"}, "Type the same password both times."),
        ({"password1": "short", "password2": "short"}, "10 characters"),
        ({"password1": "password123", "password2": "password123"}, "too common"),
        ({"password1": "8361037264", "password2": "8361037264"}, "numeric"),
        ({"password1": "Zoe@School.e", "password2": "Zoe@School.e"}, "too similar"),
    ],
)
def test_what_is_wrong_is_said_and_the_link_still_works(client, head, first_link, changes, words):
    page = client.post(first_link, account(**changes)).content.decode()
    assert "<title>Error: Make your account" in page
    assert words in page
    assert "three dull" not in page
    assert User.objects.count() == 1
    assert client.post(first_link, account()).status_code == 302


@pytest.mark.parametrize(
    "name", ["李", "Ünal-O’Neill", "🙂", "<b>Al</b>", "{{ 1 }}", "a\r\nBcc: b"]
)
def test_a_name_may_be_any(client, first_link, name):
    client.post(first_link, account(first_name=name))
    assert User.objects.get().first_name == name
    assert "<b>Al" not in client.get("/admin/").content.decode()


def test_fields_that_are_not_asked_for_have_no_effect(client, head):
    more = {"email": "evil@evil.example", "is_superuser": "on", "groups": "1", "role": "editor"}
    client.post(link_for(head), PASSWORDS | more)
    head.refresh_from_db()
    assert (head.email, head.is_superuser) == ("head@school.example", False)
    assert head.role == Role.HEADTEACHER


def test_a_link_for_an_editor_makes_no_headteacher(client, db):
    editor = make_user(Role.EDITOR)
    client.post(link_for(editor), PASSWORDS | {"role": "headteacher"})
    assert editor.role == Role.EDITOR


def test_the_page_is_kept_by_nobody(client, first_link):
    for page in (client.get(first_link), client.get("/accounts/welcome/x/")):
        assert "no-store" in page["Cache-Control"]
        assert page["X-Robots-Tag"] == "noindex"
        # Not no-referrer: with it browsers send the form without an origin, and it is refused.
        assert page["Referrer-Policy"] == "same-origin"
        assert page["X-Frame-Options"] == "DENY"


def test_only_a_hash_of_the_link_is_kept(db):
    token = Invitation.make()
    assert len(token) >= 43
    assert token not in str(list(Invitation.objects.values()))
