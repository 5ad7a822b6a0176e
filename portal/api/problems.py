"""Everything that is not well, as problem details (RFC 9457): one form, a code for programs, words for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Response

from portal.api.typed import Wrong, plain
from portal.shared.web.logs import request_number

MEDIA_TYPE = "application/problem+json"

# One title a status; the code and the detail say more.
TITLES: Mapping[int, str] = {
    400: "The request cannot be read",
    401: "A valid token is needed",
    402: "The payment was not made",
    403: "The token may not do this",
    404: "There is no such thing",
    405: "This address does not take that method",
    409: "Something stands in the way",
    413: "The request is too large",
    415: "The body must be JSON",
    422: "The request cannot be carried out",
    429: "Too many requests",
    500: "Something went wrong on our side",
    503: "Not available for a moment",
}


class Problem(Exception):
    """Ends a request with a problem. `more` stands beside the described members."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str = "",
        *,
        wrong: tuple[Wrong, ...] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail
        self.wrong, self.headers, self.more = wrong, headers or {}, more


def answer(problem: Problem) -> Response:
    """A problem as it goes over the wire."""
    said: dict[str, Any] = {
        "type": f"urn:twodoor:problem:{problem.code}",
        "title": TITLES.get(problem.status, TITLES[500 if problem.status >= 500 else 400]),
        "status": problem.status,
        "code": problem.code,
        "reference": request_number(),
    }
    if problem.detail:
        said["detail"] = problem.detail
    if problem.wrong:
        said["errors"] = plain(problem.wrong)
    said |= {name: plain(value) for name, value in problem.more.items()}
    response = Response(json.dumps(said), problem.status, mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(problem.headers)
    return response


def of_status(status: int) -> Response:
    """The problem of a status that was not ours to raise: no such address, another method, a bug."""
    return answer(Problem(status, _CODES.get(status, "failed" if status >= 500 else "unreadable")))


_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "not_json",
    429: "too_many_requests",
    503: "unavailable",
}
