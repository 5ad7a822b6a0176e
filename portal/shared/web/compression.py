"""Answers are compressed for browsers that say they can read it."""

from __future__ import annotations

import secrets

from flask import Flask, Response, request
from flask_compress import Compress

# The first that a browser reads as gladly as any other; zstd costs the least time for pages made anew each time.
ALGORITHMS = ("zstd", "br", "gzip")
KINDS = (
    "application/javascript",
    "application/json",
    "application/problem+json",
    "application/xml",
    "image/svg+xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/javascript",
    "text/plain",
)
LONGEST_PADDING = 64


def install(app: Flask) -> None:
    """Compress what is text. Comes before every other part: what is installed first looks at an answer last."""
    app.config.update(
        COMPRESS_ALGORITHM=ALGORITHMS, COMPRESS_ALGORITHM_STREAMING=ALGORITHMS, COMPRESS_MIMETYPES=KINDS
    )
    Compress(app)
    app.after_request(_read_whole)
    app.after_request(_pad)


def _read_whole(response: Response) -> Response:
    """Read a style sheet or script that is to be compressed from its file, which is closed with the answer."""
    if response.status_code == 206:
        response.headers["Content-Encoding"] = (
            "identity"  # a part of a file is not a part of the compressed file
        )
        return response
    if response.direct_passthrough and response.mimetype in KINDS and request.accept_encodings:
        response.direct_passthrough = False
        response.make_sequence()
    return response


def _pad(response: Response) -> Response:
    """End a page that may be compressed with a comment of random length.

    A page carries the form's token beside words from its address. Compressed, its length would tell a listener on the
    network how much the two have in common (http://breachattack.com); now it tells little.
    """
    if response.mimetype == "text/html" and not response.is_streamed and request.accept_encodings:
        comment = secrets.token_hex(secrets.randbelow(LONGEST_PADDING // 2 + 1))
        response.set_data(response.get_data() + f"<!-- {comment} -->\n".encode())
    return response
