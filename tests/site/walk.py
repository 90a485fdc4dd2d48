"""A walk through a portal: from address to address, wherever a page leads."""

from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit
from xml.etree import ElementTree

import html5lib
from django.conf import settings

META = ("og:image", "og:url")


@dataclass
class Walk:
    """What a walk has found.

    `pages` are the answers by address. `leads` are (from, to) of every link inside the portal, the
    part of the page after a # included. `outside` are the addresses of other hosts.
    """

    client: object
    pages: dict = field(default_factory=dict)
    leads: set = field(default_factory=set)
    outside: set = field(default_factory=set)

    def begin(self, *addresses):
        """Ask for every address, and for all that those lead to."""
        left = list(addresses)
        while left:
            address = left.pop()
            if address in self.pages:
                continue
            response = self.client.get(address)
            self.pages[address] = response
            left += [urldefrag(lead).url for lead in self._leads_of(address, response)]
        return self

    def lost(self):
        """Return (from, to) of each link that leads nowhere: to no page, or to no part of it."""
        parts = {address: identifiers(response) for address, response in self.pages.items()}
        return sorted(
            (start, lead)
            for start, lead in self.leads
            for page, part in [urldefrag(lead)]
            if self.pages[start].status_code == 200
            if self.pages[page].status_code not in (200, 301, 302)
            or (part and self.pages[page].status_code == 200 and part not in parts[page])
        )

    def _leads_of(self, address, response):
        if response.status_code in (301, 302, 307):
            found = [response["Location"]]
        else:
            found = [*_addresses(response)]
        inside = []
        for lead in found:
            whole = urljoin(settings.PUBLIC_URL + address, lead)
            if urlsplit(whole).scheme not in ("http", "https"):
                continue
            if not whole.startswith(f"{settings.PUBLIC_URL}/"):
                self.outside.add(whole)
                continue
            inside.append(whole.removeprefix(settings.PUBLIC_URL))
        self.leads |= {(address, lead) for lead in inside}
        return inside


def is_html(response):
    return response.get("Content-Type", "").startswith("text/html")


def body(response):
    """Return the whole answer as bytes, streamed or not; it can be asked for again."""
    if response.streaming:
        response.kept = getattr(response, "kept", None) or b"".join(response.streaming_content)
        return response.kept
    return response.content


def identifiers(response):
    """Return the names of the parts of a page."""
    if not is_html(response):
        return set()
    return {element.get("id") for element in _elements(body(response).decode())}


def _addresses(response):
    kind = response.get("Content-Type", "").partition(";")[0]
    if kind == "text/html":
        yield from _of_html(body(response).decode())
    elif kind in ("application/atom+xml", "application/xml"):
        for element in ElementTree.fromstring(body(response)).iter():
            if element.get("href"):
                yield element.get("href")
            if element.tag.endswith("}loc"):
                yield element.text


def _of_html(text):
    for element in _elements(text):
        if element.get("srcdoc"):
            yield from _of_html(element.get("srcdoc"))
        yield from filter(None, (element.get("href"), element.get("src")))
        if element.get("property") in META:
            yield element.get("content")


def _elements(text):
    return html5lib.parse(text, namespaceHTMLElements=False).iter()
