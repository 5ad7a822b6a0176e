"""Paying an invoice with a card, in whole or in part, in the three phases of an order (docs/architecture.md).

1. A transaction locks the account, checks what is still open, and keeps the attempt as *started*.
2. Outside of any transaction the card processor is asked, keyed by the attempt's reference.
3. A transaction moves the attempt along the table of states and, when the charge was approved, receives the money.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.money import Money
from portal.shared.domain.order_states import OrderState
from portal.shared.gateways.cards import CardProcessor
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice, unpaid_amounts
from portal.shared.records.on_its_way import charge_on_its_way
from portal.shared.records.open_invoices import invoice_called
from portal.shared.records.payments import PaymentAttempt, attempt_by_key, methods_of
from portal.shared.services.invoice_payments.settling import COLLECTING, Clock, settle
from portal.shared.services.payments.card_charges import CHECKS, left_to_the_worker, new_reference


@dataclass(frozen=True, slots=True)
class TypedCard:
    """A card that was typed for one payment: used once and not kept."""

    token: str = field(repr=False)
    label: str


@dataclass(frozen=True, slots=True)
class PayRequest:
    """What somebody confirmed, and a key that makes repeating it harmless.

    `return_path` is where the bank's page leads back to; `{reference}` in it is replaced by the attempt's.
    Without a card typed for it, a card on file is charged: the one that was named. `unattended` says that nobody is
    there: a renewal, or another try at one.
    """

    account_id: int
    person_id: int
    key: str
    invoice: str
    amount: Money
    return_path: str
    payment_method_id: int | None = None
    card: TypedCard | None = None
    unattended: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """The attempt exists; its state says how far it came. The path leads to the bank that wants a confirmation."""

    reference: str
    state: OrderState
    confirmation_path: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """An order of the account, or another payment, is not settled yet. Nothing was charged."""

    reference: str
    is_order: bool


@dataclass(frozen=True, slots=True)
class AmountUnfit:
    """The amount is nothing, or more than what is open. Nothing was charged."""

    open: Money


@dataclass(frozen=True, slots=True)
class NothingOpen:
    """The invoice is paid already."""


@dataclass(frozen=True, slots=True)
class MethodMissing:
    """No card of the account was chosen."""


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The key was used before for something else."""


Attempt = Tried | OnItsWay | AmountUnfit | NothingOpen | MethodMissing | KeyReused


def pay(database: Database, processor: CardProcessor, clock: Clock, request: PayRequest) -> Attempt:
    """Pay an invoice once, whatever is pressed twice.

    Raises:
        LookupError: the account has no such invoice.
        CurrencyMismatchError: the amount is in another currency.
    """
    with database.write() as session:
        begun = _begin(session, request, clock())
    if not isinstance(begun, _Charge):
        return begun
    state, confirmation_path = OrderState.STARTED, None
    with left_to_the_worker(begun.reference):
        result = processor.charge(
            key=begun.reference,
            amount_minor=request.amount.minor,
            currency=request.amount.currency,
            card_token=begun.token,
            return_path=request.return_path.replace("{reference}", begun.reference),
            unattended=request.unattended,
        )
        confirmation_path = result.confirmation_path
        state = settle(database, clock, begun.reference, result)
    return Tried(begun.reference, state, confirmation_path)


@dataclass(frozen=True, slots=True)
class _Charge:
    reference: str
    token: str


def _begin(session: Session, request: PayRequest, now: datetime) -> Attempt | _Charge:
    account = lock_account(session, request.account_id)
    invoice = invoice_called(session, account.id, request.invoice)
    if invoice is None:
        raise LookupError(request.invoice)
    if request.key.startswith(COLLECTING) and not request.unattended:
        return KeyReused()  # a cent paid under the key of a collection to come would stand for all of it
    known = attempt_by_key(session, account.id, request.key)
    if known is not None:
        same = (known.invoice_id, known.amount_minor) == (invoice.id, request.amount.minor)
        if None not in (known.payment_method_id, request.payment_method_id):
            same = same and known.payment_method_id == request.payment_method_id
        return Tried(known.reference, known.state, known.confirmation_path) if same else KeyReused()
    other = charge_on_its_way(session, account.id)
    if other is not None:
        return OnItsWay(other.reference, is_order=other.is_order)
    rest = Money(unpaid_amounts(session, account.id).get(invoice.id, 0), invoice.currency)
    if not rest:
        return NothingOpen()
    if request.amount.minor <= 0 or rest < request.amount:
        return AmountUnfit(rest)
    return _start(session, account, invoice, request, now)


def _start(
    session: Session, account: Account, invoice: Invoice, request: PayRequest, now: datetime
) -> MethodMissing | _Charge:
    card, method_id = request.card, None
    if card is None:
        wanted = request.payment_method_id
        method = next((one for one in methods_of(session, account.id) if one.id == wanted), None)
        if method is None:
            return MethodMissing()
        card, method_id = TypedCard(method.token, f"{method.brand} •••• {method.last4}"), method.id
    attempt = PaymentAttempt(
        reference=new_reference(),
        account_id=account.id,
        invoice_id=invoice.id,
        idempotency_key=request.key,
        state=OrderState.STARTED,
        asked_by=request.person_id,
        currency=request.amount.currency,
        amount_minor=request.amount.minor,
        payment_method_id=method_id,
        card_token=card.token if method_id is None else "",
        card_label=card.label,
        created_at=now,
        next_check_at=now + CHECKS[0],
    )
    session.add(attempt)
    session.flush()
    return _Charge(attempt.reference, card.token)
