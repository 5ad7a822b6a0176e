"""Sending quotes: the one check of limits that every way of making a quote goes through, approval, and freezing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.quotes import Approval, Limits, QuoteEvent, QuoteState, valid_until
from portal.shared.domain.routing.visitor import StaffRole
from portal.shared.domain.summary import to_plain
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.records.accounts import Account
from portal.shared.records.people import Person
from portal.shared.records.quotes import Quote, quote_by_id
from portal.shared.services import accounts, notifications, people
from portal.shared.services.desk.staff import Staff
from portal.shared.services.quotes.drafting import keep_items, wish_of
from portal.shared.services.quotes.moves import locked, move_on
from portal.shared.services.quotes.pricing import PricedQuote, first_day, price_wish


class OwnQuoteError(PermissionError):
    """Nobody approves their own quote."""


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
class FiguresMoved:
    """The figures are not the ones that were seen; nothing was sent."""

    now: PricedQuote


Sending = Sent | AwaitsApproval | BeyondLimits | FiguresMoved


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

    `digest` is the one of the summary that was on the page.

    Raises:
        UnknownQuoteError: this account has no such quote.
        IllegalQuoteMoveError: it is no draft.
    """
    account, quote = locked(session, account_id, number)
    priced = price_wish(session, account_id, wish_of(session, quote), seller, now)
    if not priced.whole or priced.summary is None or priced.summary.digest != digest:
        return FiguresMoved(priced)
    author = session.get_one(Person, quote.author_id)
    approval = priced.approval(StaffRole(author.staff_role or ""), limits, quote.term_months)
    if approval is Approval.BEYOND_EVERYBODY:
        return BeyondLimits()
    if approval is Approval.MANAGER:
        move_on(session, account, quote, QuoteEvent.SUBMIT, staff.person_id, now)
        _ask_manager(session, account, quote, author, now)
        return AwaitsApproval()
    move_on(session, account, quote, QuoteEvent.SEND, staff.person_id, now)
    _freeze(session, account, quote, priced, now)
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
    """
    account, quote = locked(session, account_id, number)
    if quote.author_id == staff.person_id:
        raise OwnQuoteError(number)
    priced = price_wish(session, account_id, wish_of(session, quote), seller, now)
    if not priced.whole or priced.summary is None or priced.summary.digest != digest:
        return FiguresMoved(priced)
    if priced.approval(StaffRole(staff.role), limits, quote.term_months) is not Approval.NONE:
        return BeyondLimits()
    move_on(session, account, quote, QuoteEvent.APPROVE, staff.person_id, now)
    quote.approved_by = staff.person_id
    _freeze(session, account, quote, priced, now)
    _tell_author(session, account, quote, "quote-approved", now)
    return Sent()


def send_back(session: Session, account_id: int, number: int, staff: Staff, note: str, now: datetime) -> None:
    """Give a quote that awaits approval back to its author, with a word why.

    Raises:
        UnknownQuoteError: this account has no such quote.
        IllegalQuoteMoveError: it does not wait for approval.
        OwnQuoteError: it is the approver's own.
    """
    account, quote = locked(session, account_id, number)
    if quote.author_id == staff.person_id:
        raise OwnQuoteError(number)
    move_on(session, account, quote, QuoteEvent.SEND_BACK, staff.person_id, now)
    quote.approval_note = note
    _tell_author(session, account, quote, "quote-sent-back", now)


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


def tell_contacts(session: Session, account: Account, quote: Quote, kind: str, now: datetime) -> None:
    """Mail every billing contact about a quote, once for each kind of news."""
    author = session.get_one(Person, quote.author_id)
    for reader in people.billing_contacts(session, account.id, account.language):
        notifications.enqueue_mail(
            session,
            kind,
            reader.email,
            reader.language,
            {
                "name": reader.name,
                "account": account.name,
                "number": quote.number,
                "rep": author.name,
                "rep_email": author.email,
                "valid_until": quote.valid_until.isoformat() if quote.valid_until else None,
                "note": quote.note,
                "summary": quote.summary,
            },
            f"{kind}:{quote.id}:{reader.person_id}",
            now,
        )


def _freeze(session: Session, account: Account, quote: Quote, priced: PricedQuote, now: datetime) -> None:
    freeze(session, account, quote, priced, now)
    if quote.replaces_id is not None:
        old = quote_by_id(session, quote.replaces_id)
        if old is not None and old.state in {
            QuoteState.DRAFT,
            QuoteState.AWAITING_APPROVAL,
            QuoteState.SENT,
        }:
            _replace(session, account, old, quote, now)
    tell_contacts(session, account, quote, "quote-sent", now)


def _replace(session: Session, account: Account, old: Quote, by: Quote, now: datetime) -> None:
    """What was sent and has expired meanwhile stays expired; the new quote still points back to it."""
    expired = old.valid_until is not None and accounts.today(account, now) > old.valid_until
    event = QuoteEvent.EXPIRE if old.state is QuoteState.SENT and expired else QuoteEvent.REPLACE
    move_on(session, account, old, event, by.author_id, now)


def _ask_manager(session: Session, account: Account, quote: Quote, author: Person, now: datetime) -> None:
    if author.manager_id is None:
        return
    manager = people.recipient(session, author.manager_id, account.language)
    notifications.enqueue_mail(
        session,
        "quote-awaits-approval",
        manager.email,
        manager.language,
        {
            "name": manager.name,
            "author": author.name,
            "account": account.name,
            "account_id": account.id,
            "number": quote.number,
        },
        f"quote-awaits-approval:{quote.id}:{now.isoformat()}",
        now,
    )


def _tell_author(session: Session, account: Account, quote: Quote, kind: str, now: datetime) -> None:
    author = people.recipient(session, quote.author_id, account.language)
    notifications.enqueue_mail(
        session,
        kind,
        author.email,
        author.language,
        {
            "name": author.name,
            "account": account.name,
            "account_id": account.id,
            "number": quote.number,
            "note": quote.approval_note,
            "reason": quote.answer,
        },
        f"{kind}:{quote.id}:{now.isoformat()}",
        now,
    )
