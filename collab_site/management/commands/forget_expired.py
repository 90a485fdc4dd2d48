from django.core.management.base import BaseCommand, CommandError

from collab_site.pictures.storage import StorageUnavailable
from naming_contest.forgetting import forget_expired, in_words


class Command(BaseCommand):
    help = "Erase what is personal in families' ideas when its time is over (IDEAS_KEPT_DAYS)."

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="only say how much it would erase"
        )

    def handle(self, *, dry_run, **options):
        try:
            counts = forget_expired(dry_run)
        except StorageUnavailable as error:
            raise CommandError(str(error)) from error
        if not counts:
            self.stdout.write("There is nothing to erase.")
        else:
            done = "It would erase" if dry_run else "Erased"
            self.stdout.write(f"{done}: {in_words(counts)}.")
