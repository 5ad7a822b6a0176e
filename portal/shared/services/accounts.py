"""The account somebody works for, as pages see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.shared.domain.calendar import local_day
from portal.shared.domain.money import Money
from portal.shared.domain.taxes import VatState
from portal.shared.records.accounts import Account, account_by_id
from portal.shared.records.people import Person
from portal.shared.services import ledger


@dataclass(frozen=True, slots=True)
class Representative:
    """Our employee dedicated to a corporate account."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account with its balance, on the day it is where the account lives.

    `invoice_terms_days` are the days to pay an invoice; none for accounts whose card is charged at once.
    """

    id: int
    name: str
    type: str
    currency: str
    country: str
    time_zone: str
    language: str
    vat_number: str
    vat_state: VatState
    expired: bool
    today: date
    balance: Money
    rep: Representative | None
    invoice_terms_days: int | None


class UnknownAccountError(LookupError):
    """There is no such account."""


def account_view(session: Session, account_id: int, now: datetime) -> AccountView:
    """The account as its pages show it.

    Raises:
        UnknownAccountError: there is no such account.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise UnknownAccountError(account_id)
    day = today(account, now)
    return AccountView(
        id=account.id,
        name=account.name,
        type=account.type,
        currency=account.currency,
        country=account.country,
        time_zone=account.time_zone,
        language=account.language,
        vat_number=account.vat_number,
        vat_state=account.vat_state,
        expired=is_expired(account, day),
        today=day,
        balance=ledger.balance(session, account.id, account.currency),
        rep=_representative(session, account.rep_id),
        invoice_terms_days=account.invoice_terms_days,
    )


def today(account: Account, now: datetime) -> date:
    """Today, where the account lives."""
    return local_day(now, account.time_zone)


def is_expired(account: Account, day: date) -> bool:
    """Whether everything but renewing is closed for the account."""
    return account.expired_on is not None and day >= account.expired_on


def _representative(session: Session, rep_id: int | None) -> Representative | None:
    person = session.get(Person, rep_id) if rep_id is not None else None
    return Representative(person.name, person.email, person.phone or "") if person else None
