"""What happens between a corporate account and its representative: purchase orders, quotes, requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.shared.domain.money import Money, exponent
from portal.shared.domain.quotes import Limits, PriceKind, PriceWish
from portal.shared.domain.routing.visitor import StaffRole
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.domain.terms import WantedTerms
from portal.shared.domain.wishes import SomethingElse
from portal.shared.records.accounts import Account
from portal.shared.records.people import Person
from portal.shared.services import requests
from portal.shared.services.desk.staff import Staff
from portal.shared.services.purchase_orders import book as purchase_order_book
from portal.shared.services.quotes import answering, drafting, sending
from portal.shared.services.quotes.pricing import AS_CONTRACTED, ItemWish, QuoteWish, price_wish, shown_digest

ONE_PER_CENT = 10_000
# What the cast's own representatives may do; an installation has its limits in the seller's settings.
LIMITS = {StaffRole.REP: Limits(150_000, 24), StaffRole.MANAGER: Limits(400_000, 60)}


class UntoldError(RuntimeError):
    """A service refused what the cast tells."""


@dataclass(frozen=True, slots=True)
class Told:
    """A quote as the cast tells it: for one subscription, and where it was left."""

    subscription_id: int
    terms: WantedTerms
    keeps_date: bool
    percent: int
    valid_days: int
    note: str
    left: str


def purchase_order(
    session: Session,
    account: Account,
    number: str,
    begins: date,
    ends: date | None,
    authorised: int | None,
    contact: int,
    now: datetime,
) -> None:
    """A purchase order; `authorised` in whole units of the account's currency.

    Raises:
        UntoldError: it cannot be kept.
    """
    amount = Money(authorised * 10 ** exponent(account.currency), account.currency) if authorised else None
    kept = purchase_order_book.add(
        session, account.id, purchase_order_book.Wish(number, begins, ends, amount), contact, now
    )
    if not isinstance(kept, purchase_order_book.Kept):
        raise UntoldError(f"{account.name}: {number}: {kept}")


def quote(
    session: Session, account: Account, told: Told, contact: int, seller: SellerTaxes, now: datetime
) -> None:
    """A quote of the account's representative, up to where it was left.

    Raises:
        UntoldError: it cannot be sent.
    """
    assert account.rep_id is not None, "quotes come from a representative"
    rep = session.get_one(Person, account.rep_id)
    staff = Staff(rep.id, rep.name, "rep")
    price = PriceWish(PriceKind.PERCENT, told.percent * ONE_PER_CENT) if told.percent else AS_CONTRACTED
    wish = QuoteWish(
        (ItemWish(told.subscription_id, told.terms, told.keeps_date, price),),
        term_months=12 if not told.keeps_date else None,
        validity_days=told.valid_days,
        note=told.note,
    )
    number = drafting.create(session, account.id, rep.id, wish, seller, now)
    if told.left == "draft":
        return
    priced = price_wish(session, account.id, wish, seller, now)
    shown = shown_digest(wish, priced)
    answer = sending.send(session, account.id, number, staff, shown, seller, LIMITS, now)
    expected = sending.AwaitsApproval() if told.left == "awaiting-approval" else sending.Sent()
    if answer != expected:
        raise UntoldError(f"{account.name}: quote {number}: {answer}")
    if told.left == "rejected":
        answering.reject(session, account.id, number, contact, told.note, now)


def asks(session: Session, account: Account, note: str, contact: int, now: datetime) -> None:
    """A request to the representative."""
    requests.ask(session, account.id, SomethingElse(), note, contact, now)
