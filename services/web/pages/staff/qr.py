"""QR codes as pictures that stand in the page itself."""

import io

import segno
from markupsafe import Markup


def qr_svg(text: str) -> Markup:
    """An SVG of a text, with the quiet zone that scanners need. Its own text is not put into it."""
    drawn = io.BytesIO()
    made = segno.make(text, error="m", micro=False)
    made.save(
        drawn,
        kind="svg",
        xmldecl=False,
        svgns=True,
        omitsize=True,
        border=4,
        nl=False,
        svgclass=None,
        lineclass=None,
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 - markup that segno drew; the text is in its modules only
