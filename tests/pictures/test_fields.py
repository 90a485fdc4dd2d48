import stat
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test.utils import isolate_apps

from collab_site.core.pictures import fields
from collab_site.core.pictures.cleaning import clean_picture
from collab_site.core.pictures.fields import PictureField, PictureFormField
from collab_site.core.pictures.models import HeldPicture, Picture
from collab_site.core.pictures.storage import PictureStorage, StorageUnavailable, picture_storage
from tests.pictures import samples
from tests.pictures.samples import drawing, saved, upload

pytestmark = pytest.mark.django_db

with isolate_apps("collab_site.core.pictures"):

    class Snapshot(Picture):
        """A picture without a table."""

        class Meta(Picture.Meta):
            abstract = False
            app_label = "pictures"


class PictureForm(forms.Form):
    picture = PictureFormField()


class SnapshotForm(forms.ModelForm):
    class Meta:
        model = Snapshot
        fields = ["image", "alt_text", "is_safe"]


@pytest.fixture
def picture():
    return clean_picture(upload(saved(drawing(), "PNG")))


@pytest.fixture
def row(picture):
    return HeldPicture.objects.create(token_hash="one", image=picture)


@pytest.fixture
def folder():
    return Path(picture_storage().location)


def files_in(folder):
    return {path.name for path in folder.rglob("*.webp")}


def test_a_form_field_returns_the_cleaned_picture_whatever_its_name_was():
    form = PictureForm({}, {"picture": upload(saved(drawing(), "PNG"), "../" + "ü" * 500 + ".exe")})

    assert form.is_valid()
    assert samples.pixels(form.cleaned_data["picture"]).format == "WEBP"


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, "required"),
        ({"picture": upload(b"")}, "empty"),
        ({"picture": upload(b"hello")}, "unsupported"),
    ],
)
def test_a_form_field_refuses_what_is_no_picture(files, code):
    errors = PictureForm({}, files).errors.as_data()

    assert [error.code for error in errors["picture"]] == [code]
    assert errors["picture"][0].messages[0].count(".") >= 1


def test_a_file_dialog_offers_the_newer_kinds_too():
    assert 'accept="image/*,.heic,.heif,.avif"' in str(PictureForm()["picture"])


def test_a_model_form_cleans_its_picture_and_measures_it(picture):
    form = SnapshotForm(
        {"alt_text": "A red and a blue field", "is_safe": "on"},
        {"image": upload(saved(drawing(), "PNG"), "x" * 500)},
    )

    assert form.is_valid(), form.errors
    assert (form.instance.width, form.instance.height) == (60, 40)
    assert form.instance.image.name.endswith(".webp")


def test_a_model_form_with_a_picture_says_so_without_a_link(row):
    class RowForm(forms.ModelForm):
        class Meta:
            model = HeldPicture
            fields = ["image"]

    assert "There is a picture already" in str(RowForm(instance=row))
    assert "href" not in str(RowForm(instance=row))
    assert "There is a picture already" not in str(RowForm())


def test_a_picture_field_survives_a_migration_without_naming_its_storage():
    field = PictureField(upload_to="shown", width_field="width", height_field="height")

    _, path, args, kwargs = field.deconstruct()

    assert path == "collab_site.core.pictures.fields.PictureField"
    assert kwargs == {"upload_to": "shown", "width_field": "width", "height_field": "height"}
    assert PictureField(*args, **kwargs).storage is picture_storage()


@pytest.mark.parametrize("is_safe", [True, False])
def test_a_picture_is_saved_only_after_somebody_has_checked_it(picture, is_safe):
    snapshot = Snapshot(image=picture, alt_text="A red and a blue field", is_safe=is_safe)

    if is_safe:
        snapshot.full_clean()
        return
    with pytest.raises(ValidationError) as refusal:
        snapshot.full_clean()
    assert [(name, error.code) for name, (error,) in refusal.value.error_dict.items()] == [
        ("is_safe", "not_safe")
    ]


def test_the_database_too_refuses_an_unchecked_picture():
    (constraint,) = Snapshot._meta.constraints

    assert constraint.name == "pictures_snapshot_is_safe"
    with pytest.raises(ValidationError):
        constraint.validate(Snapshot, Snapshot(is_safe=False))
    constraint.validate(Snapshot, Snapshot(is_safe=True))


def test_a_picture_needs_words_for_those_who_cannot_see_it(picture):
    with pytest.raises(ValidationError) as refusal:
        Snapshot(image=picture, alt_text="", is_safe=True).full_clean()

    assert list(refusal.value.error_dict) == ["alt_text"]


def test_a_stored_file_is_nobody_elses_to_read(row, folder):
    path = folder / row.image.name

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert row.image.url == ""


def test_deleting_a_row_deletes_its_file_after_the_commit(
    row, folder, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        row.delete()
        assert files_in(folder)

    assert not files_in(folder)


def test_deleting_many_rows_deletes_their_files(row, folder, django_capture_on_commit_callbacks):
    second = clean_picture(upload(saved(drawing(), "PNG")))
    HeldPicture.objects.create(token_hash="two", image=second)
    assert len(files_in(folder)) == 2

    with django_capture_on_commit_callbacks(execute=True):
        HeldPicture.objects.all().delete()

    assert not files_in(folder)


def test_another_picture_replaces_the_file(row, folder, django_capture_on_commit_callbacks):
    new = clean_picture(upload(saved(drawing(), "PNG")))

    with django_capture_on_commit_callbacks(execute=True):
        row.image = new
        row.save()

    assert files_in(folder) == {new.name}


def test_a_row_that_is_saved_again_keeps_its_file(
    row, picture, folder, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        row.save()
        row.image = None
        row.save(update_fields=["held_at"])

    assert files_in(folder) == {picture.name}


def test_a_file_stays_while_there_is_a_reason_to_keep_it(
    row, folder, monkeypatch, django_capture_on_commit_callbacks
):
    reasons = {(HeldPicture, row.image.name)}
    monkeypatch.setattr(fields, "_retention_checks", [])
    fields.register_retention_check(lambda model, name: (model, name) in reasons)
    name = row.image.name
    with django_capture_on_commit_callbacks(execute=True):
        row.delete()
    assert len(files_in(folder)) == 1

    reasons.clear()
    with django_capture_on_commit_callbacks(execute=True):
        HeldPicture._meta.get_field("image").delete_unused(name, "default")
    assert not files_in(folder)


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_keeps_its_file(picture, folder):
    row = HeldPicture.objects.create(token_hash="one", image=picture)

    with transaction.atomic():
        row.delete()
        transaction.set_rollback(True)

    assert files_in(folder) == {picture.name}


def test_a_file_that_cannot_be_deleted_does_not_undo_the_rest(
    row, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def fail(self, name):
        raise PermissionError

    monkeypatch.setattr(PictureStorage, "delete", fail)
    with django_capture_on_commit_callbacks(execute=True):
        row.delete()

    assert not HeldPicture.objects.exists()
    assert "on_commit" in caplog.text


@pytest.fixture
def full_disk(monkeypatch):
    """Let the disk be full after half of each file."""

    def write_half(file):
        yield b"half"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("collab_site.core.pictures.cleaning.CleanPicture.chunks", write_half)


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_is_told_apart_and_leaves_nothing(picture, folder):
    with pytest.raises(StorageUnavailable):
        picture_storage().save("held/a.webp", picture)

    assert not files_in(folder)


def test_a_folder_that_cannot_be_made_is_told_apart(picture, folder):
    folder.write_text("This is not a folder.")

    with pytest.raises(StorageUnavailable):
        picture_storage().save("held/a.webp", picture)
