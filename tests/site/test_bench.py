"""Comparing the portal with others goes on working; what it finds is not judged here."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what it takes")


def test_everything_can_be_compared():
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )

    assert ran.returncode == 0, ran.stderr
    for what in ("cached page", "304", "uncached page", "gallery", "cleaning", "start", "a worker"):
        assert f"\n{what}" in ran.stdout
