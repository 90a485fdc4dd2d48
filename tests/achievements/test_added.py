"""When an achievement was added: kept from editors, files and earlier versions."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from achievements.models import Achievement
from actionplan.models import Edition
from collab_site.core.editing.bin import bring_back, put_back
from collab_site.core.editing.history import history_of, recorded
from collab_site.core.editing.models import Removal
from collab_site.portal.content import store
from tests.make import make_achievement, make_collaboration, make_school, make_step, publish

pytestmark = pytest.mark.django_db
THEN = datetime(2026, 5, 4, 12, tzinfo=UTC)
A_DAY = timedelta(days=1)


def test_editors_do_not_set_it(head):
    row = make_achievement(added_at=THEN)
    page = head.get(f"/admin/achievements/achievement/{row.pk}/change/")
    assert not [name for name in page.data() if "added" in name]
    head.save(page, title="We sang twice.")
    row.refresh_from_db()
    assert (row.title, row.added_at) == ("We sang twice.", THEN)


def test_an_earlier_version_brings_back_the_words_and_leaves_the_time():
    row = make_achievement(title="We sang.", added_at=THEN)
    with recorded(None):
        row.title = "We danced."
        row.save()
    Achievement.objects.update(added_at=timezone.now())
    row.refresh_from_db()
    bring_back(history_of(row).last())
    again = Achievement.objects.get()
    assert (again.title, again.added_at) == ("We sang.", row.added_at)


def test_out_of_the_bin_it_comes_with_its_time():
    row = make_achievement(added_at=THEN)
    with recorded(None):
        row.delete()
    put_back(Removal.objects.get())
    assert Achievement.objects.get().added_at == THEN


def test_a_content_file_neither_says_nor_changes_it():
    make_collaboration()
    make_school()
    row = make_achievement(title="We sang.", added_at=THEN)
    text = store.dump()
    assert "added_at" not in text
    store.load(text)
    row.refresh_from_db()
    assert row.added_at == THEN


NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def dated_back(day):
    """Return since when an achievement counts that is here when the column comes."""
    row = make_achievement(achieved_on=day, added_at=NOW)
    import_module("achievements.migrations.0003_added_at").date_back(apps, None)
    row.refresh_from_db()
    return row.added_at


@pytest.mark.parametrize(
    ("day", "added_at"),
    [
        (date(2026, 5, 4), datetime(2026, 5, 4, 11, tzinfo=UTC)),
        (date(2126, 5, 4), NOW),
        (None, NOW),
    ],
)
def test_what_was_there_before_counts_from_its_day(day, added_at):
    assert dated_back(day) == added_at


@pytest.mark.parametrize(("published_at", "added_at"), [(THEN, THEN), (NOW + A_DAY, NOW)])
def test_what_was_there_before_without_a_day_counts_from_the_first_plan(published_at, added_at):
    make_step()
    publish()
    Edition.objects.update(published_at=published_at)
    assert dated_back(None) == added_at
