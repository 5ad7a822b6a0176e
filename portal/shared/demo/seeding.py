"""Seeding the demo cast, once, in one transaction, through the services that everybody's orders go through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.demo.cast import CATALOG_FILE, TAX_RATES_FILE, Cast, CastAccount, Member, Staff
from portal.shared.demo.history import Teller, earliest_day, instant_of, tell
from portal.shared.domain.calendar import local_day
from portal.shared.domain.money import Money
from portal.shared.domain.taxes import SellerTaxes, VatState
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.database import Database
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.payments import PaymentMethod
from portal.shared.records.people import Person, plain_email
from portal.shared.records.second_factors import OneTimeCodes
from portal.shared.services import activity
from portal.shared.services.approvals import limits
from portal.shared.services.catalog.loading import load_catalog, load_tax_rates
from portal.shared.services.jobs.enqueueing import withdraw_all
from portal.shared.services.people import contacts as people
from portal.shared.services.sign_in.one_time_codes import of_the_demo
from portal.shared.services.sign_in.passwords import Passwords

_SEEDED = "demo-seeded"
CARD_YEARS = 3


class NotTheDemoError(RuntimeError):
    """The database holds accounts that are not the demo's; nothing was written."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What a cast needs to come alive."""

    database: Database
    processor: SandboxProcessor
    passwords: Passwords
    seller: SellerTaxes


def seed(stage: Stage, cast: Cast, now: datetime) -> bool:
    """Bring the cast into an empty database and say whether it was done; a database that has a cast stays as it is.

    Raises:
        NotTheDemoError: there are accounts, but no cast.
    """
    with stage.database.write() as session:
        if seeded_at(session) is not None:
            return False
        if session.scalar(sa.select(sa.exists().select_from(Account))):
            raise NotTheDemoError("the database holds accounts that are not the demo's")
        load_catalog(session, CATALOG_FILE)
        load_tax_rates(session, TAX_RATES_FILE)
        with _charges_given_back_on_failure(stage.processor):
            _seed(session, stage, cast, now)
    return True


def seeded_at(session: Session) -> datetime | None:
    """When the cast was made, or nothing when there is none."""
    return session.scalar(
        sa.select(Activity.at).where(Activity.action == _SEEDED).order_by(Activity.id).limit(1)
    )


def _seed(session: Session, stage: Stage, cast: Cast, now: datetime) -> None:
    secret = stage.passwords.hash(cast.password, demo_only=True)  # one costly hash for all of them
    staff = {one.email: _add_staff(session, one, secret).id for one in cast.staff}
    for number in staff.values():
        kept = of_the_demo(cast.code_secret)
        session.add(OneTimeCodes(person_id=number, secret=kept, created_at=now))
    for one in cast.staff:
        if one.manager is not None:
            session.get_one(Person, staff[one.email]).manager_id = staff[one.manager]
    first = None
    for number, told in enumerate(cast.accounts, start=1001):
        account = _add_account(session, told, staff, str(number), now)
        first = first or account
        for member in told.members:
            person = _member(session, member, secret)
            people.add_role(session, person.id, account.id, member.role)
            if member.limit is not None:
                _set_limit(session, account, told, person.id, member.limit, now)
        _add_card(session, stage, account, told, now)
        teller = Teller(session, stage.processor, stage.seller, account, told, now)
        for event in told.history:
            tell(teller, event)
    assert first is not None, "a cast has accounts"
    activity.record(session, first.id, None, _SEEDED, {"accounts": len(cast.accounts)}, now)
    session.flush()
    # These mails left when their orders were placed, long before today.
    session.execute(sa.update(OutboxMail).values(sent_at=OutboxMail.created_at))
    withdraw_all(session)


def _set_limit(
    session: Session, account: Account, told: CastAccount, person_id: int, limit: int, now: datetime
) -> None:
    """The first contact of the account says up to what another one orders alone."""
    first = people.known(session, told.members[0].email)
    assert first is not None, "who sets a limit stands first in the cast"
    limits.set_limit(session, account.id, first.id, person_id, Money(limit, account.currency), now)


def _add_staff(session: Session, one: Staff, secret: str) -> Person:
    person = Person(
        name=one.name,
        email=one.email,
        password_hash=secret,
        staff_role=one.role,
        phone=one.phone,
        language=None,
    )
    session.add(person)
    session.flush()
    return person


def _add_account(
    session: Session, told: CastAccount, staff: dict[str, int], series: str, now: datetime
) -> Account:
    today = local_day(now, told.time_zone)
    account = Account(
        name=told.name,
        type=told.type,
        currency=told.currency,
        country=told.country,
        time_zone=told.time_zone,
        language=told.language,
        vat_number=told.vat_number,
        vat_state=VatState.VALID if told.vat_number else VatState.NONE,
        vat_checked_at=now - timedelta(days=30) if told.vat_number else None,
        rep_id=staff[told.rep] if told.rep else None,
        street=told.street,
        postal_code=told.postal_code,
        city=told.city,
        region=told.region,
        phone=told.phone,
        invoice_terms_days=told.invoice_terms_days,
        invoice_series=series,
        created_at=instant_of(earliest_day(told, today), told.time_zone),
    )
    session.add(account)
    session.flush()
    return account


def _member(session: Session, member: Member, secret: str) -> Person:
    known = session.scalar(sa.select(Person).where(Person.email == plain_email(member.email)))
    if known is not None:
        return known
    person = Person(name=member.name, email=member.email, password_hash=secret, language=member.language)
    session.add(person)
    session.flush()
    return person


def _add_card(session: Session, stage: Stage, account: Account, told: CastAccount, now: datetime) -> None:
    if told.card is None:
        return
    card = stage.processor.issue_card(told.card, expiry_month=12, expiry_year=now.year + CARD_YEARS)
    session.add(
        PaymentMethod(
            account_id=account.id,
            token=card.token,
            brand=card.brand,
            last4=card.last4,
            expiry_month=card.expiry_month,
            expiry_year=card.expiry_year,
            is_default=True,
            added_at=account.created_at,
        )
    )
    session.flush()


@contextmanager
def _charges_given_back_on_failure(processor: SandboxProcessor) -> Iterator[None]:
    """The processor's book is not part of our transaction: what it charged for a cast that failed is refunded."""
    before = {capture.key for capture in processor.book.captures()}
    try:
        yield
    except BaseException:
        for capture in processor.book.captures():
            if capture.key not in before:
                processor.book.refund(capture.key, capture.amount_minor)
        raise
