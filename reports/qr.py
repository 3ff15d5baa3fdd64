"""QR codes for paper."""

import segno


def qr(url: str) -> str:
    """A QR as SVG, with the quiet zone that readers need."""
    # Any mask can be read. Looking for the most even of the eight takes 3 ms a code, half a minute a list.
    return segno.make_qr(url, error="m", mask=3).svg_inline(border=4)
