"""The portal takes on the winning name, strap line and logo as its own, and takes that back."""

import hashlib
from copy import copy

from django.utils import timezone

from collab_site.core.editing.history import recorded
from collab_site.core.pictures.storage import all_or_nothing
from collab_site.core.schools.logos import logo_copy
from collab_site.core.schools.models import Collaboration, Logo
from naming_contest.models import Adoption, Contest, Idea, Part

# Parts of an idea and fields of Collaboration share their names.
TEXTS = (Part.NAME, Part.STRAP_LINE)


class NothingToAdopt(Exception):
    """The contest isn't over, or has no winner that may be shown."""


class ChangedMeanwhile(Exception):
    """What would be taken on, or is in use, is not any more what the person has seen."""


class Proposal:
    """What a contest's winners would make of the collaboration's identity as it is `now`."""

    def __init__(self, contest):
        self.contest = contest
        self.now = Collaboration.objects.select_related("logo").first()
        self.last = Adoption.objects.in_force()
        winners = contest.winners.filter(idea__status=Idea.Status.APPROVED).select_related("idea")
        self.ideas = {w.part: w.idea for w in winners if _is_there(w.idea, w.part)}

    @property
    def is_possible(self):
        """Whether there is something to take on, and the time for ideas is over."""
        return bool(self.contest.is_over and self.now and self.ideas)

    @property
    def texts(self):
        """What the collaboration's fields with these names would say."""
        return {part: getattr(self.ideas[part], part) for part in TEXTS if part in self.ideas}

    @property
    def logo_idea(self):
        """The idea whose drawing would be the logo, or None."""
        return self.ideas.get(Part.LOGO)

    @property
    def stamp(self):
        """A short text that is another one as soon as anything that a person has seen is."""
        now = (self.now.name, self.now.strap_line, self.now.logo_id) if self.now else ()
        ideas = sorted((part, idea.pk, idea.revision) for part, idea in self.ideas.items())
        seen = repr((self.last and self.last.pk, now, ideas))
        return hashlib.sha256(seen.encode()).hexdigest()[:32]

    def identity(self, tidied=None):
        """Return the Collaboration as it would be, not to be saved.

        `tidied` is a stored picture that would take the drawing's place. Raises FileNotFoundError
        if it is gone.
        """
        then = copy(self.now)
        for part, text in self.texts.items():
            setattr(then, part, text)
        if tidied:
            then.logo = Logo(image=tidied.name)
        elif self.logo_idea:
            drawing = self.logo_idea
            size = {"width": drawing.logo_width, "height": drawing.logo_height}
            then.logo = Logo(image=drawing.logo.name, **size)
        return then


def adopt(contest, user, *, stamp, alt_text="", tidied=None):
    """Make the contest's winners the collaboration's identity; return the Adoption.

    `stamp` is that of the Proposal that the person has seen. The logo is a copy of the drawing, or
    of `tidied`, a clean picture; `alt_text` says what it shows. Raises NothingToAdopt,
    ChangedMeanwhile and StorageUnavailable; then nothing has changed.
    """
    logo = Logo(alt_text=alt_text)
    with all_or_nothing([logo], "image"), recorded(user, f"Took on the winners of “{contest}”"):
        proposal = _locked_proposal(contest, stamp)
        after = dict(proposal.texts)
        if proposal.logo_idea:
            logo.image = logo_copy(tidied or proposal.logo_idea.logo)
            logo.save()
            after[Part.LOGO] = logo.pk
        before = _exchange(proposal.now, after)
        return Adoption.objects.create(
            contest=contest,
            logo_from=proposal.logo_idea,
            logo=logo if logo.pk else None,
            is_tidied=bool(tidied and logo.pk),
            before=before,
            after=after,
            adopted_by=user,
        )


def take_back(adoption, user):
    """Put back what the adoption has changed; return the fields that stay as they are.

    Those are the ones that somebody has changed since. Raises ChangedMeanwhile unless it is the
    newest that has not been taken back.
    """
    with recorded(user, f"Took back the winners of “{adoption.contest}”"):
        collaboration = Collaboration.objects.select_for_update().get()
        if Adoption.objects.in_force() != adoption:
            raise ChangedMeanwhile
        now = _values(collaboration, adoption.after)
        changed = [field for field, value in adoption.after.items() if now[field] != value]
        _exchange(collaboration, {k: v for k, v in adoption.before.items() if k not in changed})
        adoption.undone_at, adoption.undone_by = timezone.now(), user
        adoption.save(update_fields=["undone_at", "undone_by"])
    return changed


def _is_there(idea, part):
    said = getattr(idea, part)
    return bool(said) and (part != Part.LOGO or said.storage.exists(said.name))


def _locked_proposal(contest, stamp):
    """Return the Proposal, which nobody else can change or take on until the transaction ends."""
    contest = Contest.objects.select_for_update().get(pk=contest.pk)
    # So that none of them is withdrawn or declined before all see what was made of it.
    list(contest.ideas.filter(pk__in=contest.winners.values("idea")).select_for_update())
    Collaboration.objects.select_for_update().first()
    proposal = Proposal(contest)
    if not proposal.is_possible:
        raise NothingToAdopt
    if proposal.stamp != stamp:
        raise ChangedMeanwhile
    return proposal


def _exchange(collaboration, values):
    """Give the collaboration's fields these values; return those that they had."""
    before = _values(collaboration, values)
    for field, value in values.items():
        if field == Part.LOGO:
            # A family may have withdrawn the one from before.
            collaboration.logo = Logo.objects.filter(pk=value).first()
        else:
            setattr(collaboration, field, value)
    collaboration.save()
    return before


def _values(collaboration, fields):
    attributes = {field: "logo_id" if field == Part.LOGO else field for field in fields}
    return {field: getattr(collaboration, name) for field, name in attributes.items()}
