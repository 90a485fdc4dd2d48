from django.conf import settings
from django.core.management.base import BaseCommand

from collab_site.editing.bin import empty_bin


class Command(BaseCommand):
    help = "Remove for good what has been in the bin for BIN_DAYS."

    def handle(self, **options):
        empty_bin()
        self.stdout.write(f"What was removed {settings.BIN_DAYS} days ago or earlier is gone.")
