"""Secret tokens, which end a link that opens a page to whoever has it."""

import hashlib


def hashed(token):
    """Return the hash, 64 hex digits, under which a token is kept; it may be any text."""
    return hashlib.sha256(str(token).encode(errors="surrogatepass")).hexdigest()
