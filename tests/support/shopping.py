"""What a billing contact does again and again, through the pages."""

from __future__ import annotations

from portal.shared.gateways.sandbox.known_cards import card_named
from tests.support.demo_house import DemoHouse
from tests.support.visitor import Page, Typed, Visitor


def edit_path(house: DemoHouse, story: str) -> str:
    """The address of the edit page."""
    return f"/billing/subscriptions/{house.subscription_id(story)}/edit"


def ask(visitor: Visitor, subscription_id: int, typed: Typed) -> Page:
    """Ask for a change on the edit page; leads to checkout, or to the cart when it held something."""
    page = visitor.get(f"/billing/subscriptions/{subscription_id}/edit")
    return visitor.send(page, "/edit", typed)


def checkout(house: DemoHouse, story: str, visitor: Visitor | None = None, **typed: str) -> Page:
    """The checkout page of a change."""
    page = ask(visitor or house.contact(story), house.subscription_id(story), typed)
    if page.path == "/billing/cart":
        page = (visitor or house.contact(story)).get("/billing/checkout")
    assert page.path == "/billing/checkout", page.text
    return page


def place(visitor: Visitor, page: Page, typed: Typed | None = None, *, follow: bool = True) -> Page:
    """Press “Place order” on a checkout page."""
    return visitor.send(page, "/checkout/place", typed or {}, follow=follow)


def add_card(visitor: Visitor, name: str) -> Page:
    """Type a card of the sandbox on the processor's own page."""
    page = visitor.send(visitor.get("/billing/payment-method"), "/payment-method/card")
    typed = {
        "card_number": card_named(name).spaced,
        "expiry": "12/30",
        "security_code": "123",
        "card_holder": "Dana Whitfield",
    }
    return visitor.send(page, page.path, typed)
