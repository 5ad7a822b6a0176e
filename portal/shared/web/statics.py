"""Static files with their fingerprint in the address, and the seller's colour."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, make_response, request, url_for
from werkzeug.security import safe_join

from portal.shared.web.house import house

FONT = ".woff2"  # never changes under its name
FOR_EVER = "public, max-age=31536000, immutable"


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


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code in (200, 206, 304):
        name = (request.view_args or {}).get("filename", "")
        asked = request.args.get("v")
        known = asked is not None and asked == _fingerprint(name)
        response.headers["Cache-Control"] = FOR_EVER if known or name.endswith(FONT) else "no-cache"
    return response
