"""Django's words are said in ours: the catalogue and what is compiled from it."""

from pathlib import Path

import django
import polib
import pytest
from django.utils.translation import gettext, ngettext

import collab_site

CATALOGUE = Path(collab_site.__file__).parent / "locale/en_GB/LC_MESSAGES/django.po"
OURS = polib.pofile(CATALOGUE)


def said(catalogue):
    return {entry.msgid: entry.msgstr or entry.msgstr_plural for entry in catalogue}


def test_the_compiled_catalogue_is_that_of_the_written_one():
    assert said(polib.mofile(CATALOGUE.with_suffix(".mo"))) == said(OURS)


def test_every_sentence_is_one_that_django_has():
    root = Path(django.__file__).parent
    known = {
        entry.msgid
        for folder in ("conf", "contrib/admin")
        for entry in polib.pofile(root / folder / "locale/en/LC_MESSAGES/django.po")
    }
    assert [entry.msgid for entry in OURS if entry.msgid not in known] == []


@pytest.mark.parametrize("entry", OURS, ids=lambda entry: entry.msgid[:30])
def test_ours_is_shown(entry):
    if entry.msgid_plural:
        shown = [ngettext(entry.msgid, entry.msgid_plural, number) for number in (1, 2)]
        assert shown == list(entry.msgstr_plural.values())
    else:
        assert gettext(entry.msgid) == entry.msgstr
