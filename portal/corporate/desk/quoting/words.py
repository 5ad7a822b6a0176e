"""Quotes in the words of the desk: what hinders one, what it grants, and what it needs before it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.changes import Refusal
from portal.shared.domain.quotes import (
    NO_LIMITS_AT_ALL,
    Approval,
    Limits,
    PriceKind,
    PriceProblem,
    PriceWish,
    approval_needed,
)
from portal.shared.domain.routing.visitor import StaffRole
from portal.shared.domain.terms import Plan
from portal.shared.services.quotes.pricing import PricedQuote
from portal.shared.web.display import format_percent, language
from portal.shared.web.words import quotes as quote_words
from portal.shared.web.words import vocabulary as words
from portal.shared.web.words.quotes import PRICE_KINDS

_HUNDREDTH = 100  # of a percent, in millionths

PROBLEMS: dict[PriceProblem, LazyString] = {
    PriceProblem.DISCOUNT_BEYOND_PRICE: lazy_gettext("The discount is more than the list price."),
    PriceProblem.PRICE_TOO_LOW: lazy_gettext(
        "At this price a day of service would cost nothing. Choose a smaller discount."
    ),
    PriceProblem.PRICE_TOO_HIGH: lazy_gettext(
        "That is more than ten times the list price. Check it, please."
    ),
}

_FIELDS = {
    Refusal.SEATS_TOO_FEW: "seats",
    Refusal.SEATS_TOO_MANY: "seats",
    Refusal.CHOOSE_SEATS: "release",
    Refusal.WRONG_SEATS: "release",
    Refusal.NOT_SOLD: "frequency",
}


def field_of(reason: Refusal) -> str:
    """The field beside which a refusal is told."""
    return _FIELDS.get(reason, "plan")


def refused(reason: Refusal, plan: Plan | None) -> str:
    """Why a change cannot be proposed, in one sentence."""
    if reason is Refusal.NOTHING_CHANGES:
        return str(
            gettext("Nothing would change. Change the terms or the price, or begin a new billing period.")
        )
    if reason is Refusal.SEATS_TOO_MANY:
        return quote_words.refused(reason)
    return words.refused(reason, plan)


def term_does_not_fit() -> str:
    """Why a contract term cannot be had."""
    return str(gettext("A contract ends together with a billing period. Choose a term of whole periods."))


def price_options(*, contracted: bool) -> list[dict[str, str]]:
    """The ways to agree on a price; what was never bought has no contract price."""
    kinds = [kind for kind in PriceKind if contracted or kind is not PriceKind.CONTRACT]
    return [{"value": str(kind), "label": str(PRICE_KINDS[kind])} for kind in kinds]


def price(wish: PriceWish, discount: int) -> str:
    """How a price was agreed, or the discount it comes to."""
    how = str(PRICE_KINDS[wish.kind])
    if not discount:
        return how
    less = str(gettext("%(share)s off", share=share(discount)))
    return f"{how} · {less}" if wish.kind is PriceKind.CONTRACT else less


def share(millionths: int) -> str:
    """A discount, rounded up to a hundredth of a percent: what is above a limit never looks as if it were not."""
    rounded = -(-millionths // _HUNDREDTH) * _HUNDREDTH
    return format_percent(rounded, language())


def needs(
    priced: PricedQuote, term: int | None, author: StaffRole, limits: Mapping[StaffRole, Limits], *, own: bool
) -> dict[str, Any]:
    """What a quote needs before its author may send it, with each reason. `own`: the author is who reads it."""
    approval = priced.approval(author, limits, term)
    if approval is Approval.NONE:
        sentence = gettext("You may send this yourself.") if own else gettext("Its author may send this.")
        return {"tone": "good", "icon": "done", "text": sentence, "reasons": []}
    role = author if approval is Approval.MANAGER else StaffRole.MANAGER
    limit = limits.get(role, NO_LIMITS_AT_ALL)
    reasons = _beyond(priced, term, limit, own=own and role is author)
    if approval is Approval.MANAGER:
        sentence = gettext("Needs a manager's approval:")
        return {"tone": "warn", "icon": "alert", "text": sentence, "reasons": reasons}
    return {"tone": "bad", "icon": "cross", "text": gettext("Nobody may grant this:"), "reasons": reasons}


def _beyond(priced: PricedQuote, term: int | None, limit: Limits, *, own: bool) -> list[str]:
    reasons = []
    most = max((item.new_discount for item in priced.items), default=0)
    if most > limit.discount:
        told = {"share": share(most), "limit": share(limit.discount)}
        reasons.append(
            gettext("%(share)s discount, your limit is %(limit)s", **told)
            if own
            else gettext("%(share)s discount, the limit is %(limit)s", **told)
        )
    if (term or 0) > limit.term_months:
        months, allowed = quote_words.term(term), quote_words.term(limit.term_months)
        reasons.append(
            gettext("a term of %(term)s, your limit is %(limit)s", term=months, limit=allowed)
            if own
            else gettext("a term of %(term)s, the limit is %(limit)s", term=months, limit=allowed)
        )
    return reasons


def is_within(
    discounts: Iterable[int], term: int | None, role: StaffRole, limits: Mapping[StaffRole, Limits]
) -> bool:
    """Whether somebody of this role could grant all of this alone."""
    return approval_needed(role, limits, discounts, term) is Approval.NONE
