"""A portal that is being updated shows its own version's templates until it is restarted."""

import subprocess
import sys
from unittest import mock

from django.conf import settings
from django.template.loader import get_template
from django.template.loaders import app_directories, filesystem

from collab_site.portal.preloading import preload_templates


def test_no_template_is_read_any_more_once_all_are_preloaded():
    assert preload_templates() > 100
    with (
        mock.patch.object(filesystem.Loader, "get_contents", side_effect=AssertionError),
        mock.patch.object(app_directories.Loader, "get_contents", side_effect=AssertionError),
    ):
        for name in ("site/home.html", "base.html", "admin/base.html"):
            get_template(name)


def test_the_application_has_preloaded_them_once_it_is_imported():
    checked = """
import collab_site.wsgi
from django.template.loader import get_template
from django.template.loaders import filesystem

del filesystem.Loader.get_contents
get_template("site/home.html")
"""
    subprocess.run([sys.executable, "-c", checked], cwd=settings.BASE_DIR, check=True)
