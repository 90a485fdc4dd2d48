"""Writes a database of this version with some content, and what its public pages show of it.

Run it in a checkout of the version, with an empty DATA_DIR, and the number of its commit:
`DATA_DIR=$(mktemp -d) .venv/bin/python …/make_fixture.py 2db5bf9`
"""

import gzip
import json
import os
import sqlite3
import sys
from contextlib import closing
from html import unescape
from pathlib import Path
from re import sub

import time_machine

FOLDER = Path(__file__).parent
NOW = "2026-11-22T12:00:00+00:00"


def main(commit):
    """Write `commit`.sql.gz and `commit`.json beside this file."""
    sys.path.insert(0, ".")
    os.environ["DJANGO_SETTINGS_MODULE"] = "collab_site.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    with time_machine.travel(NOW, tick=False):
        call_command("migrate", verbosity=0)
        call_command("load_content", settings.STARTER_CONTENT)
        call_command("collectstatic", verbosity=0, interactive=False)
        make_content()
        # Before pages are read, which stores PDFs and pictures that are made for them.
        with closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as database:
            dump = "\n".join(database.iterdump())
        pages = read_pages()
    (FOLDER / f"{commit}.sql.gz").write_bytes(gzip.compress(dump.encode(), mtime=0))
    (FOLDER / f"{commit}.json").write_text(json.dumps(pages, indent=1, ensure_ascii=False) + "\n")


def make_content():
    """Make what a portal has after some months of use, but for pictures and PDFs."""
    import reversion
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from actionplan.models import Evidence, Plan, Strand, Update
    from tests.make import make_achievement, make_contest, make_idea, make_winner

    head = get_user_model().objects.create_user("ann@school.example", first_name="Ann")
    plan = Plan.objects.order_by("-year").first()
    with reversion.create_revision():
        reversion.set_user(head)
        reversion.set_comment("We said what it needs.")
        strand = plan.strands.first()
        strand.resources, strand.lead = "Two afternoons of cover.", "Deputy headteacher"
        strand.save()
    plan.publish(author=head, note="We added what the first strand needs.")
    with reversion.create_revision():
        Strand.objects.filter(plan=plan).last().delete()
    update = Update.objects.create(plan=plan, text="We met and read together.", audience="public")
    Evidence.objects.create(update=update, kind="impact", text="More children read at home.")
    make_achievement(title="A shared choir", achieved_on="2026-10-20")
    old = make_contest(
        title="Name our garden",
        opens_at=timezone.now().replace(month=3),
        closes_at=timezone.now().replace(month=4),
        announces_at=timezone.now().replace(month=5),
    )
    make_winner(contest=old, idea=make_idea(contest=old, name="The Green Room", status="approved"))
    contest = make_contest(title="Name us all")
    make_idea(
        contest=contest, name="Ashfield Acorns", strap_line="Small to tall", status="approved"
    )
    make_idea(contest=contest, name="Nobody has looked at this", first_name="Samira")


def read_pages():
    """Return {address: which texts of the database are on it} for every public page.

    The schools' entrances are left out: their pages are the same.
    """
    from django.test import Client

    from tests.site.walk import Walk

    texts = _content_texts()
    walk = Walk(Client(HTTP_HOST="127.0.0.1:8000")).begin("/")
    return {
        address: sorted(text for text in texts if text in words)
        for address, response in sorted(walk.pages.items())
        if response.status_code == 200 and response["Content-Type"].startswith("text/html")
        if not address.startswith("/from/")
        for words in [plain_text(response.content.decode())]
    }


def plain_text(html):
    """Return a page's words without its tags."""
    return " ".join(unescape(sub(r"<[^>]+>", " ", html)).split())


def _content_texts():
    from django.apps import apps
    from django.db import models

    labels = ("schools", "aims", "actionplan", "achievements", "naming_contest")
    return {
        " ".join(text.split())
        for label in labels
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        for text in model._base_manager.values_list(field.name, flat=True)
        if text and len(text) > 12 and "\n" not in text
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
