"""The square code of an address, as a drawing."""

import qrcode
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.image.svg import SvgPathImage


def square_of(link: str) -> str:
    """SVG that a phone reads; a quarter of it may be dirty or torn."""
    made = qrcode.make(link, image_factory=SvgPathImage, error_correction=ERROR_CORRECT_Q)
    drawn: str = made.to_string(encoding="unicode")
    return drawn
