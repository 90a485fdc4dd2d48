#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collab_site.settings")
    try:
        from collab_site import settings  # noqa: F401 - a bad setting is told in one sentence
    except ImproperlyConfigured as error:
        sys.exit(f"The portal can't start: {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
