"""The addresses that everybody may read, also through a school's entrance."""

from django.urls import include, path
from django.views.generic import TemplateView

from achievements.feeds import AchievementsFeedView
from achievements.models import AchievementPicture
from achievements.views import AchievementsView
from actionplan.reading import strands_serving_aims
from aims.views import AimsView
from collab_site.core.pictures.views import PictureView
from collab_site.core.schools.models import HomePicture
from collab_site.core.schools.views import ColoursView, LogoView, SchoolsView, favicon
from collab_site.portal.latest import LatestFeedView
from collab_site.portal.views import HomeView, LatestView, PrivacyView

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("latest/", LatestView.as_view(), name="latest"),
    path("latest/feed/", LatestFeedView.as_view(), name="latest-feed"),
    path("aims/", AimsView.as_view(get_strands=strands_serving_aims), name="aims"),
    path("plan/", include("actionplan.urls")),
    path("achievements/", AchievementsView.as_view(), name="achievements"),
    path("achievements/feed/", AchievementsFeedView.as_view(), name="achievements-feed"),
    path(
        "achievements/pictures/<picture:name>",
        PictureView.as_view(queryset=AchievementPicture.objects.all()),
        name="achievement-picture",
    ),
    path("name-us/", include("naming_contest.urls")),
    path("schools/", SchoolsView.as_view(), name="schools"),
    path(
        "accessibility/",
        TemplateView.as_view(template_name="site/accessibility.html"),
        name="accessibility",
    ),
    path("privacy/", PrivacyView.as_view(), name="privacy"),
    path(
        "pictures/<picture:name>",
        PictureView.as_view(queryset=HomePicture.objects.all()),
        name="home-picture",
    ),
    path("colours-<slug:version>.css", ColoursView.as_view(), name="colours"),
    path("logo/<picture:name>", LogoView.as_view(), name="logo"),
    path("favicon.svg", favicon, name="favicon"),
]

# An entrance answers errors itself.
handler400 = "collab_site.portal.errors.bad_request"
handler403 = "collab_site.portal.errors.forbidden"
handler404 = "collab_site.portal.errors.not_found"
handler429 = "collab_site.portal.errors.too_many"
handler500 = "collab_site.portal.errors.server_error"
