"""Static files with their fingerprint in the address, all style sheets as one, and the seller's colour."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import brotli
from flask import Flask, Response, current_app, make_response, request, url_for
from werkzeug.security import safe_join

from portal.shared.web.house import house

FONT = ".woff2"  # never changes under its name
FOR_EVER = "public, max-age=31536000, immutable"
# The style sheets in the order in which they are read. They leave as one: a phone far away waits once, and together
# they compress to two thirds of what they are one by one.
SHEETS = (
    "tokens",
    "base",
    "layout",
    "forms",
    "components",
    "data",
    "desk",
    "summary",
    "help",
    "security",
    "print",
)
STYLES = "front.styles"


def static_url(name: str) -> str:
    """The address of a static file; it changes with the content, so browsers may keep the file for ever."""
    return url_for("static", filename=name)


def _fingerprint(name: str) -> str | None:
    path = safe_join(current_app.static_folder or "", name)
    if path is None or not Path(path).is_file():
        return None
    return _hash(path, Path(path).stat().st_mtime_ns)


@lru_cache(maxsize=512)
def _hash(path: str, changed: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def styles() -> Response:
    """All style sheets; the address stands in their folder, so that what they name is found."""
    files = _as_they_are()
    text, mark = _together(files)
    packed = request.accept_encodings.quality("br") > 0
    response = make_response(_packed(files) if packed else text)
    response.mimetype = "text/css"
    if packed:
        response.headers["Content-Encoding"] = "br"
    response.headers["Cache-Control"] = FOR_EVER if request.args.get("v") == mark else "no-cache"
    return response


def _as_they_are() -> tuple[tuple[str, int], ...]:
    """Every sheet's file, and when it was changed."""
    folder = Path(current_app.static_folder or "") / "css"
    paths = [folder / f"{name}.css" for name in SHEETS]
    return tuple((str(path), path.stat().st_mtime_ns) for path in paths)


@lru_cache(maxsize=4)
def _together(files: tuple[tuple[str, int], ...]) -> tuple[bytes, str]:
    """The sheets of these files as one, and its fingerprint."""
    text = b"\n".join(Path(path).read_bytes() for path, _ in files)
    return text, hashlib.sha256(text).hexdigest()[:12]


@lru_cache(maxsize=4)
def _packed(files: tuple[tuple[str, int], ...]) -> bytes:
    """The same as small as can be: what leaves often and never changes is worth a tenth of a second once."""
    packed: bytes = brotli.compress(_together(files)[0], mode=brotli.MODE_TEXT)
    return packed


def brand_css() -> Response:
    """The seller's colour as a variable of the style sheets (a page could not carry it: no inline styles)."""
    response = make_response(f":root {{ --brand: {house().settings.seller.brand_colour}; }}\n")
    response.mimetype = "text/css"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def install(app: Flask) -> None:
    """Fingerprint every address of a static file and tell browsers how long they may keep it."""
    app.url_defaults(_add_fingerprint)
    app.after_request(_keep)


def _add_fingerprint(endpoint: str, values: dict[str, Any]) -> None:
    # A font is named in style sheets, which cannot compute fingerprints; one file must have one address.
    if endpoint == "static" and not values["filename"].endswith(FONT):
        values.setdefault("v", _fingerprint(values["filename"]))
    elif endpoint == STYLES:
        values.setdefault("v", _together(_as_they_are())[1])


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code in (200, 206, 304):
        name = (request.view_args or {}).get("filename", "")
        asked = request.args.get("v")
        known = asked is not None and asked == _fingerprint(name)
        response.headers["Cache-Control"] = FOR_EVER if known or name.endswith(FONT) else "no-cache"
    return response
