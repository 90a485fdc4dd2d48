"""The page on which headteachers let people in."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError

from collab_site.core.accounts.models import Invitation, User
from collab_site.core.accounts.roles import Role
from tests.make import make_idea, make_school, make_user

PEOPLE = "/admin/accounts/user/"
LINK = re.compile(r'value="http://127\.0\.0\.1:8000(/accounts/welcome/[\w-]{43}/)"')


@pytest.fixture
def head(db):
    return make_user(
        Role.HEADTEACHER, email="head@school.example", first_name="Ada", last_name="Byron"
    )


@pytest.fixture
def as_head(client, head):
    client.force_login(head)
    return client


def words(person=None, **changes):
    fields = {"first_name": "Zoë", "last_name": "O’Brien", "email": "zoe@school.example"}
    fields |= {"school": "", "role": "editor"}
    if person:
        fields |= {name: getattr(person, name) for name in ("first_name", "last_name", "email")}
        fields |= {"role": person.role.value, "is_active": "on"}
    fields |= changes
    return {name: value for name, value in fields.items() if value is not None}


def add(as_head, **changes):
    return as_head.post(f"{PEOPLE}add/", words(**changes))


def change(as_head, person, **changes):
    address = f"{PEOPLE}{person.pk}/change/"
    page = as_head.get(address).content.decode()
    seen = re.search(r'name="_seen" value="([^"]+)"', page)[1]
    return as_head.post(address, words(person, _seen=seen, **changes))


def make_editor(**kwargs):
    return make_user(Role.EDITOR, first_name="Bo", last_name="Lee", **kwargs)


def test_the_list_tells_who_can_sign_in(as_head, head):
    school = make_school()
    make_editor(email="bo@school.example", school=school, is_active=False)
    make_user(Role.EDITOR, email="new@school.example")
    as_head.post("/accounts/logout/")
    as_head.post("/accounts/login/", {"login": head.email, "password": "a-long-password"})
    page = as_head.get(PEOPLE).content.decode()
    assert "People who can sign in" in page
    assert f"bo@school.example · {school.short_name} · Editor · can’t sign in" in page
    assert "new@school.example · Editor · has not signed in yet" in page
    assert re.search(r"head@school\.example · Headteacher · last signed in on \d+ \w+ \d{4}", page)


def test_the_list_asks_the_database_as_often_for_many_as_for_one(
    as_head, django_assert_max_num_queries
):
    for _ in range(20):
        make_editor(school=make_school())
    with django_assert_max_num_queries(10):
        as_head.get(PEOPLE)


def test_somebody_new_gets_a_link(as_head, client, head):
    school = make_school()
    answer = add(as_head, school=school.pk, email="Zoe@School.example")
    link = LINK.search(answer.content.decode())[1]
    assert "no-store" in answer["Cache-Control"]
    person = User.objects.get(email="zoe@school.example")
    assert (person.role, person.school) == (Role.EDITOR, school)
    assert not person.has_usable_password()
    invitation = Invitation.objects.by_token(link.split("/")[-2])
    assert (invitation.user, invitation.made_by) == (person, head)
    assert "Zoë O’Brien" in client.get(link).content.decode()


def test_the_link_is_shown_once(as_head):
    link = LINK.search(add(as_head).content.decode())[1]
    person = User.objects.get(email="zoe@school.example")
    for page in (PEOPLE, f"{PEOPLE}{person.pk}/change/"):
        assert link not in as_head.get(page).content.decode()


def test_a_person_with_an_account_is_not_added_twice(as_head, head):
    page = add(as_head, email="HEAD@school.example").content.decode()
    assert "Somebody with this e-mail has an account already." in page
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("missing", ["first_name", "last_name", "email", "role"])
def test_what_is_needed_is_asked_for(as_head, missing):
    assert add(as_head, **{missing: ""}).status_code == 200
    assert User.objects.count() == 1


def test_a_new_link_ends_the_earlier_one(as_head, client):
    old = LINK.search(add(as_head).content.decode())[1]
    person = User.objects.get(email="zoe@school.example")
    new = LINK.search(as_head.post(f"{PEOPLE}{person.pk}/link/").content.decode())[1]
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200


def test_a_link_is_made_by_a_button_only(as_head, head):
    assert as_head.get(f"{PEOPLE}{head.pk}/link/").status_code == 405
    assert not Invitation.objects.exists()


def test_nobody_gets_a_link_who_may_not_sign_in(as_head):
    person = make_editor(is_active=False)
    assert "Make a new link" not in as_head.get(f"{PEOPLE}{person.pk}/change/").content.decode()
    assert as_head.post(f"{PEOPLE}{person.pk}/link/").status_code == 404


@pytest.mark.parametrize("pk", ["0", "99999999999999999999"])
def test_nobody_is_nobody(as_head, pk):
    assert as_head.post(f"{PEOPLE}{pk}/link/").status_code == 404


def test_everything_about_a_person_can_be_changed(as_head):
    person = make_editor()
    school = make_school()
    changes = {"first_name": "Li", "email": "Li@School.example", "role": "headteacher"}
    assert change(as_head, person, school=school.pk, **changes).status_code == 302
    person = User.objects.get(pk=person.pk)
    assert (person.first_name, person.email) == ("Li", "li@school.example")
    assert (person.school, person.role) == (school, Role.HEADTEACHER)
    assert person.check_password("a-long-password")


def test_the_role_that_somebody_has_is_chosen_already(as_head, head):
    for person in (make_editor(), make_user(Role.JUDGE), head):
        page = as_head.get(f"{PEOPLE}{person.pk}/change/").content.decode()
        [chosen] = re.findall(r'<input type="radio"[^>]*value="(\w+)"[^>]* checked', page)
        assert chosen == person.role.value


def test_a_person_has_one_role(as_head):
    person = make_editor()
    change(as_head, person, role="headteacher")
    assert [group.name for group in person.groups.all()] == ["Headteacher"]


def test_somebody_who_leaves_is_signed_out(as_head, client, head):
    person = make_editor()
    theirs = type(client)()
    theirs.force_login(person)
    assert theirs.get("/admin/").status_code == 200
    assert change(as_head, person, is_active=None).status_code == 302
    assert theirs.get("/admin/").status_code == 302


def test_the_last_headteacher_stays_one(as_head, head):
    make_user(Role.HEADTEACHER, password=None)
    make_user(Role.HEADTEACHER, is_active=False)
    for changes in ({"role": "editor"}, {"is_active": None}):
        page = change(as_head, head, **changes)
        assert "Make somebody else a headteacher first" in page.content.decode()
    head = User.objects.get(pk=head.pk)
    assert head.is_active
    assert head.role == Role.HEADTEACHER
    assert as_head.post(f"{PEOPLE}{head.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=head.pk).exists()


def test_one_headteacher_of_two_may_step_back(as_head, head):
    make_user(Role.HEADTEACHER)
    assert change(as_head, head, role="editor").status_code == 302
    assert User.objects.get(pk=head.pk).role == Role.EDITOR


def test_the_rule_holds_without_a_form_too(head):
    with pytest.raises(ValidationError):
        head.give_role(Role.EDITOR)
    assert head.role == Role.HEADTEACHER
    head.is_active = False
    with pytest.raises(ValidationError):
        head.full_clean()


def test_somebody_added_by_mistake_can_be_removed(as_head):
    person = make_editor()
    Invitation.make(person)
    assert (
        f"{PEOPLE}{person.pk}/delete/"
        in as_head.get(f"{PEOPLE}{person.pk}/change/").content.decode()
    )
    assert as_head.post(f"{PEOPLE}{person.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=person.pk).exists()


@pytest.mark.parametrize(
    "act",
    [
        lambda person: make_idea(status="approved", decided_by=person),
        lambda person: Invitation.make(made_by=person),
    ],
    ids=["decided about an idea", "let somebody in"],
)
def test_somebody_who_has_done_things_stays(as_head, act):
    person = make_user(Role.HEADTEACHER)
    act(person)
    page = as_head.get(f"{PEOPLE}{person.pk}/change/").content.decode()
    assert "/delete/" not in page
    assert as_head.post(f"{PEOPLE}{person.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=person.pk).exists()


def test_fields_that_are_not_asked_for_have_no_effect(as_head):
    group = Group.objects.create(name="Others")
    more = {
        "is_superuser": "on",
        "is_staff": "",
        "groups": group.pk,
        "user_permissions": "1",
        "password": "x",
        "id": "1",
    }
    person = make_editor()
    assert change(as_head, person, **more).status_code == 302
    add(as_head, **more)
    for user in (User.objects.get(pk=person.pk), User.objects.get(email="zoe@school.example")):
        assert not user.is_superuser
        assert user.is_staff
        assert [group.name for group in user.groups.all()] == ["Editor"]
        assert not user.user_permissions.exists()
        assert user.password != "x"


@pytest.mark.parametrize("role", ["", "superuser", "Others", "\x00"])
def test_there_are_no_other_roles(as_head, role):
    person = make_editor()
    assert change(as_head, person, role=role).status_code == 200
    assert User.objects.get(pk=person.pk).role == Role.EDITOR


@pytest.mark.parametrize("path", ["", "add/", "{}/change/", "{}/delete/", "{}/link/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_editor_reaches_none_of_it(client, head, path, method):
    editor = make_editor()
    client.force_login(editor)
    for person in (head, editor):
        answer = getattr(client, method)(PEOPLE + path.format(person.pk), words())
        assert answer.status_code in (403, 404, 405)
    assert User.objects.count() == 2
    assert editor.role == Role.EDITOR
    assert not Invitation.objects.exists()


def test_no_word_is_the_frameworks(as_head, head):
    for page in (PEOPLE, f"{PEOPLE}add/", f"{PEOPLE}{head.pk}/change/"):
        text = as_head.get(page).content.decode().lower()
        for word in ("superuser", "permission", "group", "staff", "username", "---------"):
            assert word not in text
