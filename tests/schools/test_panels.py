import pytest

from collab_site.schools.models import School
from tests.make import make_collaboration, make_school

pytestmark = pytest.mark.django_db

SITES = "https://www.oak.example\nhttp://oak.example"


@pytest.fixture
def oak():
    make_collaboration()
    return make_school(name="Oak School", short_name="Oak", slug="oak", panel_origins=SITES)


def directives(response):
    policy = response["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


def test_only_the_sites_that_the_school_lists_may_frame_its_panels(client, oak):
    response = client.get("/from/oak/panel/plan/")
    assert directives(response)["frame-ancestors"] == "https://www.oak.example http://oak.example"
    assert "X-Frame-Options" not in response


def test_a_panel_keeps_the_rest_of_the_policy(client, oak):
    framed, page = client.get("/from/oak/panel/plan/"), client.get("/from/oak/plan/")
    assert directives(framed) | {"frame-ancestors": "'none'"} == directives(page)


def test_nobody_may_frame_the_panels_of_a_school_that_lists_no_site(client, oak):
    School.objects.update(panel_origins="")
    assert directives(client.get("/from/oak/panel/plan/"))["frame-ancestors"] == "'none'"


def test_one_school_s_sites_may_not_frame_another_s_panels(client, oak):
    make_school(
        name="Elm School", short_name="Elm", slug="elm", panel_origins="https://elm.example"
    )
    policy = directives(client.get("/from/elm/panel/plan/"))
    assert policy["frame-ancestors"] == "https://elm.example"


@pytest.mark.parametrize("address", ["/from/oak/plan/", "/from/oak/", "/from/oak/panel/", "/plan/"])
def test_everything_else_refuses_to_be_framed(client, oak, address):
    response = client.get(address)
    assert directives(response)["frame-ancestors"] == "'none'"
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("address", ["/panel/plan/", "/from/nobody/panel/plan/"])
def test_a_panel_is_a_school_s_own(client, oak, address):
    assert client.get(address).status_code == 404


def test_a_panel_sets_no_cookie_and_varies_by_none(client, oak):
    response = client.get("/from/oak/panel/plan/")
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
