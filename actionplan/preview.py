"""Links to a plan's draft, for somebody without an account, that work for some days."""

from datetime import datetime, timedelta

from django.core import signing
from django.urls import reverse
from django.utils import timezone

SALT = "actionplan.preview"
DAYS = 14


def preview_url(plan):
    """Return a new address at which the draft of `plan` can be read for `DAYS` days."""
    expires_at = timezone.now() + timedelta(days=DAYS)
    token = signing.dumps([plan.pk, int(expires_at.timestamp())], salt=SALT)
    return reverse("plan-preview", args=[token])


def read_token(token):
    """Return (the plan's pk, the moment until which the link works).

    Raises signing.BadSignature for a link that isn't ours or that has expired.
    """
    number, seconds = signing.loads(token, salt=SALT)
    expires_at = datetime.fromtimestamp(seconds, tz=timezone.get_current_timezone())
    if expires_at <= timezone.now():
        raise signing.SignatureExpired("The link has expired.")
    return number, expires_at
