"""The pages that are compared; the others are the portal's, so that links lead somewhere."""

from django.urls import path

from collab_site.urls import urlpatterns as portal
from tests.bench.plain import views

urlpatterns = [
    path("", views.HomeView.as_view()),
    path("aims/", views.AimsView.as_view()),
    path("plan/", views.PlanView.as_view()),
    path("achievements/", views.AchievementsView.as_view()),
    path("schools/", views.SchoolsView.as_view()),
    path("name-us/calls/<slug:slug>/ideas/", views.GalleryView.as_view()),
    *portal,
]
