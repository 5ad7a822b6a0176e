"""Numbers the registry did not answer for: asked again, and what they bore in tax given back by itself, once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.shared.domain.credit_notes import CreditLimits
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.summary import LineKind
from portal.shared.domain.taxes import TaxKind, VatState
from portal.shared.gateways.tax_registry import RegistryAnswer, RegistryState
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice, InvoiceLine, unpaid_amounts
from portal.shared.records.ledger import book_total
from portal.shared.records.payments import Payment
from portal.shared.records.vat_checks import VatCheck
from portal.shared.services.corrections import credit_notes
from portal.shared.services.corrections.credit_notes import CreditWish, Written
from portal.shared.services.corrections.tax_rechecks import LEASE, Rechecked, recheck_due
from portal.shared.services.desk import Staff
from portal.shared.services.invoice_payments.receiving import divide, receive
from portal.shared.services.invoices.recompute import recompute
from portal.shared.services.taxes import rules as taxes
from tests.support.factories import SELLER, TODAY, a_person
from tests.support.shop import ANNUAL, Customer, Shop, euros, want

NUMBER = "136695976"
LIMITS = CreditLimits({"care": {"EUR": 20_000}})


class Registry:
    """A registry that gives these answers in turn, the last one for good; it is never asked inside a transaction."""

    def __init__(self, database: Database, *states: RegistryState, countries: str = "DE") -> None:
        self.database, self.states, self.countries = database, list(states), countries
        self.asked: list[tuple[str, str]] = []

    def knows(self, country: str) -> bool:
        return country in self.countries.split()

    def check(self, country: str, number: str) -> RegistryAnswer:
        with self.database.write() as session:  # would wait for ever inside somebody else's, on SQLite
            session.execute(sa.select(Account.id).limit(1).with_for_update()).all()
        self.asked.append((country, number))
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        reference = f"WAPI-{len(self.asked)}" if state is not RegistryState.NO_ANSWER else None
        return RegistryAnswer(state, datetime(2026, 3, 10, 9, len(self.asked), tzinfo=UTC), reference)


VALID, INVALID, SILENT = RegistryState.VALID, RegistryState.INVALID, RegistryState.NO_ANSWER


def unconfirmed(shop: Shop, **account: Any) -> Customer:
    """A company in Germany whose number the registry did not answer for."""
    who = shop.customer(country="DE", vat_state=VatState.PENDING, **account)
    changed(shop, who, vat_number=NUMBER)
    return who


def changed(shop: Shop, who: Customer, **changes: Any) -> None:
    with shop.database.write() as session:
        account = session.get_one(Account, who.id)
        for name, value in changes.items():
            setattr(account, name, value)


def sweep(shop: Shop, *states: RegistryState, registry: Registry | None = None) -> list[Rechecked]:
    registry = registry or Registry(shop.database, *states)
    return list(recheck_due(shop.database, registry, SELLER, shop.clock.now))


def documents(shop: Shop, who: Customer) -> list[Invoice]:
    return shop.rows(Invoice, account_id=who.id)


def lines(shop: Shop, document: Invoice) -> list[tuple[LineKind, int, int, TaxKind]]:
    return [
        (row.kind, row.amount_minor, row.tax_minor, row.tax_kind)
        for row in shop.rows(InvoiceLine, invoice_id=document.id)
    ]


def rest(shop: Shop, invoice: Invoice) -> int:
    with shop.database.read() as session:
        return unpaid_amounts(session, invoice.account_id).get(invoice.id, 0)


def tax_of(shop: Shop, who: Customer) -> int:
    """The tax that stands in the books for an account."""
    with shop.database.read() as session:
        return -book_total(session, who.id, "tax", who.currency)


def pay_part(shop: Shop, who: Customer, invoice: Invoice, minor: int) -> None:
    """A transfer that pays a part of an invoice."""
    with shop.database.write() as session:
        account, now = session.get_one(Account, who.id), shop.clock.now()
        payment = Payment(
            account_id=who.id,
            kind="transfer",
            processor_reference="",
            reference="RF1",
            currency="EUR",
            amount_minor=minor,
            at=now,
        )
        receive(
            session,
            account,
            payment,
            divide(session, account, euros(minor), [invoice.id]),
            who.person_id,
            "RF1",
            now,
        )


def proved(shop: Shop, who: Customer) -> None:
    """Every document of an account is equal to its history."""
    with shop.database.read() as session:
        assert {row.name: recompute(session, row.name) for row in documents(shop, who)} == {
            row.name: [] for row in documents(shop, who)
        }


def test_a_later_answer_gives_the_tax_of_a_paid_invoice_back_as_balance(shop: Shop) -> None:
    who = unconfirmed(shop)
    shop.monthly(who)
    (invoice,) = documents(shop, who)
    assert (invoice.tax_minor, tax_of(shop, who)) == (1900, 1900)
    [done] = sweep(shop, VALID)
    note = documents(shop, who)[-1]
    assert done == Rechecked(who.id, VatState.VALID, (note.name,))
    assert (note.kind, note.corrects_id, note.subtotal_minor, note.tax_minor) == (
        "credit_note",
        invoice.id,
        0,
        -1900,
    )
    assert lines(shop, note) == [
        (LineKind.CREDIT, 10000, 1900, TaxKind.PENDING),
        (LineKind.CHARGE, 10000, 0, TaxKind.REVERSE_CHARGE),
    ]
    assert (shop.balance(who), tax_of(shop, who)) == (1900, 0)
    proved(shop, who)


def test_an_open_invoice_is_lowered_by_it_and_nothing_becomes_balance(shop: Shop) -> None:
    who = unconfirmed(shop)
    shop.past_due(who)
    (invoice,) = documents(shop, who)
    sweep(shop, VALID)
    assert (rest(shop, invoice), shop.balance(who), tax_of(shop, who)) == (10000, 0, 0)


def test_balance_the_account_has_is_not_drawn_upon(shop: Shop) -> None:
    who = unconfirmed(shop, balance=5000)
    shop.past_due(who)
    (invoice,) = documents(shop, who)
    sweep(shop, VALID)
    assert (rest(shop, invoice), shop.balance(who)) == (10000, 5000)


def test_of_a_part_paid_invoice_the_rest_is_lowered_and_what_is_beyond_it_kept(shop: Shop) -> None:
    who = unconfirmed(shop)
    shop.past_due(who)
    (invoice,) = documents(shop, who)
    pay_part(shop, who, invoice, 11000)
    sweep(shop, VALID)
    assert (rest(shop, invoice), shop.balance(who)) == (0, 1000)


def test_what_was_given_back_meanwhile_is_given_back_of_the_successor_too(shop: Shop) -> None:
    who = unconfirmed(shop)
    subscription = shop.monthly(who, began=TODAY - timedelta(days=10))
    shop.order(who, want(subscription, shop.catalogue.plus, 7))
    first, second = documents(shop, who)
    assert len(sweep(shop, VALID)[0].corrections) == 2
    of_first, of_second = documents(shop, who)[2:]
    assert [kind for kind, *_ in lines(shop, of_first)] == [LineKind.CREDIT, LineKind.CHARGE, LineKind.CREDIT]
    assert [kind for kind, *_ in lines(shop, of_second)] == [LineKind.CREDIT, LineKind.CHARGE]
    assert (of_first.corrects_id, of_second.corrects_id) == (first.id, second.id)
    assert (of_first.subtotal_minor, tax_of(shop, who)) == (0, 0)
    proved(shop, who)


def test_a_change_after_it_is_worth_what_it_would_have_been_without_tax_from_the_start(shop: Shop) -> None:
    late, early = unconfirmed(shop), unconfirmed(shop)
    changed(shop, early, vat_state=VatState.VALID)
    seen = []
    for who in (late, early):
        subscription = shop.annual(who, began=TODAY - timedelta(days=100))
        shop.order(who, want(subscription, shop.catalogue.plus, 9, ANNUAL))
        if who is late:
            sweep(shop, VALID)
        summary = shop.look(who, want(subscription, shop.catalogue.premium, 11, ANNUAL)).summary
        assert summary is not None
        seen.append([(line.kind, line.amount, line.tax, line.days) for line in summary.lines])
    assert seen[0] == seen[1]


def test_an_unpaid_period_is_not_turned_into_balance_after_it_either(shop: Shop) -> None:
    who = unconfirmed(shop)
    subscription = shop.past_due(who, began=TODAY - timedelta(days=3))
    (invoice,) = documents(shop, who)
    sweep(shop, VALID)
    summary = shop.look(who, want(subscription, shop.catalogue.plus, 9)).summary
    assert summary is not None
    [relief] = summary.reliefs
    assert relief.invoice_id == invoice.id
    assert summary.balance_after == summary.balance_before


def test_staff_can_still_give_back_of_the_invoice_and_their_limit_is_untouched(shop: Shop) -> None:
    who = unconfirmed(shop)
    shop.past_due(who)
    (invoice,) = documents(shop, who)
    sweep(shop, VALID)
    with shop.database.write() as session:
        person = a_person(session, staff_role="care")
        care = Staff(person.id, person.name, "care")
    with shop.database.read() as session:
        found = credit_notes.creditable(session, care, who.id, invoice.name, LIMITS)
        assert found is not None
        assert found.limit == euros(20_000)
        [left] = [one for one in found.lines if one.rest]
        wish = CreditWish(invoice.name, {left.line.line.id: euros(4000)}, "An outage.")
        planned = credit_notes.plan(session, care, who.id, wish, LIMITS, shop.clock.now())
        assert isinstance(planned, credit_notes.Plan)
    with shop.database.write() as session:
        now = shop.clock.now()
        done = credit_notes.write(session, care, who.id, wish, LIMITS, planned.digest, now)
    assert isinstance(done, Written)
    assert (rest(shop, invoice), shop.balance(who)) == (6000, 0)
    proved(shop, who)


def test_an_allowance_of_before_stays_one(shop: Shop) -> None:
    who = unconfirmed(shop)
    shop.past_due(who)
    (invoice,) = documents(shop, who)
    (line,) = shop.rows(InvoiceLine, invoice_id=invoice.id)
    with shop.database.write() as session:
        person = a_person(session, staff_role="care")
        care = Staff(person.id, person.name, "care")
    wish = CreditWish(invoice.name, {line.id: euros(3000)}, "An outage.")
    with shop.database.write() as session:
        now = shop.clock.now()
        planned = credit_notes.plan(session, care, who.id, wish, LIMITS, now)
        assert isinstance(planned, credit_notes.Plan)
        credit_notes.write(session, care, who.id, wish, LIMITS, planned.digest, now)
    sweep(shop, VALID)
    assert (rest(shop, invoice), shop.balance(who), tax_of(shop, who)) == (7000, 0, 0)
    proved(shop, who)


def test_asking_again_after_it_corrects_nothing_twice(shop: Shop) -> None:
    who = unconfirmed(shop)
    shop.monthly(who)
    sweep(shop, VALID)
    before = len(documents(shop, who))
    assert sweep(shop, VALID) == []
    changed(shop, who, vat_state=VatState.PENDING)
    [again] = sweep(shop, VALID)
    assert (again.corrections, len(documents(shop, who))) == ((), before)


def test_the_database_itself_lets_a_line_be_replaced_once_only(shop: Shop) -> None:
    who = unconfirmed(shop)
    shop.monthly(who)
    sweep(shop, VALID)
    successor = next(row for row in shop.rows(InvoiceLine) if row.takes_place_of is not None)
    columns = {
        column.name: getattr(successor, column.name)
        for column in InvoiceLine.__table__.columns
        if column.name != "id"
    }
    with pytest.raises(IntegrityError), shop.database.write() as session:
        session.add(InvoiceLine(**columns))


@pytest.mark.parametrize("workers", [4])
def test_workers_side_by_side_ask_once_and_correct_once(shop: Shop, workers: int) -> None:
    who = unconfirmed(shop)
    shop.monthly(who)
    registry = Registry(shop.database, VALID)
    together = threading.Barrier(workers)
    failures: list[BaseException] = []

    def work() -> None:
        together.wait()
        try:
            sweep(shop, registry=registry)
        except BaseException as error:  # noqa: BLE001  # told below
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failures == []
    assert registry.asked == [("DE", NUMBER)]
    assert [row.kind for row in documents(shop, who)] == ["invoice", "credit_note"]
    assert len(shop.mails("vat-number-confirmed")) == 1


def test_while_nobody_answers_the_pauses_grow_and_every_try_is_kept(shop: Shop) -> None:
    who = unconfirmed(shop)
    registry = Registry(shop.database, SILENT)
    waits = []
    for _ in range(4):
        assert sweep(shop, registry=registry) == [Rechecked(who.id, VatState.PENDING)]
        assert sweep(shop, registry=registry) == [], "not before its time"
        [account] = shop.rows(Account, id=who.id)
        waits.append((account.vat_next_check_at - shop.clock.now()).total_seconds() / 60)
        shop.clock.advance(account.vat_next_check_at - shop.clock.now())
    assert waits == [5, 10, 20, 40]
    assert [row.state for row in shop.rows(VatCheck)] == ["no_answer"] * 4
    assert [row.action for row in shop.rows(Activity)].count("vat-number-checked") == 4


def test_every_answer_is_kept_with_its_time_and_its_proof(shop: Shop) -> None:
    who = unconfirmed(shop)
    sweep(shop, VALID)
    [check] = shop.rows(VatCheck)
    assert (check.country, check.number, check.state, check.reference) == ("DE", NUMBER, "valid", "WAPI-1")
    [account] = shop.rows(Account, id=who.id)
    assert (account.vat_state, account.vat_reference, account.vat_checked_at) == (
        VatState.VALID,
        "WAPI-1",
        check.at,
    )


def test_a_number_the_registry_does_not_know_is_marked_and_told_and_nothing_is_given_back(shop: Shop) -> None:
    who = unconfirmed(shop)
    shop.monthly(who)
    assert sweep(shop, INVALID) == [Rechecked(who.id, VatState.INVALID)]
    assert len(documents(shop, who)) == 1
    [mail] = shop.mails("vat-number-refused")
    assert mail.payload["number"] == NUMBER
    assert sweep(shop, VALID) == [], "it is not asked about again"


def test_who_died_while_asking_leaves_a_number_that_is_due_again_soon(shop: Shop) -> None:
    unconfirmed(shop)
    registry = Registry(shop.database, VALID)

    def dies(country: str, number: str) -> RegistryAnswer:
        raise KeyboardInterrupt

    registry.check = dies  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        sweep(shop, registry=registry)
    assert sweep(shop, VALID) == [], "somebody may be asking still"
    shop.clock.advance(LEASE)
    assert [one.state for one in sweep(shop, VALID)] == [VatState.VALID]


def test_who_died_before_correcting_is_made_up_for(shop: Shop) -> None:
    who = unconfirmed(shop)
    shop.monthly(who)
    changed(shop, who, vat_state=VatState.VALID)  # as a number that was entered again and confirmed at once
    [done] = sweep(shop, SILENT)
    assert (done.state, len(done.corrections)) == (VatState.VALID, 1)
    [mail] = shop.mails("vat-number-confirmed")
    assert mail.payload["corrections"][0]["amount"] == 1900


def test_nothing_is_corrected_while_an_order_is_on_its_way(shop: Shop) -> None:
    who = unconfirmed(shop, card="needs_confirmation")
    subscription = shop.monthly(who)
    changed(shop, who, vat_state=VatState.VALID)
    waiting = shop.order(who, want(subscription, shop.catalogue.plus, 5))
    assert shop.state(waiting.reference) is OrderState.AWAITING_CONFIRMATION
    assert sweep(shop, SILENT) == []
    shop.give_up(waiting.reference)
    assert len(sweep(shop, SILENT)) == 1


@pytest.mark.parametrize(
    "becomes",
    [
        pytest.param({"vat_number": "129442442"}, id="another number"),
        pytest.param({"country": "FR"}, id="another country"),
        pytest.param({"country": "PT"}, id="the seller's own country"),
        pytest.param({"vat_state": VatState.NONE, "vat_number": ""}, id="no number"),
    ],
)
def test_what_another_number_bore_is_left_alone(shop: Shop, becomes: dict[str, Any]) -> None:
    who = unconfirmed(shop)
    shop.monthly(who)
    changed(shop, who, **{"vat_state": VatState.VALID, **becomes})
    assert sweep(shop, SILENT) == []
    assert len(documents(shop, who)) == 1


def test_tax_that_was_charged_for_another_reason_stays(shop: Shop) -> None:
    who = shop.customer(country="DE")
    shop.monthly(who)
    changed(shop, who, vat_number=NUMBER, vat_state=VatState.PENDING)
    [done] = sweep(shop, VALID)
    assert done.corrections == ()
    assert len(documents(shop, who)) == 1


def test_countries_that_no_registry_knows_are_not_asked_about(shop: Shop) -> None:
    who = shop.customer(country="BR", currency="BRL", vat_state=VatState.PENDING)
    changed(shop, who, vat_number="11222333000181")
    registry = Registry(shop.database, VALID)
    assert sweep(shop, registry=registry) == []
    assert registry.asked == []


@pytest.mark.parametrize(("country", "untaxed"), [("DE", True), ("PT", False)])
def test_the_mail_promises_no_vat_only_where_none_is_charged(
    shop: Shop, country: str, *, untaxed: bool
) -> None:
    who = unconfirmed(shop)
    changed(shop, who, country=country)
    sweep(shop, registry=Registry(shop.database, VALID, countries="DE PT"))
    [mail] = shop.mails("vat-number-confirmed")
    assert mail.payload["reverse_charge"] is untaxed


def test_a_number_entered_while_the_registry_was_asked_is_not_overwritten(shop: Shop) -> None:
    who = unconfirmed(shop)
    registry = Registry(shop.database, VALID)
    check = registry.check

    def slow(country: str, number: str) -> RegistryAnswer:
        changed(shop, who, vat_number="129442442")
        return check(country, number)

    registry.check = slow  # type: ignore[method-assign]
    assert sweep(shop, registry=registry) == []
    [account] = shop.rows(Account, id=who.id)
    assert (account.vat_number, account.vat_state) == ("129442442", VatState.PENDING)


def test_entering_a_number_keeps_what_was_said_and_when_to_ask_again(shop: Shop) -> None:
    who = shop.customer(country="DE")
    registry = Registry(shop.database, SILENT)
    taxes.set_vat_number(shop.database, registry, who.id, who.person_id, NUMBER, shop.clock.now())
    [check] = shop.rows(VatCheck)
    [account] = shop.rows(Account, id=who.id)
    assert (check.state, account.vat_tries) == ("no_answer", 1)
    assert account.vat_next_check_at == shop.clock.now() + timedelta(minutes=5)
