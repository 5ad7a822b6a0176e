"""The words for quotes: where one stands, for how long, what it does, at which price, and why it is over."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from flask_babel import gettext, lazy_gettext, lazy_pgettext, ngettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.changes import MOST_SEATS_BY_CONTRACT, Refusal
from portal.shared.domain.effects import Effect
from portal.shared.domain.quotes import PriceKind, PriceWish, QuoteState
from portal.shared.domain.taxes import MILLION
from portal.shared.web.display import format_count, format_long_date, format_percent, language

# As our own people say it.
QUOTE_STATES: dict[QuoteState, tuple[LazyString, str]] = {
    QuoteState.DRAFT: (lazy_gettext("Draft"), "neutral"),
    QuoteState.AWAITING_APPROVAL: (lazy_gettext("Awaiting approval"), "warn"),
    QuoteState.SENT: (lazy_gettext("Sent"), "info"),
    QuoteState.ACCEPTED: (lazy_gettext("Accepted"), "good"),
    QuoteState.REJECTED: (lazy_gettext("Rejected"), "bad"),
    QuoteState.EXPIRED: (lazy_pgettext("quote", "Expired"), "neutral"),
    QuoteState.REPLACED: (lazy_gettext("Replaced"), "neutral"),
    QuoteState.WITHDRAWN: (lazy_pgettext("quote", "Withdrawn"), "neutral"),
}

EFFECTS: dict[Effect, LazyString] = {
    Effect.REANCHOR: lazy_gettext("A new billing period begins"),
    Effect.COTERM: lazy_gettext("Seats are added, the renewal date stays"),
    Effect.SWAP: lazy_gettext("The terms change, the renewal date stays"),
}

PRICE_KINDS: dict[PriceKind, LazyString] = {
    PriceKind.CONTRACT: lazy_gettext("Contract price"),
    PriceKind.LIST: lazy_gettext("List price"),
    PriceKind.PRICE: lazy_gettext("Price for this customer"),
    PriceKind.PERCENT: lazy_gettext("Discount in percent"),
    PriceKind.MONEY: lazy_gettext("Discount a seat"),
}

_REFUSALS: dict[Refusal, LazyString] = {
    Refusal.SEATS_NOT_A_NUMBER: lazy_gettext("Write the number of seats in digits, for example 10."),
    Refusal.SEATS_TOO_FEW: lazy_gettext("Add at least one seat."),
    Refusal.UNKNOWN_PLAN: lazy_gettext("The plan does not exist any more."),
    Refusal.UNKNOWN_FREQUENCY: lazy_gettext("The billing frequency does not exist any more."),
    Refusal.NOT_SOLD: lazy_gettext("The plan is no longer sold this way."),
    Refusal.NOTHING_CHANGES: lazy_gettext("You have these terms already."),
    Refusal.CHOOSE_SEATS: lazy_gettext("More people hold seats now than it leaves."),
    Refusal.WRONG_SEATS: lazy_gettext("The people who hold seats have changed since."),
    Refusal.EXPIRED: lazy_gettext("The subscription has expired meanwhile."),
    Refusal.ORDER_IN_PROGRESS: lazy_gettext("Another order is still on its way."),
}


def for_the_customer(state: QuoteState, *, days_left: int, being_ordered: bool = False) -> tuple[str, str]:
    """Where a quote stands as its customer says it, and the tone; a last day warns."""
    if state is not QuoteState.SENT:
        word, tone = QUOTE_STATES[state]
        return str(word), tone
    if being_ordered:
        return str(gettext("Being ordered")), "info"
    return str(gettext("Waiting for your answer")), "info" if days_left > 1 else "warn"


def days_left(days: int) -> str:
    """How long a quote still stands; the last day is one of them."""
    if not days:
        return str(gettext("today is its last day"))
    return str(ngettext("%(num)d day left", "%(num)d days left", days))


def validity(last_day: date, days: int) -> str:
    """`Valid until 30 November 2026, 7 days left`."""
    day = format_long_date(last_day, language())
    return str(gettext("Valid until %(day)s, %(left)s", day=day, left=days_left(days)))


def term(months: int | None) -> str:
    """How long the contract binds."""
    if months is None:
        return str(gettext("As agreed in your contract"))
    return str(ngettext("%(num)d month", "%(num)d months", months))


def price(wish: PriceWish) -> str:
    """How the price of an item was agreed: `Discount in percent (12.5%)`."""
    word = str(PRICE_KINDS[wish.kind])
    if wish.kind is PriceKind.PERCENT:
        return f"{word} ({format_percent(wish.value, language())})"
    return word


def discount(millionths: int) -> str:
    """How far a price lies below the list, or nothing when it does not; rounded down, so that it promises less."""
    tenths = millionths * 1000 // MILLION
    return format_percent(Fraction(tenths, 1000), language()) if tenths else ""


def closed(state: QuoteState, *, valid_until: date | None = None) -> str:
    """Why a quote can no longer be accepted or rejected, in one sentence."""
    if state is QuoteState.EXPIRED and valid_until is not None:
        day = format_long_date(valid_until, language())
        return str(gettext("This quote expired: %(day)s was its last day.", day=day))
    return str(_CLOSED[state])


_CLOSED: dict[QuoteState, LazyString] = {
    QuoteState.DRAFT: lazy_gettext("This quote was not sent yet."),
    QuoteState.AWAITING_APPROVAL: lazy_gettext("This quote was not sent yet."),
    QuoteState.SENT: lazy_gettext("This quote is being ordered at this moment."),
    QuoteState.ACCEPTED: lazy_gettext("This quote was accepted already."),
    QuoteState.REJECTED: lazy_gettext("This quote was rejected."),
    QuoteState.EXPIRED: lazy_gettext("This quote expired."),
    QuoteState.REPLACED: lazy_gettext("This quote was replaced by another one."),
    QuoteState.WITHDRAWN: lazy_gettext("This quote was withdrawn."),
}


def refused(reason: Refusal) -> str:
    """Why something of a contract cannot be had, in one sentence."""
    if reason is Refusal.SEATS_TOO_MANY:
        most = format_count(MOST_SEATS_BY_CONTRACT, language())
        return str(gettext("A contract holds up to %(most)s seats of a product.", most=most))
    return str(_REFUSALS.get(reason, _REFUSALS[Refusal.NOT_SOLD]))
