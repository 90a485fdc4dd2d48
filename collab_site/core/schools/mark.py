"""The collaboration's sign: one flower, with a petal in each school's colour."""

import math
from dataclasses import dataclass

from collab_site.core.schools.colour import tones


@dataclass(frozen=True)
class Petal:
    """A petal that points up, to be turned by `angle` degrees around 0,0; the sign is 100 wide."""

    angle: float
    colour: str
    path: str

    @property
    def edge(self):
        """The colour of its outline, without which a pale petal is lost on the page."""
        return tones(self.colour)["edge"]


def petals(colours):
    """Return the sign's petals, one for each colour ("#rrggbb"), for any number of schools."""
    count = len(colours)
    spread = math.tan(math.pi / count) if count > 2 else math.inf
    narrow, wide = round(min(30, 22 * spread), 1), round(min(36, 40 * spread), 1)
    path = f"M0-5C-{narrow}-20-{wide}-49.5 0-49.5C{wide}-49.5 {narrow}-20 0-5Z"
    return [
        Petal(round(360 / count * place, 2), colour, path) for place, colour in enumerate(colours)
    ]


def sign_svg(colours):
    """Return the sign as an SVG document."""
    paths = "".join(
        f'<path transform="rotate({p.angle})" d="{p.path}" fill="{p.colour}" stroke="{p.edge}"/>'
        for p in petals(colours)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-50 -50 100 100">{paths}</svg>'
