"""Signed tickets that a form carries: each is good for one idea, and tells when it was issued.

An idea keeps only a hash of its ticket, from which the ticket, and the private link that is made
from it, can't be told.
"""

import hashlib
import secrets
import uuid

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner


class InvalidTicket(Exception):
    """A ticket that is forged, or too old."""


class EarlyTicket(Exception):
    """A ticket that was issued a moment ago: no person fills in a form as fast."""


def issue():
    """Return a new ticket."""
    return _signer().sign(secrets.token_hex(16))


def redeem(ticket):
    """Return the hash, as a UUID, of a ticket that may be used now.

    Raises InvalidTicket or EarlyTicket.
    """
    try:
        token = _signer().unsign(ticket, max_age=settings.SUGGESTION_MAX_HOURS * 3600)
    except BadSignature as error:
        raise InvalidTicket from error
    if _is_younger(ticket, settings.SUGGESTION_MIN_SECONDS):
        raise EarlyTicket
    return _hashed(token)


def token_of(ticket):
    """Return the hash, as a UUID, of a ticket of whatever age; None if it is forged."""
    try:
        return _hashed(secret_of(ticket))
    except InvalidTicket:
        return None


def secret_of(ticket):
    """Return what only the holder of a ticket knows, of whatever age. Raises InvalidTicket."""
    try:
        return _signer().unsign(ticket)
    except BadSignature as error:
        raise InvalidTicket from error


def _hashed(token):
    return uuid.UUID(bytes=hashlib.sha256(uuid.UUID(token).bytes).digest()[:16])


def _is_younger(ticket, seconds):
    try:
        _signer().unsign(ticket, max_age=seconds)
    except SignatureExpired:
        return False
    return True


def _signer():
    return TimestampSigner(salt="naming_contest.tickets")
