import io
import re
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from collab_site.core.pictures.storage import PictureStorage, StorageUnavailable, picture_storage
from naming_contest.models import Idea
from tests.naming_contest.family import photo, receipt, summary
from tests.pictures import samples
from tests.pictures.samples import drawing, saved

KINDS = {
    **{kind: saved(drawing(), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "AVIF")},
    "JPEG, CMYK": saved(drawing("CMYK"), "JPEG"),
    "HEIC": samples.HEIC,
    "too large for memory": saved(Image.effect_noise((2000, 1600), 90), "PNG"),
}
PNG = KINDS["PNG"]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
HELD = re.compile(r'<img src="(/name-us/suggest/picture/[^"]+)"')


def test_the_large_picture_is_one():
    assert len(KINDS["too large for memory"]) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE


def stored():
    return sorted(path.parent.name for path in Path(picture_storage().location).rglob("*.*"))


@pytest.fixture
def full_disk(monkeypatch):
    def refuse(*args):
        raise StorageUnavailable

    monkeypatch.setattr(PictureStorage, "_save", refuse)


@pytest.mark.parametrize("data", KINDS.values(), ids=KINDS)
def test_every_kind_of_picture_becomes_a_clean_one(family, data):
    assert family.send({"logo": photo(data, "../ 🎈.exe")}).status_code == 302

    logo = Idea.objects.get().logo
    assert re.fullmatch(r"ideas/[0-9a-f]{32}\.webp", logo.name)
    with logo.open() as file:
        assert samples.pixels(file).format == "WEBP"


@pytest.mark.parametrize(
    ("data", "advice"), [(SVG, "Save it as a PNG"), (b"hello", "Choose a photo"), (b"", "empty")]
)
def test_what_is_no_picture_gets_advice_and_keeps_what_was_typed(family, data, advice):
    response = family.send({"name": "Oaks", "logo": photo(data)})

    [problem] = summary(response)
    assert advice in problem
    assert 'value="Oaks"' in response.content.decode()
    assert not Idea.objects.exists()


def test_a_file_that_is_too_large_gets_advice(family, settings):
    settings.PICTURE_MAX_BYTES = 1024**2

    [problem] = summary(family.send({"logo": photo(PNG + bytes(1024**2))}))

    assert "larger than 1 MB" in problem
    assert "Choose a smaller picture" in problem


@pytest.mark.django_db(transaction=True)
def test_a_picture_survives_errors_elsewhere(family, client):
    response = family.send({"logo": photo(PNG), "adult_agreed": ""})
    [address] = HELD.findall(response.content.decode())
    preview = client.get(address)
    shown = preview.getvalue()

    assert preview["Cache-Control"] == "no-store"
    assert samples.pixels(io.BytesIO(shown)).size == (60, 40)
    assert family.send({"school": ""}).status_code == 200
    assert family.send({"school": response.wsgi_request.POST["school"], "adult_agreed": "on"})
    assert Idea.objects.get().logo_width == 60
    assert client.get(address).status_code == 404
    assert stored() == ["ideas"]


@pytest.mark.django_db(transaction=True)
def test_a_held_picture_can_be_removed(family):
    response = family.send({"name": "Oaks", "logo": photo(PNG), "adult_agreed": ""})
    assert "Remove this picture" in response.content.decode()

    assert family.send({"logo_remove": "on", "adult_agreed": "on"}).status_code == 302
    assert not Idea.objects.get().logo
    assert stored() == []


def test_a_held_picture_that_is_gone_is_not_forgotten_in_silence(family, settings):
    family.send({"name": "Oaks", "logo": photo(PNG), "adult_agreed": ""})
    settings.PICTURE_HOLD_SECONDS = 0

    response = family.send({"adult_agreed": "on"})

    assert summary(response) == ["We no longer have the picture that you chose. Choose it again."]
    assert not Idea.objects.exists()
    assert family.send().status_code == 302


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_stores_nothing_and_says_so(family):
    family.client.raise_request_exception = False

    response = family.send({"name": "Oaks", "logo": photo(PNG)})

    assert response.status_code == 503
    assert response["Retry-After"]
    assert not Idea.objects.exists()


@pytest.mark.usefixtures("full_disk")
def test_an_idea_without_a_picture_needs_no_disk(family):
    assert receipt(family.send({"name": "Oaks"}))


def test_a_row_that_cannot_be_stored_leaves_no_file(family, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("naming_contest.forms.IdeaForm.release_held", fail)
    family.client.raise_request_exception = False

    assert family.send({"logo": photo(PNG)}).status_code == 500
    assert stored() == []
    assert not Idea.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("answers", [{"adult_agreed": "", "school": ""}, {}], ids=str)
def test_a_picture_can_be_looked_at_before_it_is_sent(family, client, school, answers):
    response = family.send({"name": "Oaks", "logo": photo(PNG), "look": "yes"} | answers)
    page = response.content.decode()
    [address] = HELD.findall(page)

    assert response.status_code == 200
    assert summary(response) == []
    assert "<title>Send us your idea" in page
    assert 'value="Oaks"' in page
    assert 'id="your-picture"' in page
    assert b"".join(client.get(address).streaming_content)
    assert not Idea.objects.exists()
    del family.answers["look"]
    assert receipt(family.send({"school": school.pk, "adult_agreed": "on"}))
    assert Idea.objects.get().logo
    assert stored() == ["ideas"]


def test_looking_tells_what_is_wrong_with_the_picture_alone(family):
    response = family.send({"adult_agreed": "", "logo": photo(SVG), "look": "yes"})

    [problem] = summary(response)
    assert "Save it as a PNG" in problem


def test_looking_without_a_picture_says_what_to_do(family):
    assert summary(family.send({"look": "yes"})) == [
        "Choose a picture first. Then you can see it here."
    ]


def test_looking_asks_nothing_about_words(family):
    response = family.send({"name": "sam@mail.example", "logo": photo(PNG), "look": "yes"})

    assert summary(response) == []
    assert "may_stay" not in response.content.decode()


@pytest.mark.usefixtures("full_disk")
def test_looking_with_a_full_disk_is_told(family):
    assert summary(family.send({"logo": photo(PNG), "look": "yes"})) == [
        "We could not keep your picture. Choose it again."
    ]


def test_enter_sends_the_idea_and_does_not_look(family):
    page = family.client.get(family.form).content.decode()
    form = page.partition('enctype="multipart/form-data"')[2]

    first = re.search(r"<button[^>]*>", form)[0]
    assert 'type="submit"' in first
    assert "name=" not in first


def test_a_description_and_the_wish_to_be_named_are_kept(family):
    family.send({"logo": photo(PNG), "logo_alt": "Three oaks", "shows_first_name": "on"})

    idea = Idea.objects.get()
    assert (idea.logo_alt, idea.shows_first_name) == ("Three oaks", True)


def test_a_first_name_is_not_to_be_shown_unless_somebody_wishes_it(family):
    assert not re.search(
        r'name="shows_first_name"[^>]* checked', family.client.get(family.form).content.decode()
    )
    family.send({"name": "Oaks", "first_name": "Sam"})

    assert Idea.objects.get().shows_first_name is False
