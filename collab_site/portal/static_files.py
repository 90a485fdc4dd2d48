"""Style sheets, scripts and pictures of the site itself: compressed once, not at every start."""

import hashlib
from importlib.metadata import version

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's, in which scripts too ask for each other by the names that are kept for good."""

    support_js_module_import_aggregation = True


def collect():
    """Collect the static files, unless none has changed since they were collected last."""
    stamp = settings.STATIC_ROOT / "stamp.txt"
    state = _state()
    if not stamp.exists() or stamp.read_text() != state:
        # After an interruption half a file may lie there, so nothing old is kept.
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(state)


def _state():
    state = hashlib.sha256()
    for package in ("django", "whitenoise", "brotli"):
        state.update(version(package).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            facts = (path, storage.size(path), storage.get_modified_time(path))
            state.update(repr(facts).encode())
    return state.hexdigest()
