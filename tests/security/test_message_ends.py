"""Where a request ends is read in one way only, so that none can be smuggled behind another."""

from __future__ import annotations

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser

BODY = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n"
HEADS = {
    "both lengths": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "two lengths": b"Content-Length: 5\r\nContent-Length: 6\r\n",
    "a length that is none": b"Content-Length: +5\r\n",
    "an encoding nobody knows": b"Transfer-Encoding: xchunked\r\n",
    "a header with a space before the colon": b"Content-Length : 5\r\n",
}


@pytest.mark.parametrize("kind", HEADS)
def test_a_request_with_two_lengths_is_refused(kind: str) -> None:
    request = b"POST /sign-in HTTP/1.1\r\nHost: a.example\r\n" + HEADS[kind] + b"\r\n" + BODY
    parser = RequestParser(Config(), iter([request]), ("127.0.0.1", 1))
    with pytest.raises(ParseException):
        next(parser)
