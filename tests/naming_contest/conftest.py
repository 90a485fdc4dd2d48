import pytest
from hypothesis import settings as hypothesis_settings

from tests.make import make_collaboration, make_contest, make_school
from tests.naming_contest.family import Family

# A busy computer makes no test fail.
hypothesis_settings.register_profile("patient", deadline=None)
hypothesis_settings.load_profile("patient")


@pytest.fixture(autouse=True)
def _quick_families(settings):
    settings.SUGGESTION_MIN_SECONDS = 0


@pytest.fixture
def collaboration(db):
    return make_collaboration()


@pytest.fixture
def school(collaboration):
    return make_school(name="Oak School", short_name="Oak", slug="oak")


@pytest.fixture
def contest(collaboration):
    return make_contest()


@pytest.fixture
def family(client, contest, school):
    """A family with the form open, all of it filled in but the idea."""
    return Family(client, school)
