"""What a school needs to show the collaboration elsewhere: /schools/<school>/kit/…"""

from django.urls import path

from collab_site.portal.kit.views import CodeView, KitView, PosterView

urlpatterns = [
    path("", KitView.as_view(), name="kit"),
    path("qr-<slug:page>.svg", CodeView.as_view(kind="svg"), name="kit-code-svg"),
    path("qr-<slug:page>.png", CodeView.as_view(kind="png"), name="kit-code-png"),
    path("poster-<slug:page>.pdf", PosterView.as_view(), name="kit-poster"),
]
