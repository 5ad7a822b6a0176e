"""Everything about a person as plain values, and the link by which only they can have it."""

from __future__ import annotations

import enum
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.activity import opened
from portal.shared.domain.erasure import only_own_addresses
from portal.shared.records.activity import ActivityValue
from portal.shared.records.people import Person
from portal.shared.records.privacy import DataExport, export_of
from portal.shared.services import activity, notifications
from portal.shared.services.privacy.finding import Whose, digest, own_rows, table, tables_with_rows, whose

# How long a link is good: on the page that asked for it, and in a mail.
ON_THE_PAGE, BY_MAIL = timedelta(minutes=15), timedelta(days=3)
OTHERS = "•••"

Copy = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Link:
    """A link to an export: until when it is good, and whether it was used."""

    expires_at: datetime
    used: bool


def ask_for_export(session: Session, person_id: int, now: datetime) -> str:
    """Keep that a person asked for their data; gives the secret of a link that is good once, for them alone."""
    token, _ = _link(session, person_id, person_id, "", now, ON_THE_PAGE)
    return token


def mail_export(
    session: Session, person_id: int, asked_by: int, reason: str, now: datetime, machines_now: datetime
) -> None:
    """Mail somebody who asked us by mail a link to their data, which opens after they have signed in.

    Links run out by the clock of the machine, as sign-ins do.
    """
    token, asked = _link(session, person_id, asked_by, reason, machines_now, BY_MAIL)
    person = session.get_one(Person, person_id)
    payload = {"name": person.name, "token": token, "until": asked.expires_at.date().isoformat()}
    key = f"data-export:{asked.id}"
    notifications.enqueue_mail(
        session, "data-export", person.email, person.language or "en", payload, key, now
    )


def link(session: Session, person_id: int, token: str, now: datetime) -> Link | None:
    """The link with this secret, if it is this person's and has not run out."""
    found = export_of(session, person_id, digest(token))
    if found is None or found.expires_at <= now:
        return None
    return Link(found.expires_at, found.taken_at is not None)


def take_export(session: Session, person_id: int, token: str, now: datetime) -> Copy | None:
    """Everything about a person, once for each link; None when it is not theirs, has run out or was used."""
    found = export_of(session, person_id, digest(token))
    if found is None or found.expires_at <= now:
        return None
    # Whoever comes second finds the row marked: two presses at once give one copy.
    marked = session.execute(
        sa.update(DataExport)
        .where(DataExport.id == found.id, DataExport.taken_at.is_(None))
        .values(taken_at=now)
        .returning(DataExport.id)
    ).first()
    if marked is None:
        return None
    activity.record_personal(session, person_id, person_id, "data-export-taken", {}, now)
    return copy_of(session, person_id)


def copy_of(session: Session, person_id: int) -> Copy:
    """Every row of a person by table, oldest first, without secrets and without the mail addresses of others."""
    who = whose(session.get_one(Person, person_id))
    found = {}
    for name, held in tables_with_rows():
        condition, columns = own_rows(name, held, who), table(name).c
        shown = held.exported
        if condition is None or not shown:
            continue
        number = [columns.id] if name == "activity" else []
        question = sa.select(*(columns[one] for one in shown), *number).where(condition)
        rows = session.execute(question.order_by(*table(name).primary_key.columns)).mappings().all()
        if name == "activity":
            found[name] = _opened(session, [dict(row) for row in rows], who)
        else:
            found[name] = [_plain(dict(row), who) for row in rows]
    return found


def _opened(session: Session, rows: list[dict[str, Any]], who: Whose) -> list[dict[str, Any]]:
    """Entries of the activity with the values that are the person's own; those of others stay closed."""
    own = sa.or_(*(sa.func.lower(ActivityValue.value) == one.lower() for one in {who.name, *who.needles}))
    seals = {row.seal: row.value for row in session.scalars(sa.select(ActivityValue).where(own))}
    shown = []
    for row in rows:
        row.pop("id")
        shown.append(_plain({**row, "detail": opened(row["detail"], seals, OTHERS)}, who))
    return shown


def _plain(row: dict[str, Any], who: Whose) -> dict[str, Any]:
    return {key: only_own_addresses(_value(one), who.email) for key, one in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return str(value.value)
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _link(
    session: Session, person_id: int, asked_by: int, reason: str, now: datetime, good_for: timedelta
) -> tuple[str, DataExport]:
    token = secrets.token_urlsafe(32)
    asked = DataExport(
        person_id=person_id,
        asked_by=asked_by,
        reason=reason.strip(),
        token_hash=digest(token),
        asked_at=now,
        expires_at=now + good_for,
    )
    session.add(asked)
    session.flush()
    activity.record_personal(session, person_id, asked_by, "data-export-asked", {}, now)
    return token, asked
