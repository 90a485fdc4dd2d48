"""The QR codes, as files: the code of the right address, large enough for a print shop."""

import io
import re

import pytest
from django.conf import settings
from PIL import Image

from collab_site.core.documents.qr import QUIET_ZONE, qr_code
from tests.make import make_collaboration, make_school

ADDRESS = "https://river.example/from/oak/plan/"


def test_a_code_has_its_three_corners_and_its_quiet_zone():
    code = qr_code(ADDRESS)
    side = range(code.size)
    corner = [code.rows[QUIET_ZONE + y][QUIET_ZONE : QUIET_ZONE + 7] for y in (0, 1, 2, 6)]
    ring, hole = (True,) * 7, (True, *(False,) * 5, True)
    assert corner == [ring, hole, (True, False, True, True, True, False, True), ring]
    assert not any(code.rows[y][x] for y in range(QUIET_ZONE) for x in side)
    assert not any(code.rows[y][x] for y in side for x in range(code.size - QUIET_ZONE, code.size))


def test_svg_and_png_show_the_same_code():
    code = qr_code(ADDRESS)
    drawn = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", code.svg)}
    image = Image.open(io.BytesIO(code.png))
    step = image.width // code.size
    assert image.width == image.height == step * code.size >= 1000
    for y, row in enumerate(code.rows):
        for x, is_dark in enumerate(row):
            assert ((x, y) in drawn) == is_dark
            corners = {
                image.getpixel((x * step + a, y * step + b)) for a in (0, step - 1) for b in (0, 1)
            }
            assert corners == {0 if is_dark else 255}


@pytest.mark.parametrize(
    ("page", "address"), [("plan", "plan/"), ("name-us", "name-us/"), ("home", "")]
)
def test_each_file_has_the_code_of_its_page_through_the_schools_entrance(client, db, page, address):
    make_collaboration()
    make_school(slug="oak")
    expected = qr_code(f"{settings.PUBLIC_URL}/from/oak/{address}")
    files = {"svg": ("image/svg+xml", expected.svg.encode()), "png": ("image/png", expected.png)}
    for kind, (content_type, content) in files.items():
        response = client.get(f"/schools/oak/kit/qr-{page}.{kind}")
        assert response["Content-Type"] == content_type
        assert response["Content-Disposition"] == f'attachment; filename="oak-{page}.{kind}"'
        assert response.content == content
