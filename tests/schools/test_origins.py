import pytest
from django.core.exceptions import ValidationError

from collab_site.core.schools.origins import MOST, read_origins


@pytest.mark.parametrize(
    ("line", "origin"),
    [
        ("https://www.example.org", "https://www.example.org"),
        ("  http://example.org/  ", "http://example.org"),
        ("https://Example.ORG/our-school/page?x=1#top", "https://example.org"),
        ("https://example.org:443", "https://example.org"),
        ("http://example.org:8080/", "http://example.org:8080"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://localhost:3000", "http://localhost:3000"),
    ],
)
def test_an_address_stands_for_its_site(line, origin):
    assert read_origins(line) == [origin]


def test_each_line_is_a_site_and_each_site_is_named_once():
    text = "https://a.example\r\n\n http://a.example \nhttps://a.example/page"
    assert read_origins(text) == ["https://a.example", "http://a.example"]


@pytest.mark.parametrize(
    "line",
    [
        "www.example.org",
        "https://",
        "ftp://example.org",
        "javascript:alert(1)",
        "https://*.example.org",
        "https://example.org;script-src *",
        "https://exa mple.org",
        "https://example.org, https://b.example",
        "https://user@example.org",
        "https://example.org:99999",
        "https://example.org:port",
        "https://[::1",
        "https://-example.org",
        "https://example..org",
        "'self'",
        "*",
    ],
)
def test_what_is_no_site_is_refused_by_name(line):
    with pytest.raises(ValidationError, match="is no website's address") as refused:
        read_origins(line)
    assert line in str(refused.value)


def test_a_policy_stays_short():
    lines = [f"https://{number}.example" for number in range(MOST + 1)]
    assert len(read_origins("\n".join(lines[:MOST]))) == MOST
    with pytest.raises(ValidationError, match="more than 20"):
        read_origins("\n".join(lines))
