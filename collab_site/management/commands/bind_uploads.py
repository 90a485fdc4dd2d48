from django.core.management.base import BaseCommand, CommandError

from collab_site.pictures.storage import StorageUnavailable
from collab_site.upkeep.uploads import bind_uploads


class Command(BaseCommand):
    help = "Bind the uploads to the database, for example after a back-up was restored."

    def handle(self, **options):
        try:
            bind_uploads()
        except StorageUnavailable as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The uploads and the database belong together now.")
