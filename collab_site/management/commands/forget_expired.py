from collab_site.core.pictures.models import PendingDeletion
from collab_site.core.pictures.orphans import clean_up_files, describe_counts
from collab_site.management.base import PortalCommand
from collab_site.portal.upkeep.expiry import add_clock_argument, erase_expired
from collab_site.portal.upkeep.uploads_binding import bind_uploads, check_uploads
from naming_contest.forgetting import forget_expired, in_words


class Command(PortalCommand):
    help = (
        "Erase what has expired: what is personal in families' ideas (IDEAS_KEPT_DAYS), the bin "
        "(BIN_DAYS), and files that no row names. Run it daily."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="only say how much of ideas it would erase"
        )
        add_clock_argument(parser)

    def handle(self, *, dry_run, trust_clock, **options):
        if dry_run:
            self._write_counts("It would erase", forget_expired(dry_run=True))
            return
        # First: with another database's uploads, not even the files of expired rows may go.
        check_uploads()
        # No clock decides about these.
        PendingDeletion.objects.complete()
        self._write_counts("Erased", erase_expired(trust_clock=trust_clock))
        counts = clean_up_files()
        bind_uploads()
        if counts:
            self.stdout.write(f"Files without a row: {describe_counts(counts)}.")

    def _write_counts(self, verb, counts):
        text = f"{verb}: {in_words(counts)}." if counts else "There is nothing to erase."
        self.stdout.write(text)
