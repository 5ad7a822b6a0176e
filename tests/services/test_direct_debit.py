"""Direct debits: answered later, charged once, and counted by their own kind; never for small companies."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.shared.domain.money import Money
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.payment_methods import MethodKind
from portal.shared.domain.quotes import QuoteState
from portal.shared.gateways.sandbox.known_accounts import account_named
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.invoices import Invoice, unpaid_amounts
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.payments import Payment, PaymentMethod
from portal.shared.services.charges import answers as charges
from portal.shared.services.invoice_payments.paying import OnItsWay, PayRequest, Tried, pay
from portal.shared.services.orders.placement import Accepted
from portal.shared.services.payments import methods as payments
from portal.shared.services.quotes.moves import OnItsWayError
from tests.support import factories
from tests.support.quoting import QuoteDesk, item
from tests.support.shop import Customer, Shop

LATER = timedelta(seconds=20)
OPENED = "/corp-billing/payments/{reference}"


@pytest.fixture
def owing(shop: Shop) -> tuple[Customer, Invoice]:
    """A corporate account with one open invoice of 123.00 EUR."""
    who = shop.customer(card=None)
    shop.past_due(who, began=shop.clock.now().date() - timedelta(days=9))
    with shop.database.write() as session:
        session.execute(sa.update(Account).where(Account.id == who.id).values(type="corporate"))
    (invoice,) = shop.rows(Invoice, account_id=who.id)
    return who, invoice


def on_file(shop: Shop, who: Customer, name: str = "sepa_pays") -> int:
    with shop.database.write() as session:
        return factories.a_bank_account(session, shop.processor, session.get_one(Account, who.id), name).id


def debit(shop: Shop, who: Customer, invoice: Invoice, method: int, key: str = "one") -> object:
    wish = PayRequest(
        who.id,
        who.person_id,
        key,
        invoice.name,
        Money(12300, "EUR"),
        OPENED,
        payment_method_id=method,
    )
    return pay(shop.database, shop.processor, shop.clock.now, wish)


def swept(shop: Shop) -> list[OrderState]:
    """What the sweeper finds out a little later."""
    shop.clock.advance(timedelta(minutes=5))
    with shop.database.read() as session:
        due = charges.due(session, shop.clock.now())
    return [charges.resume(shop.database, shop.processor, shop.clock.now, one) for one in due]


def rest(shop: Shop, invoice: Invoice) -> int:
    with shop.database.read() as session:
        return unpaid_amounts(session, invoice.account_id).get(invoice.id, 0)


def test_an_invoice_is_paid_when_the_bank_answers_and_once(
    shop: Shop, owing: tuple[Customer, Invoice]
) -> None:
    who, invoice = owing
    method = on_file(shop, who)
    first = debit(shop, who, invoice, method)
    assert isinstance(first, Tried)
    assert first.state is OrderState.CHECKING
    assert rest(shop, invoice) == 12300
    assert debit(shop, who, invoice, method) == first
    assert debit(shop, who, invoice, method, "another") == OnItsWay(first.reference, is_order=False)
    assert swept(shop) == [OrderState.PLACED]
    assert swept(shop) == []
    assert rest(shop, invoice) == 0
    (payment,) = shop.rows(Payment)
    assert (payment.kind, payment.payment_method_id) == ("direct_debit", method)
    assert shop.processor.book.totals() == {"EUR": 12300}


def test_one_that_is_returned_leaves_the_invoice_open_and_says_so(
    shop: Shop, owing: tuple[Customer, Invoice]
) -> None:
    who, invoice = owing
    assert isinstance(debit(shop, who, invoice, on_file(shop, who, "sepa_returned")), Tried)
    assert swept(shop) == [OrderState.DECLINED]
    assert (rest(shop, invoice), shop.rows(Payment)) == (12300, [])
    assert [one.kind for one in shop.rows(OutboxMail) if one.kind == "payment-not-made"] == [
        "payment-not-made"
    ]
    assert shop.processor.book.totals() == {}


def test_a_bank_account_typed_on_the_page_is_kept_without_expiry(
    shop: Shop, owing: tuple[Customer, Invoice]
) -> None:
    who, _invoice = owing
    path = payments.ask_for_card(
        shop.database,
        shop.processor,
        who.id,
        who.person_id,
        payments.Visit("key", "/corp-billing/payment-methods", "en", (MethodKind.DIRECT_DEBIT,)),
        shop.clock.now(),
    )
    reference = path.rpartition("/")[2]
    shop.processor.save_account(reference, account_named("sepa_pays"))
    for _again in range(2):
        payments.keep_card(shop.database, shop.processor, reference, shop.clock.now())
    (row,) = shop.rows(PaymentMethod, account_id=who.id)
    assert (row.kind, row.brand, row.last4, row.expiry_month) == ("direct_debit", "SEPA", "3000", None)
    with shop.database.read() as session:
        (view,) = payments.methods(session, who.id)
    assert (view.expires, view.label, view.is_default) == (None, "SEPA •••• 3000", True)
    assert "bank-account-added" in {one.action for one in shop.rows(Activity, account_id=who.id)}


def test_a_small_company_keeps_to_cards(shop: Shop) -> None:
    who = shop.customer()
    with pytest.raises(ValueError, match="may not put that on file"):
        payments.ask_for_card(
            shop.database,
            shop.processor,
            who.id,
            who.person_id,
            payments.Visit("key", "/billing/payment-method", "en", (MethodKind.DIRECT_DEBIT,)),
            shop.clock.now(),
        )


def test_a_quote_is_accepted_when_the_bank_answers_the_direct_debit(shop: Shop) -> None:
    desk = QuoteDesk(shop)
    subscription = desk.contract(seats=10)
    number = desk.sent(item(subscription, shop.catalogue.standard, 12))
    answer = desk.accept(number, payment_method_id=on_file(shop, desk.who))
    assert isinstance(answer, Accepted)
    assert answer.state is OrderState.CHECKING
    assert (desk.state(number), desk.view(number).being_ordered) == (QuoteState.SENT, True)
    assert shop.subscription(subscription).seats == 10
    assert shop.rows(Payment, kind="direct_debit") == []
    with pytest.raises(OnItsWayError):
        desk.reject(number)
    assert swept(shop) == [OrderState.PLACED]
    assert desk.state(number) is QuoteState.ACCEPTED
    assert shop.subscription(subscription).seats == 12
    (payment,) = shop.rows(Payment, kind="direct_debit")
    assert payment.amount_minor == shop.placed(answer.reference).total_due_minor
    assert swept(shop) == []


def test_a_returned_direct_debit_leaves_the_quote_open(shop: Shop) -> None:
    desk = QuoteDesk(shop)
    subscription = desk.contract(seats=10)
    number = desk.sent(item(subscription, shop.catalogue.standard, 12))
    answer = desk.accept(number, payment_method_id=on_file(shop, desk.who, "sepa_returned"))
    assert isinstance(answer, Accepted)
    assert swept(shop) == [OrderState.DECLINED]
    assert (desk.state(number), desk.view(number).being_ordered) == (QuoteState.SENT, False)
    assert shop.subscription(subscription).seats == 10
    assert len(shop.mails("order-not-placed")) == 1
    assert isinstance(desk.accept(number), Accepted), "another method of payment may be chosen"
    assert desk.state(number) is QuoteState.ACCEPTED
