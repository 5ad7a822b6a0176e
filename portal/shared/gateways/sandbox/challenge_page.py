"""The page where the bank asks the card holder whether a payment is theirs (strong customer authentication)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from flask import Blueprint, Response, abort, redirect, request
from flask_babel import format_decimal
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.shared.domain.money import exponent
from portal.shared.gateways.cards import Outcome
from portal.shared.gateways.sandbox.answers import found, message, page
from portal.shared.gateways.sandbox.book import Charge
from portal.shared.gateways.sandbox.processor import SandboxProcessor


def add_challenge_page(
    pages: Blueprint, processor: SandboxProcessor, on_charge_settled: Callable[[str], None]
) -> None:
    """Put the page on the blueprint; `on_charge_settled` is told the charge's key after the answer was noted."""

    @pages.get("/challenge/<reference>")
    def challenge(reference: str) -> Response:
        charge = found(processor.challenge(reference))
        if charge.outcome is not Outcome.NEEDS_CONFIRMATION:
            return _nothing_to_confirm(charge)
        card = processor.card_details(charge.card_token or "")
        return page("challenge", key=charge.key, amount=_amount(charge), card=card)

    @pages.post("/challenge/<reference>")
    def answer_challenge(reference: str) -> AnyResponse:
        answer = request.form.get("answer")
        if answer not in ("approve", "refuse"):
            abort(400)
        charge = found(processor.answer_challenge(reference, approved=answer == "approve"))
        on_charge_settled(charge.key)
        return redirect(charge.return_path or "/", 303)


def _nothing_to_confirm(charge: Charge) -> Response:
    if charge.outcome is Outcome.APPROVED:
        text = _("This payment is approved.")
    elif charge.outcome is Outcome.CANCELLED:
        text = _("This payment was cancelled. Nothing was charged.")
    else:
        text = _("This payment was refused, or not confirmed in time. Nothing was charged.")
    return message(_("Nothing to confirm any more"), text, charge.return_path or "/")


def _amount(charge: Charge) -> str:
    """The amount as a bank writes it, code first: `BRL 630.00`, `JPY 1,200`."""
    currency, minor = charge.currency or "", charge.amount_minor or 0
    decimals = exponent(currency)
    pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    return f"{currency}\N{NO-BREAK SPACE}{format_decimal(Decimal(minor).scaleb(-decimals), pattern)}"
