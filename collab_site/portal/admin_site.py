"""The first page for editors, and what the whole admin shares. It alone knows every app."""

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from achievements.models import Achievement, AchievementPicture
from actionplan.academic_year import academic_year, year_label
from actionplan.attention import needs_attention, waiting_changes
from actionplan.models import Plan
from aims.models import Aim
from collab_site.core.accounts.models import User
from collab_site.core.editing.models import Removal
from collab_site.core.schools.models import Collaboration, HomePicture, OldAddress, School, Term
from naming_contest.models import Contest, Idea, Phase
from naming_contest.moderating import Desk

UNUSED = {"autocomplete", "jsi18n", "password_change_done", "view_on_site"}


class PortalAdminSite(admin.AdminSite):
    """The pages on which the schools change what the site says."""

    enable_nav_sidebar = False

    def get_urls(self):
        """Leave out the pages of Django's that the portal has no use for."""
        return [url for url in super().get_urls() if getattr(url, "name", "") not in UNUSED]

    def has_permission(self, request):
        """Let in everybody who may do anything here."""
        return super().has_permission(request) and bool(request.user.get_all_permissions())

    def each_context(self, request):
        """Return what every page is given; Django's lists of apps and actions aren't shown."""
        return {"has_permission": self.has_permission(request)}

    def index(self, request, extra_context=None):
        """Say what the person may do here."""
        context = {
            **self.each_context(request),
            "title": "What would you like to do?",
            "plan": self._plan(request),
            "ideas_waiting": self._ideas_waiting(request),
            "judging": self._judging(request),
            "pictures_amiss": self._pictures_amiss(request),
            "pages": self._pages(request),
            "kit": self._kit(request),
            **(extra_context or {}),
        }
        request.current_app = self.name
        return TemplateResponse(request, "admin/index.html", context)

    def app_index(self, request, app_label, extra_context=None):
        """Go to the first page: what can be done isn't sorted by app."""
        return redirect("admin:index")

    def login(self, request, extra_context=None):
        """Send to the page for signing in; refuse who has signed in and may do nothing here."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(_next(request), reverse("account_login"))

    def logout(self, request, extra_context=None):
        """Send to the portal's page for signing out."""
        return redirect("account_logout")

    def password_change(self, request, extra_context=None):
        """Send to the portal's page for a new password."""
        return redirect("account_change_password")

    def _pages(self, request):
        """Return the addresses of the pages that the person may use, by name."""
        lists = {
            "achievements": (Achievement, "view", "changelist"),
            "new_achievement": (Achievement, "add", "add"),
            "aims": (Aim, "view", "changelist"),
            "plans": (Plan, "view", "changelist"),
            "new_plan": (Plan, "add", "add"),
            "words": (Collaboration, "change", "changelist"),
            "pictures": (HomePicture, "view", "changelist"),
            "schools": (School, "view", "changelist"),
            "terms": (Term, "view", "changelist"),
            "old_addresses": (OldAddress, "view", "changelist"),
            "call": (Contest, "change", "changelist"),
            "ideas": (Idea, "view", "changelist"),
            "people": (User, "view", "changelist"),
            "bin": (Removal, "view", "changelist"),
        }
        return {
            name: reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")
            for name, (model, action, page) in lists.items()
            if self._may(request, action, model)
        }

    def _kit(self, request):
        """Return the address of the kit of the person's school, of the schools' list, or None."""
        school = request.user.school
        may_choose = self._may(request, "view", School)
        return school.kit if school else may_choose and reverse("admin:schools_school_changelist")

    def _may(self, request, action, model):
        model_admin = self._registry.get(model)
        return model_admin and getattr(model_admin, f"has_{action}_permission")(request)

    def _plan(self, request):
        """Return what the first page says of the plans, or None."""
        if not self._may(request, "view", Plan):
            return None
        year = academic_year()
        plans = Plan.objects.all()
        current = next((plan for plan in plans if plan.year == year), None)
        return {
            "year": year,
            "label": year_label(year),
            "current": current,
            "attention": needs_attention(current) if current else None,
            "later": self._later_waiting(plans, year),
            "last": next((plan for plan in plans if plan.year == year - 1), None),
            "others": [plan for plan in plans if plan != current],
        }

    def _later_waiting(self, plans, year):
        """Return (plan, how many changes wait) of the later years' plans that parents read."""
        later = []
        for plan in plans:
            if plan.year > year:
                editions = plan.newest_edition(), plan.upcoming_edition()
                waiting = waiting_changes(plan.snapshot(), *editions)
                later += [(plan, len(waiting))] if waiting else []
        return later

    def _judging(self, request):
        """Return the calls that the person judges, or None: the one shown, and others under way."""
        if not request.user.has_perm("naming_contest.judge_contest"):
            return None
        return [
            contest
            for contest in Contest.objects.all()
            if contest.is_current or contest.phase == Phase.JUDGING
        ]

    def _pictures_amiss(self, request):
        """Return how many pictures lack words for who can't see them, or the confirmation."""
        if not self._may(request, "change", HomePicture):
            return 0
        amiss = Q(alt_text="") | Q(is_safe=False)
        # That of evidence has both: the database sees to it.
        shown = HomePicture.objects.all(), AchievementPicture.objects.all()
        return sum(pictures.filter(amiss).count() for pictures in shown)

    def _ideas_waiting(self, request):
        desk = Desk(request.user)
        return desk.count(Idea.Status.WAITING) if self._may(request, "view", Idea) else None


def _next(request):
    target = request.GET.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if is_ours else reverse("admin:index")
