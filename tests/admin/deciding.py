"""What somebody who decides about ideas sends, as the pages' forms would."""

import time

from naming_contest.models import Idea

QUEUE = "/admin/naming_contest/idea/"


def page_of(idea):
    """Return the address of an idea's page."""
    return f"{QUEUE}{idea.pk}/change/"


def decide(person, idea, status, /, **fields):
    """Send a decision on the idea as it is now; the answer that follows is returned."""
    seen = Idea.objects.filter(pk=idea.pk).values_list("revision", flat=True).first() or 0
    data = {"status": status, "revision": seen, "opened": int(time.time())}
    if status == "declined":
        data["reason"] = "not-now"
    return person.client.post(f"{QUEUE}{idea.pk}/decide/", data | fields, follow=True)


def cover(person, school, **fields):
    """Begin to cover for a school; the answer that follows is returned."""
    return person.client.post(f"{QUEUE}cover/", {"school": school.pk} | fields, follow=True)


def names(page):
    """Return the names of the ideas that a page of the queue lists."""
    return [
        "".join(link.itertext())
        for item in page.all("li")
        if (item.get("id") or "").startswith("idea-")
        for link in page.all("a", item)
    ]


def buttons(page):
    """Return the words of the buttons with which the page's idea is decided about."""
    return [
        "".join(button.itertext())
        for form in page.all("form")
        if (form.get("action") or "").endswith("/decide/")
        for button in page.all("button", form)
    ]
