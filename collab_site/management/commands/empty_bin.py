from django.conf import settings

from collab_site.core.editing.bin import empty_bin
from collab_site.management.base import PortalCommand
from collab_site.portal.upkeep.expiry import add_clock_argument, check_clock
from collab_site.portal.upkeep.uploads_binding import check_uploads


class Command(PortalCommand):
    help = "Remove for good what has been in the bin for BIN_DAYS."

    def add_arguments(self, parser):
        add_clock_argument(parser)

    def handle(self, *, trust_clock, **options):
        check_uploads()
        check_clock(trust_clock=trust_clock)
        empty_bin()
        self.stdout.write(f"What was removed {settings.BIN_DAYS} days ago or earlier is gone.")
