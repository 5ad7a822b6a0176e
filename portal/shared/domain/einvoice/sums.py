"""The sums of an electronic invoice, by the rules of EN 16931 and equal to the books.

The books round tax line by line, EN 16931 once a rate (BR-CO-17). The official rules take a tax that differs by less
than one whole unit of the currency; within that the e-invoice says what the books say. Where a currency without
decimals, or very many lines, lead further apart, it says the tax by the rate and balances what is due with the
rounding amount (BT-114), so that what is to be paid is always what the books ask for.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from portal.shared.domain.einvoice.facts import Category, EInvoice, Line
from portal.shared.domain.money import Money, exponent, half_up, zero
from portal.shared.domain.taxes import MILLION


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """One row of the tax breakdown (BG-23). `other` is tax that is no VAT, charged on top (BG-21)."""

    category: Category
    millionths: int
    basis: Money
    tax: Money
    other: Money


@dataclass(frozen=True, slots=True)
class Sums:
    """All sums of a document (BG-22), with the sign that the document gives them: a credit note's are positive."""

    lines: Money
    other: Money
    basis: Money
    tax: Money
    total: Money
    paid: Money
    rounding: Money
    due: Money
    groups: tuple[TaxGroup, ...]


def as_written(document: EInvoice) -> EInvoice:
    """The document with the signs of its kind: what a credit note gives back is positive."""
    sign = -1 if document.is_credit_note else 1
    return replace(
        document,
        lines=tuple(replace(line, amount=line.amount * sign, tax=line.tax * sign) for line in document.lines),
        total=document.total * sign,
        paid=document.paid * sign,
    )


def sums(written: EInvoice) -> Sums:
    """The sums of a document that has the signs of its kind."""
    nothing = zero(written.total.currency)
    groups = _groups(written.lines)
    lines = sum((line.amount for line in written.lines), nothing)
    other = sum((group.other for group in groups), nothing)
    tax = sum((group.tax for group in groups), nothing)
    total = lines + other + tax
    due = written.total - written.paid
    return Sums(
        lines=lines,
        other=other,
        basis=lines + other,
        tax=tax,
        total=total,
        paid=written.paid,
        rounding=due - (total - written.paid),
        due=due,
        groups=groups,
    )


def is_statable(written: EInvoice) -> bool:
    """Whether EN 16931 has words for it: the lines come to the total, and tax is a rate on them but for roundings.

    A document that corrects tax alone, without an amount that it was charged on, cannot be said.
    """
    nothing = zero(written.total.currency)
    said = sum((line.amount + line.tax for line in written.lines), nothing)
    return (
        bool(written.lines)
        and said == written.total
        and all(_explained(one) for one in _rates(written.lines))
    )


def _groups(lines: tuple[Line, ...]) -> tuple[TaxGroup, ...]:
    return tuple(_group(own) for own in _rates(lines))


def _rates(lines: tuple[Line, ...]) -> list[list[Line]]:
    """The lines of each category and rate (BR-S-08)."""
    found: dict[tuple[Category, int], list[Line]] = defaultdict(list)
    for line in lines:
        found[line.category, line.millionths if line.category is Category.CHARGED else 0].append(line)
    return list(found.values())


def _group(lines: list[Line]) -> TaxGroup:
    category, millionths = lines[0].category, lines[0].millionths
    net, tax = _net_and_tax(lines)
    nothing = zero(net.currency)
    if category is not Category.CHARGED:
        return TaxGroup(category, 0, net + tax, nothing, tax)
    if not _near(net, tax, millionths):
        tax = net.share(millionths, MILLION)
    return TaxGroup(category, millionths, net, tax, nothing)


def _explained(lines: list[Line]) -> bool:
    """Whether the tax of lines of one rate is that rate, but for what rounding line by line may add up to."""
    if lines[0].category is not Category.CHARGED:
        return True
    (net, tax), millionths = _net_and_tax(lines), lines[0].millionths
    apart = abs(tax.minor - net.share(millionths, MILLION).minor)
    return apart <= 2 * len(lines) or _near(net, tax, millionths)


def _net_and_tax(lines: list[Line]) -> tuple[Money, Money]:
    nothing = zero(lines[0].amount.currency)
    return sum((line.amount for line in lines), nothing), sum((line.tax for line in lines), nothing)


def _near(net: Money, tax: Money, millionths: int) -> bool:
    """Whether the tax is less than one unit of the currency away from the rate, both taken to two decimals."""
    cents: int = 10 ** (2 - exponent(net.currency))
    return abs(tax.minor * cents - half_up(net.minor * cents * millionths, MILLION)) < 100
