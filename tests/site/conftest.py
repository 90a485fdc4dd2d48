import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from tests.site.portal import Sender, running, running_on_tested_engine


@pytest.fixture(scope="session")
def live_portal(tmp_path_factory):
    """A portal as it runs without any setting but its folder and port."""
    with running(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@pytest.fixture(scope="session")
def live_portal_behind_tls(tmp_path_factory):
    """A portal behind one proxy that speaks https with the readers."""
    with running(
        tmp_path_factory.mktemp("behind-tls"),
        PUBLIC_URL="https://portal.example.org",
        TRUSTED_PROXY_COUNT="1",
    ) as portal:
        yield portal


@pytest.fixture(scope="session")
def sending_portal(tmp_path_factory):
    """A portal behind a proxy that tells it addresses. Forms may be quick, pictures have 2 MB."""
    with running_on_tested_engine(
        tmp_path_factory.mktemp("sending"),
        TRUSTED_PROXY_COUNT="1",
        SUGGESTION_MIN_SECONDS="0",
        PICTURE_MAX_MEGABYTES="2",
        DOCUMENT_MAX_MEGABYTES="2",
    ) as portal:
        yield portal


@pytest.fixture
def sender(sending_portal):
    """A family at an address of its own, with the form open."""
    return Sender(sending_portal)


@pytest.fixture
def held_connection():
    """Let no request close the connection in whose transaction a test is."""
    signals = request_started, request_finished
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)
