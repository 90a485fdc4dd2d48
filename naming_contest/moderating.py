"""Deciding about ideas: whose a person looks after, and what others do to them meanwhile."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import formats, timezone

from collab_site.core.paging import bounded_count, page_of_merged
from collab_site.core.schools.models import School
from naming_contest.models import Idea, Moderator
from naming_contest.personal import WORDS, marked

PAGE_SIZE = 24
COVERING = "covering"
NOT_NAMED = "Somebody who has left"
PUT_BACK, TAKEN_DOWN = "Put back to waiting", "Taken down"
VERBS = {Idea.Status.APPROVED: "approved", Idea.Status.DECLINED: "declined"}


class Reason(models.TextChoices):
    """Why an idea is declined; the family reads the label."""

    PERSONAL = (
        "personal",
        "It tells too much about one person, such as a full name, so we can’t show it.",
    )
    UNREADABLE = "unreadable", "We are sorry: we can’t read it well enough to show it."
    RECOGNISED = "recognised", "Somebody can be recognised in the picture, so we can’t show it."
    NOT_THEIRS = (
        "not-theirs",
        "It looks like something that belongs to somebody else, such as a brand or a film, so we "
        "can’t use it.",
    )
    UNKIND = "unkind", "Some of it could hurt somebody’s feelings, so we can’t show it."
    NOT_NOW = "not-now", "We can’t use it this time, and we are glad that you took part."


@dataclass(frozen=True)
class Desk:
    """What somebody who decides about ideas has before them.

    That is what came from their own school or from none, or, while they cover for another school,
    what came from there. Who belongs to no school looks after all of them.
    """

    user: models.Model
    covering: School | None = None

    @classmethod
    def of(cls, request):
        """Return the desk of the person who asks, with the school that they cover for now."""
        covering = request.session.get(COVERING)
        school = covering and cls(request.user).others().filter(pk=covering).first()
        return cls(request.user, school or None)

    def others(self):
        """Return the schools that this person can cover for."""
        own = self.user.school_id
        return School.objects.exclude(pk=own) if own else School.objects.none()

    def ideas(self, status):
        """Return the ideas on this desk that have this status, as querysets."""
        ideas = Idea.objects.filter(status=status).select_related("school")
        if self.covering:
            return [ideas.filter(school=self.covering)]
        own = self.user.school_id
        return [ideas.filter(school=own), ideas.filter(school=None)] if own else [ideas]

    def count(self, status):
        """Return how many they are, as `bounded_count` does."""
        return bounded_count(self.ideas(status))

    def page(self, status, cursor, size=PAGE_SIZE):
        """Return the Page of them: who has waited longest, or what was decided last, is first."""
        waiting = status == Idea.Status.WAITING
        by = "sent_at" if waiting else "decided_at"
        return page_of_merged(self.ideas(status), cursor, size, by=by, newest_first=not waiting)

    def next_waiting(self):
        """Return the idea that has waited longest, or None."""
        return next(iter(self.page(Idea.Status.WAITING, "", size=1).rows), None)

    def looks_after(self, idea):
        """Return whether this person may decide about `idea` now."""
        own = self.user.school_id
        return own is None or idea.school_id in (None, own) or self.covers(idea)

    def covers(self, idea):
        """Return whether it is for another school that they look after `idea`."""
        return self.covering is not None and idea.school_id == self.covering.pk

    def may_print_receipt(self, idea):
        """Return whether this person may give the family of `idea` a new private link on paper."""
        came_on_paper = idea.is_on_paper and idea.status != Idea.Status.DRAFT
        may = self.user.has_perm("naming_contest.enter_idea") and self.looks_after(idea)
        return may and came_on_paper and idea.contest.is_current

    def noted(self, words, idea):
        """Return the words that the log keeps of what this person did to `idea`."""
        return f"{words}, covering for {self.covering}" if self.covers(idea) else words


def way_of_working(user):
    """Return how this person wants to work: their Moderator, which may not be stored yet."""
    return Moderator.objects.filter(user=user).first() or Moderator(user=user)


def in_pieces(idea):
    """Return {field: [(piece of its text, the kind that the piece looks like, or ""), …]}."""
    found = marked(idea)
    return {
        field: list(_pieces(getattr(idea, field), found.get(field, [])))
        for field in WORDS
        if getattr(idea, field)
    }


def kinds(idea):
    """Return the kinds of what is marked in an idea, in words, each once."""
    found = [mark.kind.label for marks in marked(idea).values() for mark in marks]
    return list(dict.fromkeys(found))


def what_happened(idea, user, since):
    """Return what was done to `idea` by others after `since` (a time, in seconds), as a sentence.

    What the family itself does is not in the log.
    """
    if idea.decided_at:
        who, at = idea.decided_by, idea.decided_at
        did = f"{VERBS[idea.status]} it"
    else:
        entry = _last_put_back(idea, since)
        if entry is None:
            return "The family has changed it in the meantime, and it waits again."
        who, at = entry.user, entry.action_time
        did = "put it back to waiting"
    who = "You yourself" if who == user else who or NOT_NAMED
    at = formats.date_format(timezone.localtime(at), "j F Y, H:i")
    return f"{who} {did} in the meantime, on {at}."


def _pieces(text, marks):
    end = 0
    for mark in marks:
        yield text[end : mark.start], ""
        yield text[mark.start : mark.end], mark.kind.label
        end = mark.end
    yield text[end:], ""


def _last_put_back(idea, since):
    entries = LogEntry.objects.filter(
        Q(change_message__startswith=PUT_BACK) | Q(change_message__startswith=TAKEN_DOWN),
        content_type=ContentType.objects.get_for_model(Idea),
        object_id=idea.pk,
        action_time__gte=datetime.fromtimestamp(since, UTC),
    )
    return entries.select_related("user").order_by("-pk").first()
