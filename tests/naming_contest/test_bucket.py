"""A family's picture in a bucket on S3-compatible storage, from sending to withdrawing."""

import io

import pytest
from PIL import Image

from collab_site.core.pictures.orphans import clean_up_files
from naming_contest.models import Idea
from tests.naming_contest.family import photo, receipt
from tests.pictures.samples import drawing, saved

PNG = saved(drawing(), "PNG")


@pytest.fixture(autouse=True)
def _as_a_browser(client):
    client.raise_request_exception = False


@pytest.mark.django_db(transaction=True)
def test_a_picture_is_unreachable_until_approved_and_gone_when_withdrawn(bucket, family, client):
    address = receipt(family.send({"logo": photo(PNG)}))
    idea = Idea.objects.get()
    assert list(bucket.objects) == [f"pictures/{idea.logo.name}"]
    idea_address = idea.logo_address()
    assert client.get(idea_address).status_code == 404

    idea.decide(Idea.Status.APPROVED, None)
    response = client.get(idea_address)
    assert response.status_code == 200
    shown = b"".join(response.streaming_content)
    assert [shown] == [data for data, _ in bucket.objects.values()]
    assert int(response["Content-Length"]) == len(shown)
    assert Image.open(io.BytesIO(shown)).format == "WEBP"

    client.post(f"{address}withdraw/")
    assert bucket.objects == {}
    assert client.get(idea_address).status_code == 404


def test_a_browser_that_has_the_picture_asks_nothing_of_the_bucket(bucket, family, client):
    family.send({"logo": photo(PNG)})
    idea = Idea.objects.get()
    idea.decide(Idea.Status.APPROVED, None)
    etag = client.get(idea.logo_address())["ETag"]
    bucket.requests.clear()
    response = client.get(idea.logo_address(), headers={"If-None-Match": etag})
    assert response.status_code == 304
    assert bucket.requests == []


def test_while_the_bucket_is_away_only_pictures_are_refused(bucket, family, client):
    family.send({"logo": photo(PNG)})
    idea = Idea.objects.get()
    idea.decide(Idea.Status.APPROVED, None)
    bucket.is_away = True

    refused = client.get(idea.logo_address())
    assert refused.status_code == 503
    assert refused["Retry-After"]
    assert client.get("/name-us/").status_code == 200

    family.read(client.get(family.form))
    refused = family.send({"name": "Oaks", "logo": photo(PNG)})
    assert refused.status_code == 503
    assert "it was not kept" in refused.content.decode()
    assert Idea.objects.count() == 1

    family.read(client.get(family.form))
    assert family.send({"name": "Oaks"}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_an_idea_that_is_withdrawn_while_the_bucket_is_away_is_gone(bucket, family, client):
    address = receipt(family.send({"logo": photo(PNG)}))
    bucket.is_away = True
    assert client.post(f"{address}withdraw/").status_code == 200
    assert not Idea.objects.exists()

    bucket.is_away = False
    bucket.grow_old()
    clean_up_files()
    assert bucket.objects == {}
