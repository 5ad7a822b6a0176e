"""Bringing accounts along from another system, through the same services as everybody's, all of them or none.

A running period has been paid for elsewhere. Here the days that are left of it are invoiced today at the
subscription's price, and paid in full from a balance that is opened for it; so a later change gives its credit like
any other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.bringing_along import (
    AccountComing,
    Fault,
    SeatComing,
    SubscriptionComing,
    read_files,
)
from portal.shared.domain.calendar import Period, period_containing
from portal.shared.domain.catalog.shelf import minor_units
from portal.shared.domain.effects import Effect
from portal.shared.domain.money import Money, zero
from portal.shared.domain.seats import How
from portal.shared.domain.summary import PricedChange, Standpoint, summarise
from portal.shared.domain.taxes import SellerTaxes, VatState
from portal.shared.domain.terms import Terms
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.people import Person, person_with_email
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import accounts, activity, ledger
from portal.shared.services.catalog.reading import catalog
from portal.shared.services.invoices import issuing as invoicing
from portal.shared.services.people import contacts as people
from portal.shared.services.seats.assigning import Newcomer, welcome
from portal.shared.services.seats.carrying_out import Deed, change
from portal.shared.services.taxes.rules import tax_rule


@dataclass(frozen=True, slots=True)
class Brought:
    """What came along, which accounts were there already, and every fault; with a fault nothing came."""

    accounts: tuple[AccountComing, ...]
    known: tuple[str, ...]
    faults: tuple[Fault, ...]


def bring_along(
    session: Session,
    texts: Mapping[str, str],
    languages: Collection[str],
    seller: SellerTaxes,
    now: datetime,
) -> Brought:
    """Read the files by name (`accounts`, `people`, …) and write what is new.

    An account whose key is known is passed over, whole. With faults the caller must not keep the transaction.
    """
    read, faults = read_files(texts, languages)
    if faults:
        return Brought((), (), tuple(faults))
    taken = set(session.scalars(sa.select(Account.invoice_series)))
    coming = [one for one in read if one.key not in taken]
    for one in coming:
        faults += _bring(session, one, seller, now)
    known = tuple(one.key for one in read if one.key in taken)
    return Brought(() if faults else tuple(coming), known, tuple(faults))


def _bring(session: Session, coming: AccountComing, seller: SellerTaxes, now: datetime) -> list[Fault]:
    rep = person_with_email(session, coming.line.cells["rep"]) if coming.line.cells["rep"] else None
    if coming.line.cells["rep"] and (rep is None or rep.staff_role is None):
        return [coming.line.fault(f"nobody of our own has the address {coming.line.cells['rep']}")]
    try:
        ZoneInfo(coming.line.cells["time_zone"])
    except (ZoneInfoNotFoundError, ValueError):
        return [coming.line.fault(f"there is no time zone {coming.line.cells['time_zone']}")]
    account = _account(session, coming, rep, now)
    faults = _people(session, account, coming, now)
    sold = catalog(session, account.currency, accounts.today(account, now))
    rows: dict[str, SubscriptionRow] = {}
    for one in coming.subscriptions:
        offer = sold.offers.get(one.product)
        plan = next((plan for plan in offer.plans if plan.code == one.plan), None) if offer else None
        listed = offer.price(plan.id, one.frequency) if offer and plan else None
        minor = minor_units(one.unit_price, account.currency) if one.unit_price else None
        unit = Money(minor, account.currency) if minor else listed
        if plan is None or unit is None:
            faults.append(
                one.line.fault(f"{one.product} {one.plan} is not sold {one.frequency} in {account.currency}")
            )
            continue
        terms = Terms(plan.id, one.seats, one.frequency, unit)
        found = _subscription(session, account, one, terms, seller, now)
        if isinstance(found, Fault):
            faults.append(found)
        else:
            rows[one.product] = found
    if not faults:
        _seats(session, account, rows, coming.seats, now)
        _open(session, account, Money(coming.opening_minor, account.currency), now)
        activity.record(session, account.id, None, "account-brought-along", {"key": coming.key}, now)
    return faults


def _account(session: Session, coming: AccountComing, rep: Person | None, now: datetime) -> Account:
    cells = coming.line.cells
    copied = "name type currency country time_zone language street postal_code city region phone vat_number".split()
    account = Account(
        **{name: cells[name] for name in copied},
        # Asked about by the worker, as any number that was typed.
        vat_state=VatState.PENDING if cells["vat_number"] else VatState.NONE,
        rep_id=rep.id if rep else None,
        invoice_terms_days=coming.invoice_terms_days,
        invoice_series=coming.key,
        created_at=now,
    )
    session.add(account)
    session.flush()
    return lock_account(session, account.id)


def _people(session: Session, account: Account, coming: AccountComing, now: datetime) -> list[Fault]:
    faults = []
    for one in sorted(coming.people, key=lambda person: person.email):
        person = people.find_or_add(session, one.name, one.email)
        if person.staff_role is not None or person.disabled_at is not None:
            faults.append(one.line.fault(f"{one.email} is one of our own people, or was shut out"))
            continue
        if person.language is None and one.language:
            person.language = one.language
        people.add_role(session, person.id, account.id, one.role, now)
    return faults


def _subscription(
    session: Session,
    account: Account,
    coming: SubscriptionComing,
    terms: Terms,
    seller: SellerTaxes,
    now: datetime,
) -> SubscriptionRow | Fault:
    today = accounts.today(account, now)
    if coming.began > today:
        return coming.line.fault(f"it begins on {coming.began}, which is still to come")
    if coming.contract_end is not None and coming.contract_end <= today:
        return coming.line.fault(f"its contract ended on {coming.contract_end}")
    period = period_containing(coming.began, terms.frequency.months, today)
    row = SubscriptionRow(
        account_id=account.id,
        product=coming.product,
        plan_id=terms.plan_id,
        seats=terms.seats,
        frequency=terms.frequency,
        unit_minor=terms.unit.minor,
        anchor=coming.began,
        period_start=period.start,
        period_end=period.end,
        contract_end=coming.contract_end,
    )
    session.add(row)
    session.flush()
    _invoice_what_is_left(session, account, row, terms, period, seller, now)
    return row


def _invoice_what_is_left(
    session: Session,
    account: Account,
    row: SubscriptionRow,
    terms: Terms,
    period: Period,
    seller: SellerTaxes,
    now: datetime,
) -> None:
    """The days of the period that are left, on an invoice of today, paid by what was paid elsewhere."""
    today = accounts.today(account, now)
    nobody = Terms(terms.plan_id, 0, terms.frequency, terms.unit)
    comes = PricedChange(
        row.id,
        row.product,
        nobody,
        terms,
        (),
        takes_back_cancellation=False,
        release=(),
        effect=Effect.COTERM,
        period=period,
    )
    rule = tax_rule(session, account, seller, today)
    owed = summarise(Standpoint(account.id, today, zero(account.currency), rule, {}), [comes]).total
    _open(session, account, owed, now)
    summary = summarise(Standpoint(account.id, today, owed, rule, {}), [comes])
    invoicing.bill_period(session, account, summary, today, today, None, now)


def _seats(
    session: Session,
    account: Account,
    rows: Mapping[str, SubscriptionRow],
    coming: Sequence[SeatComing],
    now: datetime,
) -> None:
    """Nobody is told: they have had their seat all the time."""
    for product, row in rows.items():
        fresh = {one.email: Newcomer(one.name, one.email) for one in coming if one.product == product}
        deed = Deed(None, How.IMPORTED, now, notify=False)
        change(session, account, row, deed, gives=welcome(session, fresh))


def _open(session: Session, account: Account, amount: Money, now: datetime) -> None:
    """What stands in the account's favour from the first day on."""
    if amount:
        ledger.post(session, account.id, "opening-balance", {"balance": -amount, "sales": amount}, now)
