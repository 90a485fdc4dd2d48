from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from collab_site.editing.bin import empty_bin
from collab_site.pictures.storage import StorageUnavailable
from collab_site.upkeep.expiry import ImplausibleClock, add_clock_argument, check_clock
from collab_site.upkeep.uploads_binding import UploadsMismatch, check_uploads


class Command(BaseCommand):
    help = "Remove for good what has been in the bin for BIN_DAYS."

    def add_arguments(self, parser):
        add_clock_argument(parser)

    def handle(self, *, trust_clock, **options):
        try:
            check_uploads()
            check_clock(trust_clock=trust_clock)
        except (ImplausibleClock, StorageUnavailable, UploadsMismatch) as error:
            raise CommandError(str(error)) from error
        empty_bin()
        self.stdout.write(f"What was removed {settings.BIN_DAYS} days ago or earlier is gone.")
