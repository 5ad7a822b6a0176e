"""Corrections by our own people: a part of a charged line, or all of it, is given back for a reason that is told.

Such an allowance is not computed from days. It lowers what is left of the line and closes nothing: a later change
still gives the unused days back, as far as anything is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.shared.domain.money import Money
from portal.shared.domain.summary import (
    LineKind,
    OpenLine,
    OrderSummary,
    Standpoint,
    SummaryLine,
    credited_tax,
    total_up,
)

LONGEST_REASON = 500


class CreditProblem(StrEnum):
    """Why an amount cannot be credited of a line."""

    NOTHING = "nothing"
    MORE_THAN_REST = "more_than_rest"


@dataclass(frozen=True, slots=True)
class Allowance:
    """So much of the net amount of a charged line is given back."""

    subscription_id: int
    product: str
    line: OpenLine
    amount: Money

    @property
    def problem(self) -> CreditProblem | None:
        """Why it cannot be given: it is nothing, or more than is left of the line."""
        if self.amount.minor <= 0:
            return CreditProblem.NOTHING
        return CreditProblem.MORE_THAN_REST if self.line.charged.remainder < self.amount else None


def correction(standpoint: Standpoint, allowances: Iterable[Allowance]) -> OrderSummary:
    """What a credit note of these allowances does.

    Raises:
        ValueError: one of them is nothing, or more than is left of its line.
    """
    return total_up(standpoint, (), [_credit_line(one) for one in allowances])


def _credit_line(one: Allowance) -> SummaryLine:
    if one.problem is not None:
        raise ValueError(f"an allowance that cannot be given: {one.problem}")
    line = one.line
    return SummaryLine(
        kind=LineKind.CREDIT,
        subscription_id=one.subscription_id,
        product=one.product,
        plan_id=line.plan_id,
        seats=line.seats,
        unit=line.unit,
        base=line.charged.amount,
        service=line.charged.service,
        days=0,  # no days are given back: this is what tells an allowance from a credit for unused time
        of_days=max(1, line.charged.service.days),
        amount=one.amount,
        tax_rate=line.tax_rate,
        tax=credited_tax(line, one.amount),
        credits_line=line.id,
        invoice_id=line.invoice_id,
        tax_kind=line.tax_kind,
        exemption=line.exemption,
    )


@dataclass(frozen=True, slots=True)
class CreditLimits:
    """How much of one invoice or payment somebody may give back alone, in minor units by role and currency."""

    by_role: Mapping[str, Mapping[str, int]]

    def of(self, role: str, currency: str) -> Money | None:
        """The limit of a role, with tax; none where there is no limit, as for managers."""
        if role == "manager":
            return None
        return Money(self.by_role.get(role, {}).get(currency, 0), currency)

    def allow(self, role: str, amount: Money) -> bool:
        """Whether somebody of this role may give so much back."""
        limit = self.of(role, amount.currency)
        return limit is None or not limit < amount
