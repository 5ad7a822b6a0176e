"""What every answer of the application must carry; a house of the tests looks at each of its answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.datastructures import Headers

_ALLOWED_TO_BE_KEPT = ("/static/", "/brand.css", "/sandbox-processor/static/")

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def missing_protection(path: str, status: int, headers: Headers) -> list[str]:
    """What is wrong with the headers of an answer."""
    policy = dict(
        part.strip().partition(" ")[::2] for part in headers.get("Content-Security-Policy", "").split(";")
    )
    wrong = []
    if policy.get("default-src") != "'none'":
        wrong.append("default-src is not 'none'")
    if "unsafe" in str(policy) or "*" in str(policy) or "http" in str(policy):
        wrong.append("the policy lets strangers in")
    for name, value in (
        ("frame-ancestors", "'none'"),
        ("base-uri", "'none'"),
        ("form-action", "'self'"),
        ("object-src", None),
    ):
        if policy.get(name) != value:
            wrong.append(f"{name} is {policy.get(name)}")
    if headers.get("X-Content-Type-Options") != "nosniff":
        wrong.append("content may be guessed")
    if headers.get("Referrer-Policy") != "same-origin":
        wrong.append("others learn where people come from")
    kept = path.startswith(_ALLOWED_TO_BE_KEPT) and status < 400
    if not kept and "no-store" not in headers.get("Cache-Control", ""):
        wrong.append("caches may keep it")
    return [f"{status} {path}: {text}" for text in wrong]


def watched(application: WsgiApp) -> WsgiApp:
    """The application, every answer of which is looked at before it leaves."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            wrong = missing_protection(environ["PATH_INFO"], int(status[:3]), Headers(headers))
            assert not wrong, wrong
            return start_response(status, headers, *rest)

        return application(environ, start)

    return answer
