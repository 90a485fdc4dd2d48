"""Reads the pages for editors as a browser without scripts would: their links, fields and words."""

import re
from functools import cached_property
from urllib.parse import urljoin

import html5lib
from django.test import Client

HTML = "{http://www.w3.org/1999/xhtml}"
HIDDEN = {"script", "style", "template", "head"}


class Page:
    """One answer, read; `form` is the one with which a row is edited."""

    def __init__(self, response, address):
        self.response = response
        self.address = address

    @cached_property
    def root(self):
        """What the page is made of."""
        return html5lib.parse(self.response.content.decode())

    def all(self, tag, within=None):
        """Return the elements of this name."""
        return list((self.root if within is None else within).iter(HTML + tag))

    def links(self):
        """Return the addresses of the editors' pages that this one leads to, as they stand."""
        found = (urljoin(self.address, a.get("href")).partition("#")[0] for a in self.all("a"))
        return sorted({address for address in found if address.startswith("/admin/")})

    @property
    def form(self):
        """The form with which the page's row is edited."""
        return next(form for form in self.all("form") if (form.get("id") or "").endswith("_form"))

    def data(self):
        """Return what the form would send, without any button."""
        data = {}
        for field in self.form.iter():
            for name, value in _sent(field):
                data.setdefault(name, []).append(value)
        return data

    def text(self):
        """Return every word that is shown or read out."""
        return re.sub(r"\s+", " ", " ".join(_words(self.root)))


class Editing:
    """A person at the pages for editors."""

    def __init__(self, user):
        self.user = user
        self.client = Client()
        self.client.force_login(user)

    def get(self, address, **kwargs):
        """Return the Page at this address."""
        return Page(self.client.get(address, **kwargs), address)

    def follow(self, page, words):
        """Return the Page to which the link with these words leads."""
        [address] = {a.get("href") for a in page.all("a") if "".join(a.itertext()) == words}
        return self.get(urljoin(page.address, address))

    def status(self, address):
        """Return the status with which the address answers."""
        return self.client.get(address).status_code

    def picture(self, address):
        """Return the answer with a picture; its file is closed."""
        response = self.client.get(address)
        b"".join(response.streaming_content)  # closing it would close the database, too
        return response

    def save(self, page, button="_save", value="", **changes):
        """Send a page's form with `changes` by one of its buttons; return the Page that follows."""
        data = page.data() | changes | {button: value}
        response = self.client.post(page.address, data, follow=True)
        target = response.redirect_chain[-1][0] if response.redirect_chain else page.address
        return Page(response, target)


def _sent(field):
    tag, name = field.tag.removeprefix(HTML), field.get("name")
    if not name or tag == "button" or _is_in_template(field):
        return
    if tag == "textarea":
        yield name, (field.text or "").removeprefix("\n")
    elif tag == "select":
        options = field.findall(f".//{HTML}option")
        chosen = [option for option in options if option.get("selected") is not None]
        yield name, (chosen or options)[0].get("value")
    elif tag == "input" and (
        field.get("type") not in ("checkbox", "radio") or field.get("checked") is not None
    ):
        yield name, field.get("value", "on" if field.get("type") == "checkbox" else "")


def _is_in_template(field):
    return "__prefix__" in field.get("name")


def _words(element):
    tag = element.tag.removeprefix(HTML) if isinstance(element.tag, str) else "comment"
    if tag in HIDDEN:
        yield from (title.text for title in element.iter(f"{HTML}title"))
        return
    yield from (element.get(name) or "" for name in ("aria-label", "alt", "title", "placeholder"))
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            yield from _words(child)
        yield child.tail or ""
