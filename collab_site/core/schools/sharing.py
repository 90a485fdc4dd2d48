"""The picture that stands for the portal where somebody shares a page (Open Graph)."""

import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from collab_site.core.documents.typesetting import picture
from collab_site.core.schools.addresses import canonical
from collab_site.core.schools.colour import ink_on, tones
from collab_site.core.schools.logos import sign_document
from collab_site.core.schools.models import Collaboration, SharePicture
from collab_site.core.schools.words import in_words, listed

TEMPLATE = Path(__file__).parent / "share.typ"
WIDTH, HEIGHT = 1200, 630
# Of a logo, in pixels: as high as its frame in the picture.
LOGO_HEIGHT = 260
LOGO_WIDEST = 3


def version_of(identity):
    """Return a short name of all that the picture shows, and of how it is laid out."""
    logo = identity.logo
    seen = json.dumps([_template_version(), _texts(identity), logo and logo.image_name])
    return hashlib.sha256(seen.encode()).hexdigest()[:12]


def share_address(identity):
    """Return the picture's address: the same one everywhere, and new whenever the picture is."""
    route = reverse("share-picture", settings.ROOT_URLCONF, args=[identity.share_version])
    return canonical(route)


def share_alt(identity):
    """Return in words what the picture shows."""
    names = listed([school.name for school in identity.schools])
    return " – ".join(filter(None, [identity.collaboration.name, _line(identity), names]))


def share_png(identity):
    """Return the picture as PNG, WIDTH × HEIGHT."""
    sign = sign_document(identity.logo, identity.petal_colours, LOGO_HEIGHT, LOGO_WIDEST)
    return picture(TEMPLATE, _texts(identity), {"sign": sign})


def kept_share_png(identity):
    """Return the picture from the database, where it is kept when it has been made once."""
    return _find(identity) or _make_once(identity)


@transaction.atomic
def _make_once(identity):
    # Whoever asks for it at the same moment waits here, and then finds it.
    Collaboration.objects.select_for_update().first()
    data = _find(identity)
    if not data:
        data = share_png(identity)
        fields = {"version": identity.share_version, "data": data, "logo": identity.logo}
        SharePicture.objects.update_or_create(pk=1, defaults=fields)
    return data


def _find(identity):
    kept = SharePicture.objects.filter(version=identity.share_version).first()
    return kept and bytes(kept.data)


@cache
def _template_version():
    return hashlib.sha256(TEMPLATE.read_bytes()).hexdigest()


def _texts(identity):
    collaboration, schools = identity.collaboration, identity.schools
    return {
        "name": collaboration.name,
        "line": _line(identity),
        "brand": collaboration.colour,
        "brand_ink": ink_on(collaboration.colour),
        "schools": [
            {"name": school.name, "colour": school.colour, "edge": tones(school.colour)["edge"]}
            for school in schools
        ],
        "count": f"{in_words(len(schools)).capitalize()} schools",
    }


def _line(identity):
    return identity.collaboration.strap_line or identity.collaboration.place
