"""Our own pages around Stripe's: on to it, and back with what happened there."""

from __future__ import annotations

import re

import pytest

from portal.shared.domain.order_states import OrderState
from portal.shared.records.payments import PaymentMethod
from tests.gateways.stripe.conftest import House
from tests.gateways.stripe.desks import BASE_URL
from tests.support.headers import watched
from tests.support.page_rules import broken_rules
from tests.support.shop import want
from tests.support.visitor import Page, Visitor


@pytest.fixture
def seller(house: House) -> str:
    house.app.wsgi_app = watched(house.app.wsgi_app)  # type: ignore[assignment,method-assign]
    return str(house.app.extensions["twodoor"].settings.seller.name)


def going_on(page: Page) -> str:
    """Where a page leads by itself; its button leads there too."""
    (refresh,) = [one for one in page.root.all("meta") if one.get("http-equiv") == "refresh"]
    seconds, _, address = refresh.get("content").partition("; url=")
    assert seconds == "0"
    assert address in [one.get("href") for one in page.root.all("a")]
    return address


def test_a_card_is_typed_at_stripe_and_on_file_when_one_is_back(house: House, seller: str) -> None:
    who = house.customer(card=None)
    visitor = house.visitor(who)
    page = visitor.send(visitor.get("/billing/payment-method"), "/payment-method/card")
    assert (page.status, page.heading) == (200, "On to the card page")
    assert broken_rules(page, "en", seller) == []
    (session,) = house.fake.sessions.values()
    assert going_on(page) == session["url"]
    assert session["locale"] == "en"
    assert session["cancel_url"].startswith(f"{BASE_URL}/billing/payment-method")
    house.fake.type_card(session["id"])

    back = visitor.get(
        session["success_url"].removeprefix(BASE_URL).replace("{CHECKOUT_SESSION_ID}", session["id"])
    )
    assert (back.status, back.heading) == (200, "Welcome back")
    assert broken_rules(back, "en", seller) == []
    assert house.shop.rows(PaymentMethod, account_id=who.id) == []  # looking writes nothing
    shown = visitor.send(back, "/back")
    assert (shown.status, shown.path) == (200, "/billing/payment-method")
    assert "Visa •••• 4242" in shown.text
    assert len(house.shop.rows(PaymentMethod, account_id=who.id)) == 1

    used = visitor.get(page.path)
    assert (used.status, used.heading) == (410, "This page is no longer open")
    assert broken_rules(used, "en", seller) == []


@pytest.mark.parametrize(("approved", "state"), [(True, OrderState.PLACED), (False, OrderState.DECLINED)])
def test_the_bank_is_asked_and_one_comes_back_to_the_order(
    house: House, seller: str, approved: bool, state: OrderState
) -> None:
    who = house.customer("needs_confirmation")
    reference = house.order(who)
    visitor = house.visitor(who)
    order = visitor.get(f"/billing/orders/{reference}")
    (link,) = [one.get("href") for one in order.root.all("a") if one.text == "Confirm with the bank"]
    page = visitor.get(link)
    assert page.heading == "On to your bank"
    assert f"/billing/orders/{reference}" in [one.get("href") for one in page.root.all("a")]
    assert broken_rules(page, "en", seller) == []
    address = going_on(page)
    assert address.startswith(f"{house.fake.address}/bank")
    house.fake.answer_bank(reference, approved=approved)
    back = visitor.get(address.partition("back=")[2].removeprefix(BASE_URL))
    assert house.shop.state(reference) is OrderState.AWAITING_CONFIRMATION
    shown = visitor.send(back, "/back")
    assert shown.path == f"/billing/orders/{reference}"
    assert house.shop.state(reference) is state
    assert visitor.get(link).status == 410


def test_checkout_leads_to_the_bank_by_a_page_of_ours(house: House) -> None:
    who = house.customer("needs_confirmation")
    house.shop.put(who, want(house.shop.monthly(who), house.shop.catalogue.plus, 7))
    visitor = house.visitor(who)
    page = visitor.send(visitor.get("/billing/checkout"), "/checkout/place", follow=False)
    found = re.fullmatch(r"/stripe/confirmations/(\w{10})\?to=%2Fbilling%2Forders%2F(\w{10})", page.path)
    assert found is not None
    assert found[1] == found[2]


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_the_pages_speak_the_readers_language(house: House, language: str) -> None:
    reference = house.order(house.customer("needs_confirmation"))
    anonymous = Visitor(house.app.test_client())
    anonymous.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    page = anonymous.get(f"/stripe/confirmations/{reference}")
    assert page.heading == {"en": "On to your bank", "pt-BR": "Seguir para o seu banco"}[language]


@pytest.mark.parametrize(
    "path",
    [
        "/stripe/cards/cs_test_1",
        "/stripe/cards/cs_test_1/back",
        "/stripe/cards/nonsense",
        "/stripe/confirmations/ZZZZZZZZZZ",
        "/stripe/confirmations/ZZZZZZZZZZ/back",
    ],
)
def test_what_we_never_opened_does_not_exist_and_stripe_is_not_asked(house: House, path: str) -> None:
    assert house.app.test_client().get(path).status_code == 404
    assert house.fake.asked == []


@pytest.mark.parametrize(
    "there", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_nobody_is_led_to_another_site(house: House, there: str) -> None:
    who = house.customer("needs_confirmation")
    reference = house.order(who)
    visitor = house.visitor(who)
    house.fake.answer_bank(reference, approved=True)
    back = visitor.get(f"/stripe/confirmations/{reference}/back?to={there}")
    led = visitor.send(back, "/back", follow=False)
    assert (led.status, led.path) == (303, "/")


def test_coming_back_needs_the_token_of_our_own_page(house: House) -> None:
    who = house.customer("needs_confirmation")
    reference = house.order(who)
    house.fake.answer_bank(reference, approved=True)
    stranger = Visitor(house.app.test_client()).post(
        f"/stripe/confirmations/{reference}/back", {}, follow=False
    )
    assert stranger.path.startswith("/sign-in")
    known = house.visitor(who).post(f"/stripe/confirmations/{reference}/back", {})
    assert known.status == 400
    assert house.shop.state(reference) is OrderState.AWAITING_CONFIRMATION


def test_a_silent_stripe_is_a_sentence(house: House, seller: str) -> None:
    who = house.customer("needs_confirmation")
    reference = house.order(who)
    visitor = house.visitor(who)
    house.fake.faults[f"/{house.fake.intent_of(reference)['id']}"] = ["503", "503"]
    page = visitor.get(f"/stripe/confirmations/{reference}")
    assert (page.status, page.heading) == (503, "The card processor does not answer")
    assert broken_rules(page, "en", seller) == []
    house.fake.faults["/sessions"] = ["503", "503"]
    same = visitor.send(visitor.get("/billing/payment-method"), "/payment-method/card")
    assert "The card processor does not answer at the moment." in same.all_text


def test_the_sandbox_has_no_pages_here(house: House) -> None:
    addresses = {rule.rule for rule in house.app.url_map.iter_rules()}
    assert not any(address.startswith("/sandbox-processor") for address in addresses)
    assert {address for address in addresses if "stripe" in address} == {
        "/stripe/cards/<reference>",
        "/stripe/cards/<reference>/back",
        "/stripe/confirmations/<key>",
        "/stripe/confirmations/<key>/back",
        "/webhooks/stripe",
    }
