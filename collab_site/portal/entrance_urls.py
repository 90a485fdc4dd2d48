"""What there is under a school's entrance: the public addresses, and the school's panels."""

from django.urls import include, path

from achievements.views import AchievementsPanelView
from actionplan.views import PlanPanelView
from aims.views import AimsPanelView
from collab_site.portal.public_urls import (  # noqa: F401 - Django finds the handlers here
    handler400,
    handler403,
    handler404,
    handler429,
    handler500,
)
from collab_site.portal.public_urls import urlpatterns as public
from collab_site.portal.views import LatestPanelView
from naming_contest.call_views import CallPanelView

panels = [
    path("plan/", PlanPanelView.as_view(), name="plan-panel"),
    path("aims/", AimsPanelView.as_view(), name="aims-panel"),
    path("achievements/", AchievementsPanelView.as_view(), name="achievements-panel"),
    path("name-us/", CallPanelView.as_view(), name="name-us-panel"),
    path("latest/", LatestPanelView.as_view(), name="latest-panel"),
]

urlpatterns = [
    *public,
    path("panel/", include(panels)),
]
