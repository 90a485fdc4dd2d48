"""A poster that invites to a page, as a PDF set by Typst: one page of A4, read from afar."""

import re
from pathlib import Path

from django.utils.text import capfirst

from collab_site.core.documents.qr import qr_code
from collab_site.core.documents.typesetting import typeset
from collab_site.core.schools.colour import ink_on, readable
from collab_site.core.schools.logos import sign_document

HERE = Path(__file__).parent
# In pixels: about 300 to the inch at the height it has on paper.
LOGO_HEIGHT = 360
LOGO_WIDEST = 3


def poster_pdf(invitation, identity):
    """Return the PDF of an Invitation as bytes, in the name of the school of the entrance."""
    collaboration, school = identity.collaboration, identity.entrance
    colours = [other.colour for other in identity.schools]
    texts = {
        "collaboration": collaboration.name,
        "place": collaboration.place,
        "school": school.name,
        "colour": school.colour,
        "ink": ink_on(school.colour),
        "edge": readable(collaboration.colour),
        "headline": invitation.headline,
        "sentence": invitation.sentence,
        "when": capfirst(invitation.when),
        "address": _typed(invitation.address),
    }
    drawings = {
        "sign": sign_document(identity.logo, colours, LOGO_HEIGHT, LOGO_WIDEST),
        "code": qr_code(invitation.address).svg,
    }
    return typeset(HERE / "poster.typ", texts, drawings)


def _typed(address):
    """Return an address as people type it, in pieces after which a line may end."""
    return re.findall("[^/]+/?", address.partition("://")[2].rstrip("/"))
