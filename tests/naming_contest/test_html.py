"""Every state of these pages is valid HTML."""

import html5lib
import pytest
from django.utils import timezone

from tests.make import make_idea, make_picture
from tests.naming_contest.family import FORM, photo, receipt
from tests.pictures.samples import drawing, saved


def call(family, contest):
    return family.client.get("/name-us/")


def call_with_ideas(family, contest):
    make_idea(meaning="One.\n\nTwo.", logo=make_picture(), status="approved")
    return family.client.get("/name-us/")


def closed(family, contest):
    contest.closes_at = timezone.now()
    contest.save()
    return family.client.get(FORM)


def form(family, contest):
    return family.client.get(FORM)


def form_with_errors(family, contest):
    return family.send({"adult_agreed": "", "school": "", "website": "x"})


def form_with_a_held_picture(family, contest):
    return family.send({"adult_agreed": "", "logo": photo(saved(drawing(), "PNG"))})


def form_with_a_question(family, contest):
    return family.send({"name": "Ring 01623 123456 <now>"})


def form_to_look(family, contest):
    return family.send({"logo": photo(saved(drawing(), "PNG")), "look": "yes"})


def form_after_another(family, contest):
    return family.client.get(family.send({"name": "Oaks", "next": "yes"})["Location"])


def private(page):
    def open_page(family, contest):
        sent = {"name": "Oaks & Elms", "meaning": "One.\n\nTwo.", "first_name": "Sam <3"}
        address = receipt(family.send(sent | {"logo": photo(saved(drawing(), "PNG"))}))
        return family.client.get(f"{address}{page}")

    open_page.__name__ = page or "receipt"
    return open_page


def withdrawn(family, contest):
    return family.client.post(f"{receipt(family.send({'name': 'Oaks'}))}withdraw/")


@pytest.mark.parametrize(
    "state",
    [
        call,
        call_with_ideas,
        closed,
        form,
        form_with_errors,
        form_with_a_held_picture,
        form_with_a_question,
        form_to_look,
        form_after_another,
        *map(private, ["", "thank-you/", "slip/", "change/", "withdraw/"]),
        withdrawn,
    ],
)
def test_a_page_is_valid_html(family, contest, state):
    response = state(family, contest)

    assert response["Content-Type"].startswith("text/html")
    assert response.status_code == 200
    html5lib.HTMLParser(strict=True).parse(response.content.decode())
