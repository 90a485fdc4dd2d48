from django.views.generic import ListView, TemplateView

from achievements.models import Achievement
from collab_site.core.content_version.memo import cached
from collab_site.core.schools.panels import PanelMixin

NEWEST = 3
PER_PAGE = 100
NAMED = 400


class AchievementsView(TemplateView):
    """The achievements in full, from the newest or that in `?from=` on, and the names of others.

    Each has its place on the first page, whatever has come since: the links to it are lasting.
    """

    template_name = "achievements/achievements.html"

    def get_context_data(self, **kwargs):
        start = self.request.GET.get("from")
        return super().get_context_data(**(_page_from(start) if start else _first_page()), **kwargs)


class AchievementsPanelView(PanelMixin, ListView):
    """The newest achievements, for a frame on a school's own site."""

    queryset = Achievement.objects.newest_first()[:NEWEST]
    template_name = "achievements/panel.html"
    context_object_name = "achievements"
    height = 480


@cached
def _first_page():
    return _page_from(None)


def _page_from(start):
    rows = Achievement.objects.prefetch_related("aims", "pictures")
    page = rows.page_from(start, PER_PAGE)
    return {"page": page, "others": _after(page)}


def _after(page):
    if not page.later:
        return []
    _, *others = Achievement.objects.from_row(page.rows[-1]).only("title")[: NAMED + 1]
    return others
