"""What other systems compute for the same facts: 120 cases of their test suites and help pages.

The facts stand in tests/data/proration_cases.json, each with its source. `mode` says which of our functions is asked;
no case has code of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from portal.shared.domain.calendar import (
    Frequency,
    Period,
    add_months,
    boundaries,
    first_boundary,
    local_day,
    next_boundary,
    period_containing,
)
from portal.shared.domain.money import Money, exponent, zero
from portal.shared.domain.proration import (
    ChargedLine,
    Share,
    cap,
    charge,
    coterm,
    credit,
    draw,
    reanchor,
    swap,
)
from portal.shared.domain.taxes import MILLION, TaxKind, TaxRate, TaxRule

Facts = Mapping[str, Any]
CASES: list[Facts] = json.loads(
    (Path(__file__).parents[1] / "data" / "proration_cases.json").read_text("utf-8")
)["cases"]


class Reader:
    """One case, read in our words."""

    def __init__(self, case: Facts, inputs: Facts | None = None) -> None:
        self.facts: Facts = case["inputs"] if inputs is None else inputs
        self.convention: Facts = case["convention"]
        self.given = case["recommended"] == "same_given_fraction"
        self.currency: str = case["inputs"].get("currency", "EUR")

    def day(self, text: str) -> date:
        if "T" not in text:
            return date.fromisoformat(text)
        return local_day(datetime.fromisoformat(text), self.facts.get("timezone", "UTC"))

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)

    def period(self, facts: Facts) -> Period:
        return Period(self.day(facts["period_start"]), self.day(facts["period_end"]))

    def net(self, facts: Facts) -> Money:
        """The price of a whole period, net of discounts."""
        discount = self.money(facts.get("discount_minor", 0))
        return self.gross_of_discounts(facts) - discount

    def gross_of_discounts(self, facts: Facts) -> Money:
        """The price of a whole period, seats times price."""
        seats: int = facts.get("seats", 1)
        return self.money(facts["unit_minor"]) * seats

    def line(self) -> ChargedLine:
        """The old terms as a charged line. What was never billed of it cannot be given back either."""
        old, amount = self.facts["old"], self.net(self.facts["old"])
        never_billed = amount - self.money(old.get("paid_minor", amount.minor))
        before = self.money(self.facts.get("already_credited_minor", 0))
        return ChargedLine(amount, self.period(old), never_billed + before)

    @property
    def today(self) -> date:
        return self.day(self.facts["change"]["at"])

    def given_share(self, amount: Money) -> Money:
        return amount.share(self.convention["num"], self.convention["den"])

    def taxed(self, facts: Facts, amount: Money) -> Money:
        millionths = Fraction(str(facts.get("tax_rate", 0))) * MILLION
        assert millionths.denominator == 1, "a rate is a whole number of millionths"
        return TaxRule(TaxKind.CHARGED, TaxRate("VAT", int(millionths))).on(amount)


def _line(case: Facts) -> Facts:
    read = Reader(case)
    facts = read.facts
    if read.given:
        amount = read.given_share(read.net(facts))
        tax = read.taxed(facts, amount)
        kind = facts["kind"]
        return {f"{kind}_minor": amount.minor, f"{kind}_total_incl_tax_minor": (amount + tax).minor}
    service, period = Period(read.day(facts["from"]), read.day(facts["to"])), read.period(facts)
    share = charge(read.money(facts["unit_minor"]), facts["seats"], service, period)
    if facts["kind"] == "credit" and service.end == period.end:
        whole = ChargedLine(read.gross_of_discounts(facts), period, zero(read.currency))
        assert credit(whole, service.start).amount == share.amount
    precise = Fraction(read.gross_of_discounts(facts).minor * share.days, share.of_days)
    return {f"{facts['kind']}_minor": share.amount.minor, "precise_minor": precise}


def _two_lines(given_back: Money, charged: Money) -> dict[str, Any]:
    net = charged - given_back
    return {"credit_minor": given_back.minor, "charge_minor": charged.minor, "net_minor": net.minor}


def _settled(before: Money, net: Money) -> dict[str, Any]:
    used = draw(before, net)
    kept = max(0, -net.minor)
    return {
        "due_minor": max(0, (net - used).minor),
        "balance_after_minor": (before - used).minor + kept,
        "applied_minor": used.minor,
    }


def _swap(case: Facts, inputs: Facts | None = None) -> dict[str, Any]:
    read = Reader(case, inputs)
    old, new = read.facts["old"], read.facts["change"]
    if read.given:
        credits, charged = read.given_share(read.net(old)), read.given_share(read.net(new))
    else:
        swapped = swap([read.line()], read.net(new), 1, read.period(new), read.today)
        credits, charged = swapped.credits[0].amount, swapped.charge.amount
        assert swapped.charge.service.end == read.period(new).end
    answer = _two_lines(credits, charged)
    answer["credit_total_incl_tax_minor"] = (credits + read.taxed(old, credits)).minor
    opening = read.money(read.facts.get("opening_balance_minor", 0))
    return answer | _settled(opening, charged - credits)


def _reanchor(case: Facts) -> Facts:
    read = Reader(case)
    old, new = read.facts["old"], read.facts["change"]
    if read.given:
        return _two_lines(read.given_share(read.net(old)), read.net(new))
    frequency = {1: Frequency.MONTHLY, 12: Frequency.ANNUAL}[new["period_months"]]
    unit = read.money(new["unit_minor"])
    result = reanchor([read.line()], unit, new["seats"], frequency, read.today)
    service = result.charge.service
    return _two_lines(result.credits[0].amount, result.charge.amount) | {
        "new_period_start": service.start,
        "new_period_end": service.end,
    }


def _coterm_add(case: Facts) -> Facts:
    read = Reader(case)
    old, new = read.facts["old"], read.facts["change"]
    unit = read.money(new["unit_minor"])
    if read.given:
        return {"charge_minor": read.given_share(unit * new["added_seats"]).minor}
    share: Share = coterm(unit, new["added_seats"], read.period(old), read.today)
    return {"charge_minor": share.amount.minor, "period_end_unchanged": share.service.end}


def _credit_only(case: Facts) -> Facts:
    read = Reader(case)
    old = read.facts["old"]
    amount = read.given_share(read.net(old)) if read.given else credit(read.line(), read.today).amount
    tax = read.taxed(old, amount)
    return {
        "credit_minor": amount.minor,
        "tax_minor": tax.minor,
        "credit_total_incl_tax_minor": (amount + tax).minor,
    }


def _cap(case: Facts) -> Facts:
    read = Reader(case)
    potential, paid, before = (
        read.money(read.facts[key]) for key in ("potential_minor", "paid_minor", "already_credited_minor")
    )
    return {"credit_minor": cap(potential, paid, before).minor}


def _balance(case: Facts) -> Facts:
    read = Reader(case)
    balance = read.money(read.facts["opening_balance_minor"])
    steps = []
    for charged in read.facts["charges_minor"]:
        steps.append(_settled(balance, read.money(charged)))
        balance = read.money(steps[-1]["balance_after_minor"])
    return {
        "applied_minor": [step["applied_minor"] for step in steps],
        "due_minor": [step["due_minor"] for step in steps],
        "balance_after_minor": balance.minor,
    }


def _sequence(case: Facts) -> Facts:
    read = Reader(case)
    balance: int = read.facts["opening_balance_minor"]
    answers = []
    for step in read.facts["steps"]:
        if step["mode"] == "swap":
            answer = _swap(case, {**step, "opening_balance_minor": balance})
        else:
            answer = _settled(read.money(balance), read.money(step["charge_minor"]))
        balance = answer["balance_after_minor"]
        answers.append(answer)
    return {"steps": answers}


def _sum_lines(case: Facts) -> Facts:
    read = Reader(case)
    facts = read.facts
    service = Period(read.day(facts["from"]), read.day(facts["to"]))
    parts = (
        charge(read.money(line["unit_minor"]), 1, service, read.period(facts)) for line in facts["lines"]
    )
    return {"total_minor": sum((part.amount for part in parts), zero(read.currency)).minor}


def _period_containing(case: Facts) -> Facts:
    read = Reader(case)
    facts = read.facts
    period = period_containing(read.day(facts["anchor"]), facts["period_months"], read.day(facts["at"]))
    return {"period_start": period.start, "period_end": period.end, "days": period.days}


def _first_boundary(case: Facts) -> Facts:
    read = Reader(case)
    start, day = read.day(read.facts["start"]), read.facts["anchor_day"]
    return {"first_boundary": first_boundary(start, day, read.facts["period_months"])}


def _next_boundary(case: Facts) -> Facts:
    read = Reader(case)
    anchor, after = read.day(read.facts["anchor"]), read.day(read.facts["current_period_start"])
    return {"next_boundary": next_boundary(anchor, read.facts["period_months"], after)}


def _anchor_sequence(case: Facts) -> Facts:
    read = Reader(case)
    anchor, months, count = (read.facts[key] for key in ("anchor", "period_months", "count"))
    found = list(islice(boundaries(read.day(anchor), months), 1, count + 1))
    assert found == [add_months(read.day(anchor), months * step) for step in range(1, count + 1)]
    return {"boundaries": found}


MODES: dict[str, Callable[[Facts], Facts]] = {
    "line": _line,
    "swap": _swap,
    "reanchor": _reanchor,
    "coterm_add": _coterm_add,
    "credit_only": _credit_only,
    "cap": _cap,
    "balance": _balance,
    "sequence": _sequence,
    "sum_lines": _sum_lines,
    "period_containing": _period_containing,
    "period_length": _period_containing,
    "first_boundary": _first_boundary,
    "next_boundary": _next_boundary,
    "anchor_sequence": _anchor_sequence,
}


def _agrees(ours: object, theirs: object) -> bool:
    if isinstance(theirs, Mapping):
        assert isinstance(ours, Mapping)
        return all(_agrees(ours[key], value) for key, value in theirs.items())
    if isinstance(theirs, list):
        assert isinstance(ours, list)
        return len(ours) == len(theirs) and all(map(_agrees, ours, theirs))
    if isinstance(ours, date):
        return isinstance(theirs, str) and ours.isoformat() == theirs[:10]
    if isinstance(ours, Fraction):  # theirs is a decimal number cut after a dozen places
        return isinstance(theirs, str) and abs(ours - Fraction(theirs)) < Fraction(1, 10**9)
    return ours == theirs


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_our_rules_give_the_figures_that_others_state(case: Facts) -> None:
    ours, theirs = MODES[case["inputs"]["mode"]](case), case["expected"]
    assert _agrees(ours, theirs), f"{case['title']}: ours {dict(ours)}, theirs {theirs}"


def test_there_are_120_cases_and_each_says_where_it_comes_from() -> None:
    assert len(CASES) == 120
    assert len({case["id"] for case in CASES}) == 120
    for case in CASES:
        source = case["source"]
        assert source["ref"]
        assert source["licence"]
        assert source["kind"] == "doc" or len(source["commit"]) == 40
        assert case["expected"], "a case without an expectation proves nothing"


def test_every_case_of_money_agrees_on_the_decimals_of_its_currency() -> None:
    for case in CASES:
        facts = case["inputs"]
        if "currency" in facts:
            assert exponent(facts["currency"]) == facts["exponent"]


def test_every_function_that_a_case_may_ask_is_asked() -> None:
    assert {case["inputs"]["mode"] for case in CASES} == set(MODES)
