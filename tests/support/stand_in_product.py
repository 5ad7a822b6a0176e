"""A product that somebody else wrote, as a program of its own: it knows people by entitlements and by nothing else.

Run as `python stand_in_product.py BASE_URL TOKEN PRODUCT`; it prints its port. GET /open?email=… lets in (200) or
refuses (403), and says which features are unlocked. It keeps answers and asks for them with their ETag.
"""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

_KEPT: dict[str, tuple[str, Any]] = {}


def entitled(base: str, token: str, product: str, email: str) -> Any:
    """What the seller says about somebody now."""
    tag, known = _KEPT.get(email, ("", None))
    request = urllib.request.Request(f"{base}/api/v1/products/{product}/entitlements/{quote(email, safe='')}")
    request.add_header("Authorization", f"Bearer {token}")
    if tag:
        request.add_header("If-None-Match", tag)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            told = json.load(answer)
            _KEPT[email] = (answer.headers["ETag"], told)
            return told
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 304:
            return known
        raise


def main(base: str, token: str, product: str) -> None:
    """Serve until killed."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            email = parse_qs(urlsplit(self.path).query)["email"][0]
            told = entitled(base, token, product, email)
            features = [
                one["name"] for held in told["entitlements"] if held["active"] for one in held["features"]
            ]
            body = json.dumps({"welcome": told["active"], "features": features}).encode()
            self.send_response(200 if told["active"] else 403)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
