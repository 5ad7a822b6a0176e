"""The actors of the matrix, and the things in its addresses."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from werkzeug.routing import Rule

from portal.shared.gateways.sandbox.processor import BOOK_FILE
from portal.shared.records.api_tokens import ApiToken
from portal.shared.records.carts import CartItem
from portal.shared.records.claims import Claim
from portal.shared.records.identity_providers import Identity
from portal.shared.records.invitations import Invitation
from portal.shared.records.invoice_recipients import InvoiceRecipient
from portal.shared.records.invoices import Invoice
from portal.shared.records.orders import Order
from portal.shared.records.payments import PaymentAttempt, PaymentMethod
from portal.shared.records.people import Person
from portal.shared.records.purchase_orders import PurchaseOrderRow
from portal.shared.records.requests import Request
from portal.shared.records.subscriptions import Seat
from portal.shared.records.tax_exemptions import TaxExemption
from portal.shared.records.webhooks import WebhookDelivery, WebhookEndpoint
from tests.site import matrix
from tests.site.furnishing import APPROVER, DISABLED, DISABLED_STAFF, VIEWER
from tests.support.demo_house import DemoHouse
from tests.support.visitor import Visitor

STORY, OTHER_STORY = "lower-plan", "monthly"


def address_book(house: DemoHouse) -> Mapping[str, str | None]:
    """The mail address under which each actor is let in."""
    return {
        matrix.ANONYMOUS: None,
        matrix.CONTACT: house.email(STORY),
        matrix.OTHER_CONTACT: house.email(OTHER_STORY),
        matrix.ADMIN: house.email("admin-only"),
        matrix.SEAT_HOLDER: house.told(STORY).email_of("Grace Lindley"),
        matrix.VIEWER: VIEWER,
        matrix.CORPORATE_CONTACT: house.email("corporate"),
        matrix.REP: house.email("rep"),
        matrix.MANAGER: house.email("manager"),
        matrix.CARE: house.email("care"),
        matrix.DISABLED: DISABLED,
        matrix.APPROVER: APPROVER,
        matrix.DISABLED_STAFF: DISABLED_STAFF,
    }


def actor(house: DemoHouse, name: str) -> Visitor:
    """A browser in the hands of an actor."""
    return house.visitor(address_book(house)[name])


def things(house: DemoHouse, story: str = STORY) -> dict[str, Any]:
    """What stands in addresses, of the account that tells a story."""
    account_id = house.account_id(story)

    def last(table: type[Any]) -> Any:
        rows = house.rows(table, account_id=account_id)
        return rows[-1] if rows else None

    request, item, payment = last(Request), last(CartItem), last(PaymentAttempt)
    return {
        "account_id": account_id,
        "subscription_id": house.subscription_id(story),
        "reference": last(Order).reference,
        "name": last(Invoice).name,
        "corporate_invoice": house.rows(Invoice, account_id=house.account_id("corporate"))[-1].name,
        "corporate_order": house.rows(Order, account_id=house.account_id("corporate"))[-1].reference,
        "corporate_payment": house.rows(PaymentAttempt, account_id=house.account_id("corporate"))[
            -1
        ].reference,
        "payment": payment.reference if payment else None,
        "method_id": last(PaymentMethod).id,
        "corporate_method": house.rows(PaymentMethod, account_id=house.account_id("corporate"))[-1].id,
        "other_subscription": house.subscription_id(OTHER_STORY),
        "corporate_subscription": house.subscription_id("corporate"),
        "seat_id": last(Seat).id if last(Seat) else None,
        "person_id": last(Seat).person_id if last(Seat) else None,
        "corporate_seat": house.rows(Seat, account_id=house.account_id("corporate"))[-1].id,
        "corporate_person": house.rows(Seat, account_id=house.account_id("corporate"))[-1].person_id,
        "request_id": request.id if request else None,
        "number": request.number if request else None,
        "item_id": item.id if item else None,
        "recipient_id": house.rows(InvoiceRecipient)[-1].id,
        "exemption_id": next((one.id for one in house.rows(TaxExemption)), None),
        "identity_id": next((one.id for one in house.rows(Identity)), 0),
        "member_id": house.rows(Person, email=house.email(STORY))[0].id,
        "corporate_member": house.rows(Person, email=house.email("corporate"))[0].id,
        "invitation_id": last(Invitation).id if last(Invitation) else None,
        "claim_number": last(Claim).number if last(Claim) else None,
        "token_id": last(ApiToken).id if last(ApiToken) else None,
        "corporate_token": house.rows(ApiToken, account_id=house.account_id("corporate"))[-1].id,
        **_hooks(house, account_id, ""),
        **_hooks(house, house.account_id("corporate"), "corporate_"),
        "mail_id": "0" * 32,
        "token": "nobodys",
        "session_id": 0,
        "passkey_id": 0,
        "visit": "none",
        "purchase_order_id": house.rows(PurchaseOrderRow)[-1].id,
        "product": "gotomeeting",
        "task": "change-plan",
    }


def _hooks(house: DemoHouse, account_id: int, whose: str) -> dict[str, Any]:
    """An address that hears of an account, and something it was told."""
    found = house.rows(WebhookEndpoint, account_id=account_id)
    if not found:
        return {f"{whose}endpoint_id": 0, f"{whose}delivery_id": 0}
    told = house.rows(WebhookDelivery, endpoint_id=found[-1].id)
    names = ("endpoint", "delivery") if whose else ("endpoint_id", "delivery_id")
    return dict(zip((f"{whose}{name}" for name in names), (found[-1].id, told[-1].id), strict=True))


def address(house: DemoHouse, rule: Rule, known: Mapping[str, Any]) -> str:
    """Where a rule leads with these things."""
    own = matrix.MATRIX[rule.endpoint].values
    values = {**known, **{name: text.format(**known) for name, text in own.items()}}
    if rule.endpoint.startswith("sandbox_processor."):
        values["reference"] = _processors_reference(house, rule.endpoint)
    needed = {name: values[name] for name in rule.arguments}
    with house.app.test_request_context("/"):
        return str(house.app.url_map.bind("localhost").build(rule.endpoint, needed))


def _processors_reference(house: DemoHouse, endpoint: str) -> str:
    table = "charge" if "challenge" in endpoint else "card_session"
    with closing(sqlite3.connect(house.folder / BOOK_FILE)) as book:
        question = f"select reference from {table} order by rowid desc limit 1"
        return str(book.execute(question).fetchone()[0])


@dataclass
class Reached:
    """Notes which page functions run: whoever is led away must not have reached one."""

    endpoints: list[str] = field(default_factory=list)

    def watch(self, house: DemoHouse) -> None:
        """Stand in every door."""
        views = house.app.view_functions
        for endpoint, function in list(views.items()):
            views[endpoint] = self._noting(endpoint, function)

    def _noting(self, endpoint: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*arguments: Any, **named: Any) -> Any:
            self.endpoints.append(endpoint)
            return function(*arguments, **named)

        return noting
