"""From which address somebody comes."""

import pytest
from allauth.account.adapter import get_adapter


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6, 10.0.0.1", "10.0.0.1"),
        (2, "6.6.6.6, 10.0.0.1", "6.6.6.6"),
        (2, "10.0.0.1", "127.0.0.1"),
        (1, None, "127.0.0.1"),
    ],
)
def test_only_so_many_proxies_are_believed(rf, settings, proxies, forwarded, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert get_adapter().get_client_ip(rf.get("/", headers=headers)) == address
