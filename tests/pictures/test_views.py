from pathlib import Path

import pytest
import time_machine
from django.urls import Resolver404, resolve

from collab_site.core.pictures.cleaning import clean_picture
from collab_site.core.pictures.models import HeldPicture
from collab_site.core.pictures.storage import picture_storage
from tests.pictures.samples import drawing, saved, upload

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.pictures.urls")]


@pytest.fixture(autouse=True)
def _without_the_rest_of_the_site(settings):
    settings.MIDDLEWARE = []


@pytest.fixture
def token():
    return HeldPicture.hold(clean_picture(upload(saved(drawing(), "PNG"))))


@pytest.fixture
def name(token):
    return Path(HeldPicture.objects.get().image.name).name


def content(response):
    return b"".join(response.streaming_content)


def test_a_shown_picture_is_served_as_it_is_stored(client, name):
    response = client.get(f"/shown/{name}")

    stored = (Path(picture_storage().location) / "held" / name).read_bytes()
    assert response.status_code == 200
    assert response["Content-Type"] == "image/webp"
    assert response["Content-Length"] == str(len(stored))
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert content(response) == stored


def test_a_shown_picture_is_asked_for_again_but_not_sent_again(client, name):
    first = client.get(f"/shown/{name}")
    again = client.get(f"/shown/{name}", headers={"If-None-Match": first["ETag"]})
    content(first)

    assert first["Cache-Control"] == again["Cache-Control"] == "public, no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]


def test_a_picture_that_was_taken_down_is_gone_even_for_those_who_had_it(client, name):
    first = client.get(f"/shown/{name}")
    content(first)
    HeldPicture.objects.all().delete()

    again = client.get(f"/shown/{name}", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 404


def test_a_private_picture_is_kept_nowhere(client, name):
    response = client.get(f"/private/{name}", headers={"If-None-Match": f'"{name}"'})

    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.has_header("ETag")
    content(response)


@pytest.mark.parametrize("place", ["shown", "private"])
def test_head_is_answered_without_the_picture(client, name, place):
    response = client.head(f"/{place}/{name}")

    assert response.status_code == 200
    assert int(response["Content-Length"]) > 0
    assert content(response) == b""


def test_only_a_row_that_may_be_seen_is_served(client, name):
    with time_machine.travel("2100-01-01"):
        assert client.get(f"/shown/{name}").status_code == 404


@pytest.mark.parametrize(
    "name", ["0" * 32 + ".webp", "a.webp", "0" * 31 + ".webp", "../held/x.webp", "%00", "0" * 32]
)
def test_any_other_name_is_not_found(client, token, name):
    assert client.get(f"/shown/{name}").status_code == 404


@pytest.mark.parametrize("name", ["a.webp", "A" * 32 + ".webp", "0" * 32 + "xwebp", "0" * 32])
def test_an_address_takes_nothing_but_the_name_of_a_picture(name):
    with pytest.raises(Resolver404):
        resolve(f"/shown/{name}")


@pytest.mark.parametrize("place", ["shown", "private", "held"])
def test_a_missing_file_is_not_found(client, name, token, place):
    (Path(picture_storage().location) / "held" / name).unlink()

    address = f"/{place}/{token if place == 'held' else name}"
    assert client.get(address).status_code == 404


def test_nothing_is_changed_by_way_of_a_picture(client, name):
    assert client.post(f"/shown/{name}").status_code == 405


def test_a_held_picture_is_shown_to_whoever_has_its_token(client, token):
    response = client.get(f"/held/{token}")

    assert response.status_code == 200
    assert content(response).startswith(b"RIFF")
    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("other", ["x", "%00", "%F0%9F%8E%88", "x" * 3000])
def test_any_other_token_is_not_found(client, token, other):
    assert client.get(f"/held/{other}").status_code == 404


def test_a_stale_held_picture_is_not_found(client, token):
    with time_machine.travel("2100-01-01"):
        assert client.get(f"/held/{token}").status_code == 404
