"""Accounts by the words of their names, which stand in an index of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column

from portal.shared.domain.names import MOST_WORDS, words_of
from portal.shared.records.accounts import Account
from portal.shared.records.base import Base

# Compared byte by byte on both databases, so that the beginnings of words lie together in the index.
Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_BEHIND_ALL = "\U0010ffff"
# So many accounts are looked at one by one; of more, those who come first by name are likely to be among them.
FEW = 2_000


class AccountWord(Base):
    """A word of an account's name as it is compared (`domain.names.words_of`); written with the account."""

    __tablename__ = "account_words"
    __table_args__ = (
        sa.Index("ix_account_words_word", "word", "account_id"),
        {"sqlite_with_rowid": False},
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    word: Mapped[str] = mapped_column(Word, primary_key=True)


def named(session: Session, wish: str) -> sa.ColumnElement[bool]:
    """A condition: each word of a wish begins a word of the account's name (`domain.names.is_meant`).

    Where one of the words is rare, these accounts alone are looked at, however many others there are.
    """
    wanted = words_of(wish)[:MOST_WORDS]
    if not wanted:
        return sa.false()
    found: Sequence[int] = ()
    rare = ""
    for word in wanted:
        ids = session.scalars(
            sa.select(AccountWord.account_id).where(*_begins(word)).distinct().limit(FEW + 1)
        ).all()
        if not ids:
            return sa.false()
        if len(ids) <= FEW and (not rare or len(ids) < len(found)):
            rare, found = word, ids
    has = [_has(word) for word in wanted if word != rare]
    if rare:
        has.append(Account.id.in_(sa.bindparam("named", list(found), expanding=True, literal_execute=True)))
    return sa.and_(*has)


def _begins(word: str) -> tuple[sa.ColumnElement[bool], ...]:
    return AccountWord.word >= word, AccountWord.word < word + _BEHIND_ALL


def _has(word: str) -> sa.ColumnElement[bool]:
    return sa.exists().where(AccountWord.account_id == Account.id, *_begins(word))


def write_words(connection: sa.Connection, account_id: int, name: str) -> None:
    """Write down the words of an account's name, instead of those that were there."""
    connection.execute(sa.delete(AccountWord).where(AccountWord.account_id == account_id))
    words = [{"account_id": account_id, "word": word} for word in words_of(name)]
    if words:
        connection.execute(sa.insert(AccountWord), words)


@sa.event.listens_for(Account, "after_insert")
@sa.event.listens_for(Account, "after_update")
def _named(mapper: Mapper[Any], connection: sa.Connection, account: Account) -> None:
    if sa.inspect(account).attrs.name.history.has_changes():
        write_words(connection, account.id, account.name)
