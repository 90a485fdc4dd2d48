from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from collab_site.editing.bin import empty_bin
from collab_site.upkeep.expiry import ImplausibleClock, check_clock


class Command(BaseCommand):
    help = "Remove for good what has been in the bin for BIN_DAYS."

    def handle(self, **options):
        try:
            check_clock()
        except ImplausibleClock as error:
            raise CommandError(str(error)) from error
        empty_bin()
        self.stdout.write(f"What was removed {settings.BIN_DAYS} days ago or earlier is gone.")
