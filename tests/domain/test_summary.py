"""The order summary: what it adds up to, what it promises, and what its digest notices."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from cattrs.errors import ClassValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.shared.domain.calendar import Frequency, Period
from portal.shared.domain.effects import Effect
from portal.shared.domain.money import CurrencyMismatchError, Money, zero
from portal.shared.domain.proration import ChargedLine
from portal.shared.domain.summary import (
    LineKind,
    OpenLine,
    OrderSummary,
    PricedChange,
    Standpoint,
    from_plain,
    summarise,
    to_plain,
)
from portal.shared.domain.taxes import MILLION, TaxKind, TaxRate, TaxRule
from portal.shared.domain.terms import Terms
from tests.domain import oracle
from tests.domain.strategies import (
    changes,
    currencies,
    days,
    open_line,
    open_lines,
    orders,
    rates,
    rule,
    seats,
    units,
)

Order = tuple[Standpoint, tuple[PricedChange, ...]]

JUNE = Period(date(2026, 6, 1), date(2026, 7, 1))


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def change(*lines: OpenLine, unit: int = 5000, count: int = 1, subscription: int = 1) -> PricedChange:
    return PricedChange(
        subscription_id=subscription,
        product="remote-support",
        before=Terms(1, 1, Frequency.MONTHLY, euros(3000)),
        after=Terms(2, count, Frequency.MONTHLY, euros(unit)),
        open_lines=lines,
        takes_back_cancellation=False,
        release=(),
    )


def standpoint(
    balance: int = 0, *, millionths: int = 0, unpaid: dict[int, int] | None = None, day: int = 11
) -> Standpoint:
    return Standpoint(
        account_id=1,
        today=date(2026, 6, day),
        balance=euros(balance),
        tax=rule(millionths),
        unpaid={invoice: euros(rest) for invoice, rest in (unpaid or {}).items()},
    )


def june_line(minor: int = 3000, *, millionths: int = 0, credited: int = 0) -> OpenLine:
    return open_line(7, 3, ChargedLine(euros(minor), JUNE, euros(credited)), millionths)


# --- one order, by hand ---------------------------------------------------------------------------------------------


def test_a_change_charges_a_whole_new_period_and_gives_back_the_unused_days() -> None:
    summary = summarise(standpoint(), [change(june_line())])
    charged, back = summary.lines
    assert (charged.kind, charged.amount, charged.service) == (
        LineKind.CHARGE,
        euros(5000),
        Period(date(2026, 6, 11), date(2026, 7, 11)),
    )
    assert (back.kind, back.amount, back.days, back.of_days) == (LineKind.CREDIT, euros(2000), 20, 30)
    assert (back.credits_line, back.invoice_id, back.base) == (7, 3, euros(3000))
    assert (summary.subtotal, summary.total, summary.total_due) == (euros(3000), euros(3000), euros(3000))
    (item,) = summary.items
    assert (item.next_charge_on, item.next_charge) == (date(2026, 7, 11), euros(5000))


def test_the_balance_pays_first() -> None:
    summary = summarise(standpoint(1200), [change(june_line())])
    assert (summary.balance_used, summary.balance_after, summary.total_due) == (
        euros(1200),
        euros(0),
        euros(1800),
    )


def test_a_negative_total_stays_as_balance() -> None:
    summary = summarise(standpoint(100), [change(june_line(60_000))])
    assert summary.total == euros(5000 - 40_000)
    assert (summary.balance_used, summary.total_due) == (euros(0), euros(0))
    assert summary.balance_after == euros(35_100)


def test_a_credit_carries_the_tax_of_its_charge_and_the_new_charge_the_tax_of_today() -> None:
    summary = summarise(standpoint(millionths=230_000), [change(june_line(millionths=190_000))])
    charged, back = summary.lines
    assert (charged.tax, charged.tax_rate.millionths) == (euros(1150), 230_000)
    assert (back.tax, back.tax_rate.millionths) == (euros(380), 190_000)
    assert summary.tax_total == euros(1150 - 380)


def test_a_line_says_why_no_tax_is_charged_on_it_and_a_credit_says_what_its_charge_said() -> None:
    reverse = TaxRule(TaxKind.REVERSE_CHARGE, rule(0).rate, "VATEX-EU-AE")
    before = replace(june_line(), tax_kind=TaxKind.EXEMPT, exemption="certificate 7")
    charged, back = summarise(replace(standpoint(), tax=reverse), [change(before)]).lines
    assert (charged.tax_kind, charged.exemption) == (TaxKind.REVERSE_CHARGE, "VATEX-EU-AE")
    assert (back.tax_kind, back.exemption) == (TaxKind.EXEMPT, "certificate 7")


def test_the_credit_for_an_unpaid_period_lowers_its_invoice_and_never_the_price_of_the_new() -> None:
    summary = summarise(standpoint(unpaid={3: 3000}), [change(june_line())])
    assert [(relief.invoice_id, relief.amount) for relief in summary.reliefs] == [(3, euros(2000))]
    assert (summary.total_due, summary.balance_after) == (euros(5000), euros(0))


def test_what_a_half_paid_invoice_does_not_need_is_the_accounts_own() -> None:
    summary = summarise(standpoint(unpaid={3: 500}), [change(june_line())])
    assert summary.reliefs[0].amount == euros(500)
    assert summary.total_due == euros(5000 - 1500)


def test_unpaid_invoices_that_no_credit_belongs_to_are_left_alone() -> None:
    summary = summarise(standpoint(unpaid={99: 3000}), [change(june_line())])
    assert summary.reliefs == ()
    assert summary.total_due == euros(3000)


def test_a_closed_line_gives_nothing_back() -> None:
    line = replace(
        june_line(),
        charged=ChargedLine(euros(3000), JUNE, euros(2000), closed=True),
        tax_credited=zero("EUR"),
    )
    summary = summarise(standpoint(day=12), [change(line)])
    assert [found.kind for found in summary.lines] == [LineKind.CHARGE]
    assert summary.total_due == euros(5000)


def test_the_last_of_a_line_takes_the_last_of_its_tax_with_it() -> None:
    # 19 % of 3 is 0.57, so 1; in thirds it would be 0.19 each, and nothing would ever come back.
    line = open_line(7, 3, ChargedLine(euros(3), JUNE, euros(2)), 190_000)
    assert line.tax_credited == euros(0)
    summary = summarise(standpoint(day=1), [change(line)])
    assert summary.lines[1].tax == euros(1)


def test_roundings_of_several_credits_never_give_back_more_tax_than_was_charged() -> None:
    # 19 % of 7 is 1.33, so 1. The first 3 took 0.57, so 1, with them: for the next 3 no tax is left.
    line = open_line(7, 3, ChargedLine(euros(7), JUNE, euros(3)), 190_000)
    assert (line.tax, line.tax_credited) == (euros(1), euros(1))
    back = summarise(standpoint(day=18), [change(line)]).lines[1]
    assert (back.amount, back.tax) == (euros(3), euros(0))


def test_released_seats_are_told_in_one_order_whatever_was_clicked_first() -> None:
    first = summarise(standpoint(), [replace(change(), release=(9, 4))])
    second = summarise(standpoint(), [replace(change(), release=(4, 9))])
    assert first.items[0].release == (4, 9)
    assert first.digest == second.digest


@pytest.mark.parametrize(
    ("before", "unit", "count", "rises"),
    [
        pytest.param(None, 1, 1, True, id="a-first-purchase"),
        pytest.param((3000, 2), 3001, 2, True, id="dearer-plan"),
        pytest.param((3000, 2), 3000, 3, True, id="more-seats"),
        pytest.param((3000, 2), 3000, 2, False, id="the-same"),
        pytest.param((3000, 2), 6000, 1, False, id="half-the-seats-twice-the-price"),
        pytest.param((3000, 2), 3000, 1, False, id="fewer-seats"),
    ],
)
def test_payment_details_are_asked_for_when_one_period_costs_more(
    before: tuple[int, int] | None, unit: int, count: int, rises: bool
) -> None:
    terms = Terms(1, before[1], Frequency.MONTHLY, euros(before[0])) if before else None
    summary = summarise(standpoint(), [replace(change(unit=unit, count=count), before=terms)])
    assert summary.price_rises is rises


def test_one_subscription_that_costs_more_is_enough_to_say_so() -> None:
    dearer, cheaper = change(unit=3001), change(unit=2999, subscription=2)
    assert summarise(standpoint(), [dearer, cheaper]).price_rises
    assert not summarise(standpoint(), [cheaper]).price_rises


@pytest.mark.parametrize(
    ("effect", "seats_after", "charged", "given_back"),
    [
        pytest.param(Effect.REANCHOR, 1, 5000, [2000], id="online-from-today"),
        pytest.param(Effect.COTERM, 3, 6667, [], id="two-seats-added-up-to-the-renewal"),
        pytest.param(Effect.SWAP, 1, 3333, [2000], id="the-rest-of-the-period-on-new-terms"),
        pytest.param(Effect.RENEW, 1, 5000, [], id="the-whole-of-the-next-period"),
    ],
)
def test_each_effect_charges_its_own_days_and_the_item_says_which_it_was(
    effect: Effect, seats_after: int, charged: int, given_back: list[int]
) -> None:
    wanted = replace(change(june_line(), count=seats_after), effect=effect, period=JUNE)
    summary = summarise(standpoint(), [wanted])
    assert [line.amount.minor for line in summary.lines] == [charged, *given_back]
    (item,) = summary.items
    assert item.effect is effect
    assert item.period == (
        Period(date(2026, 6, 11), date(2026, 7, 11)) if effect is Effect.REANCHOR else JUNE
    )
    assert item.next_charge_on == item.period.end


def test_two_currencies_never_meet_in_one_summary() -> None:
    foreign = replace(change(), after=Terms(2, 1, Frequency.MONTHLY, Money(5000, "USD")), before=None)
    with pytest.raises(CurrencyMismatchError):
        summarise(standpoint(), [foreign])


# --- any order ------------------------------------------------------------------------------------------------------


@given(orders())
def test_everything_adds_up(order: Order) -> None:
    where, wanted = order
    summary = summarise(where, wanted)
    charged = [line for line in summary.lines if line.kind is LineKind.CHARGE]
    back = [line for line in summary.lines if line.kind is LineKind.CREDIT]
    assert summary.subtotal.minor == sum(x.amount.minor for x in charged) - sum(x.amount.minor for x in back)
    assert summary.tax_total.minor == sum(x.tax.minor for x in charged) - sum(x.tax.minor for x in back)
    relief = sum(found.amount.minor for found in summary.reliefs)
    assert summary.total == summary.subtotal + summary.tax_total
    to_settle = summary.total.minor + relief
    assert to_settle - summary.balance_used.minor == (
        summary.total_due.minor
        - (summary.balance_after - summary.balance_before + summary.balance_used).minor
    )
    assert min(summary.total_due.minor, summary.balance_used.minor, summary.balance_after.minor) >= 0
    assert summary.balance_used <= summary.balance_before
    if summary.total_due:
        assert not summary.balance_after, "the balance pays before the card does"


@given(orders())
def test_each_line_explains_itself(order: Order) -> None:
    for line in summarise(*order).lines:
        exact = oracle.part(line.base.minor, line.days, line.of_days)
        assert line.days == line.service.days
        if line.kind is LineKind.CHARGE:
            assert line.base == line.unit * line.seats
            assert line.amount.minor == oracle.nearest(exact)
        else:
            assert 0 < line.amount.minor <= oracle.nearest(exact)


@given(orders())
def test_tax_follows_its_line_and_is_never_given_back_beyond_what_was_charged(order: Order) -> None:
    where, wanted = order
    books = {line.id: line for one in wanted for line in one.open_lines}
    for line in summarise(where, wanted).lines:
        rate = Fraction(line.tax_rate.millionths, MILLION)
        if line.credits_line is None:
            assert line.tax_rate == where.tax.rate
            assert line.tax.minor == oracle.nearest(line.amount.minor * rate)
            continue
        source = books[line.credits_line]
        left = (source.tax - source.tax_credited).minor
        assert line.tax_rate == source.tax_rate
        assert 0 <= line.tax.minor <= left
        if line.amount == source.charged.remainder:
            assert line.tax.minor == left
        else:
            assert line.tax.minor == min(oracle.nearest(line.amount.minor * rate), left)


@given(orders())
def test_an_unpaid_period_never_becomes_balance(order: Order) -> None:
    where, wanted = order
    summary = summarise(where, wanted)
    credited: defaultdict[int, int] = defaultdict(int)
    for line in summary.lines:
        if line.invoice_id is not None:
            credited[line.invoice_id] += line.gross.minor
    lowered = {found.invoice_id: found.amount.minor for found in summary.reliefs}
    for invoice, gross in credited.items():
        unpaid = where.unpaid[invoice].minor if invoice in where.unpaid else 0
        assert lowered.get(invoice, 0) == min(gross, unpaid)
    assert set(lowered) <= set(credited)
    own = sum(credited.values()) - sum(lowered.values())
    assert summary.balance_after.minor <= where.balance.minor + own


@given(orders(), st.integers(1, 400), st.integers(1, 50_000))
def test_more_seats_or_a_dearer_plan_never_lower_what_is_due(order: Order, more: int, dearer: int) -> None:
    where, wanted = order
    first = wanted[0]
    large = replace(
        first,
        after=replace(
            first.after,
            seats=first.after.seats + more,
            unit=first.after.unit + Money(dearer, where.balance.currency),
        ),
    )
    small_summary, large_summary = summarise(where, wanted), summarise(where, (large, *wanted[1:]))
    assert small_summary.total <= large_summary.total
    assert small_summary.total_due <= large_summary.total_due
    assert large_summary.balance_after <= small_summary.balance_after


def paid(where: Standpoint, summary: OrderSummary) -> int:
    """What the account is poorer by: cash that left the card, less what its balance and its debts gained."""
    relief = sum(found.amount.minor for found in summary.reliefs)
    return summary.total_due.minor - (summary.balance_after - where.balance).minor - relief


@st.composite
def detours(draw: st.DrawFn) -> tuple[Standpoint, PricedChange, Terms]:
    currency, today = draw(currencies), draw(days)
    direct = replace(draw(changes(currency, 1, today)), open_lines=draw(open_lines(currency, 10, today)))
    by = Terms(9, draw(seats), draw(st.sampled_from(Frequency)), Money(draw(units), currency))
    unpaid = {number: Money(draw(st.integers(0, 5000)), currency) for number in (1, 2)}
    where = Standpoint(1, today, Money(draw(st.integers(0, 5000)), currency), rule(draw(rates)), unpaid)
    return where, direct, by


@given(detours())
def test_a_detour_on_one_day_costs_what_the_direct_way_costs(
    case: tuple[Standpoint, PricedChange, Terms],
) -> None:
    where, direct, by = case
    first = summarise(where, [replace(direct, after=by)])
    (bought,) = (line for line in first.lines if line.kind is LineKind.CHARGE)
    given_back = {line.credits_line: line for line in first.lines if line.credits_line is not None}
    old = [
        replace(
            line,
            charged=replace(
                line.charged,
                credited=line.charged.credited + given_back[line.id].amount,
                closed=True,
            ),
            tax_credited=line.tax_credited + given_back[line.id].tax,
        )
        if line.id in given_back
        else line
        for line in direct.open_lines
    ]
    new = OpenLine(
        id=99,
        invoice_id=99,
        plan_id=by.plan_id,
        seats=by.seats,
        unit=by.unit,
        charged=ChargedLine(bought.amount, bought.service, zero(by.unit.currency)),
        tax_rate=bought.tax_rate,
        tax=bought.tax,
        tax_credited=zero(by.unit.currency),
    )
    lowered = {found.invoice_id: found.amount for found in first.reliefs}
    left = {
        invoice: rest - lowered.get(invoice, zero(rest.currency)) for invoice, rest in where.unpaid.items()
    }
    then = replace(where, balance=first.balance_after, unpaid=left)
    second = summarise(then, [replace(direct, before=by, open_lines=(*old, new))])
    assert paid(where, first) + paid(then, second) == paid(where, summarise(where, [direct]))


@given(orders())
def test_the_same_integers_for_currencies_of_any_number_of_decimals(order: Order) -> None:
    own = order[0].balance.currency
    text = json.dumps(to_plain(summarise(*order)))
    for currency in ("JPY", "EUR", "KWD"):
        other = json.dumps(to_plain(summarise(*_in_currency(order, currency))))
        assert other == text.replace(f'"{own}"', f'"{currency}"')


def _in_currency(order: Order, currency: str) -> Order:
    def of(money: Money) -> Money:
        return Money(money.minor, currency)

    def terms(some: Terms) -> Terms:
        return replace(some, unit=of(some.unit))

    where, wanted = order
    return (
        replace(
            where, balance=of(where.balance), unpaid={key: of(rest) for key, rest in where.unpaid.items()}
        ),
        tuple(
            replace(
                one,
                before=terms(one.before) if one.before else None,
                after=terms(one.after),
                open_lines=tuple(
                    replace(
                        line,
                        unit=of(line.unit),
                        tax=of(line.tax),
                        tax_credited=of(line.tax_credited),
                        charged=replace(
                            line.charged, amount=of(line.charged.amount), credited=of(line.charged.credited)
                        ),
                    )
                    for line in one.open_lines
                ),
            )
            for one in wanted
        ),
    )


# --- the price promise ----------------------------------------------------------------------------------------------


@given(orders())
def test_the_same_facts_give_the_same_summary_and_digest(order: Order) -> None:
    where, wanted = order
    shuffled = replace(where, unpaid=dict(reversed(list(where.unpaid.items()))))
    first, second = summarise(where, wanted), summarise(shuffled, list(wanted))
    assert first == second
    assert first.digest == second.digest


@given(orders())
def test_a_kept_summary_comes_back_whole(order: Order) -> None:
    summary = summarise(*order)
    back = from_plain(json.loads(json.dumps(to_plain(summary))))
    assert back == summary
    assert back.digest == summary.digest


@settings(max_examples=25)
@given(orders())
def test_the_digest_notices_every_figure_that_changes(order: Order) -> None:
    summary = summarise(*order)
    plain = json.loads(json.dumps(to_plain(summary)))
    seen = {summary.digest}
    count = 1
    for path, value in _leaves(plain):
        changed = json.loads(json.dumps(plain))
        _put(changed, path, _other(path, value))
        seen.add(from_plain(changed).digest)
        count += 1
    assert len(seen) == count


def _leaves(plain: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(plain, dict):
        for key, value in plain.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(plain, list) and len(plain) == 2 and isinstance(plain[1], str):
        yield path, plain  # an amount; its currency cannot change alone
    elif isinstance(plain, list):
        for number, value in enumerate(plain):
            yield from _leaves(value, (*path, number))
    else:
        yield path, plain


def _other(path: tuple[Any, ...], value: Any) -> Any:
    swaps = {
        "charge": "credit",
        "credit": "charge",
        "monthly": "annual",
        "annual": "monthly",
        "charged": "reverse_charge",
        "reverse_charge": "charged",
        "reanchor": "swap",
    }
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case [minor, currency]:
            return [minor + 1, currency]
        case None:
            return _instead_of_nothing(str(path[-1]))
        case str() if value in swaps:
            return swaps[value]
        case str() if path[-1] in {"today", "start", "end", "next_charge_on"}:
            day = date.fromisoformat(value)
            # A period may not end before it starts.
            return date.fromordinal(day.toordinal() + (-1 if path[-1] == "start" else 1)).isoformat()
        case _:
            return f"{value}x"


def _instead_of_nothing(name: str) -> Any:
    if name == "before":
        return {"plan_id": 1, "seats": 1, "frequency": "monthly", "unit": [1, "EUR"]}
    return 1


def _put(plain: Any, path: tuple[Any, ...], value: Any) -> None:
    for step in path[:-1]:
        plain = plain[step]
    plain[path[-1]] = value


def test_a_kept_summary_with_a_figure_too_many_is_refused() -> None:
    plain = to_plain(summarise(standpoint(), [change()]))
    with pytest.raises(ClassValidationError):
        from_plain({**plain, "discount": [500, "EUR"]})


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(standpoint(1), id="the-balance"),
        pytest.param(standpoint(day=12), id="the-day"),
        pytest.param(standpoint(millionths=190_000), id="the-tax"),
        pytest.param(standpoint(unpaid={3: 10}), id="an-unpaid-invoice"),
        pytest.param(replace(standpoint(), account_id=2), id="the-account"),
        pytest.param(
            replace(standpoint(), tax=replace(rule(0), rate=TaxRate("GST", 0))), id="the-name-of-the-tax"
        ),
    ],
)
def test_the_promise_breaks_when_anything_behind_it_moved(later: Standpoint) -> None:
    wanted = [change(june_line())]
    assert summarise(standpoint(), wanted).digest != summarise(later, wanted).digest


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(change(june_line(), unit=5001), id="the-price"),
        pytest.param(change(june_line(), count=2), id="the-seats"),
        pytest.param(change(june_line(3030)), id="the-line-on-the-books"),
        pytest.param(change(june_line(credited=1500)), id="what-was-given-back"),
        pytest.param(change(), id="another-change-came-first"),
        pytest.param(replace(change(june_line()), release=(4,)), id="who-loses-a-seat"),
        pytest.param(replace(change(june_line()), takes_back_cancellation=True), id="a-cancellation"),
        pytest.param(replace(change(june_line()), before=None), id="the-terms-before"),
    ],
)
def test_the_promise_breaks_when_the_subscription_moved(later: PricedChange) -> None:
    where = standpoint()
    assert summarise(where, [change(june_line())]).digest != summarise(where, [later]).digest


def test_the_digest_of_a_known_summary_stays_what_it_is() -> None:
    # Kept orders carry it. Change it only together with a way to read the summaries that were kept before.
    where = standpoint(1200, millionths=190_000, unpaid={3: 500})
    summary = summarise(where, [change(june_line(millionths=190_000))])
    assert summary.digest == "b54a4b262d249a099820308009a663ff0581dc3df831b15467b16d5eaf0a5e17"
