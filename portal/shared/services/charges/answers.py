"""What the card processor tells us, whatever the charge was for: an order, an invoice, or a card to be kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.money import Money
from portal.shared.domain.order_states import OrderState
from portal.shared.gateways.cards import CardProcessor
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice
from portal.shared.records.orders import any_order, due_for_check
from portal.shared.records.payments import any_attempt, attempts_due_for_check, card_request
from portal.shared.services.invoice_payments import paying, settling, typed_cards
from portal.shared.services.invoice_payments.paying import PayRequest, TypedCard
from portal.shared.services.orders import place
from portal.shared.services.payments import methods as payments
from portal.shared.services.renewals import trying_again

Clock = Callable[[], datetime]

# The first part of the addresses of each portal, by the type of its accounts.
PORTALS = {"online": "billing", "corporate": "corp-billing"}


def resume(database: Database, processor: CardProcessor, clock: Clock, reference: str) -> OrderState:
    """Ask the processor how a charge stands and settle what it was for.

    Raises:
        LookupError: there is no such order and no such payment.
    """
    with database.read() as session:
        is_order = any_order(session, reference) is not None
    service = place.resume if is_order else settling.resume
    return service(database, processor, clock, reference)


def is_being_asked(database: Database, reference: str) -> bool:
    """Whether somebody is asking the processor for this charge right now, or was cut off while asking."""
    with database.read() as session:
        charge = any_order(session, reference) or any_attempt(session, reference)
        return charge is not None and charge.state is OrderState.STARTED


def due(session: Session, now: datetime) -> Sequence[str]:
    """Which charges, by reference, should be asked about now."""
    return [*due_for_check(session, now), *attempts_due_for_check(session, now)]


def knows_card_page(database: Database, reference: str) -> bool:
    """Whether we sent somebody to this page of the processor."""
    with database.read() as session:
        return card_request(session, reference) is not None


def make_default(
    database: Database,
    processor: CardProcessor,
    clock: Clock,
    account_id: int,
    method_id: int,
    person_id: int,
) -> bool:
    """Make a card the default one and say whether the account has it; it also pays what waits to be collected."""
    with database.write() as session:
        known = payments.make_default(session, account_id, method_id, person_id, clock())
    if known:
        trying_again.try_again(database, processor, clock, account_id)
    return known


def card_typed(
    database: Database, processor: CardProcessor, clock: Clock, reference: str, payment_path: str
) -> None:
    """Do with a card what it was typed for: keep it, or pay an invoice with it once. Repeating it is harmless.

    A card that is kept also pays what waits to be collected. `{portal}` in `payment_path` becomes the portal of the
    account, and `{reference}` the payment's.

    Raises:
        LookupError: we never opened such a page.
    """
    with database.read() as session:
        asked = card_request(session, reference)
        if asked is None:
            raise LookupError(reference)
        if asked.pays_invoice_id is None:
            wish = None
        else:
            invoice = session.get_one(Invoice, asked.pays_invoice_id)
            account = session.get_one(Account, asked.account_id)
            assert asked.pays_minor is not None, "an amount was confirmed before the page was opened"
            wish = (invoice.name, Money(asked.pays_minor, account.currency))
            payment_path = payment_path.replace("{portal}", PORTALS[account.type])
    if wish is None:
        if payments.keep_card(database, processor, reference, clock()):
            trying_again.try_again(database, processor, clock, asked.account_id)
        return
    card = processor.card_of_session(reference)
    if card is None:
        return
    request = PayRequest(
        account_id=asked.account_id,
        person_id=asked.person_id,
        key=typed_cards.key_of(reference),
        invoice=wish[0],
        amount=wish[1],
        return_path=payment_path,
        card=TypedCard(card.token, f"{card.brand} •••• {card.last4}"),
    )
    paying.pay(database, processor, clock, request)
