"""A portal that is being updated shows its own version's templates until it is restarted."""

from unittest import mock

from django.template.loader import get_template
from django.template.loaders import app_directories, filesystem

from collab_site import gunicorn_conf
from collab_site.portal.preloading import preload_templates


def test_no_template_is_read_any_more_once_all_are_preloaded():
    assert preload_templates() > 100
    with (
        mock.patch.object(filesystem.Loader, "get_contents", side_effect=AssertionError),
        mock.patch.object(app_directories.Loader, "get_contents", side_effect=AssertionError),
    ):
        for name in ("site/home.html", "base.html", "admin/base.html"):
            get_template(name)


def test_gunicorn_preloads_before_it_forks():
    with (
        mock.patch("collab_site.portal.preloading.preload_templates") as preload,
        mock.patch.object(gunicorn_conf, "gc"),
    ):
        gunicorn_conf.when_ready(None)
    preload.assert_called_once()
