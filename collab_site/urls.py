"""All addresses: the public ones, and those that no school's entrance has."""

from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.generic import RedirectView

from actionplan.views import PreviewView
from collab_site.core.schools.panels import panels_script
from collab_site.core.schools.views import SharePictureView
from collab_site.portal.health import healthz, readyz
from collab_site.portal.public_urls import (  # noqa: F401 - Django finds the handlers here
    handler400,
    handler403,
    handler404,
    handler429,
    handler500,
)
from collab_site.portal.public_urls import urlpatterns as public
from collab_site.portal.sitemaps import SITEMAPS
from collab_site.portal.views import RobotsView, StyleView

urlpatterns = [
    *public,
    path("schools/<slug:school>/kit/", include("collab_site.portal.kit.urls")),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("share-<slug:version>.png", SharePictureView.as_view(), name="share-picture"),
    # What a browser asks for beside a file, which can't say where its icon is.
    path("favicon.ico", RedirectView.as_view(pattern_name="favicon")),
    path("robots.txt", RobotsView.as_view(), name="robots"),
    path("panels.js", panels_script, name="panels-script"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("plan-preview/<str:token>/", PreviewView.as_view(), name="plan-preview"),
    path("style/", StyleView.as_view(), name="style"),
    path("accounts/", include("collab_site.core.accounts.urls")),
    path("admin/", admin.site.urls),
]
