from pathlib import Path

from collab_site.management.base import PortalCommand
from collab_site.portal.content import store


class Command(PortalCommand):
    help = "Write the portal's content, without pictures, as a file that load_content reads."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, nargs="?", help="without it: printed")

    def handle(self, *, file, **options):
        text = store.dump()
        if file:
            file.write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")
