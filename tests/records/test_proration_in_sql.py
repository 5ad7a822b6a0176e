"""Sharing a price by days, asked as one set of the database, agrees with the rule to the minor unit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from portal.shared.domain.calendar import Period
from portal.shared.domain.money import Money
from portal.shared.domain.proration import ChargedLine, charge, credit
from portal.shared.records.database import Database
from tests.support.long_form import times

CASES = times(3_000, 1_000_000)
PIECE = 50_000
CURRENCIES = ("JPY", "EUR", "KWD")

_CASES = sa.Table(
    "proration_cases",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("amount", sa.BigInteger),
    sa.Column("credited", sa.BigInteger),
    sa.Column("closed", sa.Boolean),
    sa.Column("unit", sa.BigInteger),
    sa.Column("seats", sa.BigInteger),
    sa.Column("start_day", sa.Date),
    sa.Column("end_day", sa.Date),
    sa.Column("today", sa.Date),
    prefixes=["TEMPORARY"],
)
# Days between two dates; the greater and the lesser of two values.
_WORDS = {
    "sqlite": {"days": "CAST(julianday({1}) - julianday({0}) AS INTEGER)", "max": "max", "min": "min"},
    "postgresql": {"days": "({1} - {0})", "max": "greatest", "min": "least"},
}


def twin(dialect: str) -> str:
    """The rule as SQL: what the unused days of a line give back, and what the rest of a period costs on a day."""
    words = _WORDS[dialect]
    greater, lesser = words["max"], words["min"]
    begun = f"{lesser}({greater}(start_day, today), end_day)"
    days, left = words["days"].format("start_day", "end_day"), words["days"].format(begun, "end_day")
    return f"""
        WITH shared AS (
            SELECT id, amount, credited, unit, seats, {days} AS of_days, {left} AS days,
                CASE WHEN closed THEN 0 ELSE {left} END AS unused FROM proration_cases
        )
        SELECT id,
            {greater}(0, {lesser}((2 * amount * unused + of_days) / (2 * of_days), amount - credited))
                * CASE WHEN unused = 0 THEN 0 ELSE 1 END,
            (2 * unit * seats * days + of_days) / (2 * of_days)
        FROM shared ORDER BY id
    """  # words of this file


def cases(chance: random.Random, first: int, count: int) -> Iterator[dict[str, object]]:
    """Lines and prices by chance, with the first and the last day, odd sums and what was credited to the end."""
    for number in range(first, first + count):
        start = date(2024, 1, 1) + timedelta(days=chance.randrange(1500))
        length = chance.choice((1, 28, 29, 30, 31, 365, 366, chance.randint(1, 800)))
        amount = chance.choice((0, 1, chance.randrange(10_000), chance.randrange(10**11)))
        yield {
            "id": number,
            "amount": amount,
            "credited": chance.choice((0, 0, amount, chance.randint(0, amount))),
            "closed": chance.random() < 0.1,
            "unit": chance.choice((0, 1, chance.randrange(100_000))),
            "seats": chance.randint(1, 10_000),
            "start_day": start,
            "end_day": start + timedelta(days=length),
            "today": start + timedelta(days=chance.choice((0, length, chance.randint(-40, length + 40)))),
        }


def by_the_rule(case: dict[str, object], currency: str) -> tuple[int, int]:
    """The same by the rule of the house."""
    start, end, today = case["start_day"], case["end_day"], case["today"]
    assert isinstance(start, date)
    assert isinstance(end, date)
    assert isinstance(today, date)
    amount, credited, unit, seats = (int(str(case[key])) for key in ("amount", "credited", "unit", "seats"))
    period = Period(start, end)
    line = ChargedLine(
        Money(amount, currency), period, Money(credited, currency), closed=bool(case["closed"])
    )
    rest = Period(min(max(start, today), end), end)
    given = credit(line, today).amount.minor
    return given, charge(Money(unit, currency), seats, rest, period).amount.minor


@pytest.mark.slow
def test_the_set_and_the_rule_agree_to_the_minor_unit(database: Database) -> None:
    chance = random.Random(20260401)
    with database.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        _CASES.create(connection)
        for first in range(0, CASES, PIECE):
            piece = list(cases(chance, first, min(PIECE, CASES - first)))
            connection.execute(sa.insert(_CASES), piece)
            found = connection.exec_driver_sql(twin(connection.dialect.name)).all()
            connection.execute(sa.delete(_CASES))
            currency = CURRENCIES[first // PIECE % len(CURRENCIES)]
            differing = [
                (case, row)
                for case, row in zip(piece, found, strict=True)
                if (row[1], row[2]) != by_the_rule(case, currency)
            ]
            assert differing == []
