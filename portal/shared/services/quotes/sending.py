"""Sending quotes: the one check of limits that every way of making a quote goes through, approval, and freezing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.quotes import Approval, Limits, QuoteEvent, QuoteState, move, valid_until
from portal.shared.domain.routing.visitor import StaffRole
from portal.shared.domain.summary import to_plain
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.records.accounts import Account
from portal.shared.records.people import Person
from portal.shared.records.quotes import Quote, quote_by_id, sent_in_place_of
from portal.shared.services import accounts
from portal.shared.services.desk.staff import Staff
from portal.shared.services.quotes.drafting import LONGEST_NOTE, REPLACEABLE, keep_items, wish_of
from portal.shared.services.quotes.moves import OnItsWayError, being_ordered, locked, move_on
from portal.shared.services.quotes.pricing import PricedQuote, first_day, price_wish, shown_digest
from portal.shared.services.quotes.telling import ask_manager, tell_author, tell_contacts


class OwnQuoteError(PermissionError):
    """Nobody approves their own quote."""


class NotAManagerError(PermissionError):
    """Only a manager answers a request for approval."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The customer has the quote."""


@dataclass(frozen=True, slots=True)
class AwaitsApproval:
    """The quote goes beyond the author's limits; a manager has been asked."""


@dataclass(frozen=True, slots=True)
class BeyondLimits:
    """No one may grant this."""


@dataclass(frozen=True, slots=True)
class NotTheSenders:
    """Its author could send it, but it goes beyond the limits of whoever wants to."""


@dataclass(frozen=True, slots=True)
class FiguresMoved:
    """The figures, or what stands beside them, are not the ones that were seen; nothing was sent."""

    now: PricedQuote


Sending = Sent | AwaitsApproval | BeyondLimits | NotTheSenders | FiguresMoved


def send(
    session: Session,
    account_id: int,
    number: int,
    staff: Staff,
    digest: str,
    seller: SellerTaxes,
    limits: Mapping[StaffRole, Limits],
    now: datetime,
) -> Sending:
    """Send a draft, or ask a manager when it goes beyond the author's limits.

    `digest` is the `shown_digest` of what was on the page.

    Raises:
        UnknownQuoteError: this account has no such quote.
        IllegalQuoteMoveError: it is no draft.
        OnItsWayError: the quote it replaces is being ordered at this moment.
    """
    account, quote = locked(session, account_id, number)
    move(quote.state, QuoteEvent.SEND)
    wish = wish_of(session, quote)
    priced = price_wish(session, account_id, wish, seller, now)
    if not priced.whole or shown_digest(wish, priced) != digest:
        return FiguresMoved(priced)
    author = session.get_one(Person, quote.author_id)
    approval = _approval(priced, quote, author.staff_role, limits)
    if approval is Approval.BEYOND_EVERYBODY:
        return BeyondLimits()
    if approval is Approval.MANAGER:
        move_on(session, account, quote, QuoteEvent.SUBMIT, staff.person_id, now)
        ask_manager(session, account, quote, author, now)
        return AwaitsApproval()
    if _approval(priced, quote, staff.role, limits) is not Approval.NONE:
        return NotTheSenders()  # a manager's unfinished draft grants nothing yet
    _send_out(session, account, quote, priced, QuoteEvent.SEND, staff, now)
    return Sent()


def approve(
    session: Session,
    account_id: int,
    number: int,
    staff: Staff,
    digest: str,
    seller: SellerTaxes,
    limits: Mapping[StaffRole, Limits],
    now: datetime,
) -> Sending:
    """Approve what somebody else wrote, and send it. The table itself refuses an author's own approval.

    Raises:
        UnknownQuoteError: this account has no such quote.
        IllegalQuoteMoveError: it does not wait for approval.
        OwnQuoteError: it is the approver's own.
        NotAManagerError: whoever approves is no manager.
        OnItsWayError: the quote it replaces is being ordered at this moment.
    """
    account, quote = _to_answer(session, account_id, number, staff, QuoteEvent.APPROVE)
    wish = wish_of(session, quote)
    priced = price_wish(session, account_id, wish, seller, now)
    if not priced.whole or shown_digest(wish, priced) != digest:
        return FiguresMoved(priced)
    if _approval(priced, quote, staff.role, limits) is not Approval.NONE:
        return BeyondLimits()
    quote.approved_by = staff.person_id
    _send_out(session, account, quote, priced, QuoteEvent.APPROVE, staff, now)
    tell_author(session, account, quote, "quote-approved", now)
    return Sent()


def send_back(session: Session, account_id: int, number: int, staff: Staff, note: str, now: datetime) -> None:
    """Give a quote that awaits approval back to its author, with a word why.

    Raises:
        UnknownQuoteError: this account has no such quote.
        IllegalQuoteMoveError: it does not wait for approval.
        OwnQuoteError: it is the approver's own.
        NotAManagerError: whoever answers is no manager.
        ValueError: the note is too long.
    """
    account, quote = _to_answer(session, account_id, number, staff, QuoteEvent.SEND_BACK)
    if len(note) > LONGEST_NOTE:
        raise ValueError("the note is too long")
    move_on(session, account, quote, QuoteEvent.SEND_BACK, staff.person_id, now)
    quote.approval_note = note
    tell_author(session, account, quote, "quote-sent-back", now)


def withdraw(session: Session, account_id: int, number: int, staff: Staff, now: datetime) -> None:
    """Take a quote back; a customer who had it is told.

    Raises:
        UnknownQuoteError: this account has no such quote.
        IllegalQuoteMoveError: it was answered, or is over.
        OnItsWayError: it is being ordered at this moment.
    """
    account, quote = locked(session, account_id, number)
    if move_on(session, account, quote, QuoteEvent.WITHDRAW, staff.person_id, now) is QuoteState.SENT:
        tell_contacts(session, account, quote, "quote-withdrawn", now)


def freeze(session: Session, account: Account, quote: Quote, priced: PricedQuote, now: datetime) -> None:
    """Keep what was priced with the quote, as it is sent: from now on it does not change."""
    assert priced.summary is not None, "only what was priced is sent"
    today = accounts.today(account, now)
    quote.starts_on = first_day(account, quote.starts_on, now)
    quote.summary, quote.digest = to_plain(priced.summary), priced.summary.digest
    quote.valid_until = valid_until(today, quote.validity_days)
    quote.sent_at = now
    keep_items(session, quote, priced)


def _approval(
    priced: PricedQuote, quote: Quote, role: str | None, limits: Mapping[StaffRole, Limits]
) -> Approval:
    """What somebody's role lets them do; whoever is not ours any more may grant nothing."""
    return priced.approval(StaffRole(role or StaffRole.CARE), limits, quote.term_months)


def _to_answer(
    session: Session, account_id: int, number: int, staff: Staff, event: QuoteEvent
) -> tuple[Account, Quote]:
    account, quote = locked(session, account_id, number)
    move(quote.state, event)
    if quote.author_id == staff.person_id:
        raise OwnQuoteError(number)
    if staff.role != StaffRole.MANAGER:
        raise NotAManagerError(number)
    return account, quote


def _send_out(
    session: Session,
    account: Account,
    quote: Quote,
    priced: PricedQuote,
    event: QuoteEvent,
    staff: Staff,
    now: datetime,
) -> None:
    before = _replaced_by(session, quote)
    for old in before:
        if being_ordered(session, old):
            raise OnItsWayError(old.number)  # before anything is written
    move_on(session, account, quote, event, staff.person_id, now)
    freeze(session, account, quote, priced, now)
    for old in before:
        _replace(session, account, old, quote, now)
    tell_contacts(session, account, quote, "quote-sent", now)


def _replaced_by(session: Session, quote: Quote) -> list[Quote]:
    """What a quote takes the place of: the one it was written for, or what has been sent in that one's place since."""
    if quote.replaces_id is None:
        return []
    old = quote_by_id(session, quote.replaces_id)
    assert old is not None, "the row points to it"
    found = [one for one in sent_in_place_of(session, old.id) if one.id != quote.id]
    return [old, *found] if old.state in REPLACEABLE else found


def _replace(session: Session, account: Account, old: Quote, by: Quote, now: datetime) -> None:
    """What was sent and has expired meanwhile stays expired; the new quote still points back to it."""
    expired = old.valid_until is not None and accounts.today(account, now) > old.valid_until
    event = QuoteEvent.EXPIRE if old.state is QuoteState.SENT and expired else QuoteEvent.REPLACE
    move_on(session, account, old, event, by.author_id, now)
