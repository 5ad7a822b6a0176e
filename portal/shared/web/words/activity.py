"""What people did, as a sentence whoever may read it understands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.activity import PEOPLE, Kind, Portal
from portal.shared.domain.money import Money
from portal.shared.services.activity.reading import Line
from portal.shared.web.display import format_short_date, labelled, language, money
from portal.shared.web.house import house
from portal.shared.web.words import purchase_orders, quotes

ACTIONS: Mapping[str, LazyString] = {
    "api-token-created": lazy_gettext("API token created"),
    "api-token-revoked": lazy_gettext("API token revoked"),
    "account-external-id-set": lazy_gettext("A product said how it calls the account"),
    "person-external-id-set": lazy_gettext("A product said how it calls the person"),
    "webhook-added": lazy_gettext("Webhook added"),
    "webhook-failed": lazy_gettext("Webhook switched off because it failed for days"),
    "webhook-removed": lazy_gettext("Webhook removed"),
    "webhook-secret-changed": lazy_gettext("Secret of a webhook changed"),
    "webhook-sent-again": lazy_gettext("Webhook sent again"),
    "webhook-switched-off": lazy_gettext("Webhook switched off"),
    "webhook-switched-on": lazy_gettext("Webhook switched on"),
    "webhook-tested": lazy_gettext("Webhook tested"),
    "account-brought-along": lazy_gettext("Account brought along from another system"),
    "account-cloned": lazy_gettext("Account cloned for a rehearsal"),
    "account-expired": lazy_gettext("Account expired"),
    "account-moved": lazy_gettext("Account moved to the other portal"),
    "account-moved-back": lazy_gettext("Move to the other portal undone"),
    "payment-failed": lazy_gettext("A charge could not be collected"),
    "renewed": lazy_gettext("Renewed for another period"),
    "subscription-restored": lazy_gettext("Subscription given back after payment"),
    "admin-added": lazy_gettext("Account admin added"),
    "bank-account-added": lazy_gettext("Bank account added"),
    "bank-account-removed": lazy_gettext("Bank account removed"),
    "billing-contact-changed": lazy_gettext("Billing contact changed"),
    "billing-contact-refused": lazy_gettext("Change of the billing contact refused"),
    "claim-approved": lazy_gettext("Claim to the account approved"),
    "claim-filed": lazy_gettext("Account claimed"),
    "claim-objected": lazy_gettext("Objected to a claim"),
    "claim-refused": lazy_gettext("Claim to the account refused"),
    "invitation-accepted": lazy_gettext("Invitation accepted"),
    "invitation-sent-again": lazy_gettext("Invitation sent again"),
    "invitation-withdrawn": lazy_gettext("Invitation withdrawn"),
    "person-erased": lazy_gettext("Somebody was forgotten and left the account"),
    "person-invited": lazy_gettext("Somebody invited"),
    "role-changed": lazy_gettext("Role changed"),
    "billing-details-changed": lazy_gettext("Billing details changed"),
    "cancellation-explained": lazy_gettext("Reason for a cancellation given"),
    "card-added": lazy_gettext("Card added"),
    "card-made-default": lazy_gettext("Another card is the default one"),
    "card-removed": lazy_gettext("Card removed"),
    "credit-note-written": lazy_gettext("Credit note written"),
    "data-export-asked": lazy_gettext("A copy of the data asked for"),
    "data-export-taken": lazy_gettext("The copy of the data taken"),
    "demo-seeded": lazy_gettext("Demo set up"),
    "erasure-asked": lazy_gettext("Asked to be forgotten"),
    "erasure-hindered": lazy_gettext("Being forgotten had to wait"),
    "erasure-taken-back": lazy_gettext("The wish to be forgotten taken back"),
    "invoice-recipient-added": lazy_gettext("Invoice recipient added"),
    "identity-linked": lazy_gettext("First sign-in through the organisation"),
    "identity-provider-added": lazy_gettext("Sign-in through the organisation set up"),
    "identity-provider-changed": lazy_gettext("Sign-in through the organisation changed"),
    "identity-provider-disabled": lazy_gettext("Sign-in through the organisation switched off"),
    "identity-provider-enabled": lazy_gettext("Sign-in through the organisation switched on"),
    "identity-provider-joined": lazy_gettext("Account joined the sign-in of its organisation"),
    "identity-provider-left": lazy_gettext("Account left the sign-in of its organisation"),
    "identity-provider-optional": lazy_gettext("Sign-in with a password allowed again"),
    "identity-provider-required": lazy_gettext("Sign-in through the organisation made the only way in"),
    "identity-unlinked": lazy_gettext("Link to the organisation’s sign-in removed"),
    "mail-domain-confirmed": lazy_gettext("Domain of mail confirmed"),
    "mail-domain-removed": lazy_gettext("Domain of mail removed"),
    "invoice-recipient-removed": lazy_gettext("Invoice recipient removed"),
    "invoice-written-off": lazy_gettext("Invoice written off"),
    "one-time-codes-added": lazy_gettext("One-time codes set up"),
    "one-time-codes-removed": lazy_gettext("One-time codes removed"),
    "passkey-added": lazy_gettext("Passkey added"),
    "passkey-removed": lazy_gettext("Passkey removed"),
    "password-changed": lazy_gettext("Password changed"),
    "password-set": lazy_gettext("First password chosen"),
    "recovery-code-used": lazy_gettext("Recovery code used"),
    "recovery-codes-made": lazy_gettext("Recovery codes made"),
    "signed-out-by-us": lazy_gettext("Signed out everywhere by us"),
    "session-ended": lazy_gettext("A device signed out"),
    "sessions-ended": lazy_gettext("All other devices signed out"),
    "order-approval-asked": lazy_gettext("Approval of an order asked for"),
    "order-approval-cancelled": lazy_gettext("Request for approval cancelled"),
    "order-approval-expired": lazy_gettext("Request for approval expired"),
    "order-approval-given": lazy_gettext("Order approved"),
    "order-approval-refused": lazy_gettext("Order not approved"),
    "order-limit-changed": lazy_gettext("Limit for orders changed"),
    "order-cancelled": lazy_gettext("Order cancelled"),
    "order-declined": lazy_gettext("Order declined by the bank"),
    "order-placed": lazy_gettext("Order placed"),
    "payment-cancelled": lazy_gettext("Payment cancelled"),
    "payment-declined": lazy_gettext("Payment declined by the bank"),
    "payment-missed": lazy_gettext("Payment missed"),
    "payment-placed": lazy_gettext("Payment by card received"),
    "payment-received": lazy_gettext("Payment received"),
    "period-billed": lazy_gettext("Billing period invoiced"),
    "purchase-order-added": lazy_gettext("Purchase order added"),
    "purchase-order-changed": lazy_gettext("Purchase order changed"),
    "purchase-order-closed": lazy_gettext("Purchase order closed"),
    "purchase-order-reopened": lazy_gettext("Purchase order reopened"),
    "purchase-order-rule-set": lazy_gettext("Rule for purchase orders set"),
    "purchase-order-warned": lazy_gettext("Warned of a purchase order that runs out"),
    "quote-accept": lazy_gettext("Quote accepted"),
    "quote-accepted": lazy_gettext("Quote accepted"),
    "quote-approve": lazy_gettext("Quote approved and sent"),
    "quote-drafted": lazy_gettext("Quote drafted"),
    "quote-edit": lazy_gettext("Quote changed"),
    "quote-expire": lazy_gettext("Quote expired"),
    "quote-reject": lazy_gettext("Quote rejected"),
    "quote-replace": lazy_gettext("Quote replaced"),
    "quote-send": lazy_gettext("Quote sent"),
    "quote-send_back": lazy_gettext("Quote sent back to its author"),
    "quote-submit": lazy_gettext("Approval of a quote asked for"),
    "quote-withdraw": lazy_gettext("Quote withdrawn"),
    "reminded": lazy_gettext("Reminded of something that ends"),
    "refund-refused": lazy_gettext("Refund refused by the card processor"),
    "refunded": lazy_gettext("Money given back"),
    "representative-changed": lazy_gettext("Representative changed"),
    "request-answered": lazy_gettext("Request answered"),
    "request-handed-back": lazy_gettext("Request given back to the desk"),
    "request-made": lazy_gettext("Request made"),
    "request-noted": lazy_gettext("Note on a request"),
    "request-taken": lazy_gettext("Request taken on"),
    "request-withdrawn": lazy_gettext("Request withdrawn"),
    "seat-assigned": lazy_gettext("Seat assigned"),
    "seat-moved": lazy_gettext("Seat moved to somebody else"),
    "seat-released": lazy_gettext("Seat taken away"),
    "subscription-cancelled": lazy_gettext("Subscription cancelled"),
    "subscription-change-carried-out": lazy_gettext("Planned change carried out"),
    "subscription-change-dropped": lazy_gettext("Planned change fell away"),
    "subscription-change-planned": lazy_gettext("Change planned for a renewal"),
    "subscription-change-taken-off": lazy_gettext("Planned change taken off"),
    "subscription-ended": lazy_gettext("Subscription ended"),
    "subscription-kept": lazy_gettext("Cancellation taken back"),
    "tax-corrected": lazy_gettext("Tax given back"),
    "tax-exemption-added": lazy_gettext("Tax exemption added"),
    "tax-exemption-ended": lazy_gettext("Tax exemption ended"),
    "terms-changed": lazy_gettext("Terms of payment changed"),
    "trial-started": lazy_gettext("Free trial started"),
    "viewing-ended": lazy_gettext("Our staff stopped looking at the account"),
    "viewing-started": lazy_gettext("Our staff looked at the account as its billing contact does"),
    "vat-number-checked": lazy_gettext("VAT number checked with the tax registry"),
    "vat-number-set": lazy_gettext("VAT number set"),
}


PORTALS: Mapping[str, LazyString] = {
    Portal.BILLING_CENTER: lazy_gettext("Billing Center"),
    Portal.CORPORATE: lazy_gettext("Corporate Billing Portal"),
    Portal.DESK: lazy_gettext("Desk"),
    Portal.FRONT: lazy_gettext("Front page"),
    Portal.API: lazy_gettext("Programming interface"),
    Portal.PROCESSOR: lazy_gettext("Card processor"),
    Portal.WORKER: lazy_gettext("Automatic run"),
    Portal.COMMAND: lazy_gettext("Command line"),
    Portal.UNKNOWN: lazy_gettext("Not recorded"),
}

KINDS: Mapping[Kind, LazyString] = {
    Kind.SUBSCRIPTIONS: lazy_gettext("Subscriptions and orders"),
    Kind.MONEY: lazy_gettext("Invoices and payments"),
    Kind.PEOPLE: lazy_gettext("People and access"),
    Kind.SEATS: lazy_gettext("Seats"),
    Kind.REQUESTS: lazy_gettext("Requests"),
    Kind.ACCOUNT: lazy_gettext("Account"),
}

# What an entry holds, by the name it stands under; a name without a label is told in the files only.
LABELS: Mapping[str, LazyString] = {
    "api_token": lazy_gettext("API token"),
    "authorised_minor": lazy_gettext("Authorised amount"),
    "city": lazy_gettext("City"),
    "client_id": lazy_gettext("Client ID"),
    "contact": lazy_gettext("New billing contact"),
    "days": lazy_gettext("Terms of payment"),
    "email": lazy_gettext("Email"),
    "invoice": lazy_gettext("Invoice"),
    "issuer": lazy_gettext("Issuer"),
    "last4": lazy_gettext("Last digits"),
    "name": lazy_gettext("Name"),
    "no_longer": lazy_gettext("No longer billing contact"),
    "number": lazy_gettext("Number"),
    "order": lazy_gettext("Order"),
    "pages": lazy_gettext("Pages looked at"),
    "person": lazy_gettext("Person"),
    "person_name": lazy_gettext("Name"),
    "phone": lazy_gettext("Phone"),
    "postal_code": lazy_gettext("Postal code"),
    "quote": lazy_gettext("Quote"),
    "reason": lazy_gettext("Reason"),
    "representative": lazy_gettext("Representative"),
    "region": lazy_gettext("Region"),
    "role": lazy_gettext("Role"),
    "roles": lazy_gettext("Roles"),
    "rule": lazy_gettext("Beyond a purchase order"),
    "seats": lazy_gettext("Seats"),
    "state": lazy_gettext("State"),
    "street": lazy_gettext("Street"),
    "type": lazy_gettext("Account type"),
    "valid_from": lazy_gettext("Valid from"),
    "valid_to": lazy_gettext("Valid to"),
}

# What a change is called whose entry holds nothing but two values.
_OF_ACTION: Mapping[str, LazyString] = {
    "purchase-order-rule-set": LABELS["rule"],
    "representative-changed": lazy_gettext("Representative"),
    "vat-number-set": lazy_gettext("VAT number"),
}

_VALUES: Mapping[str, LazyString] = {
    **{str(rule): words for rule, (words, _) in purchase_orders.RULES.items()},
    **{str(state): words for state, (words, _) in quotes.QUOTE_STATES.items()},
    "billing_contact": lazy_gettext("Billing contact"),
    "account_admin": lazy_gettext("Account admin"),
    "approver": lazy_gettext("Approver"),
    "viewer": lazy_gettext("Viewer"),
    "seat_holder": lazy_gettext("Seat holder"),
    "online": lazy_gettext("Online"),
    "corporate": lazy_gettext("Corporate"),
}
_OLD, _NEW = ("old", "before", "from", "old_person"), ("new", "after", "to", "new_person")
_THING = ("reference", "name", "person_name", "number", "invoice", "order")
_DAYS = frozenset({"valid_from", "valid_to"})
_MANY = 6


def headline(action: str) -> str:
    """What was done."""
    return str(ACTIONS[action]) if action in ACTIONS else str(gettext("Something else was changed"))


def told(line: Line) -> str:
    """What was done, with the number, the person or the name it was done to, where the entry says so."""
    words, detail = headline(line.entry.action), line.detail
    if isinstance(detail.get("number"), int):
        return labelled(words, f"#{detail['number']}")
    if isinstance(detail.get("quote"), int):
        return labelled(words, str(detail["quote"]))
    if isinstance(detail.get("person"), int):
        return labelled(words, _person(line, detail["person"]))
    named = [detail[key] for key in _THING if isinstance(detail.get(key), str)]
    return labelled(words, named[0]) if named and named[0] else words


def changes(line: Line, currency: str) -> list[str]:
    """Each value that changed, as it was and as it is; at most six, the file to check holds all."""
    detail = line.detail
    old, new = _first(detail, _OLD), _first(detail, _NEW)
    pairs: list[tuple[str, Any, Any]] = []
    if isinstance(new, Mapping):
        before = old if isinstance(old, Mapping) else {}
        pairs += [(key, before.get(key), value) for key, value in new.items() if before.get(key) != value]
    elif old is not None or new is not None:
        pairs.append((line.entry.action, old, new))
    for key, value in detail.items():
        if isinstance(value, Mapping) and key not in (*_OLD, *_NEW) and {*value} & {*_OLD, *_NEW}:
            pairs.append((key, _first(value, _OLD), _first(value, _NEW)))
    found = []
    for key, was, now in pairs:
        label = _OF_ACTION.get(key) or LABELS.get(key)
        change = f"{_value(line, was, key, currency)} → {_value(line, now, key, currency)}"
        if label is not None:
            found.append(labelled(str(label), change))
        elif key == line.entry.action:
            found.append(change)
    return found[:_MANY]


def facts(line: Line) -> list[str]:
    """What else the entry says that readers understand."""
    shown = {"api_token", "reason", "pages", "contact", "no_longer", "email", "seats", "role"}
    return [
        labelled(str(LABELS[key]), _value(line, value, key))
        for key, value in line.detail.items()
        if key in shown and not isinstance(value, Mapping) and value not in (None, "")
    ]


def by(line: Line) -> str:
    """Who did it; our own people are told apart from the account's."""
    if not line.entry.person:
        return str(gettext("automatically"))
    if line.by_staff:
        seller = house().settings.seller.name
        return str(gettext("%(name)s, for %(seller)s", name=line.by, seller=seller))
    return line.by or str(gettext("(erased)"))


def where(line: Line) -> str:
    """Through which of our doors it came."""
    return str(PORTALS.get(line.entry.portal, line.entry.portal))


def _first(detail: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((detail[name] for name in names if name in detail), None)


def _person(line: Line, number: int) -> str:
    return line.people.get(number) or str(gettext("(erased)"))


def _value(line: Line, value: Any, key: str = "", currency: str = "") -> str:
    if isinstance(value, bool):
        return str(gettext("yes")) if value else gettext("no")
    if isinstance(value, int) and (
        key in PEOPLE or line.entry.action == "representative-changed" or key in ("contact", "representative")
    ):
        return _person(line, value)
    if value is None or value in ("", []):
        return "–"
    if key == "authorised_minor" and isinstance(value, int) and currency:
        return money(Money(value, currency))
    if key in _DAYS and isinstance(value, str):
        return format_short_date(date.fromisoformat(value), language())
    if isinstance(value, list):
        return ", ".join(_value(line, one, key) for one in value)
    return str(_VALUES.get(value, value)) if isinstance(value, str) else str(value)
