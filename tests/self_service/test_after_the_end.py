"""The last pages of a subscription: cancel and say why, settle what is overdue, pay, renew what has ended."""

from __future__ import annotations

import pytest

from portal.shared.domain.subscriptions import Standing
from portal.shared.records.accounts import Account
from portal.shared.records.cancellations import CancellationAnswer
from portal.shared.records.invoices import Invoice
from portal.shared.records.payments import Payment, PaymentAttempt, PaymentMethod
from portal.shared.records.subscriptions import SubscriptionRow
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.shopping import add_card, place
from tests.support.visitor import Page, Visitor

SELLER = "Exemplo Software"


def fine(page: Page, language: str = "en") -> Page:
    assert page.status == 200, page.text
    assert broken_rules(page, language, SELLER) == []
    return page


def open_invoice(house: DemoHouse) -> str:
    return str(house.rows(Invoice, account_id=house.account_id("past-due"))[-1].name)


def overdue(house: DemoHouse) -> tuple[Visitor, SubscriptionRow]:
    (row,) = house.rows(SubscriptionRow, account_id=house.account_id("past-due"))
    return house.contact("past-due"), row


def cancel(house: DemoHouse, visitor: Visitor) -> Page:
    number = house.subscription_id("monthly")
    return visitor.send(visitor.get(f"/billing/subscriptions/{number}/cancel"), "/cancel")


def test_cancelling_says_what_ends_and_the_question_can_be_skipped_or_answered(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    page = fine(cancel(house, visitor))
    assert page.heading == "Your subscription is cancelled"
    assert "90 days after the end" in page.text
    assert any(one.get("href") == "/billing/" and one.text == "Skip" for one in page.root.all("a"))
    bad = visitor.send(page, "/cancelled", {"text": "<b>dear</b>"})
    assert (bad.status, bad.value("text")) == (422, "<b>dear</b>")
    assert "Choose a reason" in (bad.problem("reason") or "")
    answer = visitor.send(page, "/cancelled", {"reason": "too-expensive", "text": "<b>dear</b>"})
    assert answer.path == "/billing/"
    assert "Thank you" in answer.all_text
    assert [(one.reason, one.text) for one in house.rows(CancellationAnswer)] == [
        ("too-expensive", "<b>dear</b>")
    ]
    again = fine(visitor.get(page.path))
    assert "Would you tell us why?" not in again.text


def test_a_cancellation_is_taken_back_from_the_same_page(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    page = cancel(house, visitor)
    back = visitor.send(page, "/keep")
    assert "goes on and renews on" in back.all_text
    assert visitor.get(page.path).path == "/billing/", "nothing is cancelled any more"


@pytest.mark.parametrize("language", ["en", "pt_BR"])
def test_a_good_card_settles_an_overdue_account(house: DemoHouse, language: str) -> None:
    visitor, _ = overdue(house)
    visitor = house.contact("past-due", language=language)
    before = fine(visitor.get("/billing/payment-method"), language)
    assert open_invoice(house) in before.text
    after = fine(add_card(visitor, "mastercard"), language)
    assert after.path == "/billing/payment-method"
    said = {"en": "Your card paid invoice", "pt_BR": "Seu cartão pagou a fatura"}[language]
    assert said in after.text
    _, row = overdue(house)
    assert row.past_due_since is None
    assert open_invoice(house) not in fine(visitor.get("/billing/"), language).text


def test_a_card_that_needs_confirmation_leads_to_paying_and_confirming(house: DemoHouse) -> None:
    visitor, _ = overdue(house)
    page = fine(add_card(visitor, "needs_confirmation"))
    assert "The bank wants you to confirm the payment yourself." in page.text
    (link,) = [one.get("href") for one in page.root.all("a") if one.text.strip() == "Pay and confirm"]
    pay = fine(visitor.get(link))
    challenge = visitor.send(pay, "/pay")
    assert challenge.path.startswith("/sandbox-processor/")
    (attempt,) = [one for one in house.rows(PaymentAttempt) if str(one.state) == "awaiting_confirmation"]
    waiting = fine(visitor.get(f"/billing/payments/{attempt.reference}"))
    assert waiting.heading == "Your bank wants you to confirm"
    assert visitor.send(waiting, "/cancel").heading == "The payment was cancelled"


def test_the_rest_of_an_invoice_is_paid_in_two_parts(house: DemoHouse) -> None:
    visitor, row = overdue(house)
    page = fine(visitor.get(f"/billing/invoices/{open_invoice(house)}"))
    (link,) = [one.get("href") for one in page.root.all("a") if one.get("href").endswith("/pay")]
    first = visitor.send(visitor.get(link), "/pay", {"amount": "10.50"})
    assert "stays open" in first.text
    last = fine(visitor.send(visitor.get(link), "/pay"))
    assert last.heading == "Your payment is made"
    assert "Active" in last.text
    assert house.rows(SubscriptionRow, id=row.id)[0].past_due_since is None
    assert "bank transfer" not in visitor.get(link).text
    assert len(house.rows(Payment, account_id=row.account_id, order_id=None)) == 2


def test_another_account_neither_sees_nor_pays_it(house: DemoHouse) -> None:
    stranger = house.contact("monthly")
    name = open_invoice(house)
    assert stranger.get(f"/billing/invoices/{name}/pay").status == 404
    form = {"csrf_token": stranger.token(), "amount": "1", "key": "a-key-of-this-very-test"}
    assert stranger.post(f"/billing/invoices/{name}/pay", form).status == 404


def test_invoices_are_looked_for(house: DemoHouse) -> None:
    visitor, _ = overdue(house)
    name = open_invoice(house)
    assert name in fine(visitor.get("/billing/invoices?state=overdue")).text
    assert name not in fine(visitor.get("/billing/invoices?state=paid")).text
    assert visitor.get("/billing/invoices?issued_from=yesterday").status == 422


def test_a_card_is_removed_from_the_file(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    page = visitor.get("/billing/payment-method")
    (method,) = house.rows(PaymentMethod, account_id=house.account_id("monthly"))
    answer = visitor.send(page, f"/{method.id}/remove")
    assert "The card is removed" in answer.all_text
    assert "No card is on file yet." in answer.text


def test_an_expired_account_renews_with_a_lower_plan_and_is_open_again(house: DemoHouse) -> None:
    visitor, number = house.contact("expired"), house.subscription_id("expired")
    overview = fine(visitor.get("/billing/"))
    (renew,) = [one.get("href") for one in overview.root.all("a") if one.text.strip() == "Renew"]
    page = fine(visitor.get(renew))
    assert page.heading == "Renew subscription"
    assert "Ask for this plan" not in page.text
    lowest = page.root.all("input", name="plan")[0].get("value")
    checkout = visitor.send(page, "/edit", {"plan": lowest, "seats": "2"})
    assert checkout.path == "/billing/checkout", checkout.text
    if not house.rows(PaymentMethod, account_id=house.account_id("expired")):
        add_back = visitor.send(checkout, "/checkout/card")
        assert add_back.path.startswith("/sandbox-processor/")
    placed = place(visitor, checkout)
    assert placed.heading == "Your order is placed", placed.text
    (row,) = house.rows(SubscriptionRow, id=number)
    assert (row.ended_on, row.pending_cancellation, row.seats) == (None, False, 2)
    assert house.rows(Account, id=row.account_id)[0].expired_on is None
    assert visitor.get("/billing/payment-method").path == "/billing/payment-method"
    assert str(Standing.ACTIVE) == "active"
