"""Sites that may show a panel in a page of theirs, by origin (HTML Standard, "origin")."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

MOST = 20
LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
HOST = re.compile(rf"{LABEL}(\.{LABEL})*")
USUAL_PORTS = {"http": 80, "https": 443}


def read_origins(text):
    """Return the origins in `text`, one on each line, as ["https://www.example.org", …].

    A page's whole address stands for the site that it is on. Raises ValidationError for a line
    that is no address, and for too many lines.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = list(dict.fromkeys(map(_origin, lines)))
    if len(found) > MOST:
        raise ValidationError(f"These are more than {MOST} sites. Leave out some.")
    return found


def _origin(line):
    try:
        parts = urlsplit(line)
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError:
        host = ""
    if not HOST.fullmatch(host) or parts.scheme not in USUAL_PORTS or "@" in parts.netloc:
        raise ValidationError(
            f"“{line}” is no website's address. Write it with https:// at its beginning, such as "
            "https://www.example.org, and each one on a line of its own."
        )
    usual = port in (None, USUAL_PORTS[parts.scheme])
    return f"{parts.scheme}://{host}" + ("" if usual else f":{port}")


def _ascii(host):
    return host.encode("idna").decode() if host else ""
