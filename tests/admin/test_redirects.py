"""Headteachers say where old addresses lead."""

import pytest
from django.contrib.messages import get_messages
from django.urls import path
from django.views.generic import TemplateView

from collab_site import urls
from collab_site.core.editing.models import Removal
from collab_site.core.schools.models import OldAddress
from tests.make import make_old_address

LIST = "/admin/schools/oldaddress/"

urlpatterns = [*urls.urlpatterns, path("old", TemplateView.as_view(template_name="error.html"))]


def add(head, address, leads_to):
    return head.save(head.get(f"{LIST}add/"), address=address, leads_to=leads_to)


def test_a_headteacher_adds_one_and_tries_it(head):
    page = add(head, "http://testserver/page/?title=Our+plan&pid=12", "http://testserver/plan")
    assert "“/page?title=Our+plan&pid=12” is saved." in page.text()
    assert "leads to /plan/" in page.text()
    [tried] = [a.get("href") for a in page.all("a") if a.text == "See it on the site"]
    assert head.client.get(tried)["Location"] == "/plan/"


@pytest.mark.parametrize(
    ("address", "leads_to", "sentences"),
    [
        ("/plan", "/aims/", ["“/plan/” is a page here already, so it can’t lead elsewhere."]),
        ("/old", "https://elsewhere.example/", ["“elsewhere.example” is another website."]),
        (
            "/admin/x",
            "/old",
            ["Addresses that begin with “/admin/”", "There is no page for everybody at “/old”."],
        ),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_lost(head, address, leads_to, sentences):
    page = add(head, address, leads_to)
    for sentence in sentences:
        assert sentence in page.text()
    assert page.data()["address"][0].strip() == address
    assert page.data()["leads_to"][0].strip() == leads_to
    assert not OldAddress.objects.exists()


def test_empty_fields_are_asked_for_once(head):
    text = add(head, "", "").text()
    assert "Fill this in." in text
    assert "Write it from the first slash on" not in text


def test_one_that_is_there_already_is_named_so(head):
    make_old_address("/old", "/plan/")
    assert "This old address is here already." in add(head, "/old/", "/aims/").text()


def test_a_removed_one_comes_back_out_of_the_bin(head):
    row = make_old_address("/old", "/plan/")
    head.save(head.get(f"{LIST}{row.pk}/change/"), leads_to="/aims/")
    page = head.get(f"{LIST}{row.pk}/delete/")
    head.client.post(page.address, {"post": "yes"})
    assert head.client.get("/old/").status_code == 404
    head.client.post(f"/admin/editing/removal/{Removal.objects.get().pk}/put-back/")
    assert head.client.get("/old/")["Location"] == "/aims/"


def test_what_became_a_page_meanwhile_does_not_come_back(head, settings):
    row = make_old_address("/old", "/plan/")
    head.client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"})
    settings.ROOT_URLCONF = __name__
    answer = head.client.post(f"/admin/editing/removal/{Removal.objects.get().pk}/put-back/")
    messages = [str(message) for message in get_messages(answer.wsgi_request)]
    assert "“/old” is a page here already" in messages[-1]
    assert not OldAddress.objects.exists()


def test_an_editor_has_no_such_page(editor):
    assert editor.status(LIST) == 403
