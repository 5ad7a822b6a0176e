"""Quotes of corporate accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from portal.api.shapes.basics import Digest, Number
from portal.api.shapes.orders import Summary
from portal.api.typed import Limits
from portal.shared.domain.quotes import QuoteState


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote. `summary` is what accepting it would do now, where it can be accepted."""

    number: int
    state: QuoteState
    sent_at: datetime | None
    valid_until: date | None
    term_months: int | None
    note: str
    order: str | None
    summary: Summary | None


@dataclass(frozen=True, slots=True)
class QuotePage:
    """Quotes, the newest first, without their figures."""

    items: tuple[Quote, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a quote is turned down."""

    reason: Annotated[str, Limits(longest=2000)] = ""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The digest of the summary that was seen, and how it is paid: on the account's terms, or by a method on file."""

    digest: Digest
    on_invoice: bool = False
    payment_method: Number | None = None
    purchase_order: Number | None = None
