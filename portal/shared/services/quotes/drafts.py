"""What a quote that was not sent yet comes to today, for the page on which it is sent or approved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.money import Money
from portal.shared.domain.routing.visitor import StaffRole
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.records.people import Person
from portal.shared.records.quotes import quote_by_number
from portal.shared.services.quotes.drafting import wish_of
from portal.shared.services.quotes.moves import UnknownQuoteError
from portal.shared.services.quotes.pricing import PricedQuote, QuoteWish, price_wish, shown_digest


@dataclass(frozen=True, slots=True)
class DraftNow:
    """A draft with today's figures, and the fingerprint that sending and approving ask for."""

    wish: QuoteWish
    priced: PricedQuote
    digest: str
    author_role: StaffRole


def totals_now(
    session: Session, drafts: Iterable[tuple[int, int]], seller: SellerTaxes, now: datetime
) -> dict[tuple[int, int], Money]:
    """What drafts (by account and number) would ask for if they were sent now; without those that cannot be."""
    found = {}
    for account_id, number in drafts:
        summary = draft_now(session, account_id, number, seller, now).priced.summary
        if summary is not None:
            found[account_id, number] = summary.total_due
    return found


def draft_now(session: Session, account_id: int, number: int, seller: SellerTaxes, now: datetime) -> DraftNow:
    """Price a draft as it would be sent now.

    Raises:
        UnknownQuoteError: this account has no such quote.
    """
    quote = quote_by_number(session, account_id, number)
    if quote is None:
        raise UnknownQuoteError(number)
    wish = wish_of(session, quote)
    priced = price_wish(session, account_id, wish, seller, now)
    author = session.get_one(Person, quote.author_id)
    role = StaffRole(author.staff_role or StaffRole.CARE)  # whoever left may grant nothing
    return DraftNow(wish, priced, shown_digest(wish, priced), role)
