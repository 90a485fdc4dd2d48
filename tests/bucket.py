"""A small stand-in for S3-compatible storage, with one bucket, kept in memory."""

import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote, urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

NAME = "uploads-of-schools"
KEY, SECRET = "portal", "a/secret+with@signs:%41"
REGION = "eu-west-2"
# So few a page of a listing that any has several.
ON_A_PAGE = 2
SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=.+, SignedHeaders=(.+), Signature=(\w+)")


@dataclass
class Bucket:
    """The bucket at `port`: `objects` as {key: [bytes, time]}, and (method, headers) of `requests`.

    While it `is_away`, it breaks off every request; those of the method `refused` it refuses. Of
    what is read it leaves out the last `cut` bytes.
    """

    port: int
    objects: dict = field(default_factory=dict)
    requests: list = field(default_factory=list)
    is_away: bool = False
    refused: str = ""
    cut: int = 0

    def url(self, *, secret=SECRET, port=None, name=NAME):
        """Return what UPLOADS says to name it, or another one."""
        secret = secret.replace("%", "%25")
        return f"s3+http://{KEY}:{secret}@127.0.0.1:{port or self.port}/{name}?region={REGION}"

    def put(self, key, data=b"half a pict", *, age=timedelta(0)):
        """Put an object there past the portal."""
        self.objects[key] = [data, datetime.now(UTC) - age]

    def grow_old(self):
        for each in self.objects.values():
            each[1] = datetime(2000, 1, 1, tzinfo=UTC)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def _answer(self):
        bucket = self.server.bucket
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        bucket.requests.append((self.command, dict(self.headers)))
        if bucket.is_away:
            self.close_connection = True
            return
        parts = urlsplit(self.path)
        _, name, key = unquote(f"{parts.path}/").split("/", 2)
        key = key.removesuffix("/")
        if not self._is_signed():
            self._refuse(403, "SignatureDoesNotMatch")
        elif self.command == bucket.refused:
            self._refuse(503, "SlowDown")
        elif name != NAME:
            self._refuse(404, "NoSuchBucket")
        elif not key:
            self._list(parse_qs(parts.query))
        elif self.command == "PUT":
            bucket.put(key, body)
            self._send(200)
        elif self.command == "DELETE":
            bucket.objects.pop(key, None)
            self._send(204)
        elif key not in bucket.objects:
            self._refuse(404, "NoSuchKey")
        else:
            data, modified = bucket.objects[key]
            self._send(200, data, {"Last-Modified": format_datetime(modified, usegmt=True)})

    do_GET = do_HEAD = do_PUT = do_DELETE = _answer

    def _is_signed(self):
        found = SIGNED.fullmatch(self.headers.get("Authorization", ""))
        if not found:
            return False
        headers = {name: self.headers[name] for name in found[1].split(";")}
        url = f"http://{self.headers['Host']}{self.path}"
        request = AWSRequest(self.command, url, headers=headers)
        request.context["timestamp"] = self.headers["X-Amz-Date"]
        auth = S3SigV4Auth(Credentials(KEY, SECRET), "s3", REGION)
        text = auth.string_to_sign(request, auth.canonical_request(request))
        return auth.signature(text, request) == found[2]

    def _list(self, query):
        prefix, after = query["prefix"][0], query.get("marker", [""])[0]
        keys = sorted(key for key in self.server.bucket.objects if key.startswith(prefix))
        keys = [key for key in keys if key > after]
        shown = keys[:ON_A_PAGE]
        contents = "".join(f"<Contents><Key>{quote(key)}</Key></Contents>" for key in shown)
        marker = f"<NextMarker>{quote(shown[-1])}</NextMarker>" if shown else ""
        more = "true" if len(keys) > len(shown) else "false"
        self._send_xml(
            200,
            f"<ListBucketResult><IsTruncated>{more}</IsTruncated>{marker}"
            f"<EncodingType>url</EncodingType>{contents}</ListBucketResult>",
        )

    def _refuse(self, status, code):
        self._send_xml(status, f"<Error><Code>{code}</Code><Message>No.</Message></Error>")

    def _send_xml(self, status, text):
        self._send(status, f'<?xml version="1.0"?>{text}'.encode())

    def _send(self, status, data=b"", headers=None):
        self.send_response(status)
        for name, value in ({"Content-Length": len(data)} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data[: len(data) - self.server.bucket.cut])
            self.close_connection = bool(self.server.bucket.cut)

    def log_message(self, *args):
        pass


@contextmanager
def running_bucket():
    """Run a Bucket that is empty."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.bucket = Bucket(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.bucket
        finally:
            server.shutdown()
            thread.join()
