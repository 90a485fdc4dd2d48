"""The form with which a contest's winners are taken on."""

from django import forms
from django.conf import settings

from collab_site.core.pictures.fields import PictureFormField
from collab_site.core.pictures.forms import HeldPictureFormMixin
from collab_site.core.pictures.models import HeldPicture
from naming_contest.forms import PICTURE_GONE
from naming_contest.models import Idea
from naming_contest.personal import marks
from naming_contest.text import LineField


class AdoptionForm(HeldPictureFormMixin, forms.Form):
    """What it needs to take on the logo of `idea`: words for it, and a tidied version if wished.

    `held` is the token of a tidied version that was chosen before, if there is one.
    """

    held_field = "tidied"

    tidied = PictureFormField(
        label="A tidied version of the logo (if you have one)", required=False
    )
    alt_text = LineField(
        label="What the logo shows",
        max_length=Idea._meta.get_field("logo_alt").max_length,
        help_text="For people who cannot see it. What would you say about it on the telephone?",
        error_messages={"required": "Say in a few words what the logo shows."},
    )

    def __init__(self, *args, idea, held="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tidied"].help_text = (
            "The same idea with cleaner lines, best as a PNG that can be seen through. The child’s "
            f"own drawing is kept beside it. Up to {settings.PICTURE_MAX_BYTES // 1024**2} MB."
        )
        if not marks("logo_alt", idea.logo_alt):
            self.initial["alt_text"] = idea.logo_alt
        if held and not self.is_bound and HeldPicture.objects.fresh().by_token(held):
            self.initial["tidied_held"] = self.held_token = held
            self._show_held()

    def clean(self):
        """Say so if the picture that was held is gone."""
        super().clean()
        is_left = self.held_token or self.files.get("tidied") or self.data.get("tidied_remove")
        if self.data.get("tidied_held") and not is_left:
            self.add_error("tidied", PICTURE_GONE)

    @property
    def held_picture(self):
        """The tidied logo that waits for being taken on, a HeldPicture, or None."""
        return self.held_token and HeldPicture.objects.fresh().by_token(self.held_token)
