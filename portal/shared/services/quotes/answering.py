"""What customers answer to a quote beside accepting it, what they choose while they accept, and what time does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.quotes import QuoteEvent, QuoteState, state_on
from portal.shared.records.accounts import lock_account
from portal.shared.records.database import Database
from portal.shared.records.people import Person
from portal.shared.records.quotes import Quote
from portal.shared.services import accounts, notifications
from portal.shared.services.people import contacts as people
from portal.shared.services.quotes.moves import being_ordered, locked, move_on

LONGEST_REASON = 2000
LONGEST_TYPED = 300


@dataclass(frozen=True, slots=True)
class AdminContact:
    """Who is to be made an account admin with the order, and whether they get a seat of each product."""

    name: str
    email: str
    seats: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """How a quote is to be paid and billed, as chosen on the way to the service order."""

    on_invoice: bool = False
    payment_method_id: int | None = None
    purchase_order_id: int | None = None
    admin: AdminContact | None = None
    document: str = ""  # the SHA-256 of the PDF that was offered beside it
    typed: Mapping[str, str] = field(
        default_factory=dict, compare=False
    )  # what was left unfinished in the form


def reject(
    session: Session, account_id: int, number: int, person_id: int, reason: str, now: datetime
) -> None:
    """Turn a quote down and tell its author why.

    Raises:
        UnknownQuoteError: this account has no such quote.
        IllegalQuoteMoveError: it was answered, or is over.
        OnItsWayError: it is being ordered at this moment.
    """
    account, quote = locked(session, account_id, number)
    move_on(session, account, quote, QuoteEvent.REJECT, person_id, now)
    quote.answered_by, quote.answered_at = person_id, now
    quote.answer = reason[:LONGEST_REASON]
    if quote.by_customer:
        return
    author = people.recipient(session, quote.author_id, account.language)
    who = session.get_one(Person, person_id)
    notifications.enqueue_mail(
        session,
        "quote-rejected",
        author.email,
        author.language,
        {
            "name": author.name,
            "account": account.name,
            "account_id": account.id,
            "number": quote.number,
            "contact": who.name,
            "reason": quote.answer,
        },
        f"quote-rejected:{quote.id}",
        now,
    )


def choose(session: Session, account_id: int, number: int, choices: Choices, now: datetime) -> bool:
    """Keep what was chosen on the way to accepting a quote, and say whether it can still be accepted.

    Raises:
        UnknownQuoteError: this account has no such quote.
    """
    account, quote = locked(session, account_id, number)
    today = accounts.today(account, now)
    if state_on(quote.state, quote.valid_until, today) is not QuoteState.SENT or being_ordered(
        session, quote
    ):
        return False
    quote.choices = as_plain(choices)
    return True


def keep_typed(
    database: Database, account_id: int, number: int, typed: dict[str, str], now: datetime
) -> bool:
    """Keep what was typed so far, beside what was chosen, for somebody who leaves to add a card; gives whether it is.

    It is unchecked, and nothing but the form reads it; choosing forgets it. A transaction of its own.

    Raises:
        UnknownQuoteError: this account has no such quote.
    """
    with database.write() as session:
        account, quote = locked(session, account_id, number)
        standing = state_on(quote.state, quote.valid_until, accounts.today(account, now))
        if standing is not QuoteState.SENT or being_ordered(session, quote):
            return False
        kept = {name: text[:LONGEST_TYPED] for name, text in typed.items()}
        quote.choices = {**quote.choices, "typed": kept}
        return True


def as_plain(choices: Choices) -> dict[str, Any]:
    """What was chosen, as it is kept with a quote and with its order."""
    admin = choices.admin
    return {
        "on_invoice": choices.on_invoice,
        "method": choices.payment_method_id,
        "purchase_order": choices.purchase_order_id,
        "document": choices.document,
        "admin": {"name": admin.name, "email": admin.email, "seats": admin.seats} if admin else None,
    }


def choices_of(kept: dict[str, object]) -> Choices:
    """What was kept with a quote, as a value."""
    admin = kept.get("admin")
    method, purchase_order = kept.get("method"), kept.get("purchase_order")
    return Choices(
        on_invoice=bool(kept.get("on_invoice")),
        payment_method_id=method if isinstance(method, int) else None,
        purchase_order_id=purchase_order if isinstance(purchase_order, int) else None,
        admin=AdminContact(str(admin["name"]), str(admin["email"]), bool(admin["seats"]))
        if isinstance(admin, dict)
        else None,
        document=str(kept.get("document", "")),
        typed=_typed(kept.get("typed")),
    )


def _typed(kept: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in kept.items()} if isinstance(kept, dict) else {}


def expire_due(database: Database, now: datetime, limit: int = 100) -> int:
    """Close quotes that are past their day, tell their authors, and say how many; each in a transaction of its own.

    Nothing depends on it: a quote past its day cannot be accepted anyway.
    """
    with database.read() as session:
        question = (
            sa.select(Quote.account_id, Quote.number)
            .where(Quote.state == QuoteState.SENT, Quote.valid_until < now.date())
            .order_by(Quote.valid_until)
            .limit(limit)
        )
        due = [(account_id, number) for account_id, number in session.execute(question)]
    return sum(_expire(database, account_id, number, now) for account_id, number in due)


def _expire(database: Database, account_id: int, number: int, now: datetime) -> bool:
    with database.write() as session:
        account = lock_account(session, account_id)
        account, quote = locked(session, account_id, number)
        standing = state_on(quote.state, quote.valid_until, accounts.today(account, now))
        if standing is not QuoteState.EXPIRED or quote.state is not QuoteState.SENT:
            return False
        if being_ordered(session, quote):
            return False  # accepted in time; only the bank has not answered
        move_on(session, account, quote, QuoteEvent.EXPIRE, None, now)
        if not quote.by_customer:
            author = people.recipient(session, quote.author_id, account.language)
            notifications.enqueue_mail(
                session,
                "quote-expired",
                author.email,
                author.language,
                {
                    "name": author.name,
                    "account": account.name,
                    "account_id": account.id,
                    "number": quote.number,
                },
                f"quote-expired:{quote.id}",
                now,
            )
        return True
