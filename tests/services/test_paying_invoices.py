"""Paying an invoice with a card: once, never more than is open, and never a surprise."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from portal.shared.domain.money import CurrencyMismatchError, Money
from portal.shared.domain.order_states import OrderState
from portal.shared.gateways.sandbox.card_file import CardDetails
from portal.shared.records.activity import Activity
from portal.shared.records.invoices import Invoice, InvoiceLine, unpaid_amounts
from portal.shared.records.payments import Payment, PaymentAttempt, PaymentMethod
from portal.shared.services.charges import answers as charges
from portal.shared.services.invoice_payments import settling, typed_cards
from portal.shared.services.invoice_payments.paying import (
    AmountUnfit,
    Attempt,
    KeyReused,
    MethodMissing,
    NothingOpen,
    OnItsWay,
    PayRequest,
    Tried,
    pay,
)
from portal.shared.services.invoice_payments.typed_cards import CardPage
from portal.shared.services.orders.placement import Busy
from portal.shared.services.payments import methods as payments
from tests.support.faults import FaultyProcessor, PowerCut, cut
from tests.support.hanging import HUNG
from tests.support.shop import Customer, Shop, want

PAID, DECLINED, CANCELLED = OrderState.PLACED, OrderState.DECLINED, OrderState.CANCELLED
CHECKING, WAITING = OrderState.CHECKING, OrderState.AWAITING_CONFIRMATION
PAGE = "/corp-billing/payments/{reference}"
VISA = CardDetails("visa", "Visa", "4242", 12, 2030)


def owing(shop: Shop, card: str | None = "visa") -> tuple[Customer, Invoice]:
    """A company with one subscription whose month is not paid: 123.00 EUR."""
    who = shop.customer(card=card)
    shop.past_due(who, began=shop.clock.now().date() - timedelta(days=9))
    (invoice,) = shop.rows(Invoice, account_id=who.id)
    assert invoice.total_minor == 12300
    return who, invoice


def wish(who: Customer, invoice: Invoice, minor: int, **more: Any) -> PayRequest:
    more.setdefault("key", "one")
    more.setdefault("payment_method_id", who.method_id)
    amount = Money(minor, more.pop("currency", "EUR"))
    return PayRequest(who.id, who.person_id, invoice=invoice.name, amount=amount, return_path=PAGE, **more)


def try_to_pay(shop: Shop, request: PayRequest, processor: FaultyProcessor | None = None) -> Attempt:
    return pay(shop.database, processor or shop.processor, shop.clock.now, request)


def rest(shop: Shop, invoice: Invoice) -> int:
    with shop.database.read() as session:
        return unpaid_amounts(session, invoice.account_id).get(invoice.id, 0)


def resume(shop: Shop, reference: str) -> OrderState:
    return charges.resume(shop.database, shop.processor, shop.clock.now, reference)


def one_attempt(shop: Shop) -> PaymentAttempt:
    (attempt,) = shop.rows(PaymentAttempt)
    assert isinstance(attempt, PaymentAttempt)
    return attempt


def test_an_invoice_is_paid_in_full_and_its_subscription_is_no_longer_past_due(shop: Shop) -> None:
    who, invoice = owing(shop)
    answer = try_to_pay(shop, wish(who, invoice, 12300))
    assert isinstance(answer, Tried)
    assert answer.state is PAID
    assert rest(shop, invoice) == 0
    (payment,) = shop.rows(Payment)
    assert (payment.kind, payment.amount_minor, payment.attempt_id) == ("card", 12300, one_attempt(shop).id)
    (mail,) = shop.mails("payment-received")
    assert mail.payload["amount"] == 12300
    assert mail.payload["invoices"] == [{"name": invoice.name, "amount": 12300, "rest": 0}]
    assert shop.rows(Activity, action="payment-received")
    (subscription,) = {line.subscription_id for line in _lines(shop, invoice)}
    assert shop.subscription(subscription).past_due_since is None


def test_an_invoice_is_paid_in_two_parts(shop: Shop) -> None:
    who, invoice = owing(shop)
    try_to_pay(shop, wish(who, invoice, 10000))
    assert rest(shop, invoice) == 2300
    (subscription,) = {line.subscription_id for line in _lines(shop, invoice)}
    assert shop.subscription(subscription).past_due_since is not None, "a part is not all of it"
    assert try_to_pay(shop, wish(who, invoice, 2301, key="more")) == AmountUnfit(Money(2300, "EUR"))
    try_to_pay(shop, wish(who, invoice, 2300, key="two"))
    assert rest(shop, invoice) == 0
    assert shop.subscription(subscription).past_due_since is None


@pytest.mark.parametrize(
    "minor", [0, -1, 12301, 10**12], ids=["nothing", "negative", "a cent more", "far more"]
)
def test_an_amount_that_does_not_fit_charges_nothing(shop: Shop, minor: int) -> None:
    who, invoice = owing(shop)
    assert try_to_pay(shop, wish(who, invoice, minor)) == AmountUnfit(Money(12300, "EUR"))
    assert shop.rows(PaymentAttempt) == []


def test_an_amount_in_another_currency_is_an_error(shop: Shop) -> None:
    who, invoice = owing(shop)
    with pytest.raises(CurrencyMismatchError):
        try_to_pay(shop, wish(who, invoice, 100, currency="USD"))


def test_an_invoice_that_is_paid_takes_nothing_more(shop: Shop) -> None:
    who, invoice = owing(shop)
    try_to_pay(shop, wish(who, invoice, 12300))
    assert try_to_pay(shop, wish(who, invoice, 1, key="two")) == NothingOpen()


def test_nobody_pays_the_invoice_of_another_account(shop: Shop) -> None:
    who, _ = owing(shop)
    _, foreign = owing(shop)
    with pytest.raises(LookupError):
        try_to_pay(shop, wish(who, foreign, 100))


def test_nobody_pays_with_the_card_of_another_account(shop: Shop) -> None:
    who, invoice = owing(shop, card=None)
    stranger = shop.customer()
    request = wish(who, invoice, 100, payment_method_id=stranger.method_id)
    assert try_to_pay(shop, request) == MethodMissing()


def test_a_declined_card_changes_nothing(shop: Shop) -> None:
    who, invoice = owing(shop, card="declined")
    answer = try_to_pay(shop, wish(who, invoice, 12300))
    assert isinstance(answer, Tried)
    assert answer.state is DECLINED
    assert one_attempt(shop).decline_reason == "declined"
    assert rest(shop, invoice) == 12300
    assert shop.rows(Payment) == []
    assert shop.mails("payment-received") == shop.mails("payment-not-made") == []


@pytest.mark.parametrize("approved", [True, False], ids=["approved", "refused"])
def test_what_the_bank_is_told_decides(shop: Shop, approved: bool) -> None:
    who, invoice = owing(shop, card="needs_confirmation")
    answer = try_to_pay(shop, wish(who, invoice, 5000))
    assert isinstance(answer, Tried)
    assert answer.state is WAITING
    assert answer.confirmation_path is not None
    shop.answer_bank(answer.reference, approved=approved)
    assert resume(shop, answer.reference) is (PAID if approved else DECLINED)
    assert rest(shop, invoice) == (7300 if approved else 12300)


def test_a_payment_that_waits_for_the_bank_can_be_cancelled(shop: Shop) -> None:
    who, invoice = owing(shop, card="needs_confirmation")
    answer = try_to_pay(shop, wish(who, invoice, 5000))
    assert isinstance(answer, Tried)
    assert settling.give_up(shop.database, shop.processor, shop.clock.now, answer.reference) is CANCELLED
    assert rest(shop, invoice) == 12300


@pytest.mark.parametrize(
    ("card", "end"),
    [("lost_after_charge", PAID), ("lost_before_charge", CANCELLED)],
    ids=["charged", "not charged"],
)
def test_a_lost_answer_is_settled_by_the_sweeper(shop: Shop, card: str, end: OrderState) -> None:
    who, invoice = owing(shop)
    processor = FaultyProcessor(shop.processor, lose_charge=True)
    if end is CANCELLED:
        processor = FaultyProcessor(shop.processor, before=cut)
        with pytest.raises(PowerCut):
            try_to_pay(shop, wish(who, invoice, 5000), processor)
    else:
        answer = try_to_pay(shop, wish(who, invoice, 5000), processor)
        assert isinstance(answer, Tried)
        assert answer.state is CHECKING
    reference = one_attempt(shop).reference
    with shop.database.read() as session:
        assert charges.due(session, shop.clock.now()) == []
    shop.later(minutes=6)
    with shop.database.read() as session:
        assert charges.due(session, shop.clock.now()) == [reference]
    assert resume(shop, reference) is end
    assert resume(shop, reference) is end
    assert rest(shop, invoice) == (7300 if end is PAID else 12300)


def test_a_refusal_that_came_late_is_told_by_mail(shop: Shop) -> None:
    who, invoice = owing(shop, card="declined")
    try_to_pay(shop, wish(who, invoice, 5000), FaultyProcessor(shop.processor, lose_charge=True))
    assert one_attempt(shop).state is CHECKING
    assert resume(shop, one_attempt(shop).reference) is DECLINED
    assert len(shop.mails("payment-not-made")) == 1


def test_a_double_click_pays_once(shop: Shop) -> None:
    who, invoice = owing(shop)
    first = try_to_pay(shop, wish(who, invoice, 5000))
    assert try_to_pay(shop, wish(who, invoice, 5000)) == first
    assert try_to_pay(shop, wish(who, invoice, 5001)) == KeyReused()
    assert rest(shop, invoice) == 7300


@pytest.mark.parametrize("keys", [["one"] * 6, list("abcdef")], ids=["one page", "six tabs"])
def test_the_whole_rest_is_paid_once_however_many_press_at_once(shop: Shop, keys: list[str]) -> None:
    who, invoice = owing(shop)
    gate = Barrier(len(keys), timeout=10)

    def press(key: str) -> Attempt:
        gate.wait()
        return try_to_pay(shop, wish(who, invoice, 12300, key=key))

    with ThreadPoolExecutor(len(keys)) as pool:
        answers = list(pool.map(press, keys))
    assert all(isinstance(answer, Tried | OnItsWay | NothingOpen) for answer in answers)
    assert shop.captured() == {"EUR": 12300}
    assert len(shop.mails("payment-received")) == 1
    assert rest(shop, invoice) == 0


def test_two_parts_at_once_never_pay_more_than_is_open(shop: Shop) -> None:
    who, invoice = owing(shop)
    gate = Barrier(4, timeout=10)

    def press(key: str) -> Attempt:
        gate.wait()
        return try_to_pay(shop, wish(who, invoice, 5000, key=key))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(press, "abcd"))
    taken = shop.captured().get("EUR", 0)
    assert taken in (5000, 10000)
    assert rest(shop, invoice) == 12300 - taken


def test_no_order_begins_while_a_payment_is_on_its_way_nor_the_other_way_round(shop: Shop) -> None:
    who, invoice = owing(shop, card="needs_confirmation")
    seen = shop.look(who, want(shop.monthly(who, shop.catalogue.basic), shop.catalogue.pro, 9))
    paying = try_to_pay(shop, wish(who, invoice, 100))
    assert isinstance(paying, Tried)
    assert shop.confirm(who, seen) == Busy(paying.reference, is_payment=True)
    settling.give_up(shop.database, shop.processor, shop.clock.now, paying.reference)
    order = shop.order(who)
    assert try_to_pay(shop, wish(who, invoice, 100, key="two")) == OnItsWay(order.reference, is_order=True)


BOUNDARIES = {
    "before the first commit": None,
    "before the charge": CANCELLED,
    "after the charge": PAID,
    "before the last commit": PAID,
}


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_broken_off_at_any_boundary_it_ends_paid_once_or_not_at_all(shop: Shop, boundary: str) -> None:
    who, invoice = owing(shop)
    engine, faulty, end = shop.database.engine, FaultyProcessor(shop.processor), BOUNDARIES[boundary]

    def refuse(connection: sa.Connection) -> None:
        sa.event.remove(engine, "commit", refuse)
        cut()

    def at_commit() -> None:
        sa.event.listen(engine, "commit", refuse)

    if boundary == "before the first commit":
        at_commit()
    elif boundary == "before the charge":
        faulty.before = cut
    else:
        faulty.after = cut if boundary == "after the charge" else at_commit
    with pytest.raises(PowerCut):
        try_to_pay(shop, wish(who, invoice, 12300), faulty)
    if end is None:
        assert shop.rows(PaymentAttempt) == []
    else:
        attempt = one_attempt(shop)
        assert try_to_pay(shop, wish(who, invoice, 12300, key="two")) == OnItsWay(
            attempt.reference, is_order=False
        )
        assert [resume(shop, attempt.reference) for _ in range(2)] == [end, end]
        again = try_to_pay(shop, wish(who, invoice, 12300))
        assert isinstance(again, Tried)
        assert again.state is end
    assert rest(shop, invoice) == (0 if end is PAID else 12300)
    assert len(shop.mails("payment-received")) == (1 if end is PAID else 0)


@pytest.mark.parametrize("boundary", [*BOUNDARIES, "after the last commit"])
def test_a_killed_process_pays_once_or_not_at_all(shop: Shop, tmp_path: Path, boundary: str) -> None:
    who, invoice = owing(shop)
    url = shop.database.url.render_as_string(hide_password=False)
    words = [
        url,
        str(tmp_path / "processor"),
        who.id,
        who.person_id,
        who.method_id,
        invoice.name,
        12300,
        boundary,
    ]
    command = [sys.executable, "-m", "tests.support.crash_payment", *map(str, words)]
    assert subprocess.run(command, check=False, timeout=HUNG).returncode == -9
    end = BOUNDARIES.get(boundary, PAID)
    if end is None:
        assert shop.rows(PaymentAttempt) == []
    else:
        assert resume(shop, one_attempt(shop).reference) is end
    assert rest(shop, invoice) == (0 if end is PAID else 12300)
    assert shop.captured() == ({"EUR": 12300} if end is PAID else {})
    assert len(shop.mails("payment-received")) == (1 if end is PAID else 0)


# --- a card typed for one payment ---------------------------------------------------------------------------------


def card_page(shop: Shop, who: Customer, invoice: Invoice, minor: int, key: str = "one") -> CardPage:
    request = wish(who, invoice, minor, key=key)
    page = typed_cards.ask_for_card(shop.database, shop.processor, request, "en", shop.clock.now())
    assert isinstance(page, CardPage), page
    return page


def typed(shop: Shop, page: CardPage, card: CardDetails = VISA) -> None:
    shop.processor.save_card(page.reference, card)
    charges.card_typed(shop.database, shop.processor, shop.clock.now, page.reference, PAGE)


def test_a_card_typed_for_a_payment_is_charged_once_and_not_kept(shop: Shop) -> None:
    who, invoice = owing(shop, card=None)
    page = card_page(shop, who, invoice, 5000)
    assert shop.captured() == {}
    typed(shop, page)
    for _ in range(2):
        charges.card_typed(shop.database, shop.processor, shop.clock.now, page.reference, PAGE)
    assert rest(shop, invoice) == 7300
    assert shop.rows(PaymentMethod) == []
    attempt = one_attempt(shop)
    assert (attempt.card_token, attempt.card_label) == ("", "Visa •••• 4242")
    with shop.database.read() as session:
        assert typed_cards.payment_of(session, who.id, page.reference) == attempt.reference


def test_the_page_of_another_amount_is_another_page(shop: Shop) -> None:
    """Whoever goes back and corrects the amount must be charged the corrected one."""
    who, invoice = owing(shop, card=None)
    first, second = card_page(shop, who, invoice, 5000), card_page(shop, who, invoice, 4000)
    assert first.reference != second.reference
    assert card_page(shop, who, invoice, 4000) == second
    typed(shop, second)
    assert rest(shop, invoice) == 8300


def test_a_card_that_comes_after_the_invoice_was_paid_is_not_charged(shop: Shop) -> None:
    who, invoice = owing(shop)
    page = card_page(shop, who, invoice, 12300)
    try_to_pay(shop, wish(who, invoice, 300, key="other"))
    typed(shop, page)
    assert rest(shop, invoice) == 12000
    with shop.database.read() as session:
        assert typed_cards.payment_of(session, who.id, page.reference) is None


def test_a_page_that_was_left_without_a_card_charges_nothing(shop: Shop) -> None:
    who, invoice = owing(shop, card=None)
    page = card_page(shop, who, invoice, 5000)
    charges.card_typed(shop.database, shop.processor, shop.clock.now, page.reference, PAGE)
    assert rest(shop, invoice) == 12300


def test_the_card_page_is_not_opened_for_what_cannot_be_paid(shop: Shop) -> None:
    who, invoice = owing(shop)
    now = shop.clock.now()
    ask = typed_cards.ask_for_card
    assert ask(shop.database, shop.processor, wish(who, invoice, 12301), "en", now) == AmountUnfit(
        Money(12300, "EUR")
    )
    try_to_pay(shop, wish(who, invoice, 12300))
    assert ask(shop.database, shop.processor, wish(who, invoice, 1), "en", now) == NothingOpen()


def test_a_card_to_be_kept_still_is(shop: Shop) -> None:
    who = shop.customer(card=None)
    path = payments.ask_for_card(
        shop.database,
        shop.processor,
        who.id,
        who.person_id,
        payments.Visit("one", "/billing/checkout", "en"),
        shop.clock.now(),
    )
    reference = path.rpartition("/")[2]
    shop.processor.save_card(reference, VISA)
    charges.card_typed(shop.database, shop.processor, shop.clock.now, reference, PAGE)
    assert len(shop.rows(PaymentMethod, account_id=who.id)) == 1


def test_a_charge_that_nobody_knows_is_an_error(shop: Shop) -> None:
    with pytest.raises(LookupError):
        resume(shop, "NOBODYS")
    with pytest.raises(LookupError):
        charges.card_typed(shop.database, shop.processor, shop.clock.now, "cs_foreign", PAGE)


def _lines(shop: Shop, invoice: Invoice) -> list[Any]:
    return shop.rows(InvoiceLine, invoice_id=invoice.id)
