"""What two headteachers do at the same moment."""

from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction

from collab_site.core.accounts.models import User
from collab_site.core.accounts.roles import Role
from tests.make import make_user


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("roles_again")
def test_two_heads_who_demote_each_other_leave_one():
    heads = [make_user(Role.HEADTEACHER) for _ in range(2)]
    refused = []

    def demote(head):
        try:
            head.give_role(Role.EDITOR)
        except (ValidationError, OperationalError) as error:
            refused.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        heads[0].give_role(Role.EDITOR)
        other = Thread(target=demote, args=[heads[1]])
        other.start()
        other.join(timeout=1)
    other.join()
    assert len(refused) == 1
    assert User.objects.headteachers().count() == 1
