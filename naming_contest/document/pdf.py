"""The entry form on paper, as a PDF set by Typst: one page, cut in two by the office."""

from dataclasses import dataclass
from pathlib import Path

from django.utils.dateformat import format as format_date

from collab_site.core.documents.qr import qr_code
from collab_site.core.documents.typesetting import paragraphs, typeset
from naming_contest.models import YearGroup

HERE = Path(__file__).parent


@dataclass(frozen=True)
class EntryFormContext:
    """What the form says around the call: whose it is, and where more is to be found.

    `sign` is the collaboration's, as an SVG document; `schools` are names, to be ticked. `school`
    is the one whose form it is, with its `website`; each is "" if there is none. `address` is that
    of the form on the web, `privacy` that of what is kept of those who send ideas.
    """

    collaboration: str
    sign: str
    schools: tuple[str, ...]
    address: str
    privacy: str
    school: str = ""
    website: str = ""


def entry_form_pdf(contest, around):
    """Return the PDF of a contest's entry form as bytes, the same for the same input."""
    texts = {
        "title": contest.title,
        "call": paragraphs(contest.call),
        "until": _until(contest),
        "collaboration": around.collaboration,
        "address": around.address,
        "privacy": around.privacy,
        "school": around.school,
        "website": around.website,
        "schools": list(around.schools),
        "year_groups": YearGroup.labels,
    }
    drawings = {"sign": around.sign, "code": qr_code(around.address).svg}
    return typeset(HERE / "entry_form.typ", texts, drawings)


def _until(contest):
    hand_in = "Give this paper to your teacher or to the school office"
    last_day = contest.last_day
    return f"{hand_in} by {format_date(last_day, 'l j F Y')}." if last_day else f"{hand_in}."
