"""Tax that turned out not to be due: what it was charged on is given back, and charged again without it.

It is one document in the account's favour. What was given back of a line meanwhile is given back of its successor
too, so that the successor stands where the line stood: a later change credits the same days of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.shared.domain.calendar import Period
from portal.shared.domain.money import Money, zero
from portal.shared.domain.summary import (
    LineKind,
    OpenLine,
    OrderSummary,
    Standpoint,
    SummaryLine,
    credited_tax,
    total_up,
)


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A credit of the line that was written before; `days` is 0 for an allowance."""

    id: int
    service: Period
    days: int
    of_days: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Taxed:
    """A charged line whose tax is not due, the days it was shared by, and its credits in the order of their writing."""

    subscription_id: int
    product: str
    line: OpenLine
    days: int
    of_days: int
    credits: tuple[GivenBack, ...]

    @property
    def tax_left(self) -> Money:
        """Its tax as far as no credit gave it back."""
        return self.line.tax - self.line.tax_credited


def charged_without_tax(standpoint: Standpoint, lines: Iterable[Taxed]) -> OrderSummary:
    """What charging lines again by the rule of the standpoint does; the net amounts stay as they were.

    Its total is the tax that was left of them, in the account's favour. It lowers what is unpaid of the document that
    asked for the lines, and no balance is drawn upon.

    Raises:
        ValueError: the rule charges a tax.
    """
    if standpoint.tax.rate.millionths:
        raise ValueError("a correction takes tax away")
    return total_up(standpoint, (), [line for one in lines for line in _said_again(one, standpoint)])


def _said_again(one: Taxed, standpoint: Standpoint) -> list[SummaryLine]:
    line, rule = one.line, standpoint.tax
    rest = line.charged.remainder
    taken_back = SummaryLine(
        kind=LineKind.CREDIT,
        subscription_id=one.subscription_id,
        product=one.product,
        plan_id=line.plan_id,
        seats=line.seats,
        unit=line.unit,
        base=line.charged.amount,
        service=line.charged.service,
        days=0,  # no days are given back, as with an allowance
        of_days=max(1, line.charged.service.days),
        amount=rest,
        tax_rate=line.tax_rate,
        tax=credited_tax(line, rest),
        credits_line=line.id,
        invoice_id=line.invoice_id,
        tax_kind=line.tax_kind,
        exemption=line.exemption,
    )
    successor = SummaryLine(
        kind=LineKind.CHARGE,
        subscription_id=one.subscription_id,
        product=one.product,
        plan_id=line.plan_id,
        seats=line.seats,
        unit=line.unit,
        base=line.unit * line.seats,
        service=line.charged.service,
        days=one.days,
        of_days=one.of_days,
        amount=line.charged.amount,
        tax_rate=rule.rate,
        tax=zero(line.tax.currency),
        invoice_id=line.invoice_id,
        tax_kind=rule.kind,
        exemption=rule.exemption,
        takes_place_of=line.id,
    )
    return [taken_back, successor, *_credits_of(successor, one.credits)]


def _credits_of(successor: SummaryLine, credits: Iterable[GivenBack]) -> list[SummaryLine]:
    """The credits of the line that was, now of its successor; `credits_line` is still the one that was."""
    return [
        SummaryLine(
            kind=LineKind.CREDIT,
            subscription_id=successor.subscription_id,
            product=successor.product,
            plan_id=successor.plan_id,
            seats=successor.seats,
            unit=successor.unit,
            base=successor.amount,
            service=credit.service,
            days=credit.days,
            of_days=credit.of_days,
            amount=credit.amount,
            tax_rate=successor.tax_rate,
            tax=successor.tax,
            credits_line=successor.takes_place_of,
            invoice_id=successor.invoice_id,
            tax_kind=successor.tax_kind,
            exemption=successor.exemption,
            takes_place_of=credit.id,
        )
        for credit in credits
    ]
