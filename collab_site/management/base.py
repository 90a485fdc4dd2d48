from django.core.management.base import BaseCommand, CommandError
from django.db import InternalError, OperationalError, ProgrammingError

from collab_site.core.pictures.storage import StorageUnavailable
from collab_site.portal.upkeep.expiry import ImplausibleClock
from collab_site.portal.upkeep.uploads_binding import UploadsMismatch


class PortalCommand(BaseCommand):
    """A command that reports what a technician can mend in a sentence, without a traceback.

    With Django's option --traceback it shows that, too.
    """

    def execute(self, *args, **options):
        """Run the command. Raises CommandError."""
        try:
            return super().execute(*args, **options)
        except (ImplausibleClock, StorageUnavailable, UploadsMismatch) as error:
            raise CommandError(str(error)) from error
        # PostgreSQL has ProgrammingError where a table is missing, and InternalError where it
        # can only be read.
        except (InternalError, OperationalError, ProgrammingError) as error:
            reason = " ".join(str(error).split())
            raise CommandError(
                f"The database can't be used: {reason}. If it is new, start the portal first."
            ) from error
