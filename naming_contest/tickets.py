"""Signed tickets that a form carries: each is good for one idea, and tells when it was issued."""

import uuid

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner


class InvalidTicket(Exception):
    """A ticket that is forged, or too old."""


class EarlyTicket(Exception):
    """A ticket that was issued a moment ago: no person fills in a form as fast."""


def issue():
    """Return a new ticket."""
    return _signer().sign(uuid.uuid4().hex)


def redeem(ticket):
    """Return the UUID of a ticket that may be used now. Raises InvalidTicket or EarlyTicket."""
    try:
        token = _signer().unsign(ticket, max_age=settings.SUGGESTION_MAX_HOURS * 3600)
    except BadSignature as error:
        raise InvalidTicket from error
    if _is_younger(ticket, settings.SUGGESTION_MIN_SECONDS):
        raise EarlyTicket
    return uuid.UUID(token)


def token_of(ticket):
    """Return the UUID of a ticket of whatever age; None if it is forged."""
    try:
        return uuid.UUID(_signer().unsign(ticket))
    except BadSignature:
        return None


def _is_younger(ticket, seconds):
    try:
        _signer().unsign(ticket, max_age=seconds)
    except SignatureExpired:
        return False
    return True


def _signer():
    return TimestampSigner(salt="naming_contest.tickets")
