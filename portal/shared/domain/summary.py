"""The order summary: everything that placing an order will do, computed before it does it.

`summarise` is pure. Checkout shows its result and carries the digest; placing the order computes it again under the
lock and compares (the price promise). Preview and commit are one code path.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn, override

from portal.shared.domain.calendar import Period
from portal.shared.domain.changes import price_rises
from portal.shared.domain.effects import Effect
from portal.shared.domain.money import Money, zero
from portal.shared.domain.proration import ChargedLine, Share, cap, charge, coterm, draw, reanchor, swap
from portal.shared.domain.taxes import MILLION, TaxKind, TaxRate, TaxRule
from portal.shared.domain.terms import Terms


class LineKind(StrEnum):
    """A charge is to be paid; a credit is in the account's favour."""

    CHARGE = "charge"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A charged line on the books that a change could credit, with the tax and the invoice it belongs to."""

    id: int
    invoice_id: int
    plan_id: int
    seats: int
    unit: Money
    charged: ChargedLine
    tax_rate: TaxRate
    tax: Money
    tax_credited: Money
    tax_kind: TaxKind = TaxKind.CHARGED
    exemption: str = ""


@dataclass(frozen=True, slots=True)
class PricedChange:
    """One item of the order: a subscription, its terms until now and from now on, and its open lines.

    The period is the one that an effect works in, running or, for a renewal, next; re-anchoring makes its own.
    `next_unit` is what a seat costs in the period after it; without one the price stays.
    """

    subscription_id: int
    product: str
    before: Terms | None
    after: Terms
    open_lines: tuple[OpenLine, ...]
    takes_back_cancellation: bool
    release: tuple[int, ...]
    effect: Effect = Effect.REANCHOR
    period: Period | None = None
    next_unit: Money | None = None


@dataclass(frozen=True, slots=True)
class Standpoint:
    """What the account brings: its balance, today's tax rule, and what is still unpaid of its invoices."""

    account_id: int
    today: date
    balance: Money
    tax: TaxRule
    unpaid: Mapping[int, Money]


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One line. Amount and tax are positive in both kinds; the kind says in whose favour they are.

    `takes_place_of` is the line of an earlier document that it says again with another tax; `invoice_id` is the
    document that what it credits, or says again, was asked for by.
    """

    kind: LineKind
    subscription_id: int
    product: str
    plan_id: int
    seats: int
    unit: Money
    base: Money
    service: Period
    days: int
    of_days: int
    amount: Money
    tax_rate: TaxRate
    tax: Money
    credits_line: int | None = None
    invoice_id: int | None = None
    tax_kind: TaxKind = TaxKind.CHARGED
    exemption: str = ""
    takes_place_of: int | None = None

    @property
    def gross(self) -> Money:
        """Amount with its tax."""
        return self.amount + self.tax

    @property
    def signed(self) -> Money:
        """The net amount as the payer sees it: credits are negative."""
        return self.amount if self.kind is LineKind.CHARGE else -self.amount

    @property
    def signed_tax(self) -> Money:
        """The tax with the sign of its line."""
        return self.tax if self.kind is LineKind.CHARGE else -self.tax


@dataclass(frozen=True, slots=True)
class SummaryItem:
    """What becomes of one subscription."""

    subscription_id: int
    product: str
    before: Terms | None
    after: Terms
    period: Period
    next_charge_on: date
    next_charge: Money
    price_rises: bool
    takes_back_cancellation: bool
    release: tuple[int, ...]
    effect: Effect = Effect.REANCHOR


@dataclass(frozen=True, slots=True)
class InvoiceRelief:
    """How much of the credit lowers an invoice that is still unpaid (law 5)."""

    invoice_id: int
    amount: Money


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """All that will happen, in minor units of the account's currency."""

    account_id: int
    today: date
    items: tuple[SummaryItem, ...]
    lines: tuple[SummaryLine, ...]
    tax: TaxRule
    subtotal: Money
    tax_total: Money
    total: Money
    reliefs: tuple[InvoiceRelief, ...]
    balance_before: Money
    balance_used: Money
    balance_after: Money
    total_due: Money

    @property
    def price_rises(self) -> bool:
        """Whether any subscription will cost more than before."""
        return any(item.price_rises for item in self.items)

    @property
    def digest(self) -> str:
        """A fingerprint of everything the summary says: the same figures, the same digest."""
        text = json.dumps(to_plain(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def summarise(standpoint: Standpoint, changes: Iterable[PricedChange]) -> OrderSummary:
    """Everything that changes of subscriptions will do from this day on, each by its own effect (law 4)."""
    lines: list[SummaryLine] = []
    items: list[SummaryItem] = []
    for change in changes:
        item, own = _item_and_lines(standpoint, change)
        items.append(item)
        lines.extend(own)
    return total_up(standpoint, items, lines)


def total_up(
    standpoint: Standpoint, items: Iterable[SummaryItem], lines: Iterable[SummaryLine]
) -> OrderSummary:
    """What lines come to: credits lower what is unpaid of their invoices, the balance pays, the rest is due or kept."""
    items, lines = tuple(items), tuple(lines)
    currency = standpoint.balance.currency
    subtotal = sum((line.signed for line in lines), zero(currency))
    tax_total = sum((line.signed_tax for line in lines), zero(currency))
    reliefs = _reliefs(standpoint, lines)
    relieved = sum((relief.amount for relief in reliefs), zero(currency))
    to_settle = subtotal + tax_total + relieved
    used = draw(standpoint.balance, to_settle)
    kept = Money(max(0, -to_settle.minor), currency)
    return OrderSummary(
        account_id=standpoint.account_id,
        today=standpoint.today,
        items=items,
        lines=lines,
        tax=standpoint.tax,
        subtotal=subtotal,
        tax_total=tax_total,
        total=subtotal + tax_total,
        reliefs=reliefs,
        balance_before=standpoint.balance,
        balance_used=used,
        balance_after=standpoint.balance - used + kept,
        total_due=to_settle - used + kept,
    )


def _item_and_lines(standpoint: Standpoint, change: PricedChange) -> tuple[SummaryItem, list[SummaryLine]]:
    period, shares, charged_seats, credits = _effected(standpoint, change)
    charged = _charge_line(change, shares, charged_seats, standpoint.tax)
    after = change.after
    whole = (change.next_unit or after.unit) * after.seats
    item = SummaryItem(
        subscription_id=change.subscription_id,
        product=change.product,
        before=change.before,
        after=after,
        period=period,
        next_charge_on=period.end,
        next_charge=whole + standpoint.tax.on(whole),
        price_rises=price_rises(change.before, after),
        takes_back_cancellation=change.takes_back_cancellation,
        release=tuple(sorted(change.release)),
        effect=change.effect,
    )
    given_back = (
        _credit_line(change, line, share)
        for line, share in zip(change.open_lines, credits, strict=True)
        if share.amount
    )
    return item, [charged, *given_back]


def _effected(standpoint: Standpoint, change: PricedChange) -> tuple[Period, Share, int, tuple[Share, ...]]:
    """The billing period from now on, the charge and for how many seats, and a credit for each open line."""
    after, today = change.after, standpoint.today
    lines = [line.charged for line in change.open_lines]
    if change.effect is Effect.REANCHOR:
        fresh = reanchor(lines, after.unit, after.seats, after.frequency, today)
        return fresh.charge.service, fresh.charge, after.seats, fresh.credits
    assert change.period is not None, "every other effect works in a period that is given"
    if change.effect is Effect.RENEW:
        whole = charge(after.unit, after.seats, change.period, change.period)
        return change.period, whole, after.seats, tuple(_nothing(line) for line in lines)
    assert change.before is not None, "an effect that keeps the renewal date has terms to keep"
    if change.effect is Effect.COTERM:
        added = after.seats - change.before.seats
        share = coterm(after.unit, added, change.period, today)
        return change.period, share, added, tuple(_nothing(line) for line in lines)
    swapped = swap(lines, after.unit, after.seats, change.period, today)
    return change.period, swapped.charge, after.seats, swapped.credits


def _nothing(line: ChargedLine) -> Share:
    """No credit: the line goes on paying for what it was charged for."""
    return Share(zero(line.amount.currency), line.service, 0, line.service.days)


def _charge_line(change: PricedChange, share: Share, seats: int, rule: TaxRule) -> SummaryLine:
    after = change.after
    return SummaryLine(
        kind=LineKind.CHARGE,
        subscription_id=change.subscription_id,
        product=change.product,
        plan_id=after.plan_id,
        seats=seats,
        unit=after.unit,
        base=after.unit * seats,
        service=share.service,
        days=share.days,
        of_days=share.of_days,
        amount=share.amount,
        tax_rate=rule.rate,
        tax=rule.on(share.amount),
        tax_kind=rule.kind,
        exemption=rule.exemption,
    )


def _credit_line(change: PricedChange, line: OpenLine, share: Share) -> SummaryLine:
    return SummaryLine(
        kind=LineKind.CREDIT,
        subscription_id=change.subscription_id,
        product=change.product,
        plan_id=line.plan_id,
        seats=line.seats,
        unit=line.unit,
        base=line.charged.amount,
        service=share.service,
        days=share.days,
        of_days=share.of_days,
        amount=share.amount,
        tax_rate=line.tax_rate,
        tax=credited_tax(line, share.amount),
        credits_line=line.id,
        invoice_id=line.invoice_id,
        tax_kind=line.tax_kind,
        exemption=line.exemption,
    )


def credited_tax(line: OpenLine, amount: Money) -> Money:
    """The tax that goes back with a credit: the charge's own rate, and all the rest with the last of the amount."""
    rest = line.tax - line.tax_credited
    if amount == line.charged.remainder:
        return rest
    return cap(amount.share(line.tax_rate.millionths, MILLION), line.tax, line.tax_credited)


def _reliefs(standpoint: Standpoint, lines: Iterable[SummaryLine]) -> tuple[InvoiceRelief, ...]:
    by_invoice: dict[int, Money] = defaultdict(lambda: zero(standpoint.balance.currency))
    for line in lines:
        if line.invoice_id is not None:
            by_invoice[line.invoice_id] += -(line.signed + line.signed_tax)
    return tuple(
        InvoiceRelief(invoice_id, min(gross, standpoint.unpaid[invoice_id], key=lambda money: money.minor))
        for invoice_id, gross in sorted(by_invoice.items())
        if standpoint.unpaid.get(invoice_id)
    )


@cache
def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_structure_hook(date, lambda text, _: date.fromisoformat(text))
    converter.register_unstructure_hook(Money, lambda money: [money.minor, money.currency])
    converter.register_structure_hook(Money, lambda pair, _: Money(pair[0], pair[1]))
    # What summaries did not always hold is left out where it says nothing, so that older ones keep their digest.
    later = override(omit_if_default=True)
    of_rule = make_dict_unstructure_fn(TaxRule, converter, exemption=later)
    of_line = make_dict_unstructure_fn(
        SummaryLine, converter, tax_kind=later, exemption=later, takes_place_of=later
    )
    converter.register_unstructure_hook(TaxRule, of_rule)
    converter.register_unstructure_hook(SummaryLine, of_line)
    return converter


def to_plain(summary: OrderSummary) -> dict[str, Any]:
    """The summary as plain values, to be kept with an order or a quote."""
    plain: dict[str, Any] = _converter().unstructure(summary)
    return plain


def from_plain(plain: Mapping[str, Any]) -> OrderSummary:
    """The summary that was kept. Equal to the one it was made from, digest included."""
    return _converter().structure(plain, OrderSummary)
