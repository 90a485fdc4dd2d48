"""QR codes: addresses on paper, for the camera of a telephone."""

from dataclasses import dataclass

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

QUIET_ZONE = 4  # modules, ISO/IEC 18004


@dataclass(frozen=True)
class Code:
    """A QR code's dark modules as an SVG path, in a square with sides of `size` modules."""

    size: int
    path: str

    @property
    def svg(self):
        """The code as an SVG document, black on white."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.size} {self.size}">'
            f'<path fill="#fff" d="M0 0h{self.size}v{self.size}H0z"/>'
            f'<path d="{self.path}"/></svg>'
        )


def qr_code(text):
    """Return the Code of a text, which leads a camera there if it is an address."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
    code.add_data(text)
    rows = code.get_matrix()
    dark = ((x, y) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return Code(len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark))
