"""A person of whom something stands in every table that may hold something about people."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.accounts import Account
from portal.shared.records.base import Base, UtcDateTime, all_tables
from portal.shared.records.people import Membership, Person
from portal.shared.services import activity
from portal.shared.services.privacy.finding import digest
from portal.shared.services.privacy.register import BOOKS, PERSONAL
from portal.shared.services.privacy.treatment import Fate
from tests.support import factories
from tests.support.factories import NOW, TODAY
from tests.support.shop import Customer, Shop, want

NAME = "Zenobia Quillfeather"
EMAIL = "zenobia.quillfeather@marker.example"
PHONE = "+351 919 000 777"
# What is found of the person anywhere afterwards, in whatever letters.
MARKS = ("quillfeather", PHONE, "203.0.113.77")

_numbers = itertools.count(1)
# Made by the story itself, each by its own service.
_BY_THE_STORY = {"people", "accounts", "activity", "activity_values", "seats", "last_accounts", *BOOKS}
# What constraints ask for, beside what their types say.
_WORDS: dict[str, dict[str, Any]] = {
    "help_answers": {"words": f"Write to {EMAIL}"},
    "memberships": {"role": "viewer"},
    "sign_in_sessions": {"how": "password", "second_factor": None, "network": "203.0.113.77"},
    "sign_in_attempts": {"email_digest": digest(EMAIL), "address": "203.0.113.77"},
    "provider_visits": {"purpose": "sign_in"},
    "invitations": {"role": "viewer", "accepted_at": NOW},
    "claims": {"state": "refused", "ended_by": None, "evidence": {}},
    "outbox_mails": {"sent_at": NOW},
    "requests": {"kind": "other", "state": "done", "subscription_id": None},
    "orders": {"state": "declined", "audience": "contact", "request_id": None, "currency": "EUR"},
    "quotes": {"state": "rejected", "replaces_id": None, "approved_by": None},
    "payment_attempts": {"state": "declined", "currency": "EUR"},
    "refund_attempts": {"state": "refused", "currency": "EUR"},
    "viewings": {"ended_at": NOW},
    "webhook_events": {"product": None, "endpoint_id": None, "spread_at": NOW},
    "webhook_endpoints": {"product": None},
    "api_tokens": {"product": None},
    "erasures": {"taken_back_at": NOW},
    "payment_methods": {"is_default": False, "kind": "card"},
}


@dataclass(frozen=True, slots=True)
class Planted:
    """The person, the account that bears their name, and the tables in which something of them stands."""

    person_id: int
    who: Customer
    subscription_id: int
    tables: frozenset[str]


def plant(shop: Shop) -> Planted:
    """Somebody who trades alone under their own name, of whom everything is known, and a colleague."""
    who = shop.customer()
    with shop.database.write() as session:
        person = session.get_one(Person, who.person_id)
        person.name, person.email, person.phone = NAME, EMAIL, PHONE
        person.language, person.password_hash = "pt_BR", "a hash"
        account = session.get_one(Account, who.id)
        account.name = NAME
        factories.a_contact(session, account)
    subscription = shop.monthly(who)
    shop.order(who, want(subscription, shop.catalogue.plus, 5))
    with shop.database.write() as session:
        row = session.get_one(Person, who.person_id)
        held = shop.subscription(subscription)
        factories.a_seat(session, held, row)
        session.add(Membership(person_id=row.id, account_id=who.id, role="seat_holder"))
        told = {"email": EMAIL, "person_name": NAME, "old": {"phone": PHONE}}
        activity.record(session, who.id, row.id, "invoice-recipient-added", told, NOW)
        activity.record_personal(session, row.id, row.id, "sign-in", told, NOW)
    tables = {"people", "accounts", "activity", "activity_values", "seats"}
    with shop.database.write() as session:
        for table in all_tables().sorted_tables:
            if table.name in PERSONAL and table.name not in _BY_THE_STORY:
                _plant(session, table, who, subscription)
                tables.add(table.name)
    return Planted(who.person_id, who, subscription, frozenset(tables))


def _plant(session: Session, table: sa.Table, who: Customer, subscription: int) -> None:
    """A row of this person, as far as its columns may hold one: each filled by its type and its meaning."""
    held, words = PERSONAL[table.name], _WORDS.get(table.name, {})
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.name in words:
            values[column.name] = words[column.name]
        elif column.foreign_keys and column.name not in ("account_id", "subscription_id"):
            values[column.name] = _pointed_to(session, column, who)
        elif column.name == "account_id":
            values[column.name] = who.id
        elif column.name == "subscription_id":
            values[column.name] = subscription
        elif not (column.primary_key and isinstance(column.type, (sa.Integer, sa.BigInteger))):
            one = held.columns.get(column.name)
            personal = one is not None and one.fate is not Fate.KEEP and not one.secret
            values[column.name] = _filled(column, personal)
        if column.name in (held.addressed, "email"):
            values[column.name] = EMAIL
    session.execute(sa.insert(table).values(values))


def _pointed_to(session: Session, column: sa.Column[Any], who: Customer) -> Any:
    target = next(iter(column.foreign_keys)).column
    if target.table.name == "people":
        return who.person_id
    found = session.scalar(sa.select(target).order_by(target.desc()).limit(1))
    if found is None and not column.nullable:
        assert target.table.name == "identity_providers", f"{target} is filled before {column}"
        session.execute(
            sa.insert(target.table).values(
                name="An organisation",
                issuer="https://id.example",
                client_id="c",
                sealed_secret="",
                enabled=True,
                required=False,
                created_at=NOW,
            )
        )
        return session.scalar(sa.select(target))
    return found


def _filled(column: sa.Column[Any], personal: bool) -> Any:
    number = next(_numbers)
    kind = column.type
    if isinstance(kind, UtcDateTime):
        return _instant(column.name)
    if isinstance(kind, sa.Date):
        return TODAY
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, (sa.Integer, sa.BigInteger)):
        return 1
    if isinstance(kind, sa.Enum):
        return next(iter(kind.enum_class)) if kind.enum_class else kind.enums[0]
    if isinstance(kind, sa.JSON):
        told = {"name": NAME, "email": EMAIL, "reason": f"{NAME} wants it"}
        return told if personal else {}
    return f"{number} of {NAME} <{EMAIL}>, {PHONE}" if personal else f"{column.name}-{number}"


def _instant(name: str) -> datetime:
    return NOW + timedelta(days=30) if name in ("expires_at", "ends_at", "waits_until") else NOW


def traces(session: Session) -> dict[str, list[str]]:
    """Where something of the person is found in the whole database: table and column, with the values."""
    found: dict[str, list[str]] = {}
    for table in Base.metadata.sorted_tables:
        for row in session.execute(sa.select(table)).mappings():
            for name, value in row.items():
                text = str(value).lower()
                if any(mark.lower() in text for mark in MARKS):
                    found.setdefault(f"{table.name}.{name}", []).append(str(value))
    return found


def books_of(session: Session) -> str:
    """A digest of every row of the books."""
    told = [
        repr([tuple(row) for row in session.execute(sa.select(table).order_by(*table.primary_key.columns))])
        for table in Base.metadata.sorted_tables
        if table.name in BOOKS
    ]
    return digest("\n".join(told))
