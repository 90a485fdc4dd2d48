"""A family that opens the form, fills it in and sends it, as a browser would."""

import re
from html import unescape

from django.core.files.uploadedfile import SimpleUploadedFile

FORM = "/name-us/suggest/"
RECEIPT = re.compile(r"((?:/from/[-\w]+)?/name-us/receipt/([-\w]{24})/)thank-you/")
HIDDEN = re.compile(r'<input type="hidden" name="(ticket|logo_held)"(?: value="([^"]*)")?')


class Family:
    def __init__(self, client, school, form=FORM):
        self.client, self.form = client, form
        self.answers = {"school": school.pk, "adult_agreed": "on"}
        self.read(client.get(form))

    def read(self, page):
        """Keep what the page's form sends back unseen."""
        self.answers |= dict(HIDDEN.findall(page.content.decode()))

    def send(self, answers=None, /, **headers):
        """Send the form with `answers` written into it; return the response."""
        self.answers |= answers or {}
        response = self.client.post(self.form, self.answers, headers=headers)
        self.answers.pop("logo", None)
        if response.status_code != 302:
            self.read(response)
        return response


def receipt(response):
    """Return the address of the private page to which a thankful answer leads, or None."""
    found = RECEIPT.fullmatch(response.headers.get("Location", ""))
    return found and found[1]


def photo(data, name="photo.jpg"):
    return SimpleUploadedFile(name, data)


def summary(response):
    """Return the sentences of the page's error summary."""
    found = re.search(r'id="problems".*?<ul>(.*?)</ul>', response.content.decode(), re.DOTALL)
    return (
        []
        if not found
        else [
            unescape(re.sub(r"<[^>]+>", "", item)).strip()
            for item in re.findall(r"<li>(.*?)</li>", found[1], re.DOTALL)
        ]
    )
