"""Forgetting people whose days of grace are over.

What need not be kept is deleted, what must be kept leads to a person without a name, and the books stay as they are to
the byte. Everything follows the register, so that what it says is what happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session, aliased

from portal.shared.domain.erasure import address_of_the_erased, name_of_the_erased
from portal.shared.records.accounts import lock_account
from portal.shared.records.api_tokens import ApiToken
from portal.shared.records.database import Database
from portal.shared.records.people import Membership, Person
from portal.shared.records.privacy import Erasure, erasures_due, open_erasure_of
from portal.shared.records.subscriptions import Seat
from portal.shared.services import activity, notifications, seats
from portal.shared.services.mailbox import DemoMailbox
from portal.shared.services.privacy import words
from portal.shared.services.privacy.finding import (
    Whose,
    accounts_of,
    own_rows,
    table,
    tables_with_rows,
    whose,
)
from portal.shared.services.privacy.obstacles import Hindrance, hindrances
from portal.shared.services.privacy.treatment import Fate

_log = structlog.stdlib.get_logger("portal.worker")


def erase_due(database: Database, mailbox: DemoMailbox | None, now: datetime) -> None:
    """Forget everybody whose time has come; who is hindered is told once, and looked at again each time."""
    with database.read() as session:
        due = erasures_due(session, now)
    for wish_id in due:
        in_the_way = erase(database, mailbox, wish_id, now)
        _log.info("erasure", number=wish_id, hindrances=len(in_the_way))


def erase(
    database: Database, mailbox: DemoMailbox | None, wish_id: int, now: datetime
) -> Sequence[Hindrance]:
    """Forget one person, in one transaction, or say what is in the way. Harmless to repeat.

    The demo's mails go first: were the machine to stop between the two, the wish would still be open.
    """
    with database.read() as session:
        wish = session.get_one(Erasure, wish_id)
        email = session.get_one(Person, wish.person_id).email
        hindered = bool(hindrances(session, wish.person_id, now))
    if mailbox is not None and not hindered:
        mailbox.forget(email)
    with database.write() as session:
        return _erase(session, wish_id, now)


def _erase(session: Session, wish_id: int, now: datetime) -> Sequence[Hindrance]:
    person_id = session.scalars(sa.select(Erasure.person_id).where(Erasure.id == wish_id)).one()
    served = _lock_accounts(session, person_id)
    person = session.scalars(sa.select(Person).where(Person.id == person_id).with_for_update()).one()
    wish = open_erasure_of(session, person_id)
    if wish is None or wish.id != wish_id:
        return ()
    in_the_way = hindrances(session, person_id, now)
    if in_the_way:
        _tell_of_hindrance(session, person, wish, now)
        return in_the_way
    who, language = whose(person), person.language or "en"
    _give_back_seats(session, person_id, wish.asked_by, now)
    _end_tokens(session, person_id, now)
    accounts = accounts_of(session, who)
    _delete_rows(session, who)
    _empty_own_words(session, who)
    words.take_out(session, who, accounts)
    _forget_who_it_was(person, now)
    wish.done_at = now
    for account_id in served:
        activity.record(session, account_id, None, "person-erased", {"person": person_id}, now)
    activity.record_personal(session, person_id, None, "person-erased", {}, now)
    # The last mail under the old address; it is emptied as soon as it has left.
    notifications.enqueue_mail(
        session, "erasure-done", who.email, language, {"name": who.name}, f"erasure-done:{wish.id}", now
    )
    return ()


def _lock_accounts(session: Session, person_id: int) -> list[int]:
    """The accounts a person serves, locked in one order: seats are given back, and nobody else leaves meanwhile."""
    ids = session.scalars(
        sa.select(Membership.account_id)
        .where(Membership.person_id == person_id)
        .distinct()
        .order_by(Membership.account_id)
    ).all()
    for account_id in ids:
        lock_account(session, account_id)
    return list(ids)


def _give_back_seats(session: Session, person_id: int, by: int, now: datetime) -> None:
    held = session.scalars(sa.select(Seat).where(Seat.person_id == person_id).order_by(Seat.account_id)).all()
    for seat in held:
        seats.take_away(session, seat.account_id, seat.subscription_id, [seat.id], by, now, notify=False)


def _end_tokens(session: Session, person_id: int, now: datetime) -> None:
    """Programs that asked in this person's name ask no more."""
    theirs = sa.update(ApiToken).where(ApiToken.created_by == person_id, ApiToken.revoked_at.is_(None))
    session.execute(theirs.values(revoked_at=now))


def _delete_rows(session: Session, who: Whose) -> None:
    for name, held in tables_with_rows():
        condition = own_rows(name, held, who)
        if held.goes and condition is not None:
            if name == Membership.__tablename__:
                condition = sa.and_(condition, sa.not_(_last_contact()))
            session.execute(sa.delete(table(name)).where(condition))


def _last_contact() -> sa.ColumnElement[bool]:
    """An account keeps its last billing contact, also as somebody without a name: nothing runs there any more."""
    mine, other = table(Membership.__tablename__), aliased(Membership)
    others = sa.exists().where(
        other.account_id == mine.c.account_id, other.role == "billing_contact", other.id != mine.c.id
    )
    return sa.and_(mine.c.role == "billing_contact", sa.not_(others))


def _empty_own_words(session: Session, who: Whose) -> None:
    """What a person wrote in things that stay: texts become empty, reasons inside of JSON as well."""
    for name, held in tables_with_rows():
        written, own = held.names_with(Fate.EMPTY), own_rows(name, held, who)
        if not written or own is None:
            continue
        rows = table(name)
        key = rows.primary_key.columns.values()[0]
        for number, *values in session.execute(sa.select(key, *(rows.c[one] for one in written)).where(own)):
            emptied = {one: _emptied(value) for one, value in zip(written, values, strict=True)}
            session.execute(sa.update(rows).where(key == number).values(emptied))


def _emptied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "" if key == "reason" else one for key, one in value.items()}
    return "" if isinstance(value, str) else value


def _forget_who_it_was(person: Person, now: datetime) -> None:
    person.name = name_of_the_erased(person.id)
    person.email = address_of_the_erased(person.id)
    person.password_hash = person.language = person.phone = person.password_changed_at = None
    person.disabled_at = now


def _tell_of_hindrance(session: Session, person: Person, wish: Erasure, now: datetime) -> None:
    if wish.hindered_at is not None:
        return
    wish.hindered_at = now
    activity.record_personal(session, person.id, None, "erasure-hindered", {}, now)
    notifications.enqueue_mail(
        session,
        "erasure-hindered",
        person.email,
        person.language or "en",
        {"name": person.name},
        f"erasure-hindered:{wish.id}",
        now,
    )
