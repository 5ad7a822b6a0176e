"""Logs: one line of JSON an event, with the request's number, without personal data or secrets.

Paths, queries and messages of exceptions are left out, because they carry what people typed; a line names the
route, and an exception its kind and where it happened.
"""

from __future__ import annotations

import logging
import secrets
import sys
import time
import traceback
from typing import TextIO

import structlog
from flask import Flask, Response, g, request

from portal.shared.web.standing import stood

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that are mistaken for another on the telephone; 32
_READING = ("GET", "HEAD", "OPTIONS")
_log = structlog.stdlib.get_logger("portal.requests")


def configure(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Write all logs of this process as lines of JSON, to standard error unless told otherwise."""
    _configure_structlog()
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)  # speaks whenever it is asked


def _configure_structlog() -> None:
    # Never left at its defaults: those print the values of local variables below an exception.
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _shared() -> list[structlog.typing.Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _defuse_exception,
    ]


def _defuse_exception(
    logger: object, name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Replace an exception by its kind and its places: its message may quote what somebody typed."""
    found = event.pop("exc_info", None)
    record = event.get("_record")
    if found is None and isinstance(record, logging.LogRecord):
        found, record.exc_info, record.exc_text = record.exc_info, None, None
    if found is True:
        found = sys.exc_info()
    error = found if isinstance(found, BaseException) else found[1] if isinstance(found, tuple) else None
    if error is not None:
        event.update(what_and_where(error))
    return event


def what_and_where(error: BaseException) -> dict[str, object]:
    """An exception for a log line: its kind, and file, line and function, innermost last; nothing of the values."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    return {
        "error": type(error).__qualname__,
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }


def request_number() -> str:
    """The number of this request, which error pages show and log lines carry (`K7QP-3M2X`)."""
    if "request_number" not in g:
        letters = "".join([_LETTERS[byte % len(_LETTERS)] for byte in secrets.token_bytes(8)])
        g.request_number = f"{letters[:4]}-{letters[4:]}"
    return str(g.request_number)


def install(app: Flask) -> None:
    """Number every request and write a line when it is answered; a bug leaves its kind and places."""
    _configure_structlog()
    app.before_request(_begin)
    app.after_request(_write_line)


def log_bug(error: BaseException) -> None:
    """Note an exception nobody expected."""
    _log.error(
        "failed",
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        **what_and_where(error),
    )


def _begin() -> None:
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=request_number())


def _write_line(response: Response) -> Response:
    response.headers["X-Request-Number"] = request_number()
    if request.endpoint not in ("static", "front.health", "front.ready"):
        _log.info(
            "answered",
            method=request.method,
            route=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
            stood=round(stood.get() * 1000, 1),  # milliseconds in line before that
            **_who(response),
        )
    return response


def _who(response: Response) -> dict[str, int]:
    """Who asked for something to be changed, or was refused, by their number; who reads what is not written down."""
    if request.method in _READING and response.status_code not in (401, 403, 404):
        return {}
    person = getattr(g.get("_login_user"), "person", None)  # nobody is asked for who was not asked for before
    token = g.get("api_token")
    return {"person": person.person_id} if person else {"token": token} if token else {}
