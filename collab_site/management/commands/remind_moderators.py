from django.core.management.base import CommandError

from collab_site.management.base import PortalCommand
from naming_contest.reminding import remind_moderators


class Command(PortalCommand):
    help = "Tell by e-mail those who want it how many ideas wait for them, once a day."

    def handle(self, **options):
        sent, failed = remind_moderators()
        self.stdout.write(f"E-mails sent: {sent}.")
        if failed:
            raise CommandError(f"E-mails that could not be sent: {failed}. Run this again later.")
