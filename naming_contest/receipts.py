"""The private link of an idea, with which its family finds it again without an account.

Only a hash of its token is kept. A form's ticket leads to one token, so that a form that is sent
twice is answered with the same link.
"""

import base64
import secrets
from functools import cached_property

from django.db import models
from django.urls import reverse
from django.utils.crypto import salted_hmac

from collab_site.core.documents.qr import qr_code
from collab_site.core.schools.addresses import canonical
from collab_site.core.schools.words import listed
from collab_site.core.tokens import hashed
from naming_contest import tickets
from naming_contest.models import Adoption, Idea, Part

TOKEN_BYTES = 18


class Standing(models.TextChoices):
    """How an idea stands, as its family is told."""

    WAITING = "waiting"
    APPROVED = "approved"
    SHOWN = "shown"
    DECLINED = "declined"
    WON = "won"


def token_of_ticket(ticket):
    """Return the token that belongs to a form's ticket. Raises tickets.InvalidTicket."""
    secret = salted_hmac(__name__, tickets.secret_of(ticket), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(secret[:TOKEN_BYTES]).decode()


def new_link(idea):
    """Give a stored idea a private link, in place of any before; return its token."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    idea.link_hash = hashed(token)
    # Nothing changes by which ideas are grouped, so no group need be held.
    Idea.objects.filter(pk=idea.pk).update(link_hash=idea.link_hash)
    return token


class Receipt:
    """What the family of `idea`, whose private link ends with `token`, is shown of it.

    `address` leads there on the way that the reader came; `link`, to be written down, has the
    portal's host and no school's entrance.
    """

    def __init__(self, idea, token):
        self.idea = idea
        self.token = token
        self.address = reverse("receipt", args=[token])
        self.link = canonical(self.address)

    @property
    def code(self):
        """The private link's QR code."""
        return qr_code(self.link)

    @property
    def standing(self):
        """How the idea stands: a Standing."""
        if self.won:
            return Standing.WON
        if self.idea.status == Idea.Status.APPROVED:
            return Standing.SHOWN if self.idea.contest.shows_ideas else Standing.APPROVED
        is_declined = self.idea.status == Idea.Status.DECLINED
        return Standing.DECLINED if is_declined else Standing.WAITING

    @cached_property
    def won(self):
        """What has been chosen of the idea, such as "name and logo"; "" before it is announced."""
        return listed([win.get_part_display().lower() for win in self._wins()])

    def _wins(self):
        """Return what was announced of this idea's parts; who sent the same name has won, too."""
        group, chosen = self.idea.name_group, self.idea.contest.chosen
        return [
            chosen[part]
            for part in Part
            if part in chosen
            and (
                chosen[part].idea == self.idea
                or (part == Part.NAME and group and chosen[part].idea.name_group == group)
            )
        ]

    @cached_property
    def taken_on(self):
        """What of the idea's words the collaboration uses as its own: "name", or ""."""
        used = Adoption.objects.filter(undone_at=None, contest__winners__idea=self.idea)
        won = self.idea.wins.exclude(part=Part.LOGO).order_by("pk") if used else []
        return listed([win.get_part_display().lower() for win in won])

    @property
    def may_change(self):
        """Whether the family may change the idea now: not while the office is writing it down."""
        return self.idea.contest.is_open and self.idea.status != Idea.Status.DRAFT
