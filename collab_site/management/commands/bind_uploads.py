from django.core.management.base import CommandError

from collab_site.core.pictures.orphans import files_match_rows
from collab_site.management.base import PortalCommand
from collab_site.portal.upkeep.uploads_binding import STORAGE_ALIASES, bind_uploads


class Command(PortalCommand):
    help = "Bind the uploads to the database, for example after a back-up was restored."

    def add_arguments(self, parser):
        parser.add_argument(
            "--force", action="store_true", help="also where no row names any of the files"
        )

    def handle(self, *, force, **options):
        if not force and not all(map(files_match_rows, STORAGE_ALIASES)):
            raise CommandError(
                "The rows of this database and the pictures and PDFs there have no file in "
                "common, so they hardly belong together: check DATABASE_URL, DATA_DIR and "
                "UPLOADS. With --force they are bound all the same, and the files that no row "
                "names go in the end."
            )
        bind_uploads()
        self.stdout.write("The uploads and the database belong together now.")
