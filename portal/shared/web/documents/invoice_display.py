"""Documents about money in words: the same on the page of either portal, on paper and in the PDF."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.invoices import InvoiceState
from portal.shared.domain.money import Money, zero
from portal.shared.domain.payment_methods import MethodKind
from portal.shared.services.catalog.reading import Names
from portal.shared.services.invoices.reading import InvoiceHead, InvoiceWhole, SettledPart
from portal.shared.web.display import format_long_date, format_percent, language, money
from portal.shared.web.entrance.languages import DEFAULT, LANGUAGES
from portal.shared.web.orders import display as order_display
from portal.shared.web.orders.display import Row
from portal.shared.web.words import taxes as tax_words
from portal.shared.web.words.methods import method_words

STATES: dict[InvoiceState, tuple[LazyString, str]] = {
    InvoiceState.OPEN: (lazy_gettext("Open"), "info"),
    InvoiceState.PART_PAID: (lazy_gettext("Part paid"), "warn"),
    InvoiceState.OVERDUE: (lazy_gettext("Overdue"), "bad"),
    InvoiceState.WRITTEN_OFF: (lazy_gettext("Written off"), "neutral"),
    InvoiceState.PAID: (lazy_gettext("Paid"), "good"),
    InvoiceState.CREDIT_NOTE: (lazy_gettext("Credit note"), "neutral"),
}

_PAID_BY: dict[str, LazyString] = {
    "card": lazy_gettext("Card"),
    "direct_debit": lazy_gettext("Direct debit"),
    "transfer": lazy_gettext("Bank transfer"),
    "cheque": lazy_gettext("Cheque"),
}


def language_of(view: InvoiceWhole) -> str:
    """The language that a document speaks, whoever reads it: the account's own."""
    return view.language if view.language in LANGUAGES else DEFAULT


def heading(head: InvoiceHead) -> str:
    """What kind of document it is."""
    return str(gettext("Credit note") if head.kind == "credit_note" else gettext("Invoice"))


def facts(view: InvoiceWhole) -> list[dict[str, str]]:
    """What stands at the head of a document."""
    head = view.head
    items = [(gettext("Issued on"), format_long_date(head.issued_on, language()))]
    if head.kind == "invoice":
        items.append((gettext("Due date"), format_long_date(head.due_on, language())))
    if view.approved_by:
        items.append((gettext("Asked by"), view.asked_by))
        items.append((gettext("Approved by"), view.approved_by))
    if head.purchase_order:
        items.append((gettext("Purchase order"), head.purchase_order))
    if view.credited_documents:
        items.append((gettext("Credits lines of"), ", ".join(view.credited_documents)))
    return [{"label": label, "value": value} for label, value in items]


def rows(view: InvoiceWhole, names: Names) -> list[Row]:
    """The lines, each with its reason."""
    return order_display.line_rows(view.lines, names)


def tax_table(view: InvoiceWhole) -> dict[str, Any] | None:
    """Net and tax of each rate, none where no tax is charged."""
    sums: dict[tuple[str, int], list[Money]] = defaultdict(lambda: [zero(view.tax.currency)] * 2)
    for line in view.lines:
        key = (line.tax_rate.name or tax_words.untaxed(line.tax_kind), line.tax_rate.millionths)
        net, tax = sums[key]
        sums[key] = [net + line.signed, tax + line.signed_tax]
    if not any(rate for _, rate in sums):
        return None
    return {
        "heading": gettext("Tax"),
        "columns": [gettext("Rate"), gettext("Net amount"), gettext("Tax")],
        "rows": [
            [f"{name} {format_percent(rate, language())}".strip(), money(net), money(tax)]
            for (name, rate), (net, tax) in sums.items()
        ],
    }


def totals_as_issued(view: InvoiceWhole) -> list[dict[str, str]]:
    """From the lines to what was to be paid on the day of issue."""
    steps = [_step(gettext("Subtotal"), view.subtotal), _step(gettext("Tax"), view.tax)]
    own = _with_order(view)
    if own:
        steps.append(_step(gettext("Total"), view.head.total))
        steps += [_step(_how(part), -part.amount) for part in own]
    if view.head.kind == "credit_note":
        return [*steps, _step(gettext("Total"), view.head.total)]
    return [*steps, _step(gettext("Total due"), due_as_issued(view))]


def totals(view: InvoiceWhole) -> list[Row]:
    """The sums of a document, without what became of it."""
    return [
        {"label": gettext("Subtotal"), "amount": money(view.subtotal), "tone": "subtotal"},
        *order_display.tax_rows(view.lines),
    ]


def due_as_issued(view: InvoiceWhole) -> Money:
    """What was to be paid on the day of issue; nothing for a credit note."""
    if view.head.kind == "credit_note":
        return zero(view.tax.currency)
    return view.head.total - sum((part.amount for part in _with_order(view)), zero(view.tax.currency))


def notes(view: InvoiceWhole) -> list[str]:
    """What a reader has to know about tax and credit."""
    sentences = tax_words.notes(view.lines)
    if any(line.takes_place_of is not None for line in view.lines):
        sentences.append(
            gettext(
                "The tax registry has confirmed your VAT number. What was charged with VAT is given back here, and "
                "charged again without VAT."
            )
        )
    if view.reason:
        sentences.append(gettext("Reason: %(reason)s", reason=view.reason))
    if view.head.kind == "credit_note":
        sentences.append(
            gettext(
                "This document is in your favour: it first lowers what is unpaid, and the rest stays as balance."
            )
        )
    return sentences


def settlements(view: InvoiceWhole) -> list[dict[str, Any]]:
    """What was paid, when and how."""
    return [
        {"at": part.at, "how": _how(part), "reference": part.reference, "amount": part.amount}
        for part in view.settlements
    ]


def state(head: InvoiceHead) -> dict[str, str]:
    """How a document stands: a word and its colour."""
    word, tone = STATES[head.state]
    return {"word": str(word), "tone": tone}


def _with_order(view: InvoiceWhole) -> list[SettledPart]:
    return [part for part in view.settlements if part.with_order]


def _how(part: SettledPart) -> str:
    if part.source == "balance":
        return str(gettext("Account balance used"))
    if part.source == "credit":
        if part.by_invoice:
            return str(gettext("Credit from %(document)s", document=part.by_invoice))
        return str(gettext("Credit"))
    if part.source == "written_off":
        return str(gettext("Written off"))
    if part.kind == MethodKind.DIRECT_DEBIT and part.card:
        return method_words(part.card)
    kind = str(_PAID_BY.get(part.kind, gettext("Payment")))
    return f"{kind} {part.card}" if part.card else kind


def _step(label: str, amount: Money) -> dict[str, str]:
    return {"label": label, "amount": money(amount)}
