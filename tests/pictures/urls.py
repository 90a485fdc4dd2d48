from django.http import HttpResponseNotFound
from django.urls import path

from collab_site.core.pictures.models import HeldPicture
from collab_site.core.pictures.views import HeldPictureView, PictureView

urlpatterns = [
    path("shown/<picture:name>", PictureView.as_view(queryset=HeldPicture.objects.fresh)),
    path(
        "private/<picture:name>",
        PictureView.as_view(queryset=HeldPicture.objects.all(), cache="private"),
    ),
    path("held/<str:token>", HeldPictureView.as_view()),
]


def handler404(request, exception):
    return HttpResponseNotFound()
