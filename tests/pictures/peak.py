"""Cleans pictures in a process of its own, each in another thread, and prints what each took.

A line has the MB before, the MB at the peak until now, the MB afterwards, the seconds of work and
what came of it.
"""

import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def megabytes(name):
    return int(re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024


def main(paths):
    from django.core.exceptions import ValidationError
    from django.urls import get_resolver

    import collab_site.wsgi  # noqa: F401
    from collab_site.core.pictures.cleaning import clean_picture

    # An idle portal has imported all its pages.
    assert get_resolver().url_patterns

    def clean(path):
        with open(path, "rb") as file:
            try:
                clean_picture(file)
            except ValidationError as refusal:
                return refusal.code
        return "cleaned"

    with ThreadPoolExecutor(len(paths)) as threads:
        for path in paths:
            before, begun = megabytes("VmRSS"), time.process_time()
            came = threads.submit(clean, path).result()
            after, seconds = megabytes("VmRSS"), time.process_time() - begun
            print(before, megabytes("VmHWM"), after, f"{seconds:.2f}", came)


if __name__ == "__main__":
    main(sys.argv[1:])
