"""Allowances of our own people: never more than the rest of a line, in amount and in tax, and no line is closed by one.

Kept twice: by our rules and by the oracle's own book.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.calendar import Frequency, Period
from portal.shared.domain.credit_notes import Allowance, CreditLimits, CreditProblem, correction
from portal.shared.domain.money import Money
from portal.shared.domain.proration import ChargedLine
from portal.shared.domain.summary import OpenLine, OrderSummary, PricedChange, Standpoint, summarise
from portal.shared.domain.taxes import MILLION, TaxKind, TaxRate
from portal.shared.domain.terms import Terms
from tests.domain import oracle
from tests.domain.strategies import currencies, periods, rates, rule

SHARES = st.lists(st.fractions(0, 1), min_size=1, max_size=5)


def open_line(amount: int, service: Period, currency: str, rate: int) -> OpenLine:
    charged = Money(amount, currency)
    return OpenLine(
        id=1,
        invoice_id=1,
        plan_id=1,
        seats=1,
        unit=charged,
        charged=ChargedLine(charged, service, Money(0, currency)),
        tax_rate=TaxRate("T", rate),
        tax=charged.share(rate, MILLION),
        tax_credited=Money(0, currency),
    )


def given_back(line: OpenLine, summary: OrderSummary, *, closed: bool) -> OpenLine:
    """The line as the books have it after a summary."""
    for one in summary.lines:
        if one.credits_line == line.id:
            charged = line.charged
            line = replace(
                line,
                charged=replace(charged, credited=charged.credited + one.amount, closed=closed),
                tax_credited=line.tax_credited + one.tax,
            )
    return line


@given(
    amount=st.integers(1, 10**9),
    service=periods(),
    currency=currencies,
    rate=rates,
    shares=SHARES,
    unpaid_share=st.fractions(0, 1),
    day=st.integers(0, 400),
)
def test_allowances_and_the_change_after_them_are_the_oracles(
    amount: int,
    service: Period,
    currency: str,
    rate: int,
    shares: list[Fraction],
    unpaid_share: Fraction,
    day: int,
) -> None:
    line, book = open_line(amount, service, currency, rate), oracle.Book(invoices=1)
    book.charge(1, amount, service.start, service.end, Fraction(rate, MILLION))
    unpaid = int((amount + line.tax.minor) * unpaid_share)
    if unpaid:
        book.unpaid[1] = unpaid
    balance, today = Money(0, currency), service.start
    for share in shares:
        part = max(1, int(line.charged.remainder.minor * share))
        allowance = Allowance(1, "assist", line, Money(part, currency))
        if not line.charged.remainder:
            assert allowance.problem is CreditProblem.MORE_THAN_REST
            break
        open_ = {1: Money(unpaid, currency)} if unpaid else {}
        summary = correction(Standpoint(1, today, balance, rule(rate), open_), [allowance])
        (credit,) = summary.lines
        assert (credit.amount.minor, credit.tax.minor) == book.allow(0, part)
        line, balance = given_back(line, summary, closed=False), summary.balance_after
        unpaid -= sum(one.amount.minor for one in summary.reliefs)
        assert (unpaid, balance.minor) == (book.unpaid.get(1, 0), book.balance)
        assert 0 <= line.tax_credited.minor <= line.tax.minor
        assert (line.tax_credited == line.tax) or line.charged.remainder
    # What our people gave back closed nothing: the days that are left still come back.
    today += timedelta(days=min(day, service.days))
    terms = Terms(1, 1, Frequency.MONTHLY, Money(1000, currency))
    change = PricedChange(1, "assist", terms, terms, (line,), takes_back_cancellation=False, release=())
    open_ = {1: Money(unpaid, currency)} if unpaid else {}
    summary = summarise(Standpoint(1, today, balance, rule(rate), open_), [change])
    done = book.change(today, [oracle.Bought(1, 1000, 1)], Fraction(rate, MILLION))
    credited = [(one.amount.minor, one.tax.minor) for one in summary.lines if one.credits_line]
    assert credited == list(done.given_back.values())
    assert (summary.total_due.minor, summary.balance_after.minor) == (done.due, done.balance)


@pytest.mark.parametrize(
    ("minor", "problem"),
    [
        pytest.param(0, CreditProblem.NOTHING, id="nothing"),
        pytest.param(-1, CreditProblem.NOTHING, id="less than nothing"),
        pytest.param(3001, CreditProblem.MORE_THAN_REST, id="a cent too much"),
        pytest.param(3000, None, id="all of it"),
    ],
)
def test_no_more_than_the_rest_of_a_line_is_given_back(minor: int, problem: CreditProblem | None) -> None:
    line = open_line(3000, Period(date(2026, 6, 1), date(2026, 7, 1)), "EUR", 230_000)
    one = Allowance(1, "assist", line, Money(minor, "EUR"))
    assert one.problem is problem
    if problem is not None:
        with pytest.raises(ValueError, match="allowance"):
            correction(Standpoint(1, date(2026, 6, 1), Money(0, "EUR"), rule(230_000), {}), [one])


@pytest.mark.parametrize(
    ("role", "minor", "may"),
    [
        pytest.param("rep", 500, True, id="up to the limit"),
        pytest.param("rep", 501, False, id="a cent beyond it"),
        pytest.param("care", 1, False, id="a role without a limit of its own may nothing"),
        pytest.param("manager", 10**9, True, id="managers may everything"),
    ],
)
def test_who_may_give_how_much_back(role: str, minor: int, may: bool) -> None:
    assert CreditLimits({"rep": {"EUR": 500}}).allow(role, Money(minor, "EUR")) is may
    assert CreditLimits({"rep": {"EUR": 500}}).allow("rep", Money(1, "BRL")) is False


def test_an_allowance_gives_no_days_back_and_says_what_its_charge_said_about_tax() -> None:
    service = Period(date(2026, 6, 1), date(2026, 7, 1))
    line = replace(open_line(3000, service, "EUR", 0), tax_kind=TaxKind.EXEMPT, exemption="certificate 7")
    standpoint = Standpoint(1, date(2026, 6, 11), Money(0, "EUR"), rule(0), {})
    (credited,) = correction(standpoint, [Allowance(1, "assist", line, Money(1000, "EUR"))]).lines
    assert (credited.days, credited.of_days, credited.service) == (0, 30, service)
    assert (credited.tax_kind, credited.exemption) == (TaxKind.EXEMPT, "certificate 7")
    assert (credited.credits_line, credited.invoice_id) == (line.id, line.invoice_id)
