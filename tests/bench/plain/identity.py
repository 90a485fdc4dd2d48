import hashlib
from functools import cached_property

from collab_site.schools.colour import tones
from collab_site.schools.glossary import Glossary
from collab_site.schools.mark import petals
from collab_site.schools.models import Collaboration, School, Term, shared_sentence
from collab_site.schools.sharing import version_of


def identity(request):
    return {"identity": Identity()}


class Identity:
    """What every page shows of the collaboration, read once a request."""

    entrance = way_back = None

    @cached_property
    def collaboration(self):
        return Collaboration.objects.select_related("logo").get()

    @cached_property
    def schools(self):
        return list(School.objects.all())

    @cached_property
    def glossary(self):
        return Glossary(Term.objects.all())

    @property
    def logo(self):
        return self.collaboration.logo

    @property
    def colour(self):
        return self.collaboration.colour

    @property
    def greeting(self):
        return shared_sentence(self.collaboration, self.schools)

    @property
    def petal_colours(self):
        return [school.colour for school in self.schools]

    @cached_property
    def petals(self):
        return petals(self.petal_colours)

    @cached_property
    def version(self):
        return hashlib.sha256(self.colours.encode()).hexdigest()[:12]

    @cached_property
    def share_version(self):
        return version_of(self)

    @property
    def colours(self):
        rules = [_rule(":root", "brand", self.colour), ENTERED]
        rules += [
            _rule(f".school-{school.slug}", "school", school.colour) for school in self.schools
        ]
        return "\n".join(rules) + "\n"


TONES = ("", "-ink", "-accent", "-text", "-edge")
ENTERED = f"html[class^=school-]{{{';'.join(f'--brand{t}:var(--school{t})' for t in TONES)}}}"


def _rule(selector, name, colour):
    named = (f"--{name}-{tone}:{value}" for tone, value in tones(colour).items())
    return f"{selector}{{{';'.join([f'--{name}:{colour}', *named])}}}"
