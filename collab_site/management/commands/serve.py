import logging
import os
import socket
import sys
import time

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.checks import Tags, run_checks
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import InternalError, OperationalError, connections

from collab_site import gunicorn_conf
from collab_site.core.accounts.models import Invitation, User
from collab_site.core.pictures.storage import StorageUnavailable
from collab_site.portal import static_files
from collab_site.portal.content.store import is_empty
from collab_site.portal.health import find_unwritable_folder
from collab_site.portal.upkeep.expiry import ImplausibleClock, erase_expired
from collab_site.portal.upkeep.uploads_binding import UploadsMismatch, bind_uploads, check_uploads

logger = logging.getLogger(__name__)
AN_HOUR = 3600


class Command(BaseCommand):
    help = "Set the portal up where that's needed, and run it."
    requires_system_checks = []

    def handle(self, **options):
        os.umask(0o077)
        _require_free_port()
        try:
            prepare()
        # InternalError: PostgreSQL refuses to write.
        except (InternalError, OperationalError) as error:
            raise CommandError(f"The database can't be used: {str(error).strip()}") from error
        except (StorageUnavailable, UploadsMismatch) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The portal is at {settings.PUBLIC_URL} (Ctrl+C stops it).")
        self._tell_first_link()
        self.stdout.flush()
        connections.close_all()
        os.chdir(settings.BASE_DIR)
        os.execv(sys.executable, [sys.executable, *_server()])

    def _tell_first_link(self):
        people = User.objects.filter(is_active=True)
        if people.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists():
            return
        if Invitation.objects.open().filter(user=None).exists():
            self.stdout.write(
                "Nobody has an account yet. An earlier start printed a link to the first one; "
                "“make invite” (on a server: “sudo portal invite”) prints a new one."
            )
        else:
            self.stdout.write(
                f"Nobody has an account yet. This link makes the first one; it works once, within "
                f"{settings.INVITATION_DAYS} days:\n{Invitation.make_link()}"
            )


def _require_free_port():
    family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.HOST, settings.PORT))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", "there is no such port")
            raise CommandError(
                f"Nothing can be served at HOST {settings.HOST}, PORT {settings.PORT}: {reason}. "
                "Stop what is running there, or choose another PORT."
            ) from error


def prepare():
    """Bring the database up to date, fill an empty one, and collect the static files.

    Raises CommandError for a database or folder that the portal can't use, UploadsMismatch for
    uploads that belong to another database, and StorageUnavailable.
    """
    _check_database()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    check_uploads()
    _require_writable_folders()
    # This also tries to write to the database and to the uploads.
    bind_uploads()
    if is_empty():
        call_command("load_content", settings.STARTER_CONTENT)
    try:
        erase_expired()
        _delete_left_uploads()
    except ImplausibleClock as error:
        logger.warning(error)
    if not settings.DEBUG:
        static_files.collect()


def _check_database():
    messages = run_checks(tags=[Tags.database], databases=list(connections))
    errors = [message for message in messages if message.is_serious()]
    if errors:
        raise CommandError(" ".join(f"{error.msg} {error.hint or ''}" for error in errors))


def _require_writable_folders():
    folder = find_unwritable_folder()
    if folder:
        raise CommandError(
            f"The folder {folder} can't be written: its disk is full or read-only, or it doesn't "
            "belong to the portal's user."
        )


def _delete_left_uploads():
    # Others may be on their way: servers can share the folder.
    latest = time.time() - AN_HOUR
    for left in settings.FILE_UPLOAD_TEMP_DIR.iterdir():
        if left.stat().st_mtime < latest:
            left.unlink(missing_ok=True)


def _server():
    if settings.DEBUG:
        return ["manage.py", "runserver", gunicorn_conf.bind]
    return ["-m", "gunicorn", "--config", "collab_site/gunicorn_conf.py"]
