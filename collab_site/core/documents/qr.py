"""QR codes: addresses on paper, for the camera of a telephone."""

import io
from dataclasses import dataclass

from PIL import Image
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

QUIET_ZONE = 4  # modules, ISO/IEC 18004
# In pixels: sharp on a poster, too.
PNG_SIDE = 1000


@dataclass(frozen=True)
class Code:
    """A QR code as rows of modules, each True where it is dark, with the quiet zone around."""

    rows: tuple[tuple[bool, ...], ...]

    @property
    def size(self):
        """How many modules a side has."""
        return len(self.rows)

    @property
    def path(self):
        """The dark modules as an SVG path, in a square with sides of `size`."""
        dark = (
            (x, y) for y, row in enumerate(self.rows) for x, is_dark in enumerate(row) if is_dark
        )
        return "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)

    @property
    def svg(self):
        """The code as an SVG document, black on white."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.size} {self.size}">'
            f'<path fill="#fff" d="M0 0h{self.size}v{self.size}H0z"/>'
            f'<path d="{self.path}"/></svg>'
        )

    @property
    def png(self):
        """The code as the bytes of a PNG, black on white, at least PNG_SIDE pixels wide."""
        image = Image.new("1", (self.size, self.size))
        image.putdata([not is_dark for row in self.rows for is_dark in row])
        side = self.size * -(-PNG_SIDE // self.size)
        content = io.BytesIO()
        image.resize((side, side), Image.Resampling.NEAREST).save(content, "PNG")
        return content.getvalue()


def qr_code(text):
    """Return the Code of a text, which leads a camera there if it is an address."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
    code.add_data(text)
    return Code(tuple(map(tuple, code.get_matrix())))
