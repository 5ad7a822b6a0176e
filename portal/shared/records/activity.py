"""What people did, appended in the transaction that did it: one chain for each account, one for each person."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from portal.shared.domain.activity import (
    FIRST,
    Entry,
    Portal,
    Seal,
    chain_of_account,
    chain_of_person,
    detail_text,
    digest_of,
    names_nobody,
    seal_of,
    sealed,
    texts_of_alike,
)
from portal.shared.records.accounts import Account
from portal.shared.records.base import Base
from portal.shared.records.database import ORIGIN, THROUGH
from portal.shared.records.in_bulk import IDS, among, insert_row, insert_rows
from portal.shared.records.people import Person
from portal.shared.records.plain_rows import plain_rows

_A_PIECE = 500
_WAITING = "activity that waits for its place in the chain"
_COLUMNS = "account_id action detail at portal sequence previous digest".split()


class Activity(Base):
    """One entry: who did what for which account, or about which person; where, and with the values that changed."""

    __tablename__ = "activity"
    __table_args__ = (
        sa.CheckConstraint("(account_id IS NULL) <> (about_id IS NULL)", name="one_chain"),
        sa.UniqueConstraint("account_id", "sequence"),
        sa.UniqueConstraint("about_id", "sequence"),
        sa.Index("ix_activity_account_id_at", "account_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    about_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), default=None)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    action: Mapped[str]
    detail: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    portal: Mapped[str]
    sequence: Mapped[int]
    previous: Mapped[str]
    digest: Mapped[str]


class ActivityValue(Base):
    """An address or a name that an entry is about, kept beside the chain, so that an erasure can remove it."""

    __tablename__ = "activity_values"

    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("activity.id"), primary_key=True)
    seal: Mapped[str] = mapped_column(primary_key=True)
    salt: Mapped[str]
    value: Mapped[str] = mapped_column(index=True)


_earlier = aliased(Activity)
_LAST = (
    sa.select(sa.func.max(_earlier.sequence))
    .where(_earlier.account_id == Account.id)
    .correlate(Account)
    .scalar_subquery()
)
_ENDS = (
    sa.select(Account.id, Activity.sequence, Activity.digest)
    .join(Activity, sa.and_(Activity.account_id == Account.id, Activity.sequence == _LAST))
    .where(among(Account.id))
)
_END = sa.select(Activity.sequence, Activity.digest).order_by(Activity.sequence.desc()).limit(1)
_END_OF_ACCOUNT = _END.where(Activity.account_id == sa.bindparam("id"))
_END_OF_PERSON = _END.where(Activity.about_id == sa.bindparam("id"))
_ACCOUNTS_SHARED, _PEOPLE_SHARED = (
    sa.select(one.id).where(among(one.id)).order_by(one.id).with_for_update(read=True, key_share=True)
    for one in (Account, Person)
)
_TURN = sa.select(sa.func.pg_advisory_xact_lock(sa.bindparam("lock", type_=sa.BigInteger())))


@dataclass(frozen=True, slots=True)
class _Chain:
    """Whose chain it is: an account's, or a person's."""

    account_id: int | None
    about_id: int | None

    @property
    def name(self) -> str:
        if self.account_id is not None:
            return chain_of_account(self.account_id)
        assert self.about_id is not None, "a chain is somebody's"
        return chain_of_person(self.about_id)

    @property
    def own(self) -> sa.ColumnElement[bool]:
        if self.account_id is not None:
            return Activity.account_id == self.account_id
        return Activity.about_id == self.about_id

    @property
    def lock(self) -> int:
        """The number of its lock on PostgreSQL."""
        return int(hashlib.sha256(f"activity {self.name}".encode()).hexdigest()[:15], 16)


def append(
    session: Session,
    *,
    account_id: int | None,
    about_id: int | None,
    person_id: int | None,
    action: str,
    detail: dict[str, Any],
    now: datetime,
) -> None:
    """Let an entry join its chain when the transaction commits; it is gone if that rolls back.

    Only there can links be numbered without a gap and without anybody waiting long: whoever holds the end of a chain
    needs no other lock any more.

    Raises:
        TypeError: the detail holds a float.
    """
    chain = _Chain(account_id, about_id)
    entry, seals = _first_draft(session, chain, person_id, action, detail, now)
    session.info.setdefault(_WAITING, []).append((chain, entry, seals))


def append_to_locked(
    session: Session,
    account_ids: Sequence[int],
    action: str,
    details: Sequence[dict[str, Any]],
    now: datetime,
) -> None:
    """Append one entry of the system to the chain of each of these accounts, all at once.

    The caller holds the rows of all of them, so that nobody else can reach the end of their chains (see `_take_turns`).

    Raises:
        TypeError: a detail holds a float.
        ValueError: a detail holds a personal value: those have their place beside a single entry.
    """
    asked = session.connection().execute(_ENDS, {IDS: account_ids})
    ends = {one: (sequence, digest) for one, sequence, digest in asked}
    # What is the same in all of their entries is written once.
    alike, _ = _first_draft(session, _Chain(0, None), None, action, {}, now)
    text, through = texts_of_alike(alike), session.info.get(THROUGH)
    rows = []
    for account_id, detail in zip(account_ids, details, strict=True):
        if not names_nobody(detail) and sealed(detail, lambda: "")[1]:
            raise ValueError("what is written of many accounts at once names nobody")
        told = detail_text({**detail, "api_token": through} if through else detail)
        last, previous = ends.get(account_id, (0, FIRST))
        digested = text(chain_of_account(account_id), last + 1, previous, told).encode()
        digest = hashlib.sha256(digested).hexdigest()
        rows.append((account_id, action, told, now, alike.portal, last + 1, previous, digest))
    insert_rows(session, Activity, _COLUMNS, rows)


def _first_draft(
    session: Session, chain: _Chain, person_id: int | None, action: str, detail: dict[str, Any], now: datetime
) -> tuple[Entry, list[Seal]]:
    """An entry that has no place in its chain yet, and what is kept beside it."""
    kept_out, seals = sealed(detail, lambda: secrets.token_hex(16))
    origin = session.info.get(ORIGIN, Portal.UNKNOWN)
    through = session.info.get(THROUGH)
    told = {**kept_out, "api_token": through} if through else kept_out
    return Entry(chain.name, 0, FIRST, now, person_id, str(origin), action, told), seals


def _linked(chain: _Chain, entry: Entry, sequence: int, previous: str) -> dict[str, Any]:
    """The row of an entry at its place in the chain."""
    link = replace(entry, sequence=sequence, previous=previous)
    return {
        "account_id": chain.account_id,
        "about_id": chain.about_id,
        "person_id": link.person,
        "action": link.action,
        "detail": dict(link.detail),
        "at": link.at,
        "portal": link.portal,
        "sequence": sequence,
        "previous": previous,
        "digest": digest_of(link),
    }


@event.listens_for(Session, "before_commit")
def _chain(session: Session) -> None:
    """Give the entries of a transaction their places, as the very last thing it does."""
    if session.in_nested_transaction():
        return  # only a savepoint ends; what was recorded goes with the whole transaction
    waiting: list[tuple[_Chain, Entry, list[Seal]]] = session.info.pop(_WAITING, [])
    if not waiting:
        return
    session.flush()
    chains = sorted({chain for chain, _, _ in waiting}, key=lambda one: one.lock)
    _take_turns(session, chains, waiting)
    for chain in chains:
        sequence, previous = _end_of(session, chain)
        for entry, seals in [(entry, seals) for of, entry, seals in waiting if of == chain]:
            sequence += 1
            row = _linked(chain, entry, sequence, previous)
            previous = row["digest"]
            number = insert_row(session, Activity, row)
            session.add_all(
                ActivityValue(entry_id=number, seal=one.seal, salt=one.salt, value=one.value) for one in seals
            )
    session.flush()


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    """What was rolled back did not happen."""
    session.info.pop(_WAITING, None)


def _take_turns(
    session: Session, chains: Iterable[_Chain], waiting: Iterable[tuple[_Chain, Entry, list[Seal]]]
) -> None:
    """Let one transaction at a time end a chain; SQLite does so by itself.

    An entry points to its account and to people, which takes their rows for sharing. That comes first: whoever has the
    end of a chain waits for nobody.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    people = {entry.person for _, entry, _ in waiting} | {chain.about_id for chain in chains}
    accounts = {chain.account_id for chain in chains}
    for question, ids in ((_ACCOUNTS_SHARED, accounts), (_PEOPLE_SHARED, people)):
        wanted = sorted(one for one in ids if one is not None)
        if wanted:
            plain_rows(session, question, {IDS: tuple(wanted)})
    for chain in chains:
        plain_rows(session, _TURN, {"lock": chain.lock})


def _end_of(session: Session, chain: _Chain) -> tuple[int, str]:
    if chain.account_id is not None:
        found = plain_rows(session, _END_OF_ACCOUNT, {"id": chain.account_id})
    else:
        found = plain_rows(session, _END_OF_PERSON, {"id": chain.about_id})
    return (found[0].sequence, found[0].digest) if found else (0, FIRST)


def as_entry(row: Activity) -> Entry:
    """The row as a link of its chain."""
    return Entry(
        chain=_Chain(row.account_id, row.about_id).name,
        sequence=row.sequence,
        previous=row.previous,
        at=row.at,
        person=row.person_id,
        portal=row.portal,
        action=row.action,
        detail=row.detail,
        digest=row.digest,
    )


def personal_values(session: Session, entry_ids: Sequence[int]) -> Sequence[ActivityValue]:
    """What is kept beside these entries, and not erased?"""
    return session.scalars(sa.select(ActivityValue).where(ActivityValue.entry_id.in_(entry_ids))).all()


def values_holding(session: Session, needles: Sequence[str], about_id: int) -> Sequence[ActivityValue]:
    """Which values kept beside the chains hold one of these words, or belong to entries about this person?"""
    about = sa.select(Activity.id).where(Activity.about_id == about_id)
    holds = [ActivityValue.value.icontains(one, autoescape=True) for one in needles]
    return session.scalars(
        sa.select(ActivityValue).where(sa.or_(ActivityValue.entry_id.in_(about), *holds))
    ).all()


def page(
    session: Session,
    account_id: int,
    *,
    prefixes: Sequence[str] | None,
    person_id: int | None,
    since: datetime | None,
    until: datetime | None,
    before: int | None,
    limit: int | None,
) -> Sequence[Activity]:
    """Which entries of an account are these, the newest first?

    `prefixes` are beginnings of actions; `before` is a number of the chain.
    """
    question = sa.select(Activity).where(Activity.account_id == account_id)
    if prefixes is not None:
        question = question.where(
            sa.or_(sa.false(), *(Activity.action.startswith(one, autoescape=True) for one in prefixes))
        )
    if person_id is not None:
        question = question.where(Activity.person_id == person_id)
    if since is not None:
        question = question.where(Activity.at >= since)
    if until is not None:
        question = question.where(Activity.at < until)
    if before is not None:
        question = question.where(Activity.sequence < before)
    return session.scalars(question.order_by(Activity.sequence.desc()).limit(limit)).all()


def people_named(session: Session, ids: Iterable[int]) -> dict[int, Person]:
    """Who are these people?"""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    return {one.id: one for one in session.scalars(sa.select(Person).where(Person.id.in_(wanted)))}


def people_in(session: Session, account_id: int) -> Sequence[int]:
    """Who did anything for an account?"""
    question = sa.select(Activity.person_id).where(
        Activity.account_id == account_id, Activity.person_id.is_not(None)
    )
    return [one for one in session.scalars(question.distinct()) if one is not None]


def newest(session: Session, account_id: int) -> tuple[int, str] | None:
    """The number and the digest an account's chain ends with?"""
    sequence, digest = _end_of(session, _Chain(account_id, None))
    return (sequence, digest) if sequence else None


def chains(session: Session, account_id: int | None = None) -> Sequence[tuple[int | None, int | None]]:
    """Which chains are there: by account, or by the person they are about?"""
    question = sa.select(Activity.account_id, Activity.about_id).distinct()
    if account_id is not None:
        question = question.where(Activity.account_id == account_id)
    found = [(account, about) for account, about in session.execute(question)]
    return sorted(found, key=lambda one: (one[0] is None, one[0] or one[1] or 0))


def links(session: Session, account_id: int | None, about_id: int | None) -> Iterable[Entry]:
    """Every link of a chain, by its number; read piece by piece, so that no length is too much."""
    question = sa.select(Activity).where(_Chain(account_id, about_id).own).order_by(Activity.sequence)
    last = None
    while True:
        piece = question if last is None else question.where(Activity.sequence > last)
        rows = session.scalars(piece.limit(_A_PIECE)).all()
        for row in rows:
            last = row.sequence
            yield as_entry(row)
            session.expunge(row)
        if len(rows) < _A_PIECE:
            return


def broken_values(session: Session, account_id: int | None, about_id: int | None) -> Sequence[int]:
    """In which entries of a chain does a value kept beside it not fit its seal? By their numbers."""
    question = (
        sa.select(Activity.sequence, ActivityValue)
        .join(ActivityValue, ActivityValue.entry_id == Activity.id)
        .where(_Chain(account_id, about_id).own)
        .order_by(Activity.sequence)
    )
    return [
        sequence for sequence, one in session.execute(question) if seal_of(one.salt, one.value) != one.seal
    ]
