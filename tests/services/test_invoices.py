"""Documents as people read them: one whole, many by search; only the account's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.shared.domain.invoices import InvoiceState, state_of
from portal.shared.domain.money import Money
from portal.shared.domain.summary import from_plain
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import Invoice, Settlement
from portal.shared.records.orders import Order
from portal.shared.services import ledger
from portal.shared.services.corrections import write_offs
from portal.shared.services.desk.staff import Staff
from portal.shared.services.invoices import reading as invoices
from portal.shared.services.invoices.reading import InvoiceWhole, Page, Wish
from tests.support.counting import counting
from tests.support.factories import NOW, TODAY, a_person
from tests.support.shop import ANNUAL, Customer, Shop, euros, want

TERMS = {"past": date(2026, 3, 9), "today": TODAY, "tomorrow": date(2026, 3, 11)}


def read(shop: Shop, who: Customer, name: str) -> InvoiceWhole:
    with shop.database.read() as session:
        view = invoices.invoice_of(session, who.id, name, shop.clock.now())
    assert view is not None
    return view


def names(shop: Shop, who: Customer) -> list[str]:
    return [row.name for row in shop.rows(Invoice, account_id=who.id)]


def look(shop: Shop, who: Customer, wish: Wish | None = None) -> Page:
    with shop.database.read() as session:
        return invoices.search(session, who.id, wish or Wish(), shop.clock.now())


def found(shop: Shop, who: Customer, **wish: object) -> list[int]:
    return [row.number for row in look(shop, who, Wish(**wish)).rows]  # type: ignore[arg-type]


def pay(shop: Shop, who: Customer, invoice: Invoice, minor: int) -> None:
    """Money for an invoice that came in without an order."""
    with shop.database.write() as session:
        given = {"balance": -euros(minor), "sales": euros(minor)}
        ledger.post(session, who.id, "credit-granted", given, NOW)
        used = {"balance": euros(minor), "receivable": -euros(minor)}
        movement = ledger.post(session, who.id, "balance-used", used, NOW, invoice_id=invoice.id)
        session.add(
            Settlement(
                account_id=who.id,
                invoice_id=invoice.id,
                movement_id=movement,
                source="balance",
                amount_minor=minor,
                at=NOW,
            )
        )


@pytest.mark.parametrize(
    ("kind", "total", "done", "due", "state"),
    [
        pytest.param("invoice", 100, 0, "tomorrow", InvoiceState.OPEN, id="nothing paid"),
        pytest.param("invoice", 100, 0, "today", InvoiceState.OPEN, id="the due day is in time"),
        pytest.param("invoice", 100, 1, "tomorrow", InvoiceState.PART_PAID, id="a cent paid"),
        pytest.param("invoice", 100, 99, "past", InvoiceState.OVERDUE, id="a cent missing too long"),
        pytest.param("invoice", 100, 100, "past", InvoiceState.PAID, id="paid late"),
        pytest.param("invoice", 0, 0, "past", InvoiceState.PAID, id="nothing to pay"),
        pytest.param("credit_note", -100, 0, "past", InvoiceState.CREDIT_NOTE, id="in the account's favour"),
    ],
)
def test_where_a_document_stands(kind: str, total: int, done: int, due: str, state: InvoiceState) -> None:
    assert state_of(kind, total, done, TERMS[due], TODAY) is state


def test_a_document_says_what_the_order_summary_said(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    placed = shop.order(who, want(subscription, shop.catalogue.plus, 7))
    summary = from_plain(shop.placed(placed.reference).summary)
    view = read(shop, who, names(shop, who)[-1])
    assert view.lines == tuple(replace(line, invoice_id=None) for line in summary.lines)
    assert (view.subtotal, view.tax, view.head.total) == (summary.subtotal, summary.tax_total, summary.total)
    assert view.credited_documents == (names(shop, who)[0],)


def test_what_paid_an_invoice_is_told_with_its_card(shop: Shop) -> None:
    who = shop.customer(balance=1_000)
    subscription = shop.monthly(who)
    shop.order(who, want(subscription, shop.catalogue.plus, 7))
    view = read(shop, who, names(shop, who)[-1])
    assert view.head.state is InvoiceState.PAID
    assert sum(part.amount.minor for part in view.settlements) == view.head.total.minor
    balance, cash = view.settlements
    assert (balance.source, balance.amount, balance.with_order) == ("balance", euros(1_000), True)
    assert (cash.source, cash.kind, cash.with_order) == ("cash", "card", True)
    assert cash.card.startswith("Visa •••• ")


def test_a_later_payment_does_not_belong_to_the_document(shop: Shop) -> None:
    who = shop.customer()
    shop.past_due(who)
    (invoice,) = shop.rows(Invoice, account_id=who.id)
    pay(shop, who, invoice, 300)
    view = read(shop, who, invoice.name)
    assert [part.with_order for part in view.settlements] == [False]
    assert view.head.open == view.head.total - euros(300)


def test_a_credit_that_lowers_an_invoice_names_its_document(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.past_due(who, shop.catalogue.plus, seats=50, frequency=ANNUAL)
    shop.order(who, want(subscription, shop.catalogue.plus, 1))
    old, new = names(shop, who)
    (credit, *_) = read(shop, who, old).settlements
    assert (credit.source, credit.by_invoice, credit.with_order) == ("credit", new, False)


def test_the_buyer_is_the_one_of_the_day_of_issue(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        account = session.get_one(Account, who.id)
        account.name, account.street, account.city = "Old Name", "Rua Velha, 1", "Porto"
    shop.past_due(who)
    with shop.database.write() as session:
        account = session.get_one(Account, who.id)
        account.name, account.street = "New Name", "Rua Nova, 2"
    buyer = read(shop, who, names(shop, who)[0]).buyer
    assert (buyer["name"], buyer["street"], buyer["city"]) == ("Old Name", "Rua Velha, 1", "Porto")
    assert (buyer["country"], buyer["vat_number"]) == ("PT", "")


def test_another_accounts_document_does_not_exist(shop: Shop) -> None:
    who, other = shop.customer(), shop.customer()
    shop.monthly(who)
    (name,) = names(shop, who)
    with shop.database.read() as session:
        assert invoices.invoice_of(session, other.id, name, shop.clock.now()) is None
        assert invoices.search(session, other.id, Wish(number=name), shop.clock.now()).rows == ()


def many(shop: Shop, who: Customer, count: int) -> list[Invoice]:
    """So many documents, each a day later than the one before, all of them unpaid."""
    for number in range(count):
        shop.past_due(who, shop.catalogue.basic, seats=1, began=date(2026, 1, 1) + timedelta(days=number))
    return shop.rows(Invoice, account_id=who.id)


def test_the_last_twenty_come_first_and_the_rest_by_pages(shop: Shop) -> None:
    who = shop.customer()
    many(shop, who, 43)
    pages, before = [], None
    while True:
        page = look(shop, who, Wish(before=before))
        pages.append([row.number for row in page.rows])
        if page.older is None:
            break
        before = page.older
    assert [len(page) for page in pages] == [20, 20, 3]
    assert [number for page in pages for number in page] == list(range(43, 0, -1))


def test_a_full_last_page_leads_to_no_empty_one(shop: Shop) -> None:
    who = shop.customer()
    many(shop, who, 20)
    assert look(shop, who).older is None


def with_purchase_order(shop: Shop, who: Customer, number: str) -> None:
    """A document over nothing, with a purchase order's number on it."""
    with shop.database.write() as session:
        account = session.get_one(Account, who.id)
        account.last_invoice_number += 1
        session.add(
            Invoice(
                account_id=who.id,
                purchase_order_number=number,
                number=account.last_invoice_number,
                name=f"{account.invoice_series}-{account.last_invoice_number:06d}",
                kind="invoice",
                issued_on=TODAY,
                due_on=TODAY,
                currency=account.currency,
                subtotal_minor=0,
                tax_minor=0,
                total_minor=0,
            )
        )


def test_looking_for_documents(shop: Shop) -> None:
    who = shop.customer()
    rows = many(shop, who, 3)
    shop.past_due(who, shop.catalogue.basic, began=TODAY)
    with_purchase_order(shop, who, "PO_100%")
    pay(shop, who, rows[0], rows[0].total_minor)
    pay(shop, who, rows[1], 1)
    assert found(shop, who, number=rows[1].name.lower()) == [2]
    assert found(shop, who, number="00000") == [5, 4, 3, 2, 1]
    assert found(shop, who, purchase_order="po_100%") == [5]
    assert found(shop, who, purchase_order="%") == [5], "no pattern, only what was typed"
    assert found(shop, who, purchase_order="POX") == []
    assert found(shop, who, issued_from=date(2026, 1, 2), issued_to=date(2026, 1, 3)) == [3, 2]
    assert found(shop, who, state=InvoiceState.PAID) == [5, 1]
    assert found(shop, who, state=InvoiceState.OVERDUE) == [3, 2]
    assert found(shop, who, state=InvoiceState.OPEN) == [4]
    assert found(shop, who, state=InvoiceState.CREDIT_NOTE) == []


def written_off(shop: Shop, who: Customer) -> None:
    """One more invoice, which a manager gave up: the account was corporate for that while."""
    shop.past_due(who, shop.catalogue.basic, began=TODAY)
    invoice = shop.rows(Invoice, account_id=who.id)[-1]
    with shop.database.write() as session:
        session.get_one(Account, who.id).type = "corporate"
        manager = a_person(session, staff_role="manager")
        session.flush()
        done = write_offs.write_off(
            session,
            Staff(manager.id, manager.name, "manager"),
            who.id,
            invoice.name,
            Money(invoice.total_minor, invoice.currency),
            "Insolvent",
            shop.clock.now(),
        )
        session.get_one(Account, who.id).type = "online"
    assert isinstance(done, write_offs.WrittenOff)


def test_the_database_and_the_rule_agree_about_the_state(shop: Shop) -> None:
    who = shop.customer()
    rows = many(shop, who, 2)
    for _ in range(2):
        shop.past_due(who, shop.catalogue.basic, began=TODAY)
    pay(shop, who, rows[0], rows[0].total_minor)
    pay(shop, who, shop.rows(Invoice, account_id=who.id)[-1], 1)
    written_off(shop, who)
    subscription = shop.annual(who, shop.catalogue.plus)
    shop.order(who, want(subscription, shop.catalogue.plus, 1))
    everything = look(shop, who).rows
    assert {row.state for row in everything} == set(InvoiceState)
    for state in InvoiceState:
        assert found(shop, who, state=state) == [row.number for row in everything if row.state is state]


def test_one_and_forty_documents_take_the_same_number_of_statements(shop: Shop) -> None:
    who = shop.customer()
    counts: list[tuple[int, int]] = []
    for more in (1, 39):
        many(shop, who, more)
        name = names(shop, who)[-1]
        with shop.database.read() as session, counting(shop.database.engine) as searched:
            invoices.search(session, who.id, Wish(number="00"), NOW)
        with shop.database.read() as session, counting(shop.database.engine) as opened:
            invoices.invoice_of(session, who.id, name, NOW)
        counts.append((len(searched), len(opened)))
    assert counts[0] == counts[1]


def test_an_account_that_is_not_there_has_no_documents(shop: Shop) -> None:
    with shop.database.read() as session:
        with pytest.raises(LookupError):
            invoices.search(session, 987654, Wish(), NOW)
        with pytest.raises(LookupError):
            invoices.invoice_of(session, 987654, "X-1", NOW)
    assert shop.rows(Order) == []
