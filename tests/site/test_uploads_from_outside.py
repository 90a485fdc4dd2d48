"""Uploads that are kept outside of DATA_DIR, as whoever looks after the portal meets them."""

import socket
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from collab_site import environment
from collab_site.environment import read_uploads
from tests.bucket import KEY, REGION, SECRET, running_bucket
from tests.pictures.samples import drawing, saved
from tests.site.portal import Sender, running
from tests.site.test_sending_from_outside import is_stored, number_of_ideas

PNG = saved(drawing(), "PNG")


def read(monkeypatch, uploads):
    """Return what the storage of pictures is told."""
    monkeypatch.setenv("UPLOADS", uploads)
    return read_uploads(None)["pictures"]["OPTIONS"]


def test_a_bucket_is_read_with_any_secret(bucket, monkeypatch):
    assert read(monkeypatch, bucket.url()) == {
        "access_key": KEY,
        "secret_key": SECRET,
        "bucket_name": "uploads-of-schools",
        "endpoint_url": f"http://127.0.0.1:{bucket.port}",
        "region_name": REGION,
        "location": "pictures",
    }


def test_a_bucket_is_spoken_to_with_tls_where_nothing_else_is_said(monkeypatch):
    options = read(monkeypatch, "s3://key:secret@s3.example.org:8443/bucket")
    assert options["endpoint_url"] == "https://s3.example.org:8443"
    assert options["region_name"] == "us-east-1"


def test_pictures_and_documents_do_not_mix(monkeypatch):
    monkeypatch.setenv("UPLOADS", "s3://key:secret@host/bucket")
    storages = read_uploads(None)
    assert {kind: each["OPTIONS"]["location"] for kind, each in storages.items()} == {
        "pictures": "pictures",
        "documents": "documents",
    }


def test_without_its_packages_a_bucket_is_refused_with_how_to_get_them(monkeypatch):
    monkeypatch.setattr(environment, "find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match="pip install"):
        read(monkeypatch, "s3://key:secret@host/bucket")


def test_what_is_wrong_is_told_without_the_secret(monkeypatch):
    with pytest.raises(ImproperlyConfigured) as caught:
        read(monkeypatch, "s3://key:unspeakable@host")
    assert "unspeakable" not in str(caught.value)


def test_a_folder_that_servers_share_holds_what_is_sent(tmp_path):
    shared, own = tmp_path / "shared", tmp_path / "own"
    shared.mkdir()
    own.mkdir()
    with running(own, UPLOADS=str(shared), SUGGESTION_MIN_SECONDS="0") as portal:
        assert is_stored(Sender(portal).send({"name": "Oaks"}, PNG))
        assert len(list(shared.glob("pictures/ideas/*.webp"))) == 1
        assert portal.pictures() == []


def test_a_portal_with_a_bucket_takes_pictures_as_long_as_it_is_there(tmp_path):
    with (
        running_bucket() as bucket,
        running(
            tmp_path, UPLOADS=bucket.url(), SUGGESTION_MIN_SECONDS="0", TRUSTED_PROXY_COUNT="1"
        ) as portal,
    ):
        sender = Sender(portal)
        assert is_stored(sender.send({"name": "Oaks"}, PNG))
        [(logo,)] = portal.rows("SELECT logo FROM naming_contest_idea")
        ids = {"pictures/portal-id.txt", "documents/portal-id.txt"}
        assert bucket.objects.keys() - ids == {f"pictures/{logo}"}
        address = f"/name-us/{logo.replace('ideas', 'pictures')}"
        assert portal.ask(address).status == 404

        portal.rows(
            "UPDATE naming_contest_idea SET status = 'approved', decided_at = '2026-01-01 12:00:00'"
        )
        assert portal.ask(address).body == bucket.objects[f"pictures/{logo}"][0]

        bucket.is_away = True
        assert portal.ask(address).status == 503
        refused = Sender(portal).send({"name": "Oaks"}, PNG)
        assert refused.status == 503
        assert "it was not kept" in refused.text
        assert number_of_ideas(portal) == 1
        assert portal.ask("/").status == 200

        bucket.is_away = False
        assert is_stored(Sender(portal).send({"name": "Oaks"}, PNG))
        assert len(bucket.objects.keys() - ids) == 2


@pytest.mark.parametrize("command", ["serve", "forget_expired"])
def test_a_bucket_that_can_not_be_used_is_told_in_a_sentence(live_portal, command):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with running_bucket() as bucket:
        told = {"UPLOADS": bucket.url(name="another-bucket"), "PORT": str(port)}
        process = subprocess.run(
            [sys.executable, "manage.py", command],
            cwd=settings.BASE_DIR,
            env=live_portal.environment | told,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert process.returncode == 1
    assert process.stderr.startswith("CommandError: The bucket of UPLOADS can't be used: ")
    assert "NoSuchBucket" in process.stderr
    assert "Traceback" not in process.stderr
