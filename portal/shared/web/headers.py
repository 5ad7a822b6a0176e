"""Headers of every answer, errors and static files included: what a browser may do with it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from flask import Flask, Response, g, request

from portal.shared.web.house import house
from portal.shared.web.pieces import not_in_a_piece

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def _written(policy: Mapping[str, str]) -> str:
    return "; ".join(f"{key} {value}" for key, value in policy.items())


_WITHOUT_NONCE = _written(POLICY)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Forms need to say which of our own pages they came from; nobody else learns anything.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# What a page looks at besides its address.
VARIES = ("Cookie", "Accept-Language", "HX-Request")
_VARIES = ", ".join(VARIES)
TWO_YEARS = 2 * 365 * 24 * 3600


def csp_nonce() -> str:
    """The secret word that lets an inline script of this page run; made when first asked for."""
    not_in_a_piece("the secret word of the page")
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def install(app: Flask) -> None:
    """Put the headers on every answer."""
    app.after_request(_protect)


def _protect(response: Response) -> Response:
    policy = _WITHOUT_NONCE
    if "csp_nonce" in g:
        policy = _written(POLICY | {"script-src": f"{POLICY['script-src']} 'nonce-{g.csp_nonce}'"})
    headers = response.headers
    headers["Content-Security-Policy"] = policy
    for name, value in ALWAYS.items():
        headers.set(name, value)
    if house().settings.https:
        response.headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}; includeSubDomains"
    if "Cache-Control" not in response.headers or response.status_code >= 400:
        # Nearly every page is somebody's: who does not say otherwise is kept by no cache.
        response.headers["Cache-Control"] = "no-store"
    if response.mimetype == "text/html" and request.endpoint != "static":
        if "Vary" in headers:
            response.vary.update(VARIES)
        else:
            headers["Vary"] = _VARIES
    return response
