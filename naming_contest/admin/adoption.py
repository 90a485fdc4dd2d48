"""Taking on the winning name, strap line and logo as the portal's own, and taking that back."""

import re

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from PIL import Image

from collab_site.core.pictures.models import HeldPicture
from collab_site.core.schools.logo_check import SMALL_SIDES, check_logo
from collab_site.core.schools.logos import smaller
from collab_site.core.schools.words import listed
from naming_contest.adopting import ChangedMeanwhile, NothingToAdopt, Proposal, adopt, take_back
from naming_contest.adopting_form import AdoptionForm
from naming_contest.models import Contest, Part
from naming_contest.preview import preview_url
from naming_contest.winners import PERMISSION

ADDRESS = "naming_contest_contest"
TAKEN_ON = "Done. This is what everybody sees from now on."
TAKEN_BACK = "Taken back. The site is called and looks as it was before."
STAYS = "But for the %s: somebody has changed that since, so it stays as it is."
CHANGED = (
    "Something has changed since you opened this page. Look at it as it is now, and take it on if "
    "it is right."
)
CHANGED_BACK = "It has been taken back already, or something else has been taken on since."
NOTHING = "There is nothing to take on any more."


class AdoptionPages:
    """For the admin of contests: the pages on which the portal gets its new identity."""

    def get_urls(self):
        """Add the pages."""
        site = self.admin_site.admin_view
        return [
            path("<int:pk>/adopt/", site(self.adopt_view), name=f"{ADDRESS}_adopt"),
            path("<int:pk>/adopt/<int:side>.png", site(self.small_view), name=f"{ADDRESS}_small"),
            *super().get_urls(),
        ]

    def adopt_view(self, request, pk):
        """Show what is and what would be; take it on, or back, if that is sent."""
        contest = _contest(request, pk)
        if "take_back" in request.POST:
            return self._take_back(request, contest)
        proposal = Proposal(contest)
        form = _form(request, proposal)
        if request.method == "POST" and (form is None or form.is_valid()):
            if "look" not in request.POST:
                return self._adopt(request, contest, form)
            if form:
                form.keep_file()
        return self._adoption_page(request, proposal, form)

    def small_view(self, request, pk, side):
        """Serve the logo that would be taken on, as small as icons are."""
        contest = _contest(request, pk)
        held = HeldPicture.objects.fresh().by_token(request.GET.get("held"))
        idea = Proposal(contest).logo_idea
        if side not in SMALL_SIDES or not idea:
            raise Http404
        try:
            content = smaller(held.image if held else idea.logo, side, side)
        except FileNotFoundError as error:
            raise Http404 from error
        return HttpResponse(content, content_type="image/png")

    def _adopt(self, request, contest, form):
        data = form.cleaned_data if form else {}
        words = {"alt_text": data.get("alt_text", ""), "tidied": data.get("tidied")}
        try:
            with transaction.atomic():
                adopt(contest, request.user, stamp=request.POST.get("stamp"), **words)
                if form:
                    form.release_held()
                self.log_change(request, contest, "Took on the winners")
        except NothingToAdopt:
            messages.error(request, NOTHING)
        except ChangedMeanwhile:
            return self._refuse(request, contest, form)
        else:
            messages.success(request, TAKEN_ON)
        return redirect(self._url("adopt", contest.pk))

    def _refuse(self, request, contest, form):
        """Show how it is now, and keep what was filled in."""
        proposal = Proposal(contest)
        if form and proposal.logo_idea:
            form.keep_file()
        else:
            form = None
        return self._adoption_page(request, proposal, form, changed=CHANGED)

    def _take_back(self, request, contest):
        number = request.POST["take_back"]
        if not re.fullmatch(r"\d{1,18}", number, re.ASCII):
            raise Http404
        adoption = get_object_or_404(contest.adoptions, pk=number)
        try:
            stays = take_back(adoption, request.user)
        except ChangedMeanwhile:
            messages.error(request, CHANGED_BACK)
        else:
            self.log_change(request, contest, "Took back the winners")
            messages.success(request, TAKEN_BACK)
            if stays:
                words = listed([Part(part).label.lower() for part in stays])
                messages.warning(request, STAYS % words)
        return redirect(self._url("adopt", contest.pk))

    def _adoption_page(self, request, proposal, form, changed=""):
        contest = proposal.contest
        held = form and form.held_picture
        token = form.held_token if held else None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Take on the winners",
            "parents": [*self.get_parents(request, contest), _link(self, contest)],
            "contest": contest,
            "proposal": proposal,
            "adoption": _of_contest(proposal),
            "form": form,
            "errors": (form and form.errors) or changed,
            "changed": changed,
            "token": token,
        }
        if proposal.is_possible:
            context |= _shown(proposal, held, token)
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/naming_contest/contest/adopt.html", context)


def _contest(request, pk):
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    return get_object_or_404(Contest, pk=pk)


def _form(request, proposal):
    """Return the form for the logo; None without one, as there is nothing to fill in."""
    if not proposal.logo_idea:
        return None
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    return AdoptionForm(*sent, idea=proposal.logo_idea, held=request.GET.get("held", ""))


def _shown(proposal, held, token):
    """Return what the page shows of the identity as it would be."""
    shown = {
        "then": proposal.identity(held and held.image),
        "preview_url": preview_url(proposal.contest, token),
        "is_announced": proposal.contest.is_decided,
    }
    idea = proposal.logo_idea
    if idea:
        address = reverse("held-picture", args=[token]) if held else idea.logo_address()
        with (held.image if held else idea.logo).open("rb") as file, Image.open(file) as image:
            findings = check_logo(image)
        shown |= {"logo_url": address, "findings": findings, "sides": SMALL_SIDES}
    return shown


def _of_contest(proposal):
    """Return the Adoption that can be taken back here, or None."""
    last = proposal.last
    return last if last and last.contest_id == proposal.contest.pk else None


def _link(model_admin, contest):
    return str(contest), model_admin.get_page_url(contest)
