"""Choosing the winners, and announcing them."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone

from collab_site.core.editing.edit_conflicts import RESTORE, SEEN
from collab_site.core.editing.history import recorded
from naming_contest.admin.pages import ContestPages
from naming_contest.results import Results
from naming_contest.winners import ChosenMeanwhile, announce, digest, settle, winner_forms


class WinnerPages(ContestPages):
    """For the admin of contests: the pages on which the winners are chosen and announced."""

    def get_urls(self):
        """Add the pages."""
        pages = {
            "winners/": ("winners", self.winners_view),
            "winners/announce/": ("announce", self.announce_view),
        }
        return [*self.contest_paths(pages), *super().get_urls()]

    def winners_view(self, request, pk):
        """Choose the winners, once judging has ended."""
        contest = self._contest(request, pk, "settle_contest")
        if not contest.is_judged:
            refused = request.method == "POST"
            title = "Choose the winners"
            return self._page(request, contest, "winners", title=title, is_refused=refused)
        data = request.POST if request.method == "POST" else None
        forms = winner_forms(contest, Results(contest), data)
        if data is None:
            return self._choices(request, contest, forms, digest(contest))
        is_valid = all(form.is_valid() for form in forms)
        if RESTORE in data or not is_valid:
            return self._choices(request, contest, forms, data.get(SEEN, ""))
        return self._settle(request, contest, forms)

    def announce_view(self, request, pk):
        """Ask, then show the winners to everybody."""
        contest = self._contest(request, pk, "settle_contest")
        if contest.is_decided or not (contest.settled_at and contest.is_judged):
            return redirect(self._url("winners", contest.pk))
        if request.method != "POST":
            winners = contest.winners.select_related("idea")
            title = "Announce the result now?"
            parents = [("Winners", self._url("winners", contest.pk))]
            return self._page(
                request, contest, "announce", title=title, parents=parents, winners=winners
            )
        try:
            with recorded(request.user, "The result was announced"):
                announce(contest)
        except ChosenMeanwhile:
            messages.error(request, "Nobody is chosen any more, so nothing was announced.")
            return redirect(self._url("winners", contest.pk))
        self.log_change(request, contest, "Announced the result")
        messages.success(request, "The result is announced: everybody can see it now.")
        return redirect(self._url("winners", contest.pk))

    def _settle(self, request, contest, forms):
        try:
            with recorded(request.user, "The winners were chosen"):
                settle(contest, forms, request.user, request.POST.get(SEEN))
        except ChosenMeanwhile:
            return self._choices(request, contest, forms, digest(contest), is_refused=True)
        self.log_change(request, contest, "Chose the winners")
        self._tell_saved(request, "Your choice is saved.")
        return redirect(self._url("winners", contest.pk))

    def _choices(self, request, contest, forms, seen, is_refused=False):
        return self._page(
            request,
            contest,
            "winners",
            title="Choose the winners",
            forms=forms,
            chosen=contest.winners.select_related("idea"),
            seen=seen,
            announces_at_once=contest.announces_at and contest.announces_at <= timezone.now(),
            is_refused=is_refused,
            errors=is_refused or any(form.errors for form in forms if form.is_bound),
        )
