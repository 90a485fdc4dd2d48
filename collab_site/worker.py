"""gunicorn's worker with threads, in which nobody keeps all others waiting by not hanging up."""

from gunicorn.http.body import LengthReader
from gunicorn.workers.gthread import ThreadWorker


class PortalWorker(ThreadWorker):
    """Closes each connection in the thread that has answered on it.

    gunicorn closes it in the thread that accepts all others, and waits there up to two seconds for
    whoever asked to close their side: thirty who don't would stop a worker for a minute.
    """

    def handle(self, conn):
        """Answer on a connection as gunicorn does, and close it if it is of no more use."""
        keeps_it = super().handle(conn)
        if keeps_it is False:
            conn.close(graceful=_may_have_more(conn))
            # gunicorn will close it once more.
            conn.close = lambda graceful=False: None
        return keeps_it


def _may_have_more(conn):
    """Return whether a part of the request may still come, which would break off the answer."""
    request = getattr(conn.parser, "mesg", None)
    reader = request and request.body.reader
    return not isinstance(reader, LengthReader) or reader.length > 0
