"""What a page showed before somebody confirmed it: it travels with the page, signed, so that a change can be told."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Any

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer

from portal.shared.domain.summary import OrderSummary, from_plain, to_plain

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


def new_key() -> str:
    """A key that makes pressing the button twice harmless."""
    return secrets.token_urlsafe(24)


def is_key(text: str) -> bool:
    """Whether a form brought a key of ours, or something else."""
    return _KEY.fullmatch(text) is not None


def said() -> str:
    """A fingerprint of what the form of this request sent: the same press again has the same, another one has not."""
    sent = sorted((name, text) for name, text in request.form.items(multi=True) if name != "csrf_token")
    return hashlib.sha256(repr((request.path, sent)).encode()).hexdigest()


def sealed(summary: OrderSummary, beside: Any = None) -> str:
    """A summary, and what else was on the page, as text that nobody can change."""
    return str(_serializer().dumps([to_plain(summary), beside]))


def opened(text: str) -> tuple[OrderSummary, Any] | None:
    """What was sealed; nothing for what was not, or not by us."""
    try:
        plain, beside = _serializer().loads(text)
        return from_plain(plain), beside
    except (BadData, TypeError, ValueError, KeyError, ExceptionGroup):
        return None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="order-summary-shown")
