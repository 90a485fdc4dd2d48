from pathlib import Path

from django.core.management.base import CommandError

from collab_site.management.base import PortalCommand
from collab_site.portal.content import store
from collab_site.portal.content.document import ContentError


class Command(PortalCommand):
    help = "Put a collaboration's content, from a file, into the portal."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace",
            action="store_true",
            help="replace the content that is there; people and families' ideas stay",
        )

    def handle(self, *, file, replace, **options):
        if not (replace or store.is_empty()):
            raise CommandError("There is content already. Add --replace to replace it.")
        try:
            store.load(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} can't be read: {error}") from error
        except ContentError as error:
            raise CommandError(f"{file}, {error}") from error
