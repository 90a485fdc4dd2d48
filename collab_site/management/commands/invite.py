from django.conf import settings
from django.core.management.base import CommandError

from collab_site.core.accounts.models import Invitation, User
from collab_site.management.base import PortalCommand


class Command(PortalCommand):
    help = "Print a one-time link: to a new administrator's account, or to a new password."

    def add_arguments(self, parser):
        parser.add_argument(
            "email", nargs="?", help="whose password to set anew; without it: a new account"
        )

    def handle(self, *, email, **options):
        self.stdout.write(Invitation.make_link(_person(email) if email else None))
        self.stdout.write(f"It works once, within {settings.INVITATION_DAYS} days.")


def _person(email):
    try:
        return User.objects.get_by_natural_key(email)
    except User.DoesNotExist as error:
        raise CommandError(f"Nobody here has the e-mail address {email}.") from error
