"""What the pages about one contest have in common."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path

from collab_site.core.editing.edit_conflicts import RESTORE, TYPING
from naming_contest.models import Contest

# From the scores to the winners: each page, its name, and who may go there.
STEPS = [
    ("judge", "Score", "judge_contest"),
    ("shortlist", "Shortlist", "decide_idea"),
    ("results", "Results", "judge_contest"),
    ("winners", "Winners", "settle_contest"),
]


class ContestPages:
    """For the admin of contests: what pages below a contest's address need."""

    def contest_paths(self, pages):
        """Return the URL patterns of {address below the contest's: (name, view)}."""
        return [
            path(
                f"<int:pk>/{address}",
                self.admin_site.admin_view(view),
                name=f"naming_contest_contest_{name}",
            )
            for address, (name, view) in pages.items()
        ]

    def _contest(self, request, pk, permission):
        if not request.user.has_perm(f"naming_contest.{permission}"):
            raise PermissionDenied
        return get_object_or_404(Contest, pk=pk)

    def _page(self, request, contest, name, *, parents=(), is_refused=False, **context):
        may_look = self.has_view_permission(request)
        above = [*self.get_parents(request, contest), (str(contest), self.get_page_url(contest))]
        context = {
            **self.admin_site.each_context(request),
            "contest": contest,
            "steps": self.judging_steps(request, contest, name),
            "parents": [*(above if may_look else []), *parents],
            "typing": request.POST.get(TYPING, ""),
            "is_unsaved": request.method == "POST",
            "is_restored": RESTORE in request.POST,
            "is_refused": is_refused,
            **context,
        }
        template = f"admin/naming_contest/contest/judging_{name}.html"
        status = HTTPStatus.CONFLICT if is_refused else HTTPStatus.OK
        return TemplateResponse(request, template, context, status=status)

    def judging_steps(self, request, contest, here=""):
        """Return [(name, address, whether it is `here`), …] of the pages for this person."""
        return [
            (label, self._url(page, contest.pk), page == here)
            for page, label, permission in STEPS
            if request.user.has_perm(f"naming_contest.{permission}")
        ]
