import pytest

from tests.site.portal import running


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
