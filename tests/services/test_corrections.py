"""Credit notes, write-offs and refunds: done as shown, once, within limits, and the books stay right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portal.shared.domain.changes import Wanted
from portal.shared.domain.credit_notes import CreditLimits
from portal.shared.domain.invoices import InvoiceState
from portal.shared.domain.money import Money
from portal.shared.domain.requests import RequestState
from portal.shared.domain.terms import WantedTerms
from portal.shared.gateways.cards import RefundOutcome, RefundResult
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.corrections import RefundAttempt
from portal.shared.records.invoices import Invoice, InvoiceLine, Settlement, unpaid_amounts
from portal.shared.records.ledger import book_total
from portal.shared.records.payments import Payment, Refund
from portal.shared.records.requests import Request
from portal.shared.services import requests
from portal.shared.services.corrections import credit_notes, refunds, write_offs
from portal.shared.services.corrections.credit_notes import (
    CreditWish,
    DisputeAnswer,
    Moved,
    Plan,
    Trouble,
    Written,
)
from portal.shared.services.corrections.pressing import KeyReused, Press, Repeated
from portal.shared.services.corrections.refunds import Asked, RefundState, RefundWish
from portal.shared.services.desk import Staff
from portal.shared.services.invoice_payments.receiving import divide, receive
from portal.shared.services.invoices import reading as invoices
from portal.shared.services.invoices.recompute import recompute
from portal.shared.services.requests.disputing import dispute
from portal.shared.services.requests.errors import AlreadyAnsweredError
from tests.support.factories import TODAY, a_person
from tests.support.shop import MONTHLY, Customer, Shop, euros

LIMITS = CreditLimits({"care": {"EUR": 20_000}})


def staff_of(shop: Shop, role: str = "care") -> Staff:
    with shop.database.write() as session:
        person = a_person(session, staff_role=role)
        return Staff(person.id, person.name, role)


def billed(shop: Shop, *, paid: bool, days: int = 10) -> tuple[Customer, int, Invoice, InvoiceLine]:
    """A company with 5 seats for 100.00 EUR and 23.00 of tax, paid or not."""
    who = shop.customer()
    began = TODAY - timedelta(days=days)
    subscription = (shop.monthly if paid else shop.past_due)(who, began=began)
    (invoice,) = shop.rows(Invoice, account_id=who.id)
    (line,) = shop.rows(InvoiceLine, account_id=who.id)
    assert (invoice.total_minor, line.amount_minor) == (12300, 10000)
    return who, subscription, invoice, line


def wish(invoice: Invoice, line: InvoiceLine, minor: int, reason: str = "An outage.") -> CreditWish:
    return CreditWish(invoice.name, {line.id: euros(minor)}, reason)


def plan(shop: Shop, staff: Staff, who: Customer, wanted: CreditWish) -> Plan | Trouble:
    with shop.database.read() as session:
        return credit_notes.plan(session, staff, who.id, wanted, LIMITS, shop.clock.now())


def write(
    shop: Shop, staff: Staff, who: Customer, wanted: CreditWish, digest: str | None = None, **more: Any
) -> Written | Moved | Trouble | Repeated | KeyReused:
    if digest is None:
        planned = plan(shop, staff, who, wanted)
        digest = planned.digest if isinstance(planned, Plan) else ""
    with shop.database.write() as session:
        now = shop.clock.now()
        return credit_notes.write(session, staff, who.id, wanted, LIMITS, digest, now, **more)


def rest(shop: Shop, invoice: Invoice) -> int:
    with shop.database.read() as session:
        return unpaid_amounts(session, invoice.account_id).get(invoice.id, 0)


def test_a_press_writes_one_credit_note_and_one_write_off_and_its_key_nothing_else(shop: Shop) -> None:
    who, _, invoice, line = billed(shop, paid=False)
    care, manager = staff_of(shop), staff_of(shop, "manager")
    pressed = replace(wish(invoice, line, 4000), press=Press("the key of the page", "what it said"))
    assert isinstance(write(shop, care, who, pressed), Written)
    shop.later(hours=25)
    assert write(shop, care, who, pressed) == Repeated()
    other = replace(pressed, press=Press("the key of the page", "something else"))
    assert write(shop, care, who, other) == KeyReused()
    assert rest(shop, invoice) == 7380

    def write_off(said: str) -> object:
        press = Press("the key of the other page", said)
        with shop.database.write() as session:
            about = (invoice.name, euros(7380), "Insolvent", shop.clock.now(), press)
            return write_offs.write_off(session, manager, who.id, *about)

    with shop.database.write() as session:
        account = session.get_one(Account, who.id)
        account.type, account.rep_id = "corporate", manager.person_id
    assert write_off("this") == write_offs.WrittenOff(euros(7380))
    assert (write_off("this"), write_off("that")) == (Repeated(), KeyReused())
    assert rest(shop, invoice) == 0


def test_a_credit_note_lowers_an_unpaid_invoice_and_points_back(shop: Shop) -> None:
    who, _, invoice, line = billed(shop, paid=False)
    care = staff_of(shop)
    done = write(shop, care, who, wish(invoice, line, 4000))
    assert isinstance(done, Written)
    note = shop.rows(Invoice, account_id=who.id)[-1]
    assert (note.name, note.kind, note.corrects_id) == (done.name, "credit_note", invoice.id)
    assert (note.number, note.total_minor, note.tax_minor) == (invoice.number + 1, -4920, -920)
    assert (rest(shop, invoice), shop.balance(who)) == (7380, 0)
    assert [one.source for one in shop.rows(Settlement, invoice_id=invoice.id)] == ["credit"]
    assert [one.payload["invoice"] for one in shop.mails("invoice-issued")] == [note.name]
    assert [one.action for one in shop.rows(Activity, account_id=who.id)][-1] == "credit-note-written"


def test_of_a_paid_invoice_it_becomes_balance(shop: Shop) -> None:
    who, _, invoice, line = billed(shop, paid=True)
    write(shop, staff_of(shop), who, wish(invoice, line, 10000))
    assert shop.balance(who) == 12300


def test_what_is_more_than_unpaid_becomes_balance_and_nothing_is_past_due_any_more(shop: Shop) -> None:
    who, subscription, invoice, line = billed(shop, paid=False)
    with shop.database.write() as session:
        pay_a_part(session, who, invoice, 10000, shop)
    write(shop, staff_of(shop), who, wish(invoice, line, 5000))
    assert (rest(shop, invoice), shop.balance(who)) == (0, 6150 - 2300)
    assert shop.subscription(subscription).past_due_since is None


def pay_a_part(session: Any, who: Customer, invoice: Invoice, minor: int, shop: Shop) -> None:
    """A transfer that pays a part."""
    account = session.get_one(Account, who.id)
    payment = Payment(
        account_id=who.id, kind="transfer", currency="EUR", amount_minor=minor, at=shop.clock.now()
    )
    session.add(payment)
    session.flush()
    division = divide(session, account, euros(minor), [invoice.id])
    receive(session, account, payment, division, who.person_id, "T", shop.clock.now())


def test_a_later_change_still_gives_the_unused_days_back(shop: Shop) -> None:
    who, subscription, invoice, line = billed(shop, paid=True, days=14)  # 24 February to 24 March: 28 days
    write(shop, staff_of(shop), who, wish(invoice, line, 3000))
    shop.order(who, Wanted(subscription, WantedTerms(shop.catalogue.plus, 5, MONTHLY)))
    credits = [one for one in shop.rows(InvoiceLine, account_id=who.id) if one.credits_line == line.id]
    assert [(one.amount_minor, one.tax_minor) for one in credits] == [(3000, 690), (5000, 1150)]
    with shop.database.read() as session:
        names = [one.name for one in shop.rows(Invoice, account_id=who.id)]
        assert [difference for name in names for difference in recompute(session, name)] == []


def test_a_later_change_gives_back_no_more_than_is_left(shop: Shop) -> None:
    who, subscription, invoice, line = billed(shop, paid=True, days=0)
    write(shop, staff_of(shop), who, wish(invoice, line, 9999))
    shop.order(who, Wanted(subscription, WantedTerms(shop.catalogue.plus, 5, MONTHLY)))
    credits = [one for one in shop.rows(InvoiceLine, account_id=who.id) if one.credits_line == line.id]
    assert [(one.amount_minor, one.tax_minor) for one in credits] == [(9999, 2300), (1, 0)]


def test_what_was_shown_is_written_once(shop: Shop) -> None:
    who, _, invoice, line = billed(shop, paid=True)
    care, wanted = staff_of(shop), wish(invoice, line, 1000)
    planned = plan(shop, care, who, wanted)
    assert isinstance(planned, Plan)
    assert isinstance(write(shop, care, who, wanted, planned.digest), Written)
    assert isinstance(write(shop, care, who, wanted, planned.digest), Moved)
    assert len(shop.rows(Invoice, account_id=who.id)) == 2


@pytest.mark.parametrize(
    ("minor", "reason", "trouble"),
    [
        pytest.param(0, "Outage", Trouble.NOTHING, id="nothing"),
        pytest.param(10001, "Outage", Trouble.MORE_THAN_REST, id="more than the line"),
        pytest.param(100, " ", Trouble.REASON_MISSING, id="no reason"),
        pytest.param(100, "x" * 501, Trouble.REASON_TOO_LONG, id="a novel"),
    ],
)
def test_what_cannot_be_credited(shop: Shop, minor: int, reason: str, trouble: Trouble) -> None:
    who, _, invoice, line = billed(shop, paid=True)
    assert write(shop, staff_of(shop), who, wish(invoice, line, minor, reason)) is trouble
    assert len(shop.rows(Invoice, account_id=who.id)) == 1


def test_many_small_notes_do_not_pass_the_limit(shop: Shop) -> None:
    who = shop.customer()
    shop.monthly(who, seats=50)
    (invoice,) = shop.rows(Invoice, account_id=who.id)
    (line,) = shop.rows(InvoiceLine, account_id=who.id)
    care = staff_of(shop)
    amount = wish(invoice, line, 10000)
    assert isinstance(write(shop, care, who, amount), Written)
    assert write(shop, care, who, amount) is Trouble.BEYOND_LIMIT
    with shop.database.read() as session:
        found = credit_notes.creditable(session, care, who.id, invoice.name, LIMITS)
    assert found is not None
    assert found.limit == euros(20_000 - 12_300)


def test_a_dispute_is_carried_out_with_its_credit_note_or_not_at_all(shop: Shop) -> None:
    who, _, invoice, line = billed(shop, paid=True)
    care = staff_of(shop)
    with shop.database.write() as session:
        dispute(session, who.id, invoice.name, "We had four seats.", who.person_id, shop.clock.now())
    (request,) = shop.rows(Request, account_id=who.id)
    answer = DisputeAnswer(request.id, "You are right.", None)
    wanted = wish(invoice, line, 2000)
    done = write(shop, care, who, wanted, answers=answer)
    assert isinstance(done, Written)
    (request,) = shop.rows(Request, account_id=who.id)
    assert (request.state, request.answer) == (RequestState.DONE, "You are right.")
    with pytest.raises(AlreadyAnsweredError):
        write(shop, care, who, wanted, answers=answer)
    assert len(shop.rows(Invoice, account_id=who.id)) == 2


def test_a_dispute_is_not_carried_out_by_words_alone(shop: Shop) -> None:
    who, _, invoice, _ = billed(shop, paid=True)
    care = staff_of(shop)
    with shop.database.write() as session:
        dispute(session, who.id, invoice.name, "We had four seats.", who.person_id, shop.clock.now())
    (request,) = shop.rows(Request, account_id=who.id)
    with shop.database.write() as session, pytest.raises(requests.OtherWorkError):
        requests.carry_out(session, request.id, care.person_id, "Done.", shop.clock.now())


# --- what nobody pays any more ----------------------------------------------------------------------------------------


def on_invoice(shop: Shop) -> tuple[Customer, Staff, Invoice]:
    """A corporate company whose invoice is overdue, and its manager."""
    who, _, invoice, _ = billed(shop, paid=False)
    with shop.database.write() as session:
        session.get_one(Account, who.id).type = "corporate"
    return who, staff_of(shop, "manager"), invoice


def written_off(shop: Shop, staff: Staff, who: Customer, invoice: Invoice, minor: int) -> Any:
    with shop.database.write() as session:
        now = shop.clock.now()
        return write_offs.write_off(session, staff, who.id, invoice.name, euros(minor), "Insolvent", now)


def test_the_rest_of_an_invoice_is_written_off_once(shop: Shop) -> None:
    who, manager, invoice = on_invoice(shop)
    assert written_off(shop, manager, who, invoice, 100) is write_offs.Trouble.CHANGED
    assert written_off(shop, manager, who, invoice, 12300) == write_offs.WrittenOff(euros(12300))
    assert written_off(shop, manager, who, invoice, 12300) is write_offs.Trouble.NOTHING_OPEN
    with shop.database.read() as session:
        assert book_total(session, who.id, "written_off", "EUR") == 12300
        view = invoices.invoice_of(session, who.id, invoice.name, shop.clock.now())
        found = invoices.search(
            session, who.id, invoices.Wish(state=InvoiceState.WRITTEN_OFF), shop.clock.now()
        )
        paid = invoices.search(session, who.id, invoices.Wish(state=InvoiceState.PAID), shop.clock.now())
    assert view is not None
    assert view.head.state is InvoiceState.WRITTEN_OFF
    assert [row.name for row in found.rows] == [invoice.name]
    assert paid.rows == ()


def test_only_a_manager_writes_off(shop: Shop) -> None:
    who, _, invoice = on_invoice(shop)
    with pytest.raises(PermissionError):
        written_off(shop, staff_of(shop, "rep"), who, invoice, 12300)


def test_what_was_written_off_gives_nothing_back(shop: Shop) -> None:
    who, manager, invoice = on_invoice(shop)
    written_off(shop, manager, who, invoice, 12300)
    (line,) = shop.rows(InvoiceLine, account_id=who.id)
    wanted = wish(invoice, line, 1000)
    assert write(shop, manager, who, wanted) is Trouble.WRITTEN_OFF
    seen = shop.look(who, Wanted(line.subscription_id, WantedTerms(shop.catalogue.plus, 5, MONTHLY)))
    assert seen.summary is not None
    assert [one.credits_line for one in seen.summary.lines] == [None]


# --- money that goes back ---------------------------------------------------------------------------------------------


def with_balance(shop: Shop) -> tuple[Customer, Payment]:
    """A company that paid 215.25 EUR by card and has a credit of 61.50 EUR of it."""
    who = shop.customer()
    subscription = shop.trial(who)
    shop.order(who, Wanted(subscription, WantedTerms(shop.catalogue.plus, 5, MONTHLY)))
    invoice = shop.rows(Invoice, account_id=who.id)[-1]
    line = shop.rows(InvoiceLine, account_id=who.id)[-1]
    write(shop, staff_of(shop), who, wish(invoice, line, 5000))
    assert shop.balance(who) == 6150
    return who, shop.rows(Payment, account_id=who.id)[-1]


def refund(shop: Shop, staff: Staff, who: Customer, payment: Payment, minor: int, **more: Any) -> Any:
    asked = RefundWish(payment.id, euros(minor), "Wrong plan", more.pop("key", "one"))
    processor = more.pop("processor", shop.processor)
    return refunds.give_back(shop.database, processor, shop.clock.now, staff, who.id, asked, LIMITS)


def test_money_goes_back_to_the_card_once(shop: Shop) -> None:
    who, payment = with_balance(shop)
    care, before = staff_of(shop), shop.captured()["EUR"]
    for _ in range(2):
        done = refund(shop, care, who, payment, 6000)
        assert isinstance(done, Asked)
        assert done.state is RefundState.GIVEN_BACK
    assert (shop.balance(who), shop.captured()["EUR"]) == (150, before - 6000)
    (row,) = shop.rows(Refund)
    assert (row.amount_minor, row.given_by, row.payment_id) == (6000, care.person_id, payment.id)
    assert [one.payload["amount"] for one in shop.mails("refunded")] == [6000]
    assert refund(shop, care, who, payment, 100, key="one") is refunds.Trouble.KEY_REUSED


@pytest.mark.parametrize(
    ("minor", "trouble"),
    [
        pytest.param(0, refunds.Trouble.NOTHING, id="nothing"),
        pytest.param(6151, refunds.Trouble.MORE_THAN_BALANCE, id="more than the balance"),
        pytest.param(21526, refunds.Trouble.MORE_THAN_PAYMENT, id="more than the payment"),
    ],
)
def test_what_does_not_go_back(shop: Shop, minor: int, trouble: refunds.Trouble) -> None:
    who, payment = with_balance(shop)
    assert refund(shop, staff_of(shop), who, payment, minor) is trouble
    assert (shop.balance(who), shop.rows(Refund)) == (6150, [])


def test_another_accounts_payment_gives_nothing_back(shop: Shop) -> None:
    (who, _), (_, theirs) = with_balance(shop), with_balance(shop)
    assert refund(shop, staff_of(shop), who, theirs, 100) is refunds.Trouble.NO_PAYMENT


class Answering:
    """A processor that gives an answer of its own to refunds."""

    def __init__(self, answer: RefundOutcome, really: Callable[..., object] | None = None) -> None:
        self.answer, self.really = answer, really

    def refund(self, **asked: Any) -> RefundResult:
        if self.really is not None:
            self.really(**asked)
        return RefundResult(self.answer)


def test_what_the_processor_refuses_stays_balance(shop: Shop) -> None:
    who, payment = with_balance(shop)
    done = refund(shop, staff_of(shop), who, payment, 6000, processor=Answering(RefundOutcome.REFUSED))
    assert done.state is RefundState.REFUSED
    assert (shop.balance(who), shop.rows(Refund)) == (6150, [])


def finish_refunds(shop: Shop) -> list[RefundState]:
    """What the worker does about refunds without an answer."""
    with shop.database.read() as session:
        due = refunds.due(session, shop.clock.now())
    return [refunds.resume(shop.database, shop.processor, shop.clock.now, one) for one in due]


def test_an_answer_that_was_lost_is_asked_for_again_and_the_money_goes_back_once(shop: Shop) -> None:
    who, payment = with_balance(shop)
    before = shop.captured()["EUR"]
    silent = Answering(RefundOutcome.NO_ANSWER, shop.processor.refund)
    done = refund(shop, staff_of(shop), who, payment, 6000, processor=silent)
    assert (done.state, shop.balance(who)) == (RefundState.STARTED, 150)
    assert finish_refunds(shop) == []  # it is too early to ask
    shop.later(minutes=6)
    with shop.database.read() as session:
        assert book_total(session, who.id, "in_transit", "EUR") == -6000
    assert finish_refunds(shop) == [RefundState.GIVEN_BACK]
    assert (shop.captured()["EUR"], len(shop.rows(Refund))) == (before - 6000, 1)
    assert [one.state for one in shop.rows(RefundAttempt)] == ["given_back"]


def test_no_more_than_the_payment_goes_back_in_parts(shop: Shop) -> None:
    who, payment = with_balance(shop)
    with shop.database.read() as session:
        (before,) = refunds.refundable(session, who.id)
    refund(shop, staff_of(shop), who, payment, 6000)
    with shop.database.read() as session:
        (after,) = refunds.refundable(session, who.id)
    assert before.rest - after.rest == Money(6000, "EUR")
