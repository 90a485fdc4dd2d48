"""Pages that show something of every app, or of none."""

from django.conf import settings
from django.contrib.admin.views.decorators import staff_member_required
from django.db import connection
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from achievements.models import Achievement
from actionplan.models import Status
from actionplan.reading import latest_changes, read_plan
from aims.models import Aim
from collab_site.core.content_version.memo import cached
from collab_site.core.schools.feeds import ENTRIES
from collab_site.core.schools.models import HomePicture
from collab_site.core.schools.panels import PanelMixin
from collab_site.portal.latest import by_day, latest
from naming_contest.models import Contest

ACHIEVEMENTS = 6
IN_PANEL = 5


class HomeView(TemplateView):
    template_name = "site/home.html"

    def get_context_data(self, **kwargs):
        plan = read_plan()
        changes = latest_changes(plan) if plan else []
        return super().get_context_data(plan=plan, changes=changes, **_beside_the_plan(), **kwargs)


@cached
def _beside_the_plan():
    return {
        "aims": list(Aim.objects.all()),
        "achievements": list(Achievement.objects.newest_first()[:ACHIEVEMENTS]),
        "contest": Contest.objects.current(),
        "pictures": list(HomePicture.objects.all()),
    }


class LatestView(TemplateView):
    """What is new from all the schools, day by day."""

    template_name = "site/latest.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(days=by_day(latest(ENTRIES)), **kwargs)


class LatestPanelView(PanelMixin, TemplateView):
    """The newest few things, for a frame on a school's own site."""

    template_name = "site/latest_panel.html"
    height = 640

    def get_context_data(self, **kwargs):
        return super().get_context_data(entries=latest(IN_PANEL), **kwargs)


class PrivacyView(TemplateView):
    template_name = "site/privacy.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            hold_minutes=settings.PICTURE_HOLD_SECONDS // 60,
            session_hours=settings.SESSION_COOKIE_AGE // 3600,
            kept_days=settings.IDEAS_KEPT_DAYS,
            longest_days=settings.IDEAS_LONGEST_DAYS,
            overwrites_at_once=connection.vendor == "sqlite",
            **kwargs,
        )


class RobotsView(TemplateView):
    template_name = "site/robots.txt"
    content_type = "text/plain"
    extra_context = {"public_url": settings.PUBLIC_URL}


@method_decorator(staff_member_required(login_url=settings.LOGIN_URL), name="dispatch")
class StyleView(TemplateView):
    """The site's components side by side, for those who write its pages."""

    template_name = "site/style.html"
    extra_context = {"statuses": Status.choices}
