from django.core.cache import cache

from collab_site.management.base import PortalCommand
from naming_contest.models import TokenBucket


class Command(PortalCommand):
    help = "Clear the limits on signing in and on sending, for everybody."

    def handle(self, **options):
        cache.clear()
        TokenBucket.objects.all().delete()
        self.stdout.write("Everybody can sign in and send again.")
