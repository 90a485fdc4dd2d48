"""Every state of these pages is valid HTML."""

import html5lib
import pytest
from django.utils import timezone

from tests.make import make_idea, make_picture
from tests.naming_contest.family import FORM, THANK_YOU, photo
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


def thank_you(family, contest):
    return family.client.get(THANK_YOU)


@pytest.mark.parametrize(
    "state",
    [call, call_with_ideas, closed, form, form_with_errors, form_with_a_held_picture, thank_you],
)
def test_a_page_is_valid_html(family, contest, state):
    page = state(family, contest).content.decode()

    html5lib.HTMLParser(strict=True).parse(page)
