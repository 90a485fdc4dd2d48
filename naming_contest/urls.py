from django.urls import path

from collab_site.pictures.views import HeldPictureView, PictureView
from naming_contest.models import Idea
from naming_contest.views import CallView, SuggestView, ThankYouView

urlpatterns = [
    path("", CallView.as_view(), name="name-us"),
    path("suggest/", SuggestView.as_view(), name="suggest"),
    path("suggest/picture/<str:token>/", HeldPictureView.as_view(), name="held-picture"),
    path("thank-you/", ThankYouView.as_view(), name="thank-you"),
    path(
        "pictures/<picture:name>",
        PictureView.as_view(queryset=Idea.objects.approved(), field="logo"),
        name="idea-picture",
    ),
]
