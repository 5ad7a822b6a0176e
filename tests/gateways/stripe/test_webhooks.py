"""What Stripe writes to us: believed when it is signed, counted once, repeated until it was taken in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from stripe import WebhookSignature

from portal.shared.domain.order_states import OrderState
from portal.shared.gateways.card_messages import Message
from portal.shared.records.payments import Payment, PaymentMethod, ProcessorEvent
from portal.shared.services.charges import processor_messages
from tests.gateways.stripe.conftest import House, send
from tests.gateways.stripe.desks import SECRET
from tests.support.shop import Customer


@pytest.fixture
def unanswered(house: House) -> str:
    return an_unanswered_order(house)


def an_unanswered_order(house: House) -> str:
    """An order whose charge went through, but nobody told us."""
    house.fake.faults["/confirm"] = ["drop after"] * 2
    reference = house.order(house.customer())
    house.fake.faults.clear()
    assert house.shop.state(reference) is OrderState.CHECKING
    return reference


def charge_of(house: House, reference: str) -> dict[str, Any]:
    return house.fake.intent_of(reference)


def test_a_payment_that_succeeded_places_the_order(house: House, unanswered: str) -> None:
    answer = house.hears("payment_intent.succeeded", charge_of(house, unanswered))
    assert (answer.status_code, answer.data) == (200, b"")
    assert "Set-Cookie" not in answer.headers
    assert house.shop.state(unanswered) is OrderState.PLACED
    assert len(house.shop.rows(Payment)) == 1
    assert [event.kind for event in house.shop.rows(ProcessorEvent)] == ["payment_intent.succeeded"]


def test_the_same_message_counts_once(house: House, unanswered: str) -> None:
    intent = charge_of(house, unanswered)
    assert house.hears("payment_intent.succeeded", intent).status_code == 200
    asked = len(house.fake.asked)
    for _ in range(3):
        assert house.hears("payment_intent.succeeded", intent).status_code == 200
    assert len(house.fake.asked) == asked
    assert len(house.shop.rows(ProcessorEvent)) == 1
    assert len(house.shop.rows(Payment)) == 1


def test_the_same_message_at_the_same_moment_counts_once(any_house: House) -> None:
    house = any_house
    intent = charge_of(house, an_unanswered_order(house))
    with ThreadPoolExecutor(4) as threads:
        answers = list(
            threads.map(lambda _: house.hears("payment_intent.succeeded", intent).status_code, range(4))
        )
    assert set(answers) == {200}
    assert len(house.shop.rows(ProcessorEvent)) == 1
    assert len(house.shop.rows(Payment)) == 1


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "whsec_of_somebody_else"},
        {"age": 301},
        {"changed": ("evt_1", "evt_2")},
        {"changed": ("payment_intent.succeeded", "payment_intent.canceled")},
    ],
    ids=["another secret", "too old", "another number", "another kind"],
)
def test_a_forged_message_does_nothing(house: House, unanswered: str, forged: dict[str, Any]) -> None:
    asked = len(house.fake.asked)
    answer = house.hears("payment_intent.succeeded", charge_of(house, unanswered), **forged)
    assert answer.status_code == 400
    assert len(house.fake.asked) == asked
    assert house.shop.state(unanswered) is OrderState.CHECKING
    assert house.shop.rows(ProcessorEvent) == []


def test_a_message_of_almost_five_minutes_ago_is_believed(house: House, unanswered: str) -> None:
    assert house.hears("payment_intent.succeeded", charge_of(house, unanswered), age=290).status_code == 200


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        (b"", None),
        (b"{}", ""),
        (b"[1]", "t=1,v1=abc"),
        (b"\xff\xfe", "t=1,v1=abc"),
        (b"null", "nonsense"),
        (b"{}", "t=x,v1="),
    ],
)
def test_nonsense_is_refused(house: House, body: bytes, signature: str | None) -> None:
    headers = {} if signature is None else {"Stripe-Signature": signature}
    assert send(house.app.test_client(), body, headers).status_code == 400


@pytest.mark.parametrize("thing", [{}, {"metadata": None}, {"metadata": {"charge_key": 7}}], ids=str)
def test_a_signed_message_about_nothing_of_ours_is_acknowledged(house: House, thing: dict[str, Any]) -> None:
    assert house.hears("payment_intent.succeeded", thing).status_code == 200


def test_unknown_kinds_are_acknowledged(house: House) -> None:
    for number, kind in enumerate(("customer.created", "invoice.paid", "something.new")):
        assert house.hears(kind, {"id": "x"}, number=f"evt_{number}").status_code == 200
    assert house.fake.asked == []


def test_a_payment_of_another_installation_is_acknowledged(house: House) -> None:
    theirs = {"id": "pi_9", "metadata": {"charge_key": "ZZZZZZZZZZ"}}
    assert house.hears("payment_intent.succeeded", theirs).status_code == 200
    assert len(house.shop.rows(ProcessorEvent)) == 1


def test_a_message_that_cannot_be_taken_in_now_comes_again(house: House, unanswered: str) -> None:
    intent = charge_of(house, unanswered)
    house.fake.faults[f"/{intent['id']}"] = ["503", "503"]
    assert house.hears("payment_intent.succeeded", intent).status_code == 500
    assert house.shop.rows(ProcessorEvent) == []
    assert house.hears("payment_intent.succeeded", intent).status_code == 200
    assert house.shop.state(unanswered) is OrderState.PLACED


@pytest.mark.parametrize(
    ("approved", "kind", "state"),
    [
        (True, "payment_intent.succeeded", OrderState.PLACED),
        (False, "payment_intent.payment_failed", OrderState.DECLINED),
    ],
    ids=["approved", "refused"],
)
def test_what_the_bank_was_told_settles_the_order(
    house: House, approved: bool, kind: str, state: OrderState
) -> None:
    reference = house.order(house.customer("needs_confirmation"))
    intent = charge_of(house, reference)
    assert house.hears("payment_intent.requires_action", intent, number="evt_0").status_code == 200
    assert house.shop.state(reference) is OrderState.AWAITING_CONFIRMATION
    house.fake.answer_bank(reference, approved=approved)
    assert house.hears(kind, intent).status_code == 200
    assert house.shop.state(reference) is state


def test_messages_in_the_wrong_order_do_no_harm(house: House) -> None:
    reference = house.order(house.customer("needs_confirmation"))
    house.fake.answer_bank(reference, approved=True)
    intent = charge_of(house, reference)
    for number, kind in enumerate(("succeeded", "requires_action", "payment_failed", "canceled")):
        assert house.hears(f"payment_intent.{kind}", intent, number=f"evt_{number}").status_code == 200
    assert house.shop.state(reference) is OrderState.PLACED
    assert house.fake.captured() == {reference: intent["amount"]}


def test_a_card_that_was_typed_is_kept_once(house: House) -> None:
    who = house.customer(card=None)
    session = asked_for_card(house, who)
    house.fake.type_card(session)
    typed = {"id": session, "mode": "setup"}
    for number in ("evt_1", "evt_1", "evt_2"):
        assert house.hears("checkout.session.completed", typed, number=number).status_code == 200
    (card,) = house.shop.rows(PaymentMethod, account_id=who.id)
    assert (card.token, card.brand, card.last4) == ("cus_1/pm_good", "Visa", "4242")
    assert (card.expiry_month, card.expiry_year, card.is_default) == (12, 2031, True)


def test_a_card_comes_again_when_stripe_does_not_answer(house: House) -> None:
    who = house.customer(card=None)
    session = asked_for_card(house, who)
    house.fake.type_card(session)
    typed = {"id": session, "mode": "setup"}
    house.fake.faults[f"/{session}"] = ["500", "500"]
    assert house.hears("checkout.session.completed", typed).status_code == 500
    assert house.shop.rows(PaymentMethod, account_id=who.id) == []
    assert house.hears("checkout.session.completed", typed).status_code == 200
    assert len(house.shop.rows(PaymentMethod, account_id=who.id)) == 1


def test_a_message_between_two_attempts_does_not_end_the_charge(house: House) -> None:
    wanted = {"code": "authentication_required", "decline_code": "authentication_required"}
    thing = {"metadata": {"charge_key": "A1"}, "last_payment_error": wanted}
    assert house.hears("payment_intent.payment_failed", thing).status_code == 200
    assert house.fake.asked == []


def test_signed_nonsense_is_refused(house: House) -> None:
    for body in ("[1]", "null", "{}", '{"id": "evt_1", "type": "x", "data": []}'):
        signature = WebhookSignature.generate_signature_header(body, SECRET)
        answer = send(house.app.test_client(), body, {"Stripe-Signature": signature})
        assert answer.status_code == 400, body


def test_what_goes_wrong_inside_is_an_error_that_is_repeated(house: House) -> None:
    with pytest.raises(ZeroDivisionError):
        processor_messages.take(
            house.shop.database,
            house.processor,
            lambda: 1 // 0,  # type: ignore[arg-type,return-value]
            Message("evt_1", "something"),
            "/",
        )
    assert house.shop.rows(ProcessorEvent) == []


def test_the_address_answers_nothing_else(house: House) -> None:
    assert house.app.test_client().get("/webhooks/stripe").status_code == 405


def asked_for_card(house: House, who: Customer) -> str:
    visitor = house.visitor(who)
    page = visitor.get("/billing/payment-method")
    led = visitor.send(page, "/payment-method/card", follow=False)
    assert led.path.startswith("/stripe/cards/cs_")
    return led.path.split("/")[3].partition("?")[0]
