import re
from pathlib import Path

import pytest
import time_machine
from django import forms
from django.db import transaction

from collab_site.core.pictures.cleaning import clean_picture
from collab_site.core.pictures.fields import PictureFormField
from collab_site.core.pictures.forms import HeldPictureFormMixin
from collab_site.core.pictures.models import HeldPicture
from collab_site.core.pictures.storage import PictureStorage, StorageUnavailable, picture_storage
from tests.pictures import samples
from tests.pictures.samples import drawing, saved, upload

pytestmark = pytest.mark.django_db
GARBAGE = [None, "", "x", "\0", "\ud800", "🎈" * 1000, 7, "' OR 1=1 --"]


class IdeaForm(HeldPictureFormMixin, forms.Form):
    held_field = "logo"
    title = forms.CharField()
    logo = PictureFormField(required=False)


class LogoForm(IdeaForm):
    logo = PictureFormField()


@pytest.fixture
def picture():
    return clean_picture(upload(PNG))


PNG = saved(drawing(), "PNG")


def filled(form_class=IdeaForm, *, files=None, **data):
    """Return the form after validation, as it was sent with `data` and `files`."""
    form = form_class(data, files or {})
    form.full_clean()
    return form


def with_picture(data=PNG):
    return {"logo": upload(data)}


def files():
    return list(Path(picture_storage().location).rglob("*.webp"))


def test_a_held_picture_is_taken_once_with_its_token(picture, django_capture_on_commit_callbacks):
    token = HeldPicture.hold(picture)

    with django_capture_on_commit_callbacks(execute=True):
        taken = HeldPicture.take(token)

    assert samples.pixels(taken).size == (60, 40)
    assert re.fullmatch(r"[0-9a-f]{32}\.webp", taken.name)
    assert taken.name != picture.name
    assert HeldPicture.take(token) is None
    assert not files()


def test_a_token_has_at_least_128_bits_and_is_not_stored(picture):
    token = HeldPicture.hold(picture)

    assert len(token) * 6 >= 128
    assert token not in str(HeldPicture.objects.values())


@pytest.mark.parametrize("token", GARBAGE)
def test_any_other_token_gives_nothing(token, picture):
    HeldPicture.hold(picture)

    assert HeldPicture.take(token) is None
    assert HeldPicture.objects.fresh().by_token(token) is None


def test_a_stale_picture_is_gone_and_its_file_too(
    picture, settings, django_capture_on_commit_callbacks
):
    settings.PICTURE_HOLD_SECONDS = 60
    with time_machine.travel("2027-03-01 12:00:00Z", tick=False) as clock:
        token = HeldPicture.hold(picture)
        clock.shift(59)
        assert HeldPicture.objects.fresh().by_token(token)
        clock.shift(1)
        assert HeldPicture.take(token) is None
        with django_capture_on_commit_callbacks(execute=True):
            HeldPicture.hold(clean_picture(upload(PNG)))

    assert HeldPicture.objects.count() == len(files()) == 1


def test_a_held_picture_without_its_file_gives_nothing(picture):
    token = HeldPicture.hold(picture)
    files()[0].unlink()

    assert HeldPicture.take(token) is None


def test_a_picture_survives_an_error_elsewhere():
    first = filled(title="", files=with_picture())
    assert first.held_token
    assert f'value="{first.held_token}"' in str(first["logo_held"])

    second = filled(title="Beacon", logo_held=first.held_token)

    assert second.is_valid()
    assert samples.pixels(second.cleaned_data["logo"]).size == (60, 40)


def test_a_picture_survives_two_errors_without_another_encoding():
    first = filled(title="", files=with_picture())
    held = files()[0].read_bytes()

    second = filled(title="", logo_held=first.held_token)

    assert second.held_token == first.held_token
    assert second.cleaned_data["logo"].read() == held
    assert len(files()) == 1


def test_validating_a_form_twice_changes_nothing():
    first = filled(title="", files=with_picture())
    second = filled(title="", logo_held=first.held_token)

    second.full_clean()

    assert second.held_token == first.held_token
    assert HeldPicture.objects.count() == 1


def test_a_form_does_not_use_a_stale_picture():
    first = filled(title="", files=with_picture())

    with time_machine.travel("2100-01-01"):
        second = filled(title="", logo_held=first.held_token)

    assert second.cleaned_data["logo"] is None
    assert second.held_token is None


def test_a_required_picture_is_not_asked_for_twice():
    first = filled(LogoForm, title="", files=with_picture())

    assert filled(LogoForm, title="Beacon", logo_held=first.held_token).is_valid()
    assert "logo" in filled(LogoForm, title="Beacon").errors


def test_a_form_without_errors_holds_nothing():
    form = filled(title="Beacon", files=with_picture())

    assert form.is_valid()
    assert form.held_token is None
    assert not files()


def test_release_after_the_save_deletes_the_held_picture_with_the_commit(
    django_capture_on_commit_callbacks,
):
    token = filled(title="", files=with_picture()).held_token
    form = filled(title="Beacon", logo_held=token)

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        form.release_held()
        assert files()

    assert not files()
    assert not HeldPicture.objects.exists()


def test_release_without_a_held_picture_does_nothing():
    HeldPicture.hold(clean_picture(upload(PNG)))

    filled(title="Beacon").release_held()

    assert HeldPicture.objects.count() == 1


def test_a_new_picture_takes_the_place_of_the_held_one(django_capture_on_commit_callbacks):
    first = filled(title="", files=with_picture())
    other = saved(drawing(size=(30, 30)), "PNG")

    with django_capture_on_commit_callbacks(execute=True):
        second = filled(title="", logo_held=first.held_token, files=with_picture(other))

    assert second.held_token != first.held_token
    assert len(files()) == 1
    third = filled(title="Beacon", logo_held=second.held_token)
    assert samples.pixels(third.cleaned_data["logo"]).size == (30, 30)


def test_a_held_picture_can_be_removed(django_capture_on_commit_callbacks):
    first = filled(title="", files=with_picture())
    assert "Remove this picture" in first.as_p()

    with django_capture_on_commit_callbacks(execute=True):
        second = filled(title="", logo_held=first.held_token, logo_remove="on")

    assert second.cleaned_data["logo"] is None
    assert second.held_token is None
    assert first.held_token not in second.as_p()
    assert not files()


def test_only_a_held_picture_can_be_removed():
    assert "logo_remove" not in IdeaForm().fields
    assert "logo_remove" not in filled(title="").fields
    assert 'type="hidden"' in str(IdeaForm()["logo_held"])


def test_a_bad_new_picture_leaves_the_held_one_in_its_place_and_says_so():
    first = filled(title="Beacon", files=with_picture(b"hello"))
    assert len(first.errors["logo"]) == 1

    held = filled(title="", files=with_picture())
    second = filled(title="Beacon", logo_held=held.held_token, files=with_picture(b"hello"))

    assert not second.is_valid()
    assert len(second.errors["logo"]) == 2
    assert "kept the picture that you chose before" in second.errors["logo"][1]
    assert second.held_token == held.held_token
    assert filled(title="Beacon", logo_held=second.held_token).is_valid()


@pytest.mark.parametrize("token", GARBAGE)
def test_any_other_token_is_no_picture_and_is_not_shown_again(token):
    form = filled(title="", logo_held=token)

    assert form.cleaned_data["logo"] is None
    assert list(form.errors) == ["title"]
    assert form["logo_held"].value() == ""


@pytest.mark.parametrize("title", ["", "Beacon"])
def test_a_full_disk_only_means_choosing_again(title, monkeypatch):
    def fail(*args, **kwargs):
        raise StorageUnavailable

    monkeypatch.setattr(PictureStorage, "save", fail)
    with transaction.atomic():
        form = filled(title=title, files=with_picture())
        assert not HeldPicture.objects.exists()

    assert form.held_token is None
    assert ("logo" in form.errors) == (not title)


def test_two_forms_on_a_page_hold_their_own_pictures():
    data = {"a-title": "", "b-title": ""}
    form = IdeaForm(data, {"a-logo": upload(PNG)}, prefix="a")
    other = IdeaForm(data, {"a-logo": upload(PNG)}, prefix="b")

    assert not form.is_valid()
    assert not other.is_valid()
    assert form.held_token
    assert f'name="a-logo_held" value="{form.held_token}"' in str(form["logo_held"])
    assert other.held_token is None


def test_no_more_pictures_are_held_than_may_be(settings):
    settings.PICTURES_HELD_AT_MOST = 1
    assert filled(title="", files=with_picture()).held_token
    refused = filled(title="", files=with_picture())
    assert refused.held_token is None
    assert "could not keep" in refused.errors["logo"][0]
