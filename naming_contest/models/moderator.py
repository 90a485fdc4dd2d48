from django.conf import settings
from django.db import models


class Moderator(models.Model):
    """How somebody who decides about ideas wants to work."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="moderator"
    )
    uses_keys = models.BooleanField(
        "keys",
        default=True,
        help_text="While an idea has the focus, the key A approves it, D declines it and U undoes "
        "the last decision.",
    )
    wants_email = models.BooleanField(
        "a daily e-mail",
        default=False,
        help_text="On days when ideas wait, tells you how many; never what they say.",
    )
    reminded_on = models.DateField(null=True, editable=False)

    def __str__(self):
        return str(self.user)
