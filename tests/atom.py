"""Reads an Atom feed as strictly as RFC 4287 has it."""

from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"
XML = "{http://www.w3.org/XML/1998/namespace}"
CONTENT_TYPE = "application/atom+xml; charset=utf-8"
# How often each element may stand there (sections 4.1.1 and 4.1.2); None is as often as one likes.
IN_FEED = {
    "author": (1, None),
    "category": (0, None),
    "icon": (0, 1),
    "id": (1, 1),
    "link": (1, None),
    "logo": (0, 1),
    "subtitle": (0, 1),
    "title": (1, 1),
    "updated": (1, 1),
    "entry": (0, None),
}
IN_ENTRY = {
    "category": (0, None),
    "id": (1, 1),
    "link": (1, None),
    "published": (0, 1),
    "summary": (0, 1),
    "title": (1, 1),
    "updated": (1, 1),
}


class AtomFeed:
    """A response with a feed, checked when it is read; `entries` are dicts."""

    def __init__(self, response):
        assert response.status_code == 200
        assert response["Content-Type"] == CONTENT_TYPE
        root = ElementTree.fromstring(response.content)
        assert root.tag == f"{ATOM}feed"
        assert root.get(f"{XML}lang")
        _check_elements(root, IN_FEED)
        self.title = _text(root, "title")
        self.id = _address(_text(root, "id"))
        self.updated = _moment(_text(root, "updated"))
        self.links = _links(root)
        self.author = root.find(f"{ATOM}author").findtext(f"{ATOM}name")
        assert {"self", "alternate"} <= set(self.links)
        assert self.author.strip()
        self.entries = [_entry(element) for element in root.iter(f"{ATOM}entry")]
        ids = [self.id, *(entry["id"] for entry in self.entries)]
        assert len(ids) == len(set(ids))
        moments = [entry["updated"] for entry in self.entries]
        assert moments == sorted(moments, reverse=True)
        assert not moments or self.updated == moments[0]

    @property
    def titles(self):
        """The entries' titles, in their order."""
        return [entry["title"] for entry in self.entries]


def _entry(element):
    _check_elements(element, IN_ENTRY)
    links = _links(element)
    assert "alternate" in links
    for summary in element.iter(f"{ATOM}summary"):
        assert summary.get("type") == "html"
    for category in element.iter(f"{ATOM}category"):
        assert category.get("term")
    return {
        "title": _text(element, "title"),
        "id": _address(_text(element, "id")),
        "updated": _moment(_text(element, "updated")),
        "link": links["alternate"],
        "summary": element.findtext(f"{ATOM}summary") or "",
    }


def _check_elements(parent, allowed):
    names = [child.tag.removeprefix(ATOM) for child in parent]
    assert set(names) <= set(allowed)
    for name, (least, most) in allowed.items():
        assert names.count(name) >= least, name
        assert most is None or names.count(name) <= most, name


def _text(parent, name):
    text = parent.findtext(f"{ATOM}{name}")
    assert text.strip(), name
    return text


def _links(parent):
    links = {}
    for link in parent.findall(f"{ATOM}link"):
        # No two alternate ones of one kind, and nothing else is linked here.
        assert link.get("rel") not in links
        links[link.get("rel")] = _address(link.get("href"))
    return links


def _address(text):
    parts = urlsplit(text)
    assert parts.scheme in ("http", "https")
    assert parts.netloc
    assert " " not in text
    return text


def _moment(text):
    moment = datetime.fromisoformat(text)
    assert moment.tzinfo
    assert "T" in text
    return moment
