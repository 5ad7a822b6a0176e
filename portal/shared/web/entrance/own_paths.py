"""Where to go next: only ever to a page of our own, and with nothing lost of what was typed."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlencode, urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

FRONT = "/"
# Forms on the way to somewhere else: whoever comes back to them is still on that way.
_ON_THE_WAY = frozenset({"front.switch_account"})
LONGEST_PATH = 2000
_SECRET = re.compile(r"password|secret|digest|card|cvc|(^|_)(token|key)$|^(code|shown)$", re.IGNORECASE)
# Who somebody else is stays out of addresses, which logs and histories keep: it is asked for again.
_PERSONAL = frozenset({"admin_name", "admin_email", "whose_email"})
_TROUBLE = re.compile(r"[\x00-\x20\x7f\\]")


def own_path(text: str | None, *, is_here: bool = False) -> str | None:
    """The path with its query when it leads to a page of ours that can be shown, else None.

    `is_here`: it is the path of this very request, for which a page was found.
    """
    if not text or len(text) > LONGEST_PATH or not text.startswith("/") or _TROUBLE.search(text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    plain = unquote(unquote(parts.path))
    if parts.scheme or parts.netloc or "//" in plain or _TROUBLE.search(plain.replace(" ", "")):
        return None
    return text.partition("#")[0] if is_here or _is_a_page(parts.path) else None


def _is_a_page(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return False
    try:
        adapter.match(unquote(path), method="GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True


def next_path() -> str | None:
    """The page a person was on the way to (`next` of this request), if it is one of ours."""
    return own_path(request.values.get("next"))


def resume_path() -> str:
    """The page a person comes back to after signing in again.

    For a page that is the page itself. For a form it is the page that shows the form, with the fields that
    were typed as its query, except secrets; the form's endpoint names its page in
    `app.extensions["resume_pages"]`. Else the page the form was sent from, else the front page.
    """
    if request.method in ("GET", "HEAD"):
        return own_path(request.full_path.rstrip("?"), is_here=request.url_rule is not None) or FRONT
    page = _page_of_form() or _referring_path() or FRONT
    typed = _typed()
    if request.endpoint in _ON_THE_WAY and (onwards := next_path()):
        typed.append(("next", onwards))
    while typed:
        path = f"{page}{'&' if '?' in page else '?'}{urlencode(typed)}"
        if len(path) <= LONGEST_PATH:
            return own_path(path) or FRONT
        typed.remove(max(typed, key=lambda field: len(field[1])))  # the rest need not be lost with it
    return own_path(page) or FRONT


def _page_of_form() -> str | None:
    page = current_app.extensions["resume_pages"].get(request.endpoint)
    if page is None:
        return own_path(request.path)
    wanted = {name for rule in current_app.url_map.iter_rules(page) for name in rule.arguments}
    values = {name: value for name, value in (request.view_args or {}).items() if name in wanted}
    return url_for(page, **values)


def _referring_path() -> str | None:
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:
        return None
    if parts.netloc != request.host:
        return None
    return own_path(parts.path + (f"?{parts.query}" if parts.query else ""))


def _typed() -> list[tuple[str, str]]:
    try:
        form = request.form
    except HTTPException:  # larger than we read: the page that says so must not fail over it
        return []
    return [
        (name, value)
        for name, value in form.items(multi=True)
        if not _SECRET.search(name) and name not in _PERSONAL and name != "next" and value
    ]
