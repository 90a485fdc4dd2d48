from django.views.generic import ListView

from achievements.models import Achievement
from collab_site.schools.panels import PanelMixin

NEWEST = 3


class AchievementsView(ListView):
    queryset = Achievement.objects.newest_first().prefetch_related("aims", "pictures")
    template_name = "achievements/achievements.html"
    context_object_name = "achievements"


class AchievementsPanelView(PanelMixin, ListView):
    """The newest achievements, for a frame on a school's own site."""

    queryset = Achievement.objects.newest_first()[:NEWEST]
    template_name = "achievements/panel.html"
    context_object_name = "achievements"
    height = 480
