"""The ways to the kits from the pages for editors."""

import pytest

from collab_site.core.accounts.roles import Role
from tests.admin.pages import Editing
from tests.make import make_collaboration, make_school, make_user

pytestmark = pytest.mark.django_db

KITS = ["/schools/elm/kit/", "/schools/oak/kit/"]


@pytest.fixture(autouse=True)
def oak():
    make_collaboration()
    make_school(slug="elm")
    return make_school(slug="oak")


def ways(page):
    """Return the addresses behind the links that are called so."""
    links = page.all("a")
    return sorted(a.get("href") for a in links if a.text == "Links, panels and posters")


@pytest.mark.parametrize("role", Role)
def test_the_first_page_leads_to_the_kit_of_the_persons_school(oak, role):
    person = Editing(make_user(role, school=oak))
    assert ways(person.get("/admin/")) == ["/schools/oak/kit/"]


def test_for_a_person_without_a_school_it_leads_to_the_list_of_all_kits(editor):
    [address] = ways(editor.get("/admin/"))
    assert ways(editor.get(address)) == KITS


def test_who_has_no_school_and_may_not_see_the_list_is_not_led_there():
    assert ways(Editing(make_user(Role.JUDGE)).get("/admin/")) == []


def test_a_schools_page_leads_to_its_kit(head, oak):
    page = head.get(f"/admin/schools/school/{oak.pk}/change/")
    assert ways(page) == ["/schools/oak/kit/"]
    assert head.client.get("/schools/oak/kit/").status_code == 200


def test_a_new_school_has_none_yet(head):
    page = head.get("/admin/schools/school/add/")
    assert ways(page) == []
    assert "as soon as the school is saved" in page.text()
