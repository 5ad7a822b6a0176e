"""What a browser says it is, in the words people use; a list to recognise one's own devices by, not a proof."""

from __future__ import annotations

# The first that is found counts: nearly every browser also names those it wants to be taken for.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("HeadlessChrome", "Chrome"),
    ("Chromium", "Chromium"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


def device_of(says: str) -> tuple[str, str]:
    """The browser and the system that a User-Agent line names; empty where it names none we know."""
    return _first(_BROWSERS, says), _first(_SYSTEMS, says)


def _first(known: tuple[tuple[str, str], ...], says: str) -> str:
    return next((name for mark, name in known if mark in says), "")
