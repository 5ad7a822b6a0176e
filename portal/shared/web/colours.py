"""What can be read on which colour."""

from __future__ import annotations

_DARK, _LIGHT = "#0f1716", "#ffffff"


def readable_on(colour: str) -> str:
    """Black or white, whichever is easier to read on a colour like #0b5c56 (WCAG 2, relative luminance)."""
    luminance = _luminance(colour)
    return _LIGHT if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else _DARK


def readable_on_white(colour: str) -> bool:
    """Whether letters of a colour can be read on paper (WCAG 2, 4.5 to 1)."""
    return 1.05 / (_luminance(colour) + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
