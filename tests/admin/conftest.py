import pytest

from collab_site.accounts.roles import Role
from tests.admin.pages import Editing
from tests.make import make_user


@pytest.fixture
def head(db):
    """A headteacher."""
    return Editing(make_user(Role.HEADTEACHER, first_name="Ann", last_name="Head"))


@pytest.fixture
def editor(db):
    """An editor."""
    return Editing(make_user(Role.EDITOR, first_name="Ed", last_name="Itor"))
