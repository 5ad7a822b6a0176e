"""Tax that was not due: the net amounts stay, the tax that was left goes back, and nothing else moves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.calendar import Period
from portal.shared.domain.money import Money
from portal.shared.domain.proration import ChargedLine, credit
from portal.shared.domain.summary import LineKind, OpenLine, Standpoint, credited_tax
from portal.shared.domain.tax_corrections import GivenBack, Taxed, charged_without_tax
from portal.shared.domain.taxes import MILLION, OUTSIDE, REVERSE_CHARGED, TaxKind, TaxRate, TaxRule

FIRST = date(2026, 3, 1)
INVOICE = 7


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def standpoint(unpaid: int, balance: int, rule: TaxRule = REVERSE_CHARGED) -> Standpoint:
    owed = {INVOICE: euros(unpaid)} if unpaid else {}
    return Standpoint(1, date(2026, 5, 1), euros(balance), rule, owed)


def open_line(number: int, amount: Money, rate: TaxRate, service: Period, given: list[GivenBack]) -> OpenLine:
    """The line as it stands after what was given of it, each with its share of the tax."""

    def stands(back: Money, tax_back: Money, *, closed: bool) -> OpenLine:
        return OpenLine(
            id=number,
            invoice_id=INVOICE,
            plan_id=1,
            seats=1,
            unit=amount,
            charged=ChargedLine(amount, service, back, closed=closed),
            tax_rate=rate,
            tax=amount.share(rate.millionths, MILLION),
            tax_credited=tax_back,
            tax_kind=TaxKind.PENDING,
        )

    back, tax_back, closed = euros(0), euros(0), False
    for step in given:
        tax_back += credited_tax(stands(back, tax_back, closed=closed), step.amount)
        back += step.amount
        closed = closed or step.days > 0
    return stands(back, tax_back, closed=closed)


@st.composite
def taxed(draw: st.DrawFn, number: int) -> Taxed:
    """A line, maybe with an allowance, maybe with its unused days given back."""
    days = draw(st.integers(1, 366))
    service = Period(FIRST, FIRST + timedelta(days=days))
    amount = euros(draw(st.integers(1, 10**7)))
    rate = TaxRate("MwSt", draw(st.sampled_from([50_000, 190_000, 230_000, 255_000])))
    given: list[GivenBack] = []
    left = amount
    if draw(st.booleans()):
        allowance = euros(draw(st.integers(1, amount.minor)))
        given.append(GivenBack(1000 + number, service, 0, days, allowance))
        left = amount - allowance
    if draw(st.booleans()):
        day = FIRST + timedelta(days=draw(st.integers(0, days)))
        share = credit(ChargedLine(amount, service, amount - left), day)
        if share.amount:
            given.append(GivenBack(2000 + number, share.service, share.days, share.of_days, share.amount))
    return Taxed(1, "assist", open_line(number, amount, rate, service, given), days, days, tuple(given))


@given(
    st.integers(1, 4).flatmap(lambda count: st.tuples(*(taxed(number) for number in range(1, count + 1)))),
    st.integers(0, 10**7),
    st.integers(0, 10**6),
)
def test_the_tax_that_was_left_goes_back_and_nothing_else(
    lines: tuple[Taxed, ...], unpaid: int, balance: int
) -> None:
    done = charged_without_tax(standpoint(unpaid, balance), lines)
    left = sum(one.tax_left.minor for one in lines)
    assert (done.subtotal.minor, done.total.minor) == (0, -left)
    relieved = sum(one.amount.minor for one in done.reliefs)
    assert relieved == min(left, unpaid)
    assert done.balance_used.minor == 0
    assert done.balance_after.minor == balance + left - relieved
    for one in lines:
        old = [row for row in done.lines if row.credits_line == one.line.id and row.takes_place_of is None]
        assert [(row.amount, row.tax) for row in old] == [(one.line.charged.remainder, one.tax_left)]
        [new] = [row for row in done.lines if row.takes_place_of == one.line.id]
        assert (new.kind, new.amount, new.service) == (
            LineKind.CHARGE,
            one.line.charged.amount,
            one.line.charged.service,
        )
        again = [row.takes_place_of for row in done.lines if row.kind is LineKind.CREDIT and row not in old]
        assert {step.id for step in one.credits} <= set(again)
    assert all(not row.tax for row in done.lines if row.tax_kind is TaxKind.REVERSE_CHARGE)


@pytest.mark.parametrize("kind", [TaxKind.DOMESTIC, TaxKind.PENDING])
def test_a_correction_never_charges_a_tax(kind: TaxKind) -> None:
    with pytest.raises(ValueError, match="takes tax away"):
        charged_without_tax(standpoint(0, 0, TaxRule(kind, TaxRate("MwSt", 190_000))), [])
    assert charged_without_tax(standpoint(0, 0, OUTSIDE), []).total == euros(0)


def test_what_is_taken_back_gives_no_days_back_and_says_what_its_charge_said() -> None:
    service = Period(FIRST, FIRST + timedelta(days=30))
    line = open_line(3, euros(3000), TaxRate("MwSt", 190_000), service, [])
    summary = charged_without_tax(standpoint(0, 0), [Taxed(1, "assist", line, 30, 30, ())])
    taken_back, successor = summary.lines
    assert (taken_back.days, taken_back.of_days, taken_back.tax_kind) == (0, 30, TaxKind.PENDING)
    assert (successor.days, successor.of_days, successor.tax_kind) == (30, 30, TaxKind.REVERSE_CHARGE)
    assert successor.takes_place_of == line.id
