"""Taking a person out of what others wrote: an address wherever it stands, a name where the person is known."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.erasure import SHORTEST_NAME, without_in
from portal.shared.records.activity import Activity, ActivityValue
from portal.shared.records.outbox import OutboxMail
from portal.shared.services import activity
from portal.shared.services.privacy.finding import Whose, own_rows, table
from portal.shared.services.privacy.register import PERSONAL
from portal.shared.services.privacy.treatment import Fate, Held


def take_out(session: Session, who: Whose, accounts: Collection[int]) -> None:
    """Take a person out of every text the register names, and remove what the activity keeps beside its chain."""
    for name, held in PERSONAL.items():
        texts = [*held.names_with(Fate.TAKE_OUT), *held.names_with(Fate.EMPTY)]
        if texts:
            _take_out_of(session, name, held, texts, who, accounts)
    _take_out_of_mails(session, who)
    _remove_values(session, who, accounts)


def _take_out_of(
    session: Session, name: str, held: Held, texts: Sequence[str], who: Whose, accounts: Collection[int]
) -> None:
    """Both in rows of the person and of their accounts; elsewhere only the address: names are shared by many."""
    rows = table(name)
    told = [rows.c[one] for one in texts]
    near = _near(name, held, who, accounts)
    _rewrite(session, rows, told, _anywhere(told, who.needles), who.needles)
    if near is not None and len(who.name) >= SHORTEST_NAME:
        _rewrite(session, rows, told, sa.and_(near, _anywhere(told, [who.name])), [who.name])


def _take_out_of_mails(session: Session, who: Whose) -> None:
    """Mails to others that name the person; what has not left yet keeps the name, because somebody waits for it."""
    mails = table(OutboxMail.__tablename__)
    payload = [mails.c.payload]
    _rewrite(session, mails, payload, _anywhere(payload, who.needles), who.needles)
    if len(who.name) >= SHORTEST_NAME:
        has_left = sa.and_(mails.c.sent_at.is_not(None), _anywhere(payload, [who.name]))
        _rewrite(session, mails, payload, has_left, [who.name])


def _remove_values(session: Session, who: Whose, accounts: Collection[int]) -> None:
    """The chain of the activity holds only seals: without their values nobody can open them, and it stays whole."""
    activity.forget_values(session, who.needles, who.person_id)
    if len(who.name) < SHORTEST_NAME:
        return
    value = [table(ActivityValue.__tablename__).c.value]
    theirs = sa.select(Activity.id).where(Activity.account_id.in_(accounts))
    named = sa.delete(ActivityValue).where(ActivityValue.entry_id.in_(theirs), _anywhere(value, [who.name]))
    session.execute(named.execution_options(synchronize_session=False))


def _near(name: str, held: Held, who: Whose, accounts: Collection[int]) -> sa.ColumnElement[bool] | None:
    """Rows in which a name can only mean this person: their own, and those of accounts they are known in."""
    rows, found = table(name), []
    own = own_rows(name, held, who)
    if own is not None:
        found.append(own)
    if "account_id" in rows.c:
        found.append(rows.c.account_id.in_(accounts))
    if held.within:
        column, parent = held.within.split()
        of_theirs = sa.select(table(parent).c.id).where(table(parent).c.account_id.in_(accounts))
        found.append(rows.c[column].in_(of_theirs))
    return sa.or_(*found) if found else None


def _anywhere(columns: Iterable[sa.Column[object]], needles: Iterable[str]) -> sa.ColumnElement[bool]:
    """Whether one of the columns holds one of the needles, also as JSON writes it."""
    written = {form for one in needles for form in (one, json.dumps(one)[1:-1])}
    texts = [sa.cast(column, sa.Text) for column in columns]
    return sa.or_(sa.false(), *(text.icontains(one, autoescape=True) for text in texts for one in written))


def _rewrite(
    session: Session,
    rows: sa.Table,
    columns: Sequence[sa.Column[object]],
    condition: sa.ColumnElement[bool],
    needles: Collection[str],
) -> None:
    keys = list(rows.primary_key.columns)
    for found in session.execute(sa.select(*keys, *columns).where(condition)).all():
        same = sa.and_(*(key == value for key, value in zip(keys, found[: len(keys)], strict=True)))
        values = zip(columns, found[len(keys) :], strict=True)
        told = {column.name: without_in(value, needles) for column, value in values}
        session.execute(sa.update(rows).where(same).values(told))
