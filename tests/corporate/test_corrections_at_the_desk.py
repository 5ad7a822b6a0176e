"""Credit notes, write-offs and refunds at the desk: shown first, then done; who may; nonsense is answered."""

from __future__ import annotations

import pytest

from portal.shared.domain.money import Money
from portal.shared.records.invoices import Invoice, InvoiceLine, Settlement
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.payments import Payment, Refund
from portal.shared.records.requests import Request
from portal.shared.services import ledger
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.shopping import add_card, ask
from tests.support.shopping import place as order
from tests.support.visitor import Page, Visitor

SELLER = "Exemplo Software"
CARE, REP = "camila.rocha@exemplo.example", "sofia.lemos@exemplo.example"
MANAGER = "ricardo.sampaio@exemplo.example"


def place_of(house: DemoHouse, story: str) -> tuple[str, Invoice, InvoiceLine]:
    """The desk's address of the last invoice of a story, and what it charged."""
    account_id = house.account_id(story)
    invoice = [one for one in house.rows(Invoice, account_id=account_id) if one.kind == "invoice"][-1]
    line = house.rows(InvoiceLine, account_id=account_id, invoice_id=invoice.id)[0]
    return f"/corp-billing/desk/accounts/{account_id}/invoices/{invoice.name}", invoice, line


def checked(visitor: Visitor, path: str, **typed: str) -> Page:
    query = "&".join(f"{name}={text}" for name, text in {"check": "yes", **typed}.items())
    return visitor.get(f"{path}?{query}")


def proved(house: DemoHouse) -> None:
    with house.database.read() as session:
        assert ledger.verify(session) == []


def test_a_credit_note_is_shown_and_then_written(house: DemoHouse) -> None:
    care = house.visitor(CARE)
    place, invoice, line = place_of(house, "lower-plan")
    page = care.get(f"{place}/credit-note")
    assert broken_rules(page, "en", SELLER) == []
    page = checked(care, f"{place}/credit-note", **{f"line-{line.id}": "1.00", "reason": "An outage"})
    assert (page.status, broken_rules(page, "en", SELLER)) == (200, [])
    done = _press(care, page)
    assert done.path.endswith(f"/accounts/{invoice.account_id}"), done.text
    note = house.rows(Invoice, account_id=invoice.account_id)[-1]
    assert (note.corrects_id, note.subtotal_minor, note.reason) == (invoice.id, -100, "An outage")
    proved(house)
    contact = house.contact("lower-plan")
    assert "Reason: An outage" in contact.get(f"/billing/invoices/{note.name}").text
    assert contact.client.get(f"/billing/invoices/{note.name}/pdf").data.startswith(b"%PDF-")
    assert contact.client.get(f"/billing/invoices/{note.name}/xml").status_code in {200, 404}
    house.work()  # its mail, with the document attached, can be written
    assert house.rows(OutboxMail, kind="invoice-issued")[-1].sent_at is not None
    # The same page once more writes nothing, and leads to where the first press led.
    assert _press(care, page).path == done.path
    assert house.rows(Invoice, account_id=invoice.account_id)[-1].id == note.id


def test_what_came_past_the_processor_is_named_with_what_to_do_instead(house: DemoHouse) -> None:
    account_id = house.account_id("monthly")
    care = house.visitor(CARE)
    path = f"/corp-billing/desk/accounts/{account_id}/refund"
    assert "Bank transfers and cheques" not in care.get(path).text
    with house.database.write() as session:
        amount = Money(12345, "BRL")
        books = {"cash": amount, "balance": -amount}
        ledger.post(session, account_id, "payment-received", books, house.clock.now())
        session.add(
            Payment(
                account_id=account_id,
                kind="transfer",
                reference="TR-4711",
                currency="BRL",
                amount_minor=12345,
                at=house.clock.now(),
            )
        )
    page = care.get(path)
    assert "Bank transfer, R$123.45 on March 18, 2026 · TR-4711" in page.text
    assert "stays on the balance and pays the next invoices" in page.text
    assert broken_rules(page, "en", SELLER) == []


def _press(visitor: Visitor, page: Page) -> Page:
    """Press the button under what was shown."""
    form = next(one for one in page.forms if dict(one.fields).get("shown") or dict(one.fields).get("key"))
    return visitor.post(page.path.partition("?")[0], dict(form.fields))


@pytest.mark.parametrize(
    ("amount", "reason", "words"),
    [
        pytest.param("", "An outage", "at least one line", id="nothing"),
        pytest.param("abc", "An outage", "not an amount", id="no amount"),
        pytest.param("999999", "An outage", "is left of this line", id="too much"),
        pytest.param("1.00", "", "Write the reason", id="no reason"),
    ],
)
def test_nonsense_is_answered_beside_its_field(
    house: DemoHouse, amount: str, reason: str, words: str
) -> None:
    care = house.visitor(CARE)
    place, _, line = place_of(house, "lower-plan")
    page = checked(care, f"{place}/credit-note", **{f"line-{line.id}": amount, "reason": reason})
    assert page.status == 422
    assert words in page.text


def test_a_dispute_is_carried_out_by_a_credit_note(house: DemoHouse) -> None:
    contact, care = house.contact("lower-plan"), house.visitor(CARE)
    add_card(contact, "visa")
    order(contact, ask(contact, house.subscription_id("lower-plan"), {"seats": "19"}))
    place, invoice, line = place_of(house, "lower-plan")
    path = f"/billing/invoices/{invoice.name}/dispute"
    contact.send(contact.get(path), "/dispute", {"reason": "We have four seats."})
    request = house.rows(Request, account_id=invoice.account_id)[-1]
    desk = care.get(f"/corp-billing/desk/requests/{request.id}")
    assert f"{place}/credit-note" in desk.html
    page = checked(
        care, f"{place}/credit-note", **{f"line-{line.id}": "1.00", "reason": "Four", "answer": "Right"}
    )
    assert page.status == 200, page.text
    _press(care, page)
    assert house.rows(Request, account_id=invoice.account_id)[-1].state == "done"


def test_only_managers_write_off(house: DemoHouse) -> None:
    place, invoice, _ = place_of(house, "corporate")
    assert house.visitor(REP).get(f"{place}/write-off").status == 404
    manager = house.visitor(MANAGER)
    page = manager.get(f"{place}/write-off")
    assert (page.status, broken_rules(page, "en", SELLER)) == (200, [])
    manager.send(page, "/write-off", {"reason": "Insolvent"})
    sources = [one.source for one in house.rows(Settlement, invoice_id=invoice.id)]
    assert sources[-1] == "written_off"
    assert "Written off" in manager.get(f"/corp-billing/desk/accounts/{invoice.account_id}").text
    proved(house)


def test_money_goes_back_from_the_balance(house: DemoHouse) -> None:
    care = house.visitor(CARE)
    contact = house.contact("lower-plan")
    add_card(contact, "visa")
    order(contact, ask(contact, house.subscription_id("lower-plan"), {"seats": "19"}))
    place, invoice, line = place_of(house, "lower-plan")
    path = f"/corp-billing/desk/accounts/{invoice.account_id}/refund"
    assert broken_rules(care.get(path), "en", SELLER) == []
    page = checked(care, f"{place}/credit-note", **{f"line-{line.id}": "1.00", "reason": "An outage"})
    _press(care, page)
    payment = str(house.rows(Payment, account_id=invoice.account_id)[-1].id)
    page = checked(care, path, payment=payment, amount="0.50", reason="Wrong plan")
    assert (page.status, broken_rules(page, "en", SELLER)) == (200, []), page.text
    _press(care, page)
    (row,) = house.rows(Refund, account_id=invoice.account_id)
    assert row.amount_minor == 50
    proved(house)
