"""Signs of what hardly any account has: a page asks for all of them at once, and for a thing only where its sign is.

A front page tells of orders on their way, claims, moves, looks and more. Asked one by one, nearly all answers are
nothing; here one statement says for which of them it is worth asking.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.database import ReadSession
from portal.shared.records.plain_rows import plain_rows

# Whose signs are asked for.
ACCOUNT: sa.BindParameter[int] = sa.bindparam("account_id", type_=sa.BigInteger())
_QUESTIONS: dict[str, sa.ColumnElement[Any]] = {}
_SEEN = "signs"


def sign(name: str, *where: sa.ColumnElement[bool] | sa.TextClause) -> str:
    """Let a table be asked together with the others: is there any row of `ACCOUNT` like this? Gives the sign's name.

    Conditions of a partial index are given in its own words (`sa.text`): with values apart from the statement SQLite
    would not see that the index answers it.
    """
    return either(name, sa.exists().where(*where))


def either(name: str, *questions: sa.ColumnElement[Any]) -> str:
    """A sign that stands where any of several questions is answered with yes."""
    assert name not in _QUESTIONS, f"two signs are called {name}"
    _QUESTIONS[name] = questions[0] if len(questions) == 1 else sa.or_(*questions)
    _all.cache_clear()
    return name


def figure(name: str, value: sa.ColumnElement[Any]) -> str:
    """Let a value that every page needs be read beside the signs, by the same statement. Gives its name."""
    return either(name, value)


def figure_of(session: ReadSession, account_id: int, name: str) -> Any:
    """A value that is read beside the signs of an account."""
    return _seen(session, account_id)[name]


def figure_read(session: Session, name: str) -> Any:
    """A value that has nothing to do with the account, if this session has read it beside anybody's signs."""
    return next((one[name] for one in session.info.get(_SEEN, {}).values()), None)


def may_have(session: Session, account_id: int, name: str) -> bool:
    """Whether it is worth asking: false only where a reading session, whose snapshot does not change, saw no sign.

    A writing session has locks to wait for and rows to see that it wrote itself, so it asks for the thing.
    """
    if not isinstance(session, ReadSession):
        return True
    return bool(_seen(session, account_id)[name])


def _seen(session: ReadSession, account_id: int) -> Mapping[str, Any]:
    seen: dict[int, Any] = session.info.setdefault(_SEEN, {})
    if account_id not in seen:
        (row,) = plain_rows(session, _all(), {"account_id": account_id})
        seen[account_id] = dict(zip(_QUESTIONS, row, strict=True))
    return cast("Mapping[str, Any]", seen[account_id])


@cache
def _all() -> sa.Executable:
    """One statement with every sign; built when all tables are known, which they are before any database is."""
    return sa.select(*(question.label(name) for name, question in _QUESTIONS.items()))
