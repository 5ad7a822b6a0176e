"""Every button that moves money: how somebody comes to press it, and how the same page would say something else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from portal.shared.domain.money import Money
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import Invoice, InvoiceLine
from portal.shared.records.payments import Payment
from portal.shared.records.requests import Request
from tests.support.demo_house import DemoHouse
from tests.support.factories import grant
from tests.support.house_quotes import service_order
from tests.support.html import Form
from tests.support.shopping import add_card, ask, checkout, place
from tests.support.visitor import Page, Visitor

DESK = "/corp-billing/desk/accounts"


@dataclass
class Button:
    """A form as it is sent, who sends it, and the fields with which it would say something else."""

    visitor: Visitor
    path: str
    fields: dict[str, str]
    other: dict[str, str] = field(default_factory=dict)

    def press(self, typed: Mapping[str, str] | None = None, *, without: str = "") -> Page:
        """Send it; where it leads is not followed."""
        sent = {name: text for name, text in {**self.fields, **(typed or {})}.items() if name != without}
        return self.visitor.post(self.path, sent, follow=False)

    def by(self, visitor: Visitor) -> Button:
        """The same page, kept by a browser that has signed in again."""
        fields = {**self.fields, "csrf_token": visitor.token()}
        return Button(visitor, self.path, fields, self.other)


def _button(visitor: Visitor, page: Page, form: Form, **other: str) -> Button:
    return Button(visitor, form.action or page.path, dict(form.fields), other)


def place_order(house: DemoHouse) -> Button:
    """The checkout of somebody with two cards; something else: the other card."""
    visitor = house.contact("monthly")
    add_card(visitor, "mastercard")
    page = checkout(house, "monthly", visitor, seats="9")
    chosen = page.value("payment_method")
    (other,) = {
        str(one.get("value"))
        for one in page.root.all("input", name="payment_method")
        if one.get("value") != chosen
    }
    return _button(visitor, page, page.form("/checkout/place"), payment_method=other)


def pay_online(house: DemoHouse) -> Button:
    """An overdue invoice in the Billing Center; something else: another amount."""
    visitor = house.contact("past-due")
    invoice = house.rows(Invoice, account_id=house.account_id("past-due"))[-1]
    page = visitor.get(f"/billing/invoices/{invoice.name}/pay")
    return _button(visitor, page, page.form("/pay"), amount="10.50")


def pay_corporate(house: DemoHouse) -> Button:
    """An open invoice in the Corporate Billing Portal; something else: another amount."""
    visitor = house.contact("corporate")
    invoice = house.rows(Invoice, account_id=house.account_id("corporate"))[-1]
    page = visitor.get(f"/corp-billing/invoices/{invoice.name}/pay")
    return _button(visitor, page, page.form("/pay"), amount="1,000.50")


def place_service_order(house: DemoHouse) -> Button:
    """A quote that is paid by card; something else: figures of another page."""
    visitor = house.contact("corporate")
    page = visitor.get("/corp-billing/quotes/1/accept")
    cards = [str(one.get("value")) for one in page.root.all("input", name="pay")]
    page = service_order(visitor, 1, pay=next(one for one in cards if one.startswith("card-")))
    return _button(visitor, page, page.form("/service-order"), shown="another page's")


def carry_out(house: DemoHouse) -> Button:
    """A request for a lower plan at the desk; something else: figures of another page."""
    (asked,) = house.rows(Request, account_id=house.account_id("lower-plan"))
    visitor = house.visitor(house.email("care"))
    page = visitor.get(f"/corp-billing/desk/requests/{asked.id}")
    found = next(one for one in page.forms if "answer" in dict(one.fields) and "shown" in dict(one.fields))
    fields = {**dict(found.fields), "answer": "Done as you asked."}
    return Button(visitor, f"{page.path}/carry-out", fields, {"shown": "another page's"})


def record_payment(house: DemoHouse) -> Button:
    """A transfer that came in; something else: another reference on it."""
    visitor = house.visitor(house.email("rep"))
    path = f"{DESK}/{house.account_id('corporate')}/record-payment"
    told = "check=yes&kind=transfer&amount=100.00&received_on=2026-03-17&reference=PIX-99"
    return _shown(visitor, f"{path}?{told}", reference="PIX-100")


def write_credit_note(house: DemoHouse) -> Button:
    """A credit note; something else: another reason."""
    visitor = house.visitor(house.email("care"))
    account_id = house.account_id("lower-plan")
    invoice = [one for one in house.rows(Invoice, account_id=account_id) if one.kind == "invoice"][-1]
    line = house.rows(InvoiceLine, account_id=account_id, invoice_id=invoice.id)[0]
    path = f"{DESK}/{account_id}/invoices/{invoice.name}/credit-note"
    return _shown(visitor, f"{path}?check=yes&line-{line.id}=1.00&reason=An+outage", reason="Two outages")


def write_off(house: DemoHouse) -> Button:
    """An invoice that nobody will pay; something else: another reason."""
    visitor = house.visitor(house.email("manager"))
    account_id = house.account_id("corporate")
    invoice = house.rows(Invoice, account_id=account_id)[-1]
    page = visitor.get(f"{DESK}/{account_id}/invoices/{invoice.name}/write-off")
    button = _button(visitor, page, page.form("/write-off"), reason="Moved away")
    button.fields["reason"] = "Insolvent"
    return button


def give_back(house: DemoHouse) -> Button:
    """A refund of what stands on the balance; something else: another amount."""
    contact, account_id = house.contact("lower-plan"), house.account_id("lower-plan")
    add_card(contact, "visa")
    place(contact, ask(contact, house.subscription_id("lower-plan"), {"seats": "19"}))
    with house.database.write() as session:
        account = session.get_one(Account, account_id)
        grant(session, account, Money(500, account.currency), house.clock.now())
    payment = house.rows(Payment, account_id=account_id)[-1].id
    visitor = house.visitor(house.email("care"))
    path = f"{DESK}/{account_id}/refund?check=yes&payment={payment}&amount=0.50&reason=Wrong+plan"
    return _shown(visitor, path, amount="0.40")


def _shown(visitor: Visitor, path: str, **other: str) -> Button:
    """A form of the desk that was filled in and checked."""
    page = visitor.get(path)
    (form,) = [one for one in page.forms if dict(one.fields).get("key")]
    return Button(visitor, path.partition("?")[0], dict(form.fields), other)


BUTTONS: dict[str, Callable[[DemoHouse], Button]] = {
    "self_service.place_order": place_order,
    "self_service.take_payment": pay_online,
    "corporate.take_payment": pay_corporate,
    "corporate.place_service_order": place_service_order,
    "corporate.carry_out": carry_out,
    "corporate.record_payment": record_payment,
    "corporate.write_credit_note": write_credit_note,
    "corporate.write_off": write_off,
    "corporate.give_back": give_back,
}
# Addresses whose code can come to move money and that have no press of their own here: why a repetition is harmless.
WITHOUT_KEY = {
    "self_service.cancel_order": "settles the charge of an order under the order's own reference",
    "corporate.cancel_order": "settles the charge of an order under the order's own reference",
    "self_service.cancel_payment": "settles a payment under the payment's own reference",
    "corporate.cancel_payment": "settles a payment under the payment's own reference",
    "self_service.ask_approval": "the page and the key of `place_order`; asking itself charges nothing",
    "corporate.ask_approval": "the page and the key of `place_service_order`; asking itself charges nothing",
    "self_service.approve": "places the order of an approval under the approval's own number",
    "corporate.approve": "places the order of an approval under the approval's own number",
    "corporate.move_clone": "moves the clock of a rehearsal, in a database of its own that nobody pays from",
    "self_service.make_default": "collects what is overdue under the key of the invoice and the number of the try",
    "corporate.make_default": "collects what is overdue under the key of the invoice and the number of the try",
}
