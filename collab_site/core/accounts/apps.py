from allauth.core.internal import ratelimit
from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "collab_site.core.accounts"
    verbose_name = "People who can sign in"

    def ready(self):
        """Let everybody wait for their turn to be counted.

        After allauth's one second, who came with a whole school at once would be refused.
        """
        ratelimit.CACHE_LOCK_WAIT_TIMEOUT = 15
