from django.urls import path

from collab_site.core.pictures.views import HeldPictureView, PictureView
from naming_contest.call_views import CallView, GalleryView, StoryView
from naming_contest.feeds import IdeasFeedView
from naming_contest.models import Idea
from naming_contest.paper_views import PaperFormView
from naming_contest.receipt_views import (
    ChangeView,
    ReceiptPictureView,
    ReceiptView,
    SlipView,
    ThankYouView,
    WithdrawView,
)
from naming_contest.views import SuggestView

RECEIPT = "receipt/<str:token>/"

urlpatterns = [
    path("", CallView.as_view(), name="name-us"),
    path("feed/", IdeasFeedView.as_view(), name="ideas-feed"),
    path("ideas/", GalleryView.as_view(), name="gallery"),
    path("calls/<slug:slug>/", CallView.as_view(), name="call"),
    path("calls/<slug:slug>/story/", StoryView.as_view(), name="call-story"),
    path("calls/<slug:slug>/ideas/", GalleryView.as_view(), name="call-gallery"),
    path("suggest/", SuggestView.as_view(), name="suggest"),
    path("suggest/picture/<str:token>/", HeldPictureView.as_view(), name="held-picture"),
    path("story/", StoryView.as_view(), name="story"),
    path("paper-form.pdf", PaperFormView.as_view(), name="paper-form"),
    path(RECEIPT, ReceiptView.as_view(), name="receipt"),
    path(f"{RECEIPT}thank-you/", ThankYouView.as_view(), name="thank-you"),
    path(f"{RECEIPT}slip/", SlipView.as_view(), name="receipt-slip"),
    path(f"{RECEIPT}picture/", ReceiptPictureView.as_view(), name="receipt-picture"),
    path(f"{RECEIPT}change/", ChangeView.as_view(), name="receipt-change"),
    path(f"{RECEIPT}withdraw/", WithdrawView.as_view(), name="receipt-withdraw"),
    path(
        "pictures/<picture:name>",
        PictureView.as_view(queryset=Idea.objects.public, field="logo"),
        name="idea-picture",
    ),
]
