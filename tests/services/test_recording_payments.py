"""Transfers and cheques at the desk: what was shown is what is recorded, once, and the books stay right."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.shared.domain.money import Money
from portal.shared.domain.payment_references import PaymentReference
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import Invoice, unpaid_amounts
from portal.shared.records.payments import Payment
from portal.shared.services import ledger
from portal.shared.services.desk import Staff
from portal.shared.services.invoice_payments import matching, recording
from portal.shared.services.invoice_payments.paying import PayRequest, pay
from portal.shared.services.invoice_payments.recording import Kind, Moved, Plan, Received, Recorded, Trouble
from tests.support.factories import TODAY, a_person
from tests.support.shop import Customer, Shop

CARE = "care"


def staff_of(shop: Shop, role: str = CARE) -> Staff:
    with shop.database.write() as session:
        person = a_person(session, staff_role=role)
        return Staff(person.id, person.name, role)


def owing(shop: Shop, *days_ago: int, **account: Any) -> tuple[Customer, list[Invoice]]:
    """A company with an open invoice of 123.00 EUR for each day."""
    who = shop.customer(**account)
    for days in days_ago:
        shop.past_due(who, began=TODAY - timedelta(days=days))
    return who, shop.rows(Invoice, account_id=who.id)


def got(minor: int, reference: str = "PAYMENT", *names: str, **more: Any) -> Received:
    more.setdefault("kind", Kind.TRANSFER)
    more.setdefault("received_on", TODAY)
    return Received(
        reference=reference, amount=Money(minor, more.pop("currency", "EUR")), invoices=names or None, **more
    )


def plan(shop: Shop, staff: Staff, who: Customer, received: Received) -> Plan | Trouble:
    with shop.database.read() as session:
        return recording.plan(session, staff, who.id, received, shop.clock.now())


def record(
    shop: Shop, staff: Staff, who: Customer, received: Received, key: str = "one", digest: str | None = None
) -> Recorded | Moved | Trouble:
    if digest is None:
        planned = plan(shop, staff, who, received)
        digest = planned.digest if isinstance(planned, Plan) else ""
    with shop.database.write() as session:
        return recording.record_payment(session, staff, who.id, received, digest, key, shop.clock.now())


def rests(shop: Shop, invoices: list[Invoice]) -> list[int]:
    with shop.database.read() as session:
        open_ = unpaid_amounts(session, invoices[0].account_id)
        return [open_.get(invoice.id, 0) for invoice in invoices]


def reference_of(shop: Shop, who: Customer, number: int | None = None) -> str:
    with shop.database.read() as session:
        return PaymentReference(session.get_one(Account, who.id).invoice_series, number).text


def test_a_transfer_pays_the_invoice_its_reference_names(shop: Shop) -> None:
    staff, (who, invoices) = staff_of(shop), owing(shop, 9, 5)
    reference = f"Fatura {reference_of(shop, who, invoices[1].number)}"
    assert isinstance(record(shop, staff, who, got(12300, reference)), Recorded)
    assert rests(shop, invoices) == [12300, 0]
    (payment,) = shop.rows(Payment)
    assert (payment.kind, payment.reference, payment.recorded_by) == ("transfer", reference, staff.person_id)
    assert len(shop.mails("payment-received")) == 1


def test_the_plain_name_of_an_invoice_is_a_reference_too(shop: Shop) -> None:
    staff, (who, invoices) = staff_of(shop), owing(shop, 9, 5)
    record(shop, staff, who, got(100, f"re {invoices[1].name.lower()}"))
    assert rests(shop, invoices) == [12300, 12200]


@pytest.mark.parametrize("named", [True, False], ids=["the account's reference", "no reference we know"])
def test_without_an_invoice_the_oldest_is_paid_first(shop: Shop, named: bool) -> None:
    staff, (who, invoices) = staff_of(shop), owing(shop, 5, 9)
    record(shop, staff, who, got(20000, reference_of(shop, who) if named else "THANKS"))
    assert rests(shop, invoices) == [4600, 0], "the second one was due first"


def test_a_reference_of_another_account_means_nothing_here(shop: Shop) -> None:
    staff, (who, invoices), (other, _) = staff_of(shop), owing(shop, 9, 5), owing(shop, 9)
    record(shop, staff, who, got(100, reference_of(shop, other, 1)))
    assert rests(shop, invoices) == [12200, 12300]


def test_what_is_paid_too_much_becomes_balance(shop: Shop) -> None:
    staff, (who, invoices) = staff_of(shop), owing(shop, 9)
    record(shop, staff, who, got(15000, "x", invoices[0].name, kind=Kind.CHEQUE))
    assert rests(shop, invoices) == [0]
    assert shop.balance(who) == 2700


def test_a_reference_of_a_paid_invoice_keeps_all_as_balance_and_says_so_before(shop: Shop) -> None:
    staff, (who, invoices) = staff_of(shop), owing(shop, 9, 5)
    record(shop, staff, who, got(12300, "x", invoices[0].name))
    planned = plan(shop, staff, who, got(500, invoices[0].name))
    assert isinstance(planned, Plan)
    assert (planned.division.shares, planned.division.kept) == ((), Money(500, "EUR"))


def test_named_invoices_are_paid_in_the_order_they_were_due(shop: Shop) -> None:
    staff, (who, invoices) = staff_of(shop), owing(shop, 5, 9, 7)
    record(shop, staff, who, got(13000, "x", invoices[0].name, invoices[1].name))
    assert rests(shop, invoices) == [11600, 0, 12300]


def test_a_double_click_records_once(shop: Shop) -> None:
    staff, (who, invoices) = staff_of(shop), owing(shop, 9)
    received = got(5000, "x", invoices[0].name)
    first = record(shop, staff, who, received)
    assert record(shop, staff, who, received) == first
    assert record(shop, staff, who, got(5001, "x", invoices[0].name)) is Trouble.KEY_REUSED
    assert rests(shop, invoices) == [7300]


def test_two_at_once_record_once(shop: Shop) -> None:
    staff, (who, invoices) = staff_of(shop), owing(shop, 9)
    received = got(5000, "x", invoices[0].name)
    planned = plan(shop, staff, who, received)
    assert isinstance(planned, Plan)
    gate = Barrier(4, timeout=10)

    def press(_: int) -> Recorded | Moved | Trouble:
        gate.wait()
        return record(shop, staff, who, received, digest=planned.digest)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(press, range(4)))) == 1
    assert rests(shop, invoices) == [7300]


def test_the_same_sum_with_the_same_reference_is_pointed_out(shop: Shop) -> None:
    staff, (who, invoices) = staff_of(shop), owing(shop, 9)
    received = got(5000, "CHEQUE 17", invoices[0].name)
    assert not seen_before(shop, staff, who, received)
    record(shop, staff, who, received)
    assert seen_before(shop, staff, who, received)


def seen_before(shop: Shop, staff: Staff, who: Customer, received: Received) -> bool:
    planned = plan(shop, staff, who, received)
    assert isinstance(planned, Plan)
    return planned.seen_before


def test_what_has_changed_since_it_was_shown_is_shown_again(shop: Shop) -> None:
    staff, (who, invoices) = staff_of(shop), owing(shop, 9)
    received = got(12300, "x", invoices[0].name)
    planned = plan(shop, staff, who, received)
    assert isinstance(planned, Plan)
    record(shop, staff, who, got(300, "x", invoices[0].name), key="other")
    answer = record(shop, staff, who, received, digest=planned.digest)
    assert isinstance(answer, Moved)
    assert answer.now.division.kept == Money(300, "EUR")
    assert rests(shop, invoices) == [12000]


@pytest.mark.parametrize(
    ("received", "trouble"),
    [
        pytest.param(got(0), Trouble.NOTHING, id="nothing"),
        pytest.param(got(-5), Trouble.NOTHING, id="negative"),
        pytest.param(got(5, currency="USD"), Trouble.OTHER_CURRENCY, id="another currency"),
        pytest.param(got(5, received_on=TODAY + timedelta(days=1)), Trouble.IN_THE_FUTURE, id="tomorrow"),
        pytest.param(got(5, " "), Trouble.REFERENCE_MISSING, id="no reference"),
        pytest.param(got(5, "x" * 141), Trouble.REFERENCE_TOO_LONG, id="a long reference"),
        pytest.param(got(5, "x", "NO-000001"), Trouble.INVOICE_NOT_OPEN, id="an invoice that does not exist"),
    ],
)
def test_what_cannot_be_recorded_is_refused(shop: Shop, received: Received, trouble: Trouble) -> None:
    staff, (who, _) = staff_of(shop), owing(shop, 9)
    assert plan(shop, staff, who, received) is trouble
    assert record(shop, staff, who, received) is trouble
    assert shop.rows(Payment) == []


def test_nothing_is_recorded_while_a_card_payment_is_on_its_way(shop: Shop) -> None:
    staff, (who, invoices) = staff_of(shop), owing(shop, 9, card="needs_confirmation")
    wish = PayRequest(
        who.id, who.person_id, "one", invoices[0].name, Money(100, "EUR"), "/p/{reference}", who.method_id
    )
    pay(shop.database, shop.processor, shop.clock.now, wish)
    assert record(shop, staff, who, got(5)) is Trouble.ON_ITS_WAY


@pytest.mark.parametrize("role", ["rep", "manager"])
def test_an_account_of_somebody_else_does_not_exist(shop: Shop, role: str) -> None:
    staff, (who, invoices) = staff_of(shop, role), owing(shop, 9)
    with pytest.raises(LookupError):
        record(shop, staff, who, got(5))
    with shop.database.read() as session:
        now = shop.clock.now()
        assert matching.overdue(session, staff, now).dues == []
        assert matching.find_by_reference(session, staff, invoices[0].name, now) == []


def test_what_is_overdue_is_listed_with_the_oldest_first(shop: Shop) -> None:
    staff, (who, _), (other, _) = staff_of(shop), owing(shop, 3, 0), owing(shop, 8)
    with shop.database.read() as session:
        dues = matching.overdue(session, staff, shop.clock.now()).dues
    assert [(due.account_id, due.days_overdue) for due in dues] == [(other.id, 8), (who.id, 3)]


def test_a_line_of_a_statement_finds_account_and_invoice(shop: Shop) -> None:
    staff, (who, invoices), (other, _) = staff_of(shop), owing(shop, 3), owing(shop, 8)
    text = f"{invoices[0].name} e {reference_of(shop, other)} e {reference_of(shop, who, 99)}"
    with shop.database.read() as session:
        found = matching.find_by_reference(session, staff, text, shop.clock.now())
    assert {(one.account_id, one.due.name if one.due else None) for one in found} == {
        (who.id, invoices[0].name),
        (other.id, None),
    }


# --- random payments against an oracle ----------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(st.integers(1, 30000), st.sets(st.integers(0, 3), max_size=3)), min_size=1, max_size=6
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_random_payments_leave_what_an_oracle_says(shop: Shop, steps: list[tuple[int, set[int]]]) -> None:
    staff, (who, invoices) = staff_of(shop), owing(shop, 5, 9, 2, 7)
    order = sorted(range(4), key=lambda at: (invoices[at].due_on, invoices[at].number))
    open_, balance = [12300] * 4, 0
    for number, (minor, wanted) in enumerate(steps):
        names = [invoices[at].name for at in wanted if open_[at]]
        left = minor
        for at in order:
            if not names or invoices[at].name in names:
                part = min(left, open_[at])
                open_[at] -= part
                left -= part
        balance += left
        answer = record(shop, staff, who, got(minor, "x", *names), key=f"{who.id}-{number}")
        assert isinstance(answer, Recorded)
        assert rests(shop, invoices) == open_
        assert shop.balance(who) == balance
    with shop.database.read() as session:
        assert ledger.verify(session) == []
