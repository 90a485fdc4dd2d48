"""Whose ideas somebody looks after for now, and how they want to work."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from naming_contest.admin.queue_forms import CoverForm, WorkForm
from naming_contest.models import Moderator
from naming_contest.moderating import COVERING, Desk

CHOOSE_A_SCHOOL = "Choose the school that you cover for."


class DeskPages:
    """For the admin of ideas: covering for another school, and one's way of working."""

    def get_urls(self):
        """Add what the pages' forms are sent to."""
        site = self.admin_site.admin_view
        return [
            path("cover/", site(self.cover_view), name="naming_contest_idea_cover"),
            path("cover/stop/", site(self.stop_covering_view), name="naming_contest_idea_stop"),
            path("work/", site(self.work_view), name="naming_contest_idea_work"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def cover_view(self, request):
        """Begin to cover for another school, until that is ended or the person signs out."""
        self.check_may_decide(request)
        form = CoverForm(request.POST, schools=Desk(request.user).others())
        if form.is_valid():
            school = form.cleaned_data["school"]
            request.session[COVERING] = school.pk
            self._log_work(request, f"Began covering for {school}")
        else:
            messages.error(request, CHOOSE_A_SCHOOL)
        idea = self.get_object(request, request.POST.get("idea"))
        return redirect(self.get_page_url(idea) if idea else self.get_list_url())

    @method_decorator(require_POST)
    def stop_covering_view(self, request):
        """Go back to the ideas of one's own school."""
        school = Desk.of(request).covering
        request.session.pop(COVERING, None)
        if school:
            self._log_work(request, f"Stopped covering for {school}")
        return redirect(self.get_list_url())

    @method_decorator(require_POST)
    def work_view(self, request):
        """Keep how the person wants to work."""
        self.check_may_decide(request)
        person, _ = Moderator.objects.get_or_create(user=request.user)
        WorkForm(request.POST, instance=person).save()
        messages.success(request, "Kept. This is how you work from now on.")
        return redirect(self.get_list_url())

    def check_may_decide(self, request):
        """Raise PermissionDenied for somebody who may not decide about ideas."""
        if not request.user.has_perm("naming_contest.decide_idea"):
            raise PermissionDenied

    def _log_work(self, request, words):
        person, _ = Moderator.objects.get_or_create(user=request.user)
        self.log_change(request, person, words)
