"""Every table of docs/proration.md, computed again: what the page tells people is what the rules do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import islice
from pathlib import Path

import pytest

from portal.shared.domain.calendar import Frequency, Period, boundaries, full_period
from portal.shared.domain.changes import CHANGES_A_DAY
from portal.shared.domain.money import Money, exponent, zero
from portal.shared.domain.proration import ChargedLine, coterm, credit, swap
from portal.shared.domain.summary import (
    LineKind,
    OpenLine,
    OrderSummary,
    PricedChange,
    Standpoint,
    summarise,
)
from portal.shared.domain.taxes import NO_RATE
from portal.shared.domain.terms import Terms
from tests.domain.strategies import open_line, rule

DOC = (Path(__file__).parents[2] / "docs" / "proration.md").read_text("utf-8")
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the page, with the name of its check."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables() -> Iterator[Table]:
    for block in re.finditer(r"(?:<!-- checked: (\w+) -->\n)?((?:^\|.*\|\n)+)", DOC, re.MULTILINE):
        head, _, *rows = [
            tuple(cell.strip() for cell in line.strip("|").split("|")) for line in block[2].splitlines()
        ]
        yield Table(block[1] or "", head, tuple(rows))


# --- reading and writing as the page does ---------------------------------------------------------------------------


def amount(text: str) -> Money:
    currency, number = text.split(" ")
    minor = Fraction(number.replace(",", "")) * 10 ** exponent(currency)
    assert minor.denominator == 1
    return Money(int(minor), currency)


def written(money: Money) -> str:
    decimals = exponent(money.currency)
    sign, digits = "-" if money.minor < 0 else "", str(abs(money.minor)).zfill(decimals + 1)
    whole, rest = (digits[:-decimals], "." + digits[-decimals:]) if decimals else (digits, "")
    return f"{money.currency} {sign}{int(whole):,}{rest}"


def day(text: str) -> date:
    return datetime.strptime(text, "%d %B %Y").date()  # noqa: DTZ007 - a date on a page has no zone


def told(found: date) -> str:
    return f"{found.day} {found:%B %Y}"


def terms(text: str) -> Terms:
    match = re.fullmatch(r"(\d+) seats? × (.+), (monthly|annual)", text)
    assert match, text
    return Terms(1, int(match[1]), Frequency(match[3]), amount(match[2]))


def period(text: str) -> Period:
    start, end = text.split(" to ")
    return Period(day(start), day(end))


def rate(text: str) -> int:
    return int(text.removesuffix(" %")) * 10_000


# --- one check a kind of table --------------------------------------------------------------------------------------


def order(
    today: date,
    after: Terms,
    lines: Sequence[OpenLine] = (),
    balance: int = 0,
    millionths: int = 0,
    unpaid: int = 0,
) -> OrderSummary:
    currency = after.unit.currency
    where = Standpoint(
        account_id=1,
        today=today,
        balance=Money(balance, currency),
        tax=rule(millionths),
        unpaid={3: Money(unpaid, currency)},
    )
    change = PricedChange(
        1, "remote-support", None, after, tuple(lines), takes_back_cancellation=False, release=()
    )
    return summarise(where, [change])


def books(charged: Money, service: Period, millionths: int = 0) -> OpenLine:
    return open_line(7, 3, ChargedLine(charged, service, zero(charged.currency)), millionths)


def back(summary: OrderSummary) -> Money:
    return sum(
        (line.amount for line in summary.lines if line.kind is LineKind.CREDIT),
        zero(summary.total_due.currency),
    )


def new_charge(summary: OrderSummary) -> Money:
    (line,) = (line for line in summary.lines if line.kind is LineKind.CHARGE)
    return line.amount


def check_change(row: Row) -> Row:
    before, after, today = terms(row["you have"]), terms(row["you choose"]), day(row["on"])
    service = full_period(day(row["since"]), before.frequency)
    line = books(before.period_price, service)
    summary = order(today, after, [line])
    share = credit(line.charged, today)
    return {
        "unused days": f"{share.days} of {service.days}",
        "comes back": written(back(summary)),
        "new charge": written(new_charge(summary)),
        "to pay": written(summary.total_due),
        "stays as balance": written(summary.balance_after),
        "renews on": told(summary.items[0].period.end),
    }


def check_unpaid(row: Row) -> Row:
    line = books(amount(row["charged for June"]), Period(date(2026, 6, 1), date(2026, 7, 1)))
    after = Terms(1, 1, Frequency.MONTHLY, amount(row["new charge"]))
    unpaid = amount(row["of it unpaid"])
    summary = order(day(row["changed on"]), after, [line], unpaid=unpaid.minor)
    lowered = sum((relief.amount for relief in summary.reliefs), zero(unpaid.currency))
    return {
        "comes back": written(back(summary)),
        "lowers the invoice by": written(lowered),
        "to pay now": written(summary.total_due),
        "still unpaid": written(unpaid - lowered),
    }


def check_tax(row: Row) -> Row:
    line = books(amount(row["charged"]), Period(date(2026, 6, 1), date(2026, 7, 1)), rate(row["tax then"]))
    after = Terms(1, 1, Frequency.MONTHLY, amount(row["new charge"]))
    summary = order(day(row["changed on"]), after, [line], millionths=rate(row["tax now"]))
    return {
        "comes back": written(back(summary)),
        "tax back": written(summary.lines[1].tax),
        "to pay": written(summary.total_due),
    }


def check_added(row: Row) -> Row:
    whole = period(row["period"])
    share = coterm(amount(row["price of a seat"]), int(row["seats added"]), whole, day(row["on"]))
    return {"days left": f"{share.days} of {share.of_days}", "charge": written(share.amount)}


def check_swap(row: Row) -> Row:
    whole = period(row["period"])
    line = books(amount(row["charged"]), whole).charged
    result = swap([line], amount(row["new price of the period"]), 1, whole, day(row["on"]))
    given = result.credits[0].amount
    return {
        "comes back": written(given),
        "charge": written(result.charge.amount),
        "to pay": written(result.charge.amount - given),
    }


def check_rounding(row: Row) -> Row:
    charged = amount(row["charged"])
    left, days = map(int, row["unused days"].split(" of "))
    start = date(2026, 6, 1)
    line = ChargedLine(charged, Period(start, start + timedelta(days=days)), zero(charged.currency))
    share = credit(line, start + timedelta(days=days - left)).amount
    exact = Fraction(charged.minor * left, days * 10 ** exponent(charged.currency))
    shown = row["exactly"]
    digits = len(shown.rstrip("…").split(".")[1])
    cut = exact.numerator * 10**digits // exact.denominator
    dots = "…" if exact * 10**digits != cut else ""
    return {
        "exactly": f"{cut // 10**digits}.{cut % 10**digits:0{digits}}{dots}",
        "comes back": written(share),
        "used": written(charged - share),
    }


CHECKS: dict[str, Callable[[Row], Row]] = {
    "change": check_change,
    "unpaid": check_unpaid,
    "tax": check_tax,
    "added": check_added,
    "swap": check_swap,
    "rounding": check_rounding,
}


def by_rows() -> list[tuple[str, Row]]:
    return [
        (table.name, dict(zip(table.columns, row, strict=True)))
        for table in tables()
        if table.name in CHECKS
        for row in table.rows
    ]


@pytest.mark.parametrize(
    ("name", "row"),
    by_rows(),
    ids=[f"{name}-{number}" for number, (name, _) in enumerate(by_rows(), start=1)],
)
def test_a_row_says_what_the_rules_compute(name: str, row: Row) -> None:
    computed = CHECKS[name](row)
    assert {column: row[column] for column in computed} == computed


def test_the_rows_of_a_history_are_one_account_from_day_to_day() -> None:
    histories = [table for table in tables() if table.name == "history"]
    assert len(histories) == 2
    for table in histories:
        lines: list[OpenLine] = []
        balance = 0
        for cells in table.rows:
            row = dict(zip(table.columns, cells, strict=True))
            summary = order(day(row["on"]), terms(row["you choose"]), lines, balance)
            computed = {
                "comes back": written(back(summary)),
                "new charge": written(new_charge(summary)),
                "to pay": written(summary.total_due),
                "balance after": written(summary.balance_after),
            }
            assert {column: row[column] for column in computed} == computed
            lines, balance = books_after(lines, summary), summary.balance_after.minor


def books_after(lines: Sequence[OpenLine], summary: OrderSummary) -> list[OpenLine]:
    after = list(lines)
    for line in summary.lines:
        nothing = zero(line.amount.currency)
        if line.credits_line is None:
            charged = ChargedLine(line.amount, line.service, nothing)
            after.append(OpenLine(len(after), 3, 1, 1, line.unit, charged, NO_RATE, nothing, nothing))
        else:
            old = after[line.credits_line]
            credited = old.charged.credited + line.amount
            after[line.credits_line] = replace(
                old, charged=replace(old.charged, credited=credited, closed=True)
            )
    return after


def test_the_calendar_of_the_page_is_ours() -> None:
    (table,) = (table for table in tables() if table.name == "calendar")
    for begun, billing, *renewals in table.rows:
        found = islice(boundaries(day(begun), Frequency(billing).months), 1, 1 + len(renewals))
        assert [told(boundary) for boundary in found] == renewals


def test_no_table_of_the_page_is_unchecked() -> None:
    names = [table.name for table in tables()]
    assert set(names) == {*CHECKS, "history", "calendar"}
    assert len(names) == 9


def test_the_sums_told_in_words_are_those_of_the_table() -> None:
    first = next(table for table in tables() if table.name == "history")
    paid = [amount(row[first.columns.index("to pay")]) for row in first.rows]
    told_sum = " + ".join(written(each).removeprefix("EUR ") for each in paid)
    assert f"{told_sum} = {written(sum(paid, zero('EUR'))).removeprefix('EUR ')}" in DOC


def test_the_limits_of_the_page_are_ours() -> None:
    assert f"at most **{CHANGES_A_DAY} times a day**" in DOC
    longest = {
        frequency: max(
            full_period(date(2027, 1, 1) + timedelta(days=count), frequency).days for count in range(1461)
        )
        for frequency in Frequency
    }
    for frequency, article in ((Frequency.MONTHLY, "a monthly"), (Frequency.ANNUAL, "an annual")):
        assert re.search(rf"{article} price (?:has to be )?at least \*\*{longest[frequency]}\*\*", DOC)
        assert written(Money(longest[frequency], "EUR")) in DOC


def test_the_cases_that_the_page_speaks_of_exist_and_its_links_lead_somewhere() -> None:
    docs = Path(__file__).parents[2] / "docs"
    assert "120 examples" in DOC
    for target in re.findall(r"\]\(([^)#]+)\)", DOC):
        assert (docs / target).is_file(), target
