"""Accounts by the words of their names, on both databases."""

from __future__ import annotations

from random import Random

import pytest
import sqlalchemy as sa
from alembic.command import downgrade, upgrade

from portal.shared.domain.names import is_meant, words_of
from portal.shared.records import account_names
from portal.shared.records.account_names import AccountWord, named
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from tests.records.test_migrations import config
from tests.support import factories
from tests.support.plans import Planner

WORDS = ("Prado", "Praça", "prata", "Água", "Aguas", "Zenith", "Zê", "e", "12", "120", "Filhos")
WISHES = ("pra", "PRADO", "agua", "ag fil", "zê", "z e", "12", "1 2", "120 prado", "nobody", "%", "e e e")


def accounts(database: Database, names: list[str]) -> dict[int, str]:
    there: dict[int, str] = {}
    with database.write() as session:
        for name in names:
            account = factories.an_online_account(session)
            account.name, there[account.id] = name, name
    return there


def found(database: Database, wish: str) -> set[int]:
    with database.read() as session:
        return set(session.scalars(sa.select(Account.id).where(named(session, wish))))


def kept(database: Database) -> set[tuple[int, str]]:
    with database.read() as session:
        return {(one.account_id, one.word) for one in session.scalars(sa.select(AccountWord))}


@pytest.mark.parametrize("few", [0, 3, 1_000], ids=["none is rare", "some are rare", "all are rare"])
def test_the_database_finds_whom_the_rule_means(
    database: Database, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_names, "FEW", few)
    by_chance = Random(5)
    there = accounts(
        database, [" ".join(by_chance.choices(WORDS, k=by_chance.randint(1, 4))) for _ in range(60)]
    )
    for wish in WISHES:
        assert found(database, wish) == {key for key, name in there.items() if is_meant(name, wish)}, wish
    assert found(database, "pra"), "the wishes find somebody"


def test_words_are_written_with_the_account(database: Database) -> None:
    with database.write() as session:
        fresh = factories.an_online_account(session)
    assert kept(database) == {(fresh.id, word) for word in words_of(fresh.name)} != set()


def test_words_follow_the_name(database: Database) -> None:
    there = accounts(database, ["Água e Prado", "Zenith", "…"])
    assert kept(database) == {(key, word) for key, name in there.items() for word in words_of(name)}
    with database.write() as session:
        for account in session.scalars(sa.select(Account)):
            account.name = f"New {account.name} Água"
            account.city = "Porto"
    assert kept(database) == {
        (key, word) for key, name in there.items() for word in words_of(f"New {name} Água")
    }


def test_names_from_before_the_migration_are_found_by_it(database: Database) -> None:
    accounts(database, ["Água e Prado", "İstanbul Straße ﬁ", "…", "x" * 90])
    before = kept(database)
    assert len(before) == 3 + 3 + 1
    downgrade(config(database), "0022")
    upgrade(config(database), "head")
    assert kept(database) == before


def test_a_rare_word_is_found_without_looking_through_all_names(
    sqlite_database: Database, postgresql_database: Database
) -> None:
    planner = Planner(sender=lambda: "the desk's search")
    accounts(sqlite_database, ["Água e Prado"])
    with planner.listening(sqlite_database.engine), sqlite_database.read() as session:
        question = sa.select(Account.id).where(Account.type == "online", named(session, "agua pra"))
        session.scalars(question.order_by(Account.name).limit(50)).all()
    planner.ask_postgresql(postgresql_database)
    assert len(planner.asked) == 2, "the same question about each word, and the list"
    assert not planner.findings
