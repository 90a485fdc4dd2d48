"""Old addresses lead to the pages here, and whatever there is stays as it is."""

import pytest
from django.core.exceptions import ValidationError

from collab_site.core.schools.models import OldAddress
from tests.make import make_collaboration, make_old_address, make_school

pytestmark = pytest.mark.django_db

CMS = "/page/?title=Plan&pid=12"


def target(client, address, **kwargs):
    response = client.get(address, **kwargs)
    return response["Location"] if response.status_code == 302 else response.status_code


@pytest.mark.parametrize(
    ("old", "asked"),
    [
        ("/our-plan/", "/our-plan/"),
        ("/our-plan/", "/our-plan"),
        ("/our-plan", "/our-plan/"),
        ("/our-plan/", "/our-plan/?utm_source=letter&fbclid=1"),
        ("/plan.html", "/plan.html"),
        ("/a/b/plan.aspx", "/a/b/plan.aspx?x"),
        (CMS, "/page/?title=Plan&pid=12"),
        (CMS, "/page?pid=12&title=Plan"),
        (CMS, "/page/?fbclid=1&title=Plan&pid=12&utm_medium=x"),
        ("/caf%C3%A9/", "/caf%C3%A9/"),
        ("/café", "/caf%C3%A9"),
        ("/our plan", "/our%20plan"),
        ("/find?q=a+b", "/find/?q=a%20b"),
        ("http://testserver/our-plan/#top", "/our-plan/"),
        ("http://127.0.0.1:8000/our-plan/", "/our-plan/"),
    ],
)
def test_an_old_address_leads_to_its_page(client, old, asked):
    make_old_address(old, "/plan/")
    assert target(client, asked) == "/plan/"


@pytest.mark.parametrize(
    "asked",
    [
        "/page/",
        "/page/?title=Plan",
        "/page/?title=Plan&pid=13",
        "/page/x/?title=Plan&pid=12",
        "/pag",
    ],
)
def test_what_is_not_meant_stays_a_404(client, asked):
    make_old_address(CMS, "/plan/")
    assert target(client, asked) == 404


def test_of_several_that_fit_the_one_that_says_most_leads(client):
    make_old_address("/page", "/")
    make_old_address("/page?pid=12", "/aims/")
    make_old_address("/page?part=2&pid=12", "/achievements/")
    asked = ["/page/", "/page/?pid=11", "/page/?pid=12", "/page/?pid=12&part=2"]
    assert [target(client, address) for address in asked] == ["/", "/", "/aims/", "/achievements/"]


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [
        ("/plan/", "/plan/"),
        ("/plan", "/plan/"),
        ("/", "/"),
        ("http://testserver", "/"),
        ("/aims/#read", "/aims/#read"),
        ("/name-us/ideas/?page=a1-1", "/name-us/ideas/?page=a1-1"),
        ("http://127.0.0.1:8000/plan/2026-27/", "/plan/2026-27/"),
        ("http://testserver/from/oak/aims/", "/aims/"),
    ],
)
def test_the_page_may_be_written_in_any_way_that_is_clear(client, typed, leads_to):
    make_old_address("/old", typed)
    assert target(client, "/old") == leads_to


def test_through_an_entrance_it_keeps_the_entrance(client):
    make_collaboration()
    make_school(slug="oak")
    make_old_address("/our-plan", "/aims/#read")
    assert target(client, "/from/oak/our-plan/") == "/from/oak/aims/#read"


def test_it_can_be_changed_so_nobody_keeps_it(client):
    make_old_address("/our-plan", "/plan/")
    response = client.get("/our-plan/")
    assert (response.status_code, response["Cache-Control"]) == (302, "no-cache")
    OldAddress.objects.update(leads_to="/aims/")
    assert target(client, "/our-plan/") == "/aims/"
    OldAddress.objects.all().delete()
    assert target(client, "/our-plan/") == 404


def test_only_readers_are_led(client):
    make_old_address("/our-plan", "/plan/")
    assert client.head("/our-plan/")["Location"] == "/plan/"
    for method in ("post", "put", "delete", "options"):
        assert getattr(client, method)("/our-plan/").status_code == 404


def test_a_page_that_has_come_since_is_shown(client):
    row = make_old_address("/our-plan", "/plan/")
    OldAddress.objects.filter(pk=row.pk).update(address="/aims", path="/aims")
    assert client.get("/aims/").status_code == 200


@pytest.mark.parametrize(
    ("address", "count"), [("/schools/", 3), ("/favicon.svg", 2), ("/plan/feed/", 3)]
)
def test_what_there_is_costs_no_query_more(client, address, count, django_assert_num_queries):
    make_old_address()
    with django_assert_num_queries(count):
        client.get(address)


@pytest.mark.parametrize("count", [1, 30])
def test_a_search_takes_one_query(client, count, django_assert_num_queries):
    for number in range(count):
        make_old_address(f"/page?pid={number}", "/plan/")
    with django_assert_num_queries(4):  # the page that says so takes three
        assert target(client, "/page") == 404


ELSEWHERE = "is another website"
TAKEN = "is a page here already"
RESERVED = "belong to the portal itself"
NO_PAGE = "There is no page for everybody"
UNCLEAR = "Write it from the first slash on"


@pytest.mark.parametrize(
    ("old", "sentence"),
    [
        ("/plan/", "“/plan/” is a page here already"),
        ("/plan", "“/plan/” is a page here already"),
        ("/plan?pid=12", TAKEN),
        ("/", TAKEN),
        ("/?p=12", TAKEN),
        ("/plan/2026-27/reading/", TAKEN),
        ("/sitemap.xml", TAKEN),
        ("/%70lan/", TAKEN),
        ("/panel/plan/", TAKEN),
        ("/admin", RESERVED),
        ("/admin/old/", "“/admin/” belong to the portal itself"),
        ("/accounts/old/", RESERVED),
        ("/static/old.css", RESERVED),
        ("/from/oak/old/", RESERVED),
        ("/as-if/old/", RESERVED),
        ("https://www.oak.example/plan.html", "“www.oak.example” is another website"),
        ("//www.oak.example/plan.html", ELSEWHERE),
        ("ftp://testserver/plan.html", ELSEWHERE),
        ("javascript:alert(1)", ELSEWHERE),
        ("http://[oops", "This is no address"),
        ("/old%00plan", "This is no address"),
        ("/old%0Aplan", "This is no address"),
        ("/old?q=" + "é" * 200, "at most 500"),
        ("our-plan", UNCLEAR),
        ("www.oak.example/plan.html", UNCLEAR),
        ("?pid=12", UNCLEAR),
        ("#", UNCLEAR),
    ],
)
def test_what_cannot_be_an_old_address_is_said(old, sentence):
    with pytest.raises(ValidationError) as error:
        make_old_address(old, "/plan/")
    [message] = error.value.message_dict["address"]
    assert sentence in message


@pytest.mark.parametrize(
    ("leads_to", "sentence"),
    [
        ("/nowhere/", "“/nowhere/”. Open the page that you mean"),
        ("/our-plan/", NO_PAGE),
        ("/older-plan/", NO_PAGE),
        ("/admin/", NO_PAGE),
        ("/accounts/login/", NO_PAGE),
        ("/style/", NO_PAGE),
        ("/healthz", NO_PAGE),
        ("/panel/plan/", NO_PAGE),
        ("/from/oak/admin/", NO_PAGE),
        ("/plan/../admin/", NO_PAGE),
        ("/\\www.oak.example/", NO_PAGE),
        ("//www.oak.example/plan/", ELSEWHERE),
        ("https://www.oak.example/plan/", ELSEWHERE),
        ("https://testserver@www.oak.example/plan/", ELSEWHERE),
        ("javascript:alert(1)", ELSEWHERE),
        ("data:text/html,x", ELSEWHERE),
        ("plan", UNCLEAR),
    ],
)
def test_where_nothing_can_lead_is_said(leads_to, sentence):
    make_old_address("/older-plan", "/plan/")
    with pytest.raises(ValidationError) as error:
        make_old_address("/our-plan", leads_to)
    [message] = error.value.message_dict["leads_to"]
    assert sentence in message


@pytest.mark.parametrize("again", ["/our-plan", "/our-plan/", "http://testserver/our-plan/"])
def test_an_old_address_is_there_once(again):
    make_old_address("/our-plan/", "/plan/")
    with pytest.raises(ValidationError, match="This old address is here already"):
        make_old_address(again, "/aims/")


@pytest.mark.parametrize(
    "address", ["/" + "x" * 90_000, "/%00", "/%E2%80%AE", "/%FF", "/a?" + "&" * 99]
)
def test_odd_addresses_stay_refused(client, address):
    make_old_address()
    assert client.get(address).status_code in (400, 404)
