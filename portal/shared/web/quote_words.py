"""The words for where a quote stands."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.quotes import QuoteState

QUOTE_STATES: dict[QuoteState, tuple[LazyString, str]] = {
    QuoteState.DRAFT: (lazy_gettext("Draft"), "neutral"),
    QuoteState.AWAITING_APPROVAL: (lazy_gettext("Awaiting approval"), "warn"),
    QuoteState.SENT: (lazy_gettext("Sent"), "info"),
    QuoteState.ACCEPTED: (lazy_gettext("Accepted"), "good"),
    QuoteState.REJECTED: (lazy_gettext("Rejected"), "bad"),
    QuoteState.EXPIRED: (lazy_gettext("Expired"), "neutral"),
    QuoteState.REPLACED: (lazy_gettext("Replaced"), "neutral"),
    QuoteState.WITHDRAWN: (lazy_gettext("Withdrawn"), "neutral"),
}
