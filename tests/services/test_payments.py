"""Cards are typed at the processor; we keep a token once, whoever tells us about it and how often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from portal.shared.gateways.sandbox.card_file import CardDetails
from portal.shared.records.accounts import Account
from portal.shared.records.payments import CardRequest, PaymentMethod
from portal.shared.services.orders.placement import MethodMissing
from portal.shared.services.payments import methods as payments
from tests.support.shop import Customer, Shop, want

VISA = CardDetails("visa", "Visa", "4242", 12, 2030)


def asked(shop: Shop, who: Customer, key: str = "one") -> str:
    """Open the processor's page and give the reference of the visit."""
    payments.ask_for_card(
        shop.database,
        shop.processor,
        who.id,
        who.person_id,
        payments.Visit(key, "/billing/checkout", "en"),
        shop.clock.now(),
    )
    reference: str = shop.rows(CardRequest)[-1].processor_reference
    return reference


def keep(shop: Shop, reference: str) -> None:
    payments.keep_card(shop.database, shop.processor, reference, shop.clock.now())


def cards(shop: Shop, who: Customer) -> list[payments.MethodView]:
    with shop.database.read() as session:
        return payments.methods(session, who.id)


def test_a_typed_card_becomes_the_default_one(shop: Shop) -> None:
    who = shop.customer(card="mastercard")
    reference = asked(shop, who)
    shop.processor.save_card(reference, VISA)
    keep(shop, reference)
    assert [(card.last4, card.is_default) for card in cards(shop, who)] == [("4242", True), ("4444", False)]


def test_no_number_of_a_card_is_kept(shop: Shop) -> None:
    assert {column.name for column in PaymentMethod.__table__.columns}.isdisjoint({"number", "cvc", "code"})


def test_keeping_a_card_twice_keeps_it_once(shop: Shop) -> None:
    who = shop.customer(card=None)
    reference = asked(shop, who)
    shop.processor.save_card(reference, VISA)
    for _ in range(3):
        keep(shop, reference)
    assert len(cards(shop, who)) == 1


def test_a_page_that_was_left_without_a_card_keeps_nothing(shop: Shop) -> None:
    who = shop.customer(card=None)
    keep(shop, asked(shop, who))
    assert cards(shop, who) == []


def test_two_messages_about_one_card_at_once_keep_it_once(shop: Shop) -> None:
    who = shop.customer(card=None)
    reference = asked(shop, who)
    shop.processor.save_card(reference, VISA)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: keep(shop, reference), range(4)))
    assert len(cards(shop, who)) == 1


def test_two_cards_at_once_leave_one_default(shop: Shop) -> None:
    who = shop.customer(card=None)
    references = [asked(shop, who, key) for key in ("one", "two", "three")]
    for reference in references:
        shop.processor.save_card(reference, VISA)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda reference: keep(shop, reference), references))
    assert [card.is_default for card in cards(shop, who)] == [True, False, False]


def test_a_double_click_opens_one_page_of_the_processor(shop: Shop) -> None:
    who = shop.customer(card=None)
    gate = Barrier(4, timeout=10)

    def press(number: int) -> None:
        gate.wait()
        asked(shop, who, f"key{number // 4}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(press, range(24)))
    assert len(shop.rows(CardRequest)) == 6


def test_a_visit_we_never_opened_is_an_error(shop: Shop) -> None:
    opened = shop.processor.open_card_session(key="foreign", return_path="/", language="en")
    shop.processor.save_card(opened.reference, VISA)
    with pytest.raises(LookupError):
        keep(shop, opened.reference)
    assert shop.rows(PaymentMethod) == []


def test_only_a_card_of_the_account_can_become_its_default(shop: Shop) -> None:
    who, stranger = shop.customer(card="mastercard"), shop.customer()
    reference = asked(shop, who)
    shop.processor.save_card(reference, VISA)
    keep(shop, reference)
    with shop.database.write() as session:
        now = shop.clock.now()
        assert who.method_id is not None
        assert stranger.method_id is not None
        assert payments.make_default(session, who.id, stranger.method_id, who.person_id, now) is False
        assert payments.make_default(session, who.id, who.method_id, who.person_id, now) is True
    assert [card.last4 for card in cards(shop, who)] == ["4444", "4242"]
    assert [card.is_default for card in cards(shop, stranger)] == [True]


def remove(shop: Shop, who: Customer, method_id: int) -> bool:
    with shop.database.write() as session:
        return payments.remove(session, who.id, method_id, who.person_id, shop.clock.now())


def type_another(shop: Shop, who: Customer, key: str = "one") -> str:
    reference = asked(shop, who, key)
    shop.processor.save_card(reference, VISA)
    keep(shop, reference)
    return reference


def test_the_newest_other_card_follows_a_removed_default(shop: Shop) -> None:
    who = shop.customer(card="mastercard")
    type_another(shop, who, "one")
    type_another(shop, who, "two")
    newest, middle, oldest = (card.id for card in cards(shop, who))
    with shop.database.write() as session:
        payments.make_default(session, who.id, oldest, who.person_id, shop.clock.now())
    assert remove(shop, who, oldest)
    assert [(card.id, card.is_default) for card in cards(shop, who)] == [(newest, True), (middle, False)]
    assert remove(shop, who, middle)
    assert remove(shop, who, newest)
    assert cards(shop, who) == []


def test_a_removed_card_is_gone_and_stays_gone(shop: Shop) -> None:
    who = shop.customer(card=None)
    reference = type_another(shop, who)
    (card,) = cards(shop, who)
    assert remove(shop, who, card.id)
    assert not remove(shop, who, card.id)
    keep(shop, reference)  # the page of the processor is loaded once more
    assert cards(shop, who) == []
    subscription = shop.monthly(who)
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 7))
    assert isinstance(shop.confirm(who, seen, payment_method_id=card.id), MethodMissing)


def test_only_a_card_of_the_account_can_be_removed(shop: Shop) -> None:
    who, other = shop.customer(), shop.customer()
    assert other.method_id is not None
    assert not remove(shop, who, other.method_id)
    assert len(cards(shop, other)) == 1


def test_the_card_of_an_order_on_its_way_stays_until_it_is_settled(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    assert who.method_id is not None
    placed = shop.order(who, want(shop.monthly(who), shop.catalogue.plus, 7))
    with pytest.raises(payments.CardInUseError):
        remove(shop, who, who.method_id)
    type_another(shop, who)
    assert remove(shop, who, cards(shop, who)[0].id), "the other card is not on its way"
    shop.answer_bank(placed.reference, approved=True)
    shop.resume(placed.reference)
    assert remove(shop, who, who.method_id)


@pytest.mark.parametrize("days", [None, 0, 30])
def test_how_an_account_pays_is_what_was_agreed(shop: Shop, days: int | None) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        session.get_one(Account, who.id).invoice_terms_days = days
    with shop.database.read() as session:
        assert payments.terms_days(session, who.id) == days
