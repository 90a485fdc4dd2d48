"""The whole portal under the winners' identity, before it is taken on: /as-if/<contest>/…

Whoever may choose walks through all public pages as they would be. Nobody else finds them, and
looking changes nothing.
"""

import re

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from collab_site.core.pictures.models import HeldPicture
from collab_site.core.pictures.views import PRIVATE, set_headers
from collab_site.core.schools.identity import Identity
from collab_site.core.schools.prefixes import answer_under
from naming_contest.adopting import Proposal
from naming_contest.models import Contest
from naming_contest.winners import PERMISSION

PREVIEW = re.compile(
    r"(?P<prefix>/as-if/(?P<slug>[-\w]+)(?:/tidied-(?P<token>[-\w]+))?)(?P<rest>/.*)?",
    re.ASCII | re.DOTALL,
)


def preview_url(contest, token=None):
    """Return where the preview begins; with `token` it shows the tidied logo held under that."""
    return f"/as-if/{contest.slug}/" + (f"tidied-{token}/" if token else "")


class PreviewIdentity(Identity):
    """The identity as it would be with another collaboration row; `way_back` leads out."""

    def __init__(self, collaboration, way_back):
        super().__init__()
        self.collaboration = collaboration
        self.way_back = way_back


class PreviewMiddleware:
    """Take the preview's prefix off the path, and make every {% url %} keep it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        match = PREVIEW.fullmatch(request.path_info)
        # A school's entrance has public pages and no others.
        if not match or request.school:
            return self.get_response(request)
        request.identity = _identity(request.user, match["slug"], match["token"])
        if not match["rest"]:
            return HttpResponseRedirect(f"{request.path}/")
        # It is shown as everybody would see it.
        request.user = AnonymousUser()
        response = answer_under(match["prefix"], match["rest"], request, self._answer)
        return set_headers(response, PRIVATE)

    def _answer(self, request):
        if request.method not in ("GET", "HEAD"):
            return render(request, "naming_contest/not_sent.html", status=405)
        return self.get_response(request)


def _identity(user, slug, token):
    if not user.has_perm(PERMISSION):
        raise Http404
    contest = get_object_or_404(Contest, slug=slug)
    proposal = Proposal(contest)
    held = HeldPicture.objects.fresh().by_token(token) if token else None
    if not proposal.is_possible or bool(token) != bool(held and proposal.logo_idea):
        raise Http404
    try:
        collaboration = proposal.identity(held and held.image)
    except FileNotFoundError as error:
        raise Http404 from error
    way_back = reverse("admin:naming_contest_contest_adopt", args=[contest.pk])
    return PreviewIdentity(collaboration, f"{way_back}?held={token}" if token else way_back)
