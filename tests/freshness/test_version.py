import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from achievements.models import Achievement
from collab_site.freshness.version import content_version
from collab_site.schools.models import Collaboration, School
from naming_contest.models import Moderator, TokenBucket
from tests.make import make_achievement, make_aim, make_collaboration, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def achievement():
    make_collaboration()
    return make_achievement()


CHANGES = {
    "a row is saved": lambda row: row.save(),
    "a row is new": lambda row: make_achievement(),
    "a row goes": lambda row: row.delete(),
    "many are changed at once": lambda row: Achievement.objects.update(details="New"),
    "many are made at once": lambda row: Achievement.objects.bulk_create([Achievement(order=9)]),
    "many go at once": lambda row: Achievement.objects.all()._raw_delete("default"),
    "rows are linked": lambda row: row.aims.add(make_aim()),
    "a statement changes rows": lambda row: connection.cursor().execute(
        "update schools_collaboration set name = %s", ["Other"]
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_content_makes_another_version(achievement, change):
    before = content_version()
    CHANGES[change](achievement)
    assert content_version() != before


def test_reading_and_what_no_page_tells_leave_the_version_as_it_is(achievement):
    person = make_user()
    before = content_version()
    list(School.objects.all())
    Moderator.objects.create(user=person)
    TokenBucket.objects.create(key="x", full_at=timezone.now())
    person.save()
    assert content_version() == before


def test_a_change_that_is_rolled_back_leaves_the_version_as_it_was(achievement):
    before = content_version()
    with transaction.atomic():
        Collaboration.objects.update(name="Other")
        transaction.set_rollback(True)
    assert content_version() == before


def test_every_model_of_the_portal_is_content_or_known_not_to_be():
    for label in settings.NOT_CONTENT:
        apps.get_model(label)
