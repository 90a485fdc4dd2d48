"""What every page shows of the collaboration, read from the database once and then shared."""

import hashlib
from copy import copy
from functools import cached_property, lru_cache

from collab_site.core.content_version.memo import cached
from collab_site.core.schools.colour import tones
from collab_site.core.schools.glossary import Glossary, Vocabulary
from collab_site.core.schools.logos import sign_document
from collab_site.core.schools.mark import petals
from collab_site.core.schools.models import Collaboration, School, Term, shared_sentence
from collab_site.core.schools.sharing import version_of

# Through a school's entrance pages have its colour; the sign and the name are everybody's.
TONES = ("", "-ink", "-accent", "-text", "-edge")
ENTERED = f"html[class^=school-]{{{';'.join(f'--brand{t}:var(--school{t})' for t in TONES)}}}"


class Identity:
    """The collaboration, its schools and its glossary, each read when first asked for.

    `entrance` is the school through whose entrance the reader came, or None.
    """

    # Of another identity that somebody looks at before it is taken on: the address that leads out.
    way_back = None

    def __init__(self, entrance=None):
        self.entrance = entrance

    @cached_property
    def collaboration(self):
        """The one row, or a nameless stand-in while a portal has no content yet."""
        return _collaboration()

    @cached_property
    def schools(self):
        return _schools()

    @cached_property
    def glossary(self):
        return Glossary(_vocabulary())

    @cached_property
    def logo(self):
        """The Logo that stands in place of the flower, or None."""
        logo = copy(self.collaboration.logo)
        if logo:
            # Others read the same row, and may be reading its file: this one opens its own. It is
            # put there past the field, which would look at the picture for its size.
            vars(logo)["image"] = logo.image.name
        return logo

    @cached_property
    def petals(self):
        return petals(self.petal_colours)

    @property
    def icon(self):
        """The sign, the logo or the flower, as an SVG document with everything in itself."""
        return sign_document(self.logo, self.petal_colours)

    @property
    def icon_version(self):
        """A short name of the sign as it is."""
        return self.logo.image_name if self.logo else self.version

    @property
    def greeting(self):
        """The sentence that presents the collaboration, said by one school or by all."""
        if self.entrance:
            return self.entrance.proud_sentence(self.collaboration, self.schools)
        return shared_sentence(self.collaboration, self.schools)

    @property
    def colour(self):
        """The main colour of the page: that of the entrance's school, or the collaboration's."""
        return (self.entrance or self.collaboration).colour

    @cached_property
    def colours(self):
        """The style sheet of the identity's colours, with text that can be read on them."""
        return _colours(self.collaboration.colour, *((s.slug, s.colour) for s in self.schools))

    @property
    def version(self):
        """A short name of the colours as they are, for addresses that browsers may keep."""
        return hashlib.sha256(self.colours.encode()).hexdigest()[:12]

    @cached_property
    def share_version(self):
        """A short name of the picture for shared pages as it is."""
        return version_of(self)

    @property
    def petal_colours(self):
        """The colours of the flower's petals."""
        return [school.colour for school in self.schools] or [self.collaboration.colour]


@cached
def _collaboration():
    stand_in = Collaboration(name="Our collaboration", colour="#1f4f4b", welcome="Welcome")
    return Collaboration.objects.select_related("logo").first() or stand_in


@cached
def _schools():
    return list(School.objects.all())


@cached
def _vocabulary():
    return Vocabulary(Term.objects.all())


@lru_cache(maxsize=8)
def _colours(brand, *of_schools):
    rules = [_rule(":root", "brand", brand), ENTERED]
    rules += [_rule(f".school-{slug}", "school", colour) for slug, colour in of_schools]
    return "\n".join(rules) + "\n"


def _rule(selector, name, colour):
    named = (f"--{name}-{tone}:{value}" for tone, value in tones(colour).items())
    return f"{selector}{{{';'.join([f'--{name}:{colour}', *named])}}}"
