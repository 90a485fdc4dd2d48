"""Scoring ideas blind, the shortlist, and the tables of results."""

import re

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect

from collab_site.core.documents.table import csv_response
from collab_site.core.editing.edit_conflicts import RESTORE
from collab_site.core.paging import page_of
from collab_site.core.pictures.views import PictureView
from collab_site.core.schools.models import School
from naming_contest.admin.winners import WinnerPages
from naming_contest.judging import (
    Ballot,
    JudgingOver,
    entry_of,
    ideas_to_shortlist,
    progress,
    shortlisted,
)
from naming_contest.models import Contest, Part
from naming_contest.results import Results
from naming_contest.winners import PERMISSION

PER_PAGE = 20
NUMBER = re.compile(r"\d{1,18}", re.ASCII)


class JudgingPages(WinnerPages):
    """For the admin of contests: the pages of the judges, and of those who choose."""

    def get_urls(self):
        """Add the pages."""
        pages = {
            "judge/": ("judge", self.judge_view),
            "judge/<str:part>/": ("judge_part", self.part_view),
            "judge/pictures/<picture:name>": ("judge_picture", self.judge_picture_view),
            "shortlist/": ("shortlist", self.shortlist_view),
            "results/": ("results", self.results_view),
            "results/table.csv": ("results_table", self.results_table_view),
        }
        return [*self.contest_paths(pages), *super().get_urls()]

    def judge_view(self, request, pk):
        """Show the judge how far they are, or why there is nothing to score."""
        return self._start(request, self._contest(request, pk, "judge_contest"))

    def part_view(self, request, pk, part):
        """Show the names, the strap lines or the logos to a judge, and keep the scores."""
        contest = self._contest(request, pk, "judge_contest")
        if part not in Part:
            raise Http404
        if not contest.takes_scores:
            return self._start(request, contest)
        ballots = _ballots(request, contest)
        ballot = ballots[part]
        page = Paginator(list(ballot.order), PER_PAGE).get_page(request.GET.get("page"))
        if request.method != "POST":
            return self._part(request, ballots, page, ballot.form(page.object_list))
        form = ballot.form([token for token in ballot.order if token in request.POST], request.POST)
        if RESTORE in request.POST or not form.is_valid():
            return self._part(request, ballots, page, form)
        return self._score(request, ballot, page, form)

    def judge_picture_view(self, request, pk, name):
        """Serve the logo of an idea that is or was judged."""
        contest = self._contest(request, pk, "judge_contest")
        if not contest.is_over:
            raise Http404
        view = PictureView.as_view(queryset=contest.ideas.approved(), field="logo", cache="private")
        return view(request, name=name)

    def shortlist_view(self, request, pk):
        """Let those who decide about ideas say which of them are judged."""
        contest = self._contest(request, pk, "decide_idea")
        ideas = ideas_to_shortlist(contest, request.user)
        if request.method == "POST" and contest.takes_scores:
            return self._put_on_shortlist(request, ideas)
        page = page_of(ideas, request.GET.get("page"), PER_PAGE, by="decided_at")
        schools = list(School.objects.all())
        counts, total = shortlisted(contest)
        return self._page(
            request,
            contest,
            "shortlist",
            title="The shortlist",
            page=page,
            rows=[(idea, entry_of(idea, schools)) for idea in page.rows],
            counts=counts,
            total=total,
            is_refused=request.method == "POST",
        )

    def results_view(self, request, pk):
        """Show the tables; until judging ends, only how many judges have finished."""
        contest = self._contest(request, pk, "judge_contest")
        context = {"title": "Results"}
        if contest.is_judged:
            context |= {"tables": Results(contest).tables()}
        elif contest.takes_scores:
            parts, judges = progress(contest)
            context |= {"parts": parts, "judges": judges}
        return self._page(
            request, contest, "results", **context, shows_schools=_sees_schools(request)
        )

    def results_table_view(self, request, pk):
        """Return the tables as one, for a spreadsheet."""
        contest = self._contest(request, pk, "judge_contest")
        if not contest.is_judged:
            raise PermissionDenied
        head, *rows = Results(contest).cells(with_schools=_sees_schools(request))
        return csv_response(f"results-{contest.slug}.csv", head, rows)

    def _start(self, request, contest):
        return self._page(
            request,
            contest,
            "judge",
            title="Judge the ideas",
            ballots=_ballots(request, contest) if contest.takes_scores else {},
            is_refused=request.method == "POST",
        )

    def _part(self, request, ballots, page, form):
        ballot = ballots[form.part]
        start = self._url("judge", ballot.contest.pk)
        return self._page(
            request,
            ballot.contest,
            "part",
            title=f"Score the {ballot.part.label.lower()}s",
            parents=[("Judge the ideas", start)],
            ballots=ballots,
            ballot=ballot,
            page=page,
            form=form,
            errors=form.errors,
        )

    def _score(self, request, ballot, page, form):
        try:
            ballot.save(form.values())
        except JudgingOver:
            return self._start(request, get_object_or_404(Contest, pk=ballot.contest.pk))
        what = f"{ballot.part.label.lower()}{'s' if ballot.total != 1 else ''}"
        thanks = " Thank you!" if ballot.scored == ballot.total else ""
        told = f"Saved: you have scored {ballot.scored} of {ballot.total} {what}.{thanks}"
        self._tell_saved(request, told)
        goes_on = "_next" in request.POST and page.has_next()
        number = page.next_page_number() if goes_on else page.number
        return redirect(f"{request.path}?page={number}")

    def _put_on_shortlist(self, request, ideas):
        puts_on = "put_on" in request.POST
        asked = request.POST.get("put_on" if puts_on else "take_off", "")
        idea = get_object_or_404(ideas, pk=asked if NUMBER.fullmatch(asked) else None)
        ideas.filter(pk=idea.pk).update(is_shortlisted=puts_on)
        told = "put on the shortlist" if puts_on else "taken off the shortlist"
        self.log_change(request, idea, told.capitalize())
        messages.success(request, f"It is {told}.")
        return redirect(f"{request.get_full_path()}#idea-{idea.pk}")


def _ballots(request, contest):
    return {part: Ballot(contest, part, request.user) for part in Part}


def _sees_schools(request):
    return request.user.has_perm(PERMISSION)
