"""Asking the tax registry again about numbers it did not answer for, until it does.

Each number is three steps: it is taken (so that nobody else asks), the registry is asked outside of any transaction,
and the answer is kept under the account's lock. Whoever dies in between leaves a number that is due again soon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.shared.domain.taxes import SellerTaxes, VatState, reverse_charged
from portal.shared.domain.vat_rechecks import pause_after
from portal.shared.gateways.tax_registry import RegistryAnswer, RegistryState, TaxRegistry
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice
from portal.shared.records.unconfirmed_tax import (
    accounts_to_ask_about,
    accounts_to_correct,
    invoices_to_correct,
)
from portal.shared.services import activity
from portal.shared.services.corrections import tax_corrections
from portal.shared.services.people.contact_mails import tell_contacts
from portal.shared.services.taxes.rules import check_of

# Longer than a registry may take to answer.
LEASE = timedelta(minutes=2)
# A number no registry of ours can say anything about is looked at rarely: another registry may be set up one day.
REST = timedelta(days=30)
CHUNK = 50


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What became of a number that was asked about again, and the documents that give tax back for it."""

    account_id: int
    state: VatState
    corrections: tuple[str, ...] = ()


def recheck_due(
    database: Database, registry: TaxRegistry, seller: SellerTaxes, clock: Callable[[], datetime]
) -> Iterator[Rechecked]:
    """Ask about every number that is due for it, and give back tax that a confirmed one should not have borne.

    Any number of these may run: a number is asked about by one of them, and no invoice is corrected twice.
    """
    asked: set[int] = set()
    while True:
        with database.read() as session:
            due = [one for one in accounts_to_ask_about(session, clock(), CHUNK) if one not in asked]
        if not due:
            break
        for account_id in due:
            asked.add(account_id)
            found = _ask_again(database, registry, seller, account_id, clock)
            if found is not None:
                yield found
    yield from _correct_the_rest(database, seller, clock())


def _ask_again(
    database: Database,
    registry: TaxRegistry,
    seller: SellerTaxes,
    account_id: int,
    clock: Callable[[], datetime],
) -> Rechecked | None:
    taken = _take(database, registry, account_id, clock())
    if taken is None:
        return None
    country, number = taken
    answer = registry.check(country, number)
    with database.write() as session:
        account = lock_account(session, account_id)
        if account.vat_state is not VatState.PENDING or (account.country, account.vat_number) != taken:
            return None  # somebody was faster, or the number is another one by now
        return _keep(session, account, answer, seller, clock())


def _take(
    database: Database, registry: TaxRegistry, account_id: int, now: datetime
) -> tuple[str, str] | None:
    """Country and number, unless somebody else asks about them, or nobody can."""
    with database.write() as session:
        account = lock_account(session, account_id)
        again = account.vat_next_check_at
        if account.vat_state is not VatState.PENDING or (again is not None and again > now):
            return None
        if not registry.knows(account.country):
            account.vat_next_check_at = now + REST
            return None
        account.vat_next_check_at = now + LEASE
        return account.country, account.vat_number


def _keep(
    session: Session, account: Account, answer: RegistryAnswer, seller: SellerTaxes, now: datetime
) -> Rechecked:
    number = account.vat_number
    session.add(check_of(account, number, answer))
    detail = {"number": number, "state": answer.state, "reference": answer.reference or ""}
    activity.record(session, account.id, None, "vat-number-checked", detail, now)
    if answer.state is RegistryState.NO_ANSWER:
        account.vat_tries += 1
        account.vat_next_check_at = now + pause_after(account.vat_tries)
        return Rechecked(account.id, VatState.PENDING)
    valid = answer.state is RegistryState.VALID
    account.vat_state = VatState.VALID if valid else VatState.INVALID
    account.vat_reference, account.vat_checked_at = answer.reference or "", answer.consulted_at
    account.vat_tries, account.vat_next_check_at = 0, None
    session.flush()
    about = f"{number}:{now.isoformat()}"
    if not valid:
        tell_contacts(session, account, "vat-number-refused", about, _told(account, seller, []), now)
        return Rechecked(account.id, VatState.INVALID)
    corrections = tax_corrections.correct(session, account, seller, now)
    _confirm(session, account, seller, corrections, about, now)
    return Rechecked(account.id, VatState.VALID, tuple(note.name for _, note in corrections))


def _correct_the_rest(database: Database, seller: SellerTaxes, now: datetime) -> Iterator[Rechecked]:
    """Tax of numbers that were confirmed in another way, or while an order or a payment was on its way."""
    with database.read() as session:
        found = [
            account_id
            for account_id in accounts_to_correct(session)
            if invoices_to_correct(session, session.get_one(Account, account_id))
        ]
    for account_id in found:
        with database.write() as session:
            account = lock_account(session, account_id)
            corrections = tax_corrections.correct(session, account, seller, now)
            if corrections:
                about = ":".join(note.name for _, note in corrections)
                _confirm(session, account, seller, corrections, about, now)
        if corrections:
            yield Rechecked(account_id, VatState.VALID, tuple(note.name for _, note in corrections))


def _confirm(
    session: Session,
    account: Account,
    seller: SellerTaxes,
    corrections: Sequence[tuple[str, Invoice]],
    about: str,
    now: datetime,
) -> None:
    told = [
        {"invoice": wrong, "document": note.name, "amount": -note.total_minor} for wrong, note in corrections
    ]
    tell_contacts(session, account, "vat-number-confirmed", about, _told(account, seller, told), now)


def _told(account: Account, seller: SellerTaxes, corrections: list[dict[str, object]]) -> dict[str, object]:
    return {
        "account_id": account.id,
        "account_type": account.type,
        "number": account.vat_number,
        "currency": account.currency,
        "reverse_charge": reverse_charged(seller.country, account.country),
        "corrections": corrections,
    }
