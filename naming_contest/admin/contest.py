"""The calls for ideas: their words, their times, and which of them is shown."""

from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from collab_site.core.editing.admin import PortalModelAdmin
from collab_site.core.editing.history import recorded
from naming_contest.admin.adoption import AdoptionPages
from naming_contest.admin.judging import JudgingPages
from naming_contest.models import Contest, WrongPhase
from naming_contest.winners import PERMISSION

TIMES = "naming_contest_contest_times"
TIMES_FIELDS = ["opens_at", "closes_at", "judged_until", "announces_at"]
CHANGED_MEANWHILE = "Nothing was done: this call has changed meanwhile. Look how it stands now."


@dataclass(frozen=True)
class Act:
    """What a button does: a method of Contest, what the log says of it, and what is told."""

    method: str
    logged: str
    told: str


ACTS = {
    "show": Act("make_current", "Shown under “Name us”", "“%s” is shown under “Name us” now."),
    "close": Act("close", "Closed for ideas", "“%s” is closed for ideas now."),
    "end-judging": Act(
        "end_judging", "Ended judging", "Judging of “%s” has ended: all judges see the scores now."
    ),
    "reopen": Act("reopen", "Open for ideas again", "Families can send ideas for “%s” again."),
}


@admin.register(Contest)
class ContestAdmin(JudgingPages, AdoptionPages, PortalModelAdmin):
    fieldsets = [
        ("What you ask for", {"fields": ["title", "call", "looked_for", "how"]}),
        (
            "When",
            {
                "fields": TIMES_FIELDS,
                "description": "All of these may stay empty until you know. Pages change by "
                "themselves when a time has come, and tell families the days.",
            },
        ),
        ("What becomes of the ideas", {"fields": ["gallery", "judging", "afterwards"]}),
    ]
    stays_after_adding = True

    def has_delete_permission(self, request, obj=None):
        """Return False: what families sent belongs to it."""
        return False

    def get_readonly_fields(self, request, obj=None):
        """Let only those who choose the winners say when: the times decide what is public."""
        return () if request.user.has_perm(PERMISSION) else TIMES_FIELDS

    def row_note(self, row):
        """Return where it stands."""
        if row.is_current:
            return f"{row.phase.label} · shown under “Name us”"
        return row.phase.label if row.is_public else "Nobody sees it yet"

    def get_view_on_site_url(self, obj=None):
        """Return where everybody reads of it, or None while nobody may."""
        return super().get_view_on_site_url(obj) if obj and obj.is_public else None

    def get_urls(self):
        """Add what its buttons do."""
        view = self.admin_site.admin_view(self.times_view)
        return [path("<int:pk>/times/", view, name=TIMES), *super().get_urls()]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        """Tell which call is shown, and how this one stands: as it is stored, and not as typed."""
        context["shown"] = Contest.objects.current()
        context["stored"] = obj and Contest.objects.get(pk=obj.pk)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @method_decorator(require_POST)
    def times_view(self, request, pk):
        """Show this call under “Name us”, close it, or open it again."""
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        act = ACTS.get(request.POST.get("do"))
        if act is None:
            raise Http404
        try:
            contest = self._act(request, pk, act)
        except WrongPhase:
            messages.warning(request, CHANGED_MEANWHILE)
        else:
            messages.success(request, act.told % contest)
        return redirect(self._url("change", pk))

    def _act(self, request, pk, act):
        with recorded(request.user, act.logged):
            Contest.objects.hold()
            contest = get_object_or_404(Contest, pk=pk)
            getattr(contest, act.method)()
            self.log_change(request, contest, act.logged)
        return contest
