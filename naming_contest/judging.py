"""What judges score, blind: each of them sees the ideas in an order of their own."""

import hmac
import re
from dataclasses import dataclass
from functools import cached_property

from django import forms
from django.db import transaction
from django.db.models import Count, Exists, Q, Window
from django.db.models.fields.files import ImageFieldFile
from django.db.models.functions import RowNumber
from django.utils.crypto import salted_hmac

from collab_site.core.accounts.models import User
from collab_site.core.schools.models import School
from naming_contest.models import Contest, Idea, Part, Score
from naming_contest.personal import marked
from naming_contest.tally import is_own

SCORES = [
    (1, "Not for us"),
    (2, "Not quite"),
    (3, "Could be"),
    (4, "I like it"),
    (5, "This is us"),
]
TOKEN_LENGTH = 16


class JudgingOver(Exception):
    """The contest takes no scores now."""


def ideas_to_judge(contest, part):
    """Return the approved ideas that have this Part; those of the shortlist if there is one.

    Of names that are about the same, the first that was approved stands for all.
    """
    shortlist = Idea.objects.filter(contest=contest, is_shortlisted=True)
    ideas = contest.ideas.approved().exclude(**{part: ""})
    ideas = ideas.filter(Q(is_shortlisted=True) | ~Exists(shortlist))
    if part != Part.NAME:
        return ideas
    number = Window(RowNumber(), partition_by="name_group", order_by=["decided_at", "pk"])
    return ideas.annotate(number_alike=number).filter(number_alike=1)


def ideas_to_shortlist(contest, user):
    """Return the approved ideas that `user` may put on the shortlist: those of their own school.

    Somebody without a school may put any there.
    """
    ideas = contest.ideas.approved().unfolded()
    return ideas.filter(school=user.school_id) if user.school_id else ideas


def shortlisted(contest):
    """Return [(how many, Part), …] of what is on the shortlist, and how many ideas that is."""
    counts = {f"with_{part}": Count("pk", filter=~Q(**{part: ""})) for part in Part}
    ideas = contest.ideas.filter(is_shortlisted=True).order_by()
    found = ideas.aggregate(**counts, all=Count("pk"))
    return [(found[f"with_{part}"], part) for part in Part], found["all"]


def progress(contest):
    """Return [(Part, how many ideas, how many judges have scored all theirs)], and all judges."""
    judges = User.objects.filter(
        is_active=True,
        groups__permissions__codename="judge_contest",
        groups__permissions__content_type__app_label="naming_contest",
    ).distinct()
    judges = list(judges.values_list("pk", "school"))
    scored = Score.objects.filter(idea__contest=contest).values_list("part", "judge", "idea")
    scored = set(scored)
    told = []
    for part in Part:
        schools = dict(ideas_to_judge(contest, part).values_list("pk", "school"))
        finished = sum(_has_finished(judge, part, schools, scored) for judge in judges)
        told.append((part, len(schools), finished))
    return told, len(judges)


def _has_finished(judge, part, schools, scored):
    pk, school = judge
    theirs = [idea for idea, other in schools.items() if not is_own(school, other)]
    return bool(theirs) and all((part, pk, idea) in scored for idea in theirs)


@dataclass(frozen=True)
class Entry:
    """All that is shown of an idea to who is not to know where it comes from."""

    name: str
    strap_line: str
    logo: ImageFieldFile | None
    logo_width: int | None
    logo_height: int | None
    logo_alt: str
    meaning: str
    is_meaning_hidden: bool


def entry_of(idea, schools, parts=Part):
    """Return the Entry for these Parts of an idea, without texts that may tell who sent it."""
    hidden = marked(idea).keys() | {
        field
        for field in ("logo_alt", "meaning")
        if _names_sender(getattr(idea, field), idea, schools)
    }
    return Entry(
        name=idea.name if Part.NAME in parts else "",
        strap_line=idea.strap_line if Part.STRAP_LINE in parts else "",
        logo=idea.logo if Part.LOGO in parts else None,
        logo_width=idea.logo_width,
        logo_height=idea.logo_height,
        logo_alt="" if "logo_alt" in hidden else idea.logo_alt,
        meaning="" if "meaning" in hidden else idea.meaning,
        is_meaning_hidden="meaning" in hidden,
    )


def _names_sender(text, idea, schools):
    names = [idea.first_name, *(n for school in schools for n in (school.name, school.short_name))]
    names = "|".join(re.escape(name) for name in names if len(name) > 1)
    return bool(names) and bool(re.search(rf"\b(?:{names})\b", text, re.IGNORECASE))


class Ballot:
    """What `judge` may score of a contest in one Part: nothing of their own school's."""

    def __init__(self, contest, part, judge):
        self.contest, self.part, self.judge = contest, part, judge
        salt = f"{contest.pk}:{part}:{judge.pk}"
        self._key = salted_hmac("naming_contest.judging", salt, algorithm="sha256").digest()

    @cached_property
    def order(self):
        """{token: idea's primary key} in this judge's own order; a token says nothing."""
        ideas = ideas_to_judge(self.contest, self.part).values_list("pk", "school")
        theirs = [pk for pk, school in ideas if not is_own(self.judge.school_id, school)]
        return dict(sorted((self._token(pk), pk) for pk in theirs))

    @cached_property
    def scores(self):
        """{idea's primary key: score} of what the judge has scored in this part."""
        given = self.judge.scores.filter(idea__contest=self.contest, part=self.part)
        return dict(given.values_list("idea", "value"))

    @property
    def total(self):
        """How many there are to score."""
        return len(self.order)

    @property
    def scored(self):
        """How many of them are scored."""
        return sum(pk in self.scores for pk in self.order.values())

    def form(self, tokens, data=None):
        """Return the ScoresForm for the ideas of these tokens."""
        tokens = {token: self.order[token] for token in tokens}
        ideas = Idea.objects.in_bulk(tokens.values())
        found = {token: ideas[pk] for token, pk in tokens.items() if pk in ideas}
        initial = {token: self.scores.get(idea.pk) for token, idea in found.items()}
        return ScoresForm(data, ideas=found, part=self.part, initial=initial)

    @transaction.atomic
    def save(self, values):
        """Keep {token: score}, each in place of the one before. Raises JudgingOver."""
        if not Contest.objects.select_for_update().get(pk=self.contest.pk).takes_scores:
            raise JudgingOver
        values = {self.order[token]: value for token, value in values.items()}
        changed = {pk: value for pk, value in values.items() if self.scores.get(pk) != value}
        there = Idea.objects.approved().select_for_update().filter(pk__in=changed)
        scores = [
            Score(judge=self.judge, idea_id=pk, part=self.part, value=changed[pk])
            for pk in there.values_list("pk", flat=True)
        ]
        Score.objects.bulk_create(
            scores,
            update_conflicts=True,
            unique_fields=["judge", "idea", "part"],
            update_fields=["value", "given_at"],
        )
        self.scores |= {score.idea_id: score.value for score in scores}

    def _token(self, pk):
        return hmac.digest(self._key, str(pk).encode(), "sha256").hex()[:TOKEN_LENGTH]


class ScoresForm(forms.Form):
    """A score for each of `ideas` ({token: Idea}); none has to be given."""

    def __init__(self, *args, ideas, part, **kwargs):
        super().__init__(*args, **kwargs)
        self.ideas, self.part = ideas, part
        for token in ideas:
            self.fields[token] = forms.TypedChoiceField(
                choices=SCORES,
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": "Choose one of the scores from 1 to 5."},
            )

    def entries(self):
        """Return [(Entry, its bound field), …]."""
        schools = list(School.objects.all())
        entries = (entry_of(idea, schools, [self.part]) for idea in self.ideas.values())
        return list(zip(entries, self, strict=True))

    def values(self):
        """Return {token: score} of what has been chosen."""
        return {token: value for token, value in self.cleaned_data.items() if value}
