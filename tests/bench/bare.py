"""A bare WSGI callable: the bytes of a page that the portal gave, and nothing else."""

import pickle

from collab_site import settings

HEADERS, BODY = pickle.loads((settings.DATA_DIR / "answer").read_bytes())


def application(environ, start_response):
    start_response("200 OK", HEADERS)
    return [BODY]
