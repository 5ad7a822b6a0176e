"""A card typed on the processor's own page for one payment: charged once for what was confirmed, and not kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.money import Money
from portal.shared.domain.payment_methods import MethodKind
from portal.shared.gateways.cards import CardProcessor
from portal.shared.records.accounts import lock_account
from portal.shared.records.database import Database
from portal.shared.records.payments import CardRequest, attempt_by_key, card_request
from portal.shared.services.invoice_payments.paying import AmountUnfit, NothingOpen, OnItsWay, PayRequest
from portal.shared.services.invoice_payments.reading import on_its_way, payable
from portal.shared.services.payments.methods import NotOfferedError


@dataclass(frozen=True, slots=True)
class CardPage:
    """The processor's page for the card: its path, and the reference by which the payment is found later."""

    path: str
    reference: str


def ask_for_card(
    database: Database, processor: CardProcessor, request: PayRequest, language: str, now: datetime
) -> CardPage | OnItsWay | AmountUnfit | NothingOpen:
    """Open the processor's page for a card that pays this; nothing is charged before one is saved there.

    `request.return_path` is where that page leads back to. What the invoice asks for is looked at again when the
    card is charged.

    Raises:
        LookupError: the account has no such invoice.
        NotOfferedError: the processor takes no cards for charges in the invoice's currency.
        ProcessorUnavailable: the processor does not answer.
    """
    with database.read() as session:
        invoice = payable(session, request.account_id, request.invoice)
        if invoice is None:
            raise LookupError(request.invoice)
        other = on_its_way(session, request.account_id)
    if other is not None:
        return other
    if not invoice.open:
        return NothingOpen()
    if request.amount.minor <= 0 or invoice.open < request.amount:
        return AmountUnfit(invoice.open)
    if MethodKind.CARD not in processor.kinds(invoice.open.currency):
        raise NotOfferedError(invoice.open.currency)
    opened = processor.open_card_session(
        # Another amount on the same page is another wish, and must not meet the page of the first one.
        key=f"{request.key}-{invoice.id}-{request.amount.minor}",
        return_path=request.return_path,
        language=language,
    )
    _remember(database, request, invoice.id, request.amount, opened.reference, now)
    return CardPage(opened.path, opened.reference)


def payment_of(session: Session, account_id: int, card_page_reference: str) -> str | None:
    """The reference of the payment that a card typed on such a page made, or none."""
    attempt = attempt_by_key(session, account_id, key_of(card_page_reference))
    return attempt.reference if attempt else None


def key_of(card_page_reference: str) -> str:
    """One page of the processor pays once."""
    return f"card-{card_page_reference}"


def _remember(
    database: Database, request: PayRequest, invoice_id: int, amount: Money, reference: str, now: datetime
) -> None:
    with database.write() as session:
        lock_account(session, request.account_id)
        if card_request(session, reference) is None:
            session.add(
                CardRequest(
                    account_id=request.account_id,
                    processor_reference=reference,
                    person_id=request.person_id,
                    pays_invoice_id=invoice_id,
                    pays_minor=amount.minor,
                    at=now,
                )
            )
