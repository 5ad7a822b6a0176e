"""The notes below an order summary: what becomes of the billing period, the next charge, balance and tax."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask_babel import gettext
from markupsafe import Markup, escape

from portal.shared.domain.effects import Effect
from portal.shared.domain.summary import OrderSummary, SummaryItem
from portal.shared.domain.taxes import TaxKind
from portal.shared.services.catalog.reading import Names
from portal.shared.web.display import format_long_date, labelled, language, money
from portal.shared.web.orders.lines import Row
from portal.shared.web.words import taxes as tax_words


@dataclass(frozen=True, slots=True)
class Told:
    """How the notes below the total speak of time."""

    placed: bool
    dated: bool
    several: bool
    ending: Collection[int]


def item_notes(summary: OrderSummary, names: Names, told: Told) -> list[Row]:
    """What becomes of each subscription."""
    notes: list[Row] = []
    for item in summary.items:
        notes.append({"text": _period_note(item, names, told)})
        if item.takes_back_cancellation and item.before is not None and not told.placed:
            notes.append(
                {"text": gettext("Placing this order takes the pending cancellation back."), "tone": "warn"}
            )
    return notes


def _period_note(item: SummaryItem, names: Names, told: Told) -> Markup:
    text = _bold(
        _period_sentence(item, told),
        first=format_long_date(item.period.start, language()),
        amount=money(item.next_charge),
        day=format_long_date(item.next_charge_on, language()),
    )
    if not told.several:
        return text
    return escape(labelled("{}", "{}")).format(names.product(item.product, language()), text)


def _period_sentence(item: SummaryItem, told: Told) -> str:
    if item.effect is not Effect.REANCHOR:
        if item.subscription_id in told.ending:
            return str(gettext("The date stays: the service ends on <b>%(day)s</b> and is not renewed."))
        return str(
            gettext("The renewal date stays: <b>%(day)s</b>. Next charge on that day: <b>%(amount)s</b>.")
        )
    if told.placed:
        return str(
            gettext(
                "The billing period began on %(first)s. Next charge: <b>%(amount)s</b> on <b>%(day)s</b>."
            )
        )
    if told.dated:
        return str(
            gettext(
                "The billing period begins on <b>%(first)s</b>. Next charge: <b>%(amount)s</b> on <b>%(day)s</b>."
            )
        )
    return str(
        gettext("The billing period begins <b>today</b>. Next charge: <b>%(amount)s</b> on <b>%(day)s</b>.")
    )


def _bold(sentence: str, **values: str) -> Markup:
    """Our own translated sentence with its `<b>`; the values are escaped."""
    return Markup(sentence) % values  # noqa: S704 - the sentence is a msgid of ours, never what somebody typed


def account_notes(summary: OrderSummary, invoices: Mapping[int, str]) -> list[Row]:
    """Where a credit goes first, what becomes of the account's balance, and who owes the tax.

    `invoices` names the unpaid ones that a credit lowers.
    """
    notes: list[Row] = [
        {
            "text": _bold(
                gettext(
                    "The credit pays what is open first: <b>%(amount)s</b> of it go to invoice %(name)s, "
                    "which is lowered by as much."
                ),
                amount=money(relief.amount),
                name=invoices[relief.invoice_id],
            ),
            "icon": "info",
        }
        for relief in summary.reliefs
        if relief.invoice_id in invoices
    ]
    if summary.balance_after > summary.balance_before:
        kept = summary.balance_after - summary.balance_before
        notes.append(
            {
                "text": _bold(
                    gettext("<b>%(kept)s</b> stays as account balance and pays your next charges."),
                    kept=money(kept),
                ),
                "tone": "good",
                "icon": "done",
            }
        )
    if summary.tax.kind is TaxKind.REVERSE_CHARGE:
        notes.append({"text": gettext("Reverse charge: you account for the VAT yourself."), "icon": "info"})
    if summary.tax.kind is TaxKind.EXEMPT:
        notes.append({"text": tax_words.exempt(summary.tax.exemption), "icon": "info"})
    return notes
