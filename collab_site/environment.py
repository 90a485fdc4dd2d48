"""Settings are read from the environment here, each refusing a bad value by name."""

import os
import re
import secrets
import zoneinfo
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

# The secret may have any character in it, so it goes up to the last @.
BUCKET = re.compile(
    r"s3(?P<plain>\+http)?://(?P<key>[^:/@]+):(?P<secret>.+)@(?P<host>[^/?@]+)"
    r"/(?P<bucket>[a-z0-9][a-z0-9.-]+[a-z0-9])/?(\?region=(?P<region>[a-z0-9-]+))?"
)


def read(name, cast, default):
    """Return the environment's `name` as `cast` (str, bool, int, list), or `default` if unset.

    Raises ImproperlyConfigured, naming the setting, where the value doesn't fit.
    """
    if cast is bool:
        return _boolean(name, default)
    try:
        return env.get_value(name, cast=cast, default=default)
    except ValueError as error:
        kind = {int: "a whole number"}.get(cast, cast.__name__)
        raise ImproperlyConfigured(
            f"{name} must be {kind}, and not “{os.environ[name]}”."
        ) from error


def _boolean(name, default):
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False, "": default}
    value = os.environ.get(name, "").strip().lower()
    if value not in words:
        raise ImproperlyConfigured(f"{name} must be yes or no, and not “{value}”.")
    return words[value]


def read_natural(name, default, *, least=0, most=10**9):
    """Return the environment's `name` as a whole number from `least` to `most`."""
    number = read(name, int, default)
    if not least <= number <= most:
        raise ImproperlyConfigured(f"{name} must be from {least} to {most}, and not {number}.")
    return number


def read_public_url(default):
    """Return PUBLIC_URL, the address people type, without a slash at its end.

    Raises ImproperlyConfigured where it is not plain http(s)://host[:port].
    """
    url = os.environ.get("PUBLIC_URL", default).rstrip("/")
    try:
        parts = urlsplit(url)
        plain = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        plain = False
    if not plain or url != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        raise ImproperlyConfigured(
            "PUBLIC_URL must be the address people type, such as https://schools.example.org, "
            f"and not “{url}”."
        )
    return url


def require_proxy_for_tls(public_url, proxy_count):
    """Raise ImproperlyConfigured for https without a proxy, which redirects without end.

    The portal speaks plain HTTP, and believes only a trusted proxy that the reader used https.
    """
    if public_url.startswith("https://") and not proxy_count:
        raise ImproperlyConfigured(
            "TRUSTED_PROXY_COUNT must be 1 or more where PUBLIC_URL begins with https://, and say "
            "how many proxies stand in front: the portal itself speaks plain HTTP."
        )


def read_time_zone(default):
    """Return TIME_ZONE. Raises ImproperlyConfigured where there is no such time zone."""
    name = os.environ.get("TIME_ZONE") or default
    if name not in zoneinfo.available_timezones():
        raise ImproperlyConfigured(f"TIME_ZONE must be one such as {default}, and not “{name}”.")
    return name


def read_hosts(public_url):
    """Return ALLOWED_HOSTS: PUBLIC_URL's host if not set; this machine's names if neither is."""
    hosts = [host.strip() for host in os.environ.get("ALLOWED_HOSTS", "").split(",")]
    if any(hosts):
        return [host for host in hosts if host]
    if os.environ.get("PUBLIC_URL"):
        return [urlsplit(public_url).hostname]
    return ["127.0.0.1", "localhost", "[::1]"]


def read_data_dir(default):
    """Return DATA_DIR as a Path, made where it doesn't exist yet."""
    return made_folder(Path(os.environ.get("DATA_DIR") or default).expanduser().resolve())


def made_folder(folder, mode=0o777):
    """Return the Path `folder`, made where it doesn't exist yet.

    Raises ImproperlyConfigured where that can't be.
    """
    try:
        folder.mkdir(mode, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"DATA_DIR is {folder}, which can't be made or written: {error.strerror}."
        ) from error
    return folder


def read_database(data_dir):
    """Return Django's DATABASES["default"]: DATABASE_URL, or SQLite in `data_dir`."""
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{data_dir / 'portal.sqlite3'}"
    if not url.startswith(("sqlite://", "postgres://", "postgresql://")):
        raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:// or postgres://.")
    try:
        database = env.db_url_config(url)
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured("DATABASE_URL can't be read as a database's address.") from error
    if database["ENGINE"].endswith("sqlite3"):
        database["OPTIONS"] = {
            # "received" must be true after a power cut, so every commit reaches the disk.
            # What is deleted is overwritten: a family that withdraws an idea has been told so.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
            "PRAGMA secure_delete=ON;",
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        }
    else:
        database["CONN_HEALTH_CHECKS"] = True
        # A server that is away without refusing keeps nobody waiting for minutes.
        patience = {"connect_timeout": 5, "tcp_user_timeout": 10_000}
        database["OPTIONS"] = patience | database.get("OPTIONS", {})
    return database | {"CONN_MAX_AGE": None}


def read_uploads(data_dir):
    """Return Django's STORAGES for pictures and documents: UPLOADS, or folders in `data_dir`.

    UPLOADS is the path of a folder that is there, or a bucket on S3-compatible storage. What is
    refused is not repeated: a secret may be in it.
    """
    place = os.environ.get("UPLOADS", "")
    if not place or place.startswith("/"):
        folder = _common_folder(place) if place else data_dir
        return _stored("storage.PictureStorage", lambda kind: {"location": folder / kind})
    return _stored("s3.BucketStorage", lambda kind: _bucket(place) | {"location": kind})


def _stored(backend, options):
    return {
        kind: {"BACKEND": f"collab_site.core.pictures.{backend}", "OPTIONS": options(kind)}
        for kind in ("pictures", "documents")
    }


def _common_folder(place):
    # Made here, it would hide that what the servers share is not mounted.
    if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"UPLOADS is {place}, which isn't there or can't be written.")
    return Path(place)


def _bucket(place):
    found = BUCKET.fullmatch(place)
    if not found:
        raise ImproperlyConfigured(
            "UPLOADS must be a folder's path that begins with /, or a bucket such as "
            "s3://KEY:SECRET@s3.example.org/BUCKET?region=eu-west-2."
        )
    if not find_spec("boto3"):
        raise ImproperlyConfigured(
            "UPLOADS is a bucket, which needs more packages: “make run” installs them, and so does "
            "“.venv/bin/python -m pip install --require-hashes -r requirements-s3.txt”."
        )
    return {
        "endpoint_url": f"{'http' if found['plain'] else 'https'}://{found['host']}",
        "region_name": found["region"] or "us-east-1",
        "bucket_name": found["bucket"],
        "access_key": unquote(found["key"]),
        "secret_key": unquote(found["secret"]),
    }


def read_email():
    """Return Django's settings for e-mail from EMAIL_URL; unset, e-mail goes to the console."""
    url = os.environ.get("EMAIL_URL") or "consolemail://"
    try:
        return env.email_url_config(url)
    except (KeyError, ValueError, ImproperlyConfigured) as error:
        schemes = "smtp://, smtp+tls:// or smtp+ssl://"
        raise ImproperlyConfigured(
            f"EMAIL_URL can't be read as a mail server's address, such as {schemes}."
        ) from error


def read_secret_key(data_dir, database):
    """Return SECRET_KEY, or the one kept in `data_dir`, made there at the first start.

    Servers that share a PostgreSQL must also share the key, so there it has to be given.
    """
    # Not through django-environ: it would read a key that begins with $ as a variable's name.
    key = os.environ.get("SECRET_KEY", "")
    if not key and database["ENGINE"].endswith("postgresql"):
        raise ImproperlyConfigured("SECRET_KEY must be set where DATABASE_URL is PostgreSQL.")
    key = key or _kept_key(data_dir / "secret-key")
    if len(key) < 32:
        raise ImproperlyConfigured("SECRET_KEY must have 32 characters or more.")
    return key


def _kept_key(path):
    try:
        if not path.exists():
            _keep_new_key(path)
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"SECRET_KEY isn't set, and none can be kept in DATA_DIR: {error.strerror}."
        ) from error


def _keep_new_key(path):
    # Whole or not at all: another process may start at this moment, and must find the same one.
    with NamedTemporaryFile("w", dir=path.parent) as file:
        file.write(secrets.token_urlsafe(50))
        file.flush()
        with suppress(FileExistsError):
            os.link(file.name, path)
