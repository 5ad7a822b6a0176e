"""Tokens: making, listing, revoking them, and knowing who asks with one.

A token acts in the name of the person who made it and never outlives what that person may do: their roles are asked at
every request, by the same policy table as at the pages.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.shared.domain.integrations.scopes import (
    LIFETIMES,
    NOT_OFFERED,
    OF_A_PRODUCT,
    TASKS,
    Scope,
    scope_named,
)
from portal.shared.domain.integrations.secrets import is_whole, written
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.router import may
from portal.shared.domain.routing.table import BILLING_AND_ADMINS, cell
from portal.shared.domain.routing.visitor import AccountType, Membership, Role
from portal.shared.records.accounts import lock_account
from portal.shared.records.api_tokens import ApiToken, token_of, tokens_of
from portal.shared.records.catalog import Product
from portal.shared.records.database import Database
from portal.shared.records.people import Membership as MembershipRow
from portal.shared.records.people import Person
from portal.shared.services import activity

# When a token was used last is kept so exactly.
USED_AGAIN = timedelta(hours=1)
MOST_TOKENS = 50


class TooManyTokensError(ValueError):
    """The account has as many tokens as it may have."""


class ScopeRefusedError(ValueError):
    """The person may not do what the token should be good for."""


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as lists show it. `ending` are the last letters of the secret."""

    id: int
    name: str
    ending: str
    scopes: tuple[Scope, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    def is_good(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who asks: for an account in a person's name, or for a product in the seller's own."""

    token_id: int
    scopes: frozenset[Scope]
    account_id: int | None
    product: str | None
    person_id: int | None
    roles: frozenset[Role]
    last_used_at: datetime | None
    # Its name and the last letters of its secret: so the activity tells what was done through it.
    called: str

    @property
    def speaks_for_account(self) -> bool:
        """Whether its person still is somebody who may connect programs to the account."""
        return self.account_id is not None and bool(self.roles & BILLING_AND_ADMINS)


def offered(account_type: str, roles: Iterable[str]) -> tuple[Scope, ...]:
    """What tokens of this person can be good for, by the policy table."""
    person = Membership(0, AccountType(account_type), frozenset(Role(role) for role in roles))
    return tuple(
        scope
        for scope in Scope
        if scope not in NOT_OFFERED
        and may(person, TASKS[scope])
        and cell(TASKS[scope], person.account_type).reason is not Reason.CORPORATE_ONLY
    )


def create(
    session: Session,
    account_id: int,
    person_id: int,
    name: str,
    scopes: Iterable[Scope],
    days: int,
    roles: Iterable[str],
    now: datetime,
) -> str:
    """Make a token for an account and give its secret, which is shown once and kept nowhere.

    Raises:
        ScopeRefusedError: the person may not do one of these things.
        TooManyTokensError: the account has `MOST_TOKENS` good ones.
        ValueError: it would live for another time than those that are offered.
    """
    account = lock_account(session, account_id)
    wanted = tuple(sorted(set(scopes)))
    if not wanted or not set(wanted) <= set(offered(account.type, roles)):
        raise ScopeRefusedError(wanted)
    if days not in LIFETIMES:
        raise ValueError(days)
    good = [one for one in tokens_of(session, account_id) if one.revoked_at is None and now < one.expires_at]
    if len(good) >= MOST_TOKENS:
        raise TooManyTokensError(len(good))
    secret, row = _made(name, wanted, now, now + timedelta(days=days))
    row.account_id, row.created_by = account_id, person_id
    session.add(row)
    session.flush()
    detail = {"name": name, "scopes": [str(one) for one in wanted], "expires": row.expires_at.isoformat()}
    activity.record(session, account_id, person_id, "api-token-created", detail, now)
    return secret


def create_for_product(session: Session, product: str, name: str, days: int, now: datetime) -> str:
    """Make the seller's own token for a product, which reads the entitlements of all accounts and names its people.

    Gives its secret.

    Raises:
        LookupError: no such product is sold.
    """
    if session.get(Product, product) is None:
        raise LookupError(product)
    secret, row = _made(name, OF_A_PRODUCT, now, now + timedelta(days=days))
    row.product = product
    session.add(row)
    return secret


def revoke(session: Session, account_id: int, token_id: int, person_id: int, now: datetime) -> None:
    """End a token at once; one that has ended stays as it is.

    Raises:
        LookupError: the account has no such token.
    """
    lock_account(session, account_id)
    row = token_of(session, account_id, token_id)
    if row is None:
        raise LookupError(token_id)
    if row.revoked_at is None:
        row.revoked_at = now
        activity.record(session, account_id, person_id, "api-token-revoked", {"name": row.name}, now)


def listed(session: Session, account_id: int) -> list[TokenView]:
    """The tokens of an account, the newest first."""
    rows = tokens_of(session, account_id)
    makers = {row.created_by for row in rows}
    names = dict(session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(makers))).all())
    return [
        TokenView(
            id=row.id,
            name=row.name,
            ending=row.ending,
            scopes=tuple(scope for text in row.scopes if (scope := scope_named(text))),
            created_by=names.get(row.created_by or 0, ""),
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
            revoked_at=row.revoked_at,
        )
        for row in rows
    ]


def bearer(session: Session, secret: str, now: datetime) -> Bearer | None:
    """Who asks with this secret? Nobody when it is none of ours, ran out, was revoked, or its person is disabled.

    One statement: the token, its person, and what the person is for the account today.
    """
    if not is_whole(secret):
        return None
    digest = _digest(secret)
    question = (
        sa.select(
            ApiToken.id,
            ApiToken.digest,
            ApiToken.name,
            ApiToken.ending,
            ApiToken.scopes,
            ApiToken.account_id,
            ApiToken.product,
            ApiToken.created_by,
            ApiToken.last_used_at,
            MembershipRow.role,
        )
        .outerjoin(Person, Person.id == ApiToken.created_by)
        .outerjoin(
            MembershipRow,
            sa.and_(
                MembershipRow.person_id == ApiToken.created_by,
                MembershipRow.account_id == ApiToken.account_id,
            ),
        )
        .where(
            ApiToken.digest == digest,
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > now,
            Person.disabled_at.is_(None),
        )
    )
    rows = session.execute(question).all()
    if not rows or not hmac.compare_digest(rows[0].digest, digest):
        return None
    first = rows[0]
    return Bearer(
        token_id=first.id,
        scopes=frozenset(scope for text in first.scopes if (scope := scope_named(text))),
        account_id=first.account_id,
        product=first.product,
        person_id=first.created_by,
        roles=frozenset(Role(row.role) for row in rows if row.role is not None),
        last_used_at=first.last_used_at,
        called=f"{first.name} (…{first.ending})",
    )


def note_use(database: Database, known: Bearer, now: datetime) -> None:
    """Keep that a token was used, to the hour, in a short transaction of its own; a busy database does without."""
    if known.last_used_at is not None and now - known.last_used_at < USED_AGAIN:
        return
    try:
        with database.write() as session:
            session.execute(sa.update(ApiToken).where(ApiToken.id == known.token_id).values(last_used_at=now))
    except SQLAlchemyError:
        return


def _made(name: str, scopes: Iterable[Scope], now: datetime, expires_at: datetime) -> tuple[str, ApiToken]:
    secret = written(secrets.randbits(256))
    row = ApiToken(
        name=name,
        scopes=[str(one) for one in scopes],
        digest=_digest(secret),
        ending=secret[-4:],
        created_at=now,
        expires_at=expires_at,
    )
    return secret, row


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
