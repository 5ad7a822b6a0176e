"""Who may use which address: one row for each, written out. An address without a row fails the tests.

Everything in an address belongs to the account `lower-plan`; the actors are its people unless they say otherwise.
It is in no portfolio: the rep stands outside. What a rep may do inside: tests/corporate/test_whose_accounts.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ANONYMOUS = "anonymous"
CONTACT = "contact"
OTHER_CONTACT = "contact of another account"
ADMIN = "account admin without billing rights"
SEAT_HOLDER = "seat holder"
VIEWER = "viewer"
CORPORATE_CONTACT = "contact of a corporate account"
REP = "rep"
MANAGER = "manager"
CARE = "Customer Care"
DISABLED = "disabled contact"
APPROVER = "approver"
DISABLED_STAFF = "disabled rep"
# Who is answered as somebody else is, on every page: an approver reads, and whoever is disabled is a stranger.
LIKE = {APPROVER: VIEWER, DISABLED_STAFF: DISABLED}
ACTORS = (
    ANONYMOUS,
    CONTACT,
    OTHER_CONTACT,
    ADMIN,
    SEAT_HOLDER,
    VIEWER,
    CORPORATE_CONTACT,
    REP,
    MANAGER,
    CARE,
    DISABLED,
    *LIKE,
)

IN = "in"  # the page answers
GONE = "404"  # for this person there is no such thing
AWAY = "503"  # the page answers that somebody it needs does not
SIGN_IN = "/sign-in"
ASK = "/not-the-billing-contact"
DESK = "/corp-billing/desk"
CORPORATE = "/corp-billing/"
ASK_REP = "/corp-billing/requests/new"
CENTER = "/billing/"
SEATS = "/billing/subscriptions/{subscription_id}/seats"

Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """What each actor is answered; the fields that make a form whole; more of the address where it needs it."""

    answers: Answers
    form: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    # Who is not answered as the one they are like.
    apart: Answers = field(default_factory=dict)

    def __post_init__(self) -> None:
        alike = {who: self.answers[other] for who, other in LIKE.items()}
        object.__setattr__(self, "answers", {**self.answers, **alike, **self.apart})


# Where everybody is led who asks for what is not theirs.
_LED_AWAY: Answers = {
    ANONYMOUS: SIGN_IN,
    ADMIN: ASK,
    SEAT_HOLDER: ASK,
    VIEWER: ASK,
    CORPORATE_CONTACT: CORPORATE,
    REP: DESK,
    MANAGER: DESK,
    CARE: DESK,
    DISABLED: SIGN_IN,
}

# Pages of the Billing Center that show the account of whoever comes.
OWN = {**_LED_AWAY, CONTACT: IN, OTHER_CONTACT: IN}
# Things of one account: for everybody else they do not exist.
THING = {**_LED_AWAY, CONTACT: IN, OTHER_CONTACT: GONE}
# Subscriptions and documents: viewers read them.
READ = {**OWN, VIEWER: IN}
READ_THING = {**THING, VIEWER: IN}
# Who looks after the account: its admins manage a part of them.
PEOPLE_THERE = "/corp-billing/people"
OWN_PEOPLE = {**OWN, ADMIN: IN, CORPORATE_CONTACT: PEOPLE_THERE}
PERSON = {**THING, ADMIN: IN, CORPORATE_CONTACT: PEOPLE_THERE}
# What a corporate account asks its representative for.
OWN_OR_ASKED = {**OWN, CORPORATE_CONTACT: ASK_REP}
THING_OR_ASKED = {**THING, CORPORATE_CONTACT: ASK_REP}
# Seats of one account: its admins give them out as well.
_SEATS_THERE = "/choose-subscription"
SEATS_OF_ONE = {**THING, ADMIN: IN, CORPORATE_CONTACT: _SEATS_THERE}
OWN_SEATS = {**OWN, ADMIN: IN, CORPORATE_CONTACT: _SEATS_THERE}

_CUSTOMERS_AT_THE_DESK: Answers = {
    ANONYMOUS: SIGN_IN,
    CONTACT: CENTER,
    OTHER_CONTACT: CENTER,
    ADMIN: SEATS,
    SEAT_HOLDER: ASK,
    VIEWER: CENTER,
    CORPORATE_CONTACT: CORPORATE,
    DISABLED: SIGN_IN,
}
DESK_OF_ALL = {**_CUSTOMERS_AT_THE_DESK, REP: IN, MANAGER: IN, CARE: IN}
DESK_OF_CARE = {**_CUSTOMERS_AT_THE_DESK, REP: GONE, MANAGER: GONE, CARE: IN}
DESK_OF_MANAGERS = {**_CUSTOMERS_AT_THE_DESK, REP: GONE, MANAGER: IN, CARE: GONE}
# Only accounts with a representative are moved; the account of this matrix has none.
DESK_OF_NOBODY = {**_CUSTOMERS_AT_THE_DESK, REP: GONE, MANAGER: GONE, CARE: GONE}
CORPORATE_OWN = {
    **_LED_AWAY,
    CONTACT: CENTER,
    OTHER_CONTACT: CENTER,
    CORPORATE_CONTACT: IN,
}

# Who comes to the wrong portal is led to the same task in the right one.
_INVOICES_THERE: Answers = {CORPORATE_CONTACT: "/corp-billing/invoices"}
# What was done is read where invoices are; account admins see what was done about people and seats.
_ACTIVITY_THERE = _INVOICES_THERE
# The account that is corporate has asked for something as well, and its numbers begin anew.
CORPORATE_ASKED = {
    **CORPORATE_OWN,
    CONTACT: "/billing/requests",
    OTHER_CONTACT: "/billing/requests",
    ADMIN: "/billing/people",
}
CORPORATE_INVOICES = {
    **CORPORATE_OWN,
    **dict.fromkeys((CONTACT, OTHER_CONTACT, VIEWER), "/billing/invoices"),
}
# Paying is nothing to read.
CORPORATE_PAID = {**CORPORATE_INVOICES, VIEWER: ASK}
CORPORATE_PEOPLE = {**CORPORATE_OWN, **dict.fromkeys((CONTACT, OTHER_CONTACT, ADMIN), "/billing/people")}

CORPORATE_ACTIVITY = {**CORPORATE_INVOICES, ADMIN: SEATS}

CENTERS_CARDS, ASK_CARE = "/billing/payment-method", "/billing/requests/new"
DETAILS_THERE = {**CORPORATE_OWN, CONTACT: ASK_CARE, OTHER_CONTACT: ASK_CARE}
PAID_THERE = {**CORPORATE_OWN, CONTACT: CENTERS_CARDS, OTHER_CONTACT: CENTERS_CARDS}
CANCELLED_THERE = {
    **CORPORATE_OWN,
    CONTACT: "/billing/subscriptions/{subscription_id}/cancel",
    OTHER_CONTACT: "/billing/subscriptions/{other_subscription}/cancel",
}
ADDED_THERE = {
    **CORPORATE_OWN,
    CONTACT: "/billing/subscriptions/{subscription_id}/edit",
    OTHER_CONTACT: "/billing/subscriptions/{other_subscription}/edit",
}
SEATS_OF_CORPORATE = {
    **CORPORATE_OWN,
    CONTACT: "/billing/subscriptions/{subscription_id}/seats",
    ADMIN: "/billing/subscriptions/{subscription_id}/seats",
    OTHER_CONTACT: "/billing/subscriptions/{other_subscription}/seats",
}
CORPORATE_CARDS = {CORPORATE_CONTACT: "/corp-billing/payment-methods"}
CORPORATE_DETAILS = {CORPORATE_CONTACT: "/corp-billing/billing-details"}

EVERYBODY: Answers = dict.fromkeys(ACTORS, IN)
SIGNED_IN: Answers = {**EVERYBODY, ANONYMOUS: SIGN_IN, DISABLED: SIGN_IN}
# Things of one person, and nobody of these is that person.
NOBODYS: Answers = {**dict.fromkeys(ACTORS, GONE), ANONYMOUS: SIGN_IN, DISABLED: SIGN_IN}
# Links of mails that open nothing any more, whoever follows them.
NO_LONGER: Answers = dict.fromkeys(ACTORS, "410")
STAFF_ALONE: Answers = {**NOBODYS, REP: IN, MANAGER: IN, CARE: IN}
MEMBERS: Answers = {
    **dict.fromkeys(ACTORS, GONE),
    **dict.fromkeys((CONTACT, ADMIN, SEAT_HOLDER, VIEWER), IN),
    ANONYMOUS: SIGN_IN,
    DISABLED: SIGN_IN,
}

_PEOPLE = {"people": "Grace Lindley <grace.lindley@hartwell-finch.example>"}
_MEMBER, _CORPORATE_MEMBER = {"person_id": "{member_id}"}, {"person_id": "{corporate_member}"}
_TERMS = {"plan": "2", "seats": "12", "frequency": "annual"}
_PRODUCT = {"product": "gotomeeting"}
_QUOTE, _CORPORATE_ORDER = {"number": "1"}, {"reference": "{corporate_order}"}
_CORPORATE_INVOICE = {"name": "{corporate_invoice}"}
# The request for approval that waits, of whichever account.
_FIRST = {"number": "1"}
_APPROVED_THERE = {CORPORATE_CONTACT: "/corp-billing/approvals"}
_APPROVAL = {**THING, **_APPROVED_THERE}
_CORPORATE_APPROVAL = {**CORPORATE_OWN, **dict.fromkeys((CONTACT, OTHER_CONTACT), "/billing/approvals")}
_APPROVER_THERE = {APPROVER: "/billing/approvals"}
_PAYMENT = {"reference": "{corporate_payment}"}
_OWN_PAYMENT = {"reference": "{payment}"}
_CORPORATE_CARD = {"method_id": "{corporate_method}"}
_CORPORATE_SUBSCRIPTION = {"subscription_id": "{corporate_subscription}"}
_CORPORATE_SEAT = {**_CORPORATE_SUBSCRIPTION, "seat_id": "{corporate_seat}"}
_CORPORATE_PEOPLE = {"person_id": "{corporate_person}"}
_PURCHASE_ORDER = {"number": "PO-4712", "valid_from": "2026-01-01"}

_TOKEN = {"name": "Report", "scope": "seats:read", "days": "90"}
_WEBHOOK = {"url": "https://hooks.example.com/twodoor", "event": "seat.assigned"}
_CORPORATE_HOOK = {"endpoint_id": "{corporate_endpoint}", "delivery_id": "{corporate_delivery}"}

# Programs ask with a token (tests/api): a browser that is signed in is nobody there.
_FOR_PROGRAMS: Answers = dict.fromkeys(ACTORS, "401")
_ASKED_BY_PROGRAMS = (
    "account subscriptions subscription summary place_order order seats assign_seats take_seat_away quotes quote "
    "accept_quote reject_quote invoices invoice invoice_pdf invoice_xml requests request make_request "
    "person_entitlements product_entitlements called_entitlements account_entitlements call_person call_account "
    "seats_summary seats_quote"
)
_NAMED_BY_PROGRAMS = {
    "email": "somebody@example.com",
    "number": "1",
    "external_id": "theirs-1",
    "account": "{account_id}",
    "person": "{member_id}",
}

MATRIX: Mapping[str, Row] = {
    # The API
    "api.openapi": Row(EVERYBODY),
    **{f"api.{name}": Row(_FOR_PROGRAMS, values=_NAMED_BY_PROGRAMS) for name in _ASKED_BY_PROGRAMS.split()},
    # Before the portals
    "static": Row(EVERYBODY, values={"filename": "css/base.css"}),
    "front.brand_css": Row(EVERYBODY),
    "front.styles": Row(EVERYBODY),
    "front.health": Row(EVERYBODY),
    "front.ready": Row(EVERYBODY),
    "front.home": Row(EVERYBODY),
    "front.sign_in": Row(EVERYBODY),
    "front.organisation_sign_in": Row(EVERYBODY),
    "front.begin_organisation_sign_in": Row(EVERYBODY),
    "front.organisation_onward": Row(EVERYBODY),
    # Nobody comes back from where they did not go.
    "front.organisation_back": Row(dict.fromkeys(ACTORS, "400")),
    "front.sign_in_with_passkey": Row(EVERYBODY),
    "front.passkey_question": Row(EVERYBODY),
    # Nobody waits for a second factor here: they are led on to the sign-in.
    "front.second_factor": Row(EVERYBODY),
    "front.second_factor_passkey": Row(EVERYBODY),
    "front.second_factor_question": Row(dict.fromkeys(ACTORS, GONE)),
    "front.sign_out": Row(EVERYBODY),
    "front.forgotten_password": Row(EVERYBODY),
    "front.link_on_its_way": Row(EVERYBODY),
    "front.set_password": Row(dict.fromkeys(ACTORS, "410")),
    "front.confirm_identity": Row(SIGNED_IN),
    "front.confirm_with_passkey": Row(SIGNED_IN),
    # One of them came through a provider once, which nobody runs just now.
    "front.confirm_through_organisation": Row({**SIGNED_IN, CONTACT: AWAY}),
    "front.confirm_question": Row(SIGNED_IN),
    # Sign-in and security: everybody's own
    "front.security": Row(SIGNED_IN),
    "front.change_password": Row(SIGNED_IN),
    "front.set_up_second_factor": Row(SIGNED_IN),
    "front.set_up_codes": Row(SIGNED_IN),
    "front.remove_codes": Row(STAFF_ALONE),
    "front.new_passkey": Row(SIGNED_IN),
    "front.new_passkey_question": Row(SIGNED_IN),
    "front.remove_passkey": Row(NOBODYS),
    "front.recovery_codes": Row(SIGNED_IN),
    "front.end_session": Row(NOBODYS),
    "front.end_other_sessions": Row(SIGNED_IN),
    "front.your_data": Row(SIGNED_IN),
    "front.ask_for_data": Row(SIGNED_IN),
    "front.data_export": Row(NOBODYS),
    "front.take_data_export": Row(NOBODYS),
    # Who is the last contact, or of our own people, is told so on the same page.
    "front.ask_to_be_forgotten": Row(SIGNED_IN, form={"sure": "yes"}),
    "front.stay_known": Row(SIGNED_IN),
    "front.set_language": Row(EVERYBODY, form={"language": "en"}),
    "front.go_to_task": Row(EVERYBODY, values={"task": "change-plan"}),
    "front.choose_subscription": Row(EVERYBODY),
    "front.not_the_contact": Row(EVERYBODY),
    "front.write_to_contact": Row(EVERYBODY),
    "front.invitation": Row(NO_LONGER),
    "front.accept_invitation": Row(NO_LONGER),
    "front.claim": Row(EVERYBODY),
    "front.file_claim": Row(EVERYBODY),
    "front.claim_filed": Row(EVERYBODY),
    "front.confirm_claim": Row(NO_LONGER),
    "front.send_confirmation": Row(NO_LONGER),
    "front.claim_notice": Row(NO_LONGER),
    "front.object_by_link": Row(dict.fromkeys(ACTORS, GONE)),
    "front.claim_seen": Row(MEMBERS),
    # Who has filed a claim cannot object to it.
    "front.object_to_claim": Row({**MEMBERS, VIEWER: GONE}, apart={APPROVER: IN}),
    "front.choose_account": Row(SIGNED_IN),
    "front.switch_account": Row(MEMBERS),
    # The help centre is open to everybody.
    "help.index": Row(EVERYBODY),
    "help.search": Row(EVERYBODY),
    "help.faqs": Row(EVERYBODY),
    "help.corporate_faqs": Row(EVERYBODY),
    "help.page": Row(EVERYBODY, values={"name": "change-plan"}),
    "help.send_answer": Row(EVERYBODY, form={"needed": "yes"}, values={"name": "change-plan"}),
    "front.demo_mailbox": Row(EVERYBODY),
    "front.demo_mail": Row(EVERYBODY),
    "front.demo_clock": Row(SIGNED_IN),
    "front.move_demo_clock": Row(SIGNED_IN, form={"days": "1"}),
    "front.demo_clock_moving": Row(SIGNED_IN),
    # The Billing Center
    "self_service.subscriptions": Row(READ),
    "self_service.cancel_subscription": Row(THING),
    "self_service.cancel": Row(THING),
    "self_service.cancelled": Row(THING),
    "self_service.answer_survey": Row(THING, form={"reason": "not-used"}),
    "self_service.keep_subscription": Row(THING),
    "self_service.ahead": Row(READ),
    "self_service.new_subscription": Row(OWN_OR_ASKED),
    "self_service.new_product": Row(OWN_OR_ASKED, values=_PRODUCT),
    "self_service.buy_product": Row(OWN_OR_ASKED, form={**_TERMS, "plan": "0"}, values=_PRODUCT),
    "self_service.try_product": Row(OWN_OR_ASKED, form={**_TERMS, "plan": "0"}, values=_PRODUCT),
    "self_service.trial_started": Row(THING_OR_ASKED),
    "self_service.edit_subscription": Row(THING_OR_ASKED),
    "self_service.order_summary": Row(THING_OR_ASKED),
    "self_service.take_change": Row(THING_OR_ASKED, form=_TERMS),
    "self_service.lower_plan": Row(THING_OR_ASKED),
    "self_service.ask_for_lower_plan": Row(THING_OR_ASKED, form={**_TERMS, "plan": "1"}),
    "self_service.people": Row(OWN_PEOPLE),
    "self_service.invite_person": Row(OWN_PEOPLE),
    "self_service.send_invitation": Row(OWN_PEOPLE),
    "self_service.send_invitation_again": Row(PERSON),
    "self_service.withdraw_invitation": Row(PERSON),
    "self_service.person": Row(PERSON, values=_MEMBER),
    "self_service.change_person": Row(PERSON, form={"roles": "billing_contact"}, values=_MEMBER),
    "self_service.set_order_limit": Row(PERSON, form={"limit": ""}, values=_MEMBER),
    # Who is the last billing contact, or not theirs to take away, stays, and the page says why.
    "self_service.remove_person": Row(PERSON, values=_MEMBER),
    "self_service.cart": Row(OWN_OR_ASKED),
    # Nothing to be taken out is a sentence in one's own cart: of another account it shows nothing.
    "self_service.remove_cart_item": Row(OWN_OR_ASKED),
    "self_service.checkout": Row(OWN_OR_ASKED),
    "self_service.apply_vat_number": Row({**OWN, **CORPORATE_DETAILS}, form={"vat_number": ""}),
    "self_service.add_card": Row({**OWN, **CORPORATE_CARDS}),
    "self_service.place_order": Row(OWN_OR_ASKED, form={"key": "a-key-of-this-very-test"}),
    "self_service.ask_approval": Row(OWN_OR_ASKED, form={"key": "a-key-of-this-very-test"}),
    # Requests are numbered by account, and only a billing contact or an approver of it sees them.
    "self_service.approvals": Row({**OWN, **_APPROVED_THERE}, apart={APPROVER: IN}),
    "self_service.approval": Row(_APPROVAL, values=_FIRST, apart={APPROVER: IN}),
    "self_service.refuse_approval": Row(
        _APPROVAL, form={"reason": "Next quarter."}, values=_FIRST, apart={APPROVER: IN}
    ),
    "self_service.approve": Row(_APPROVAL, values=_FIRST, apart={APPROVER: IN}),
    "self_service.withdraw_approval": Row(_APPROVAL, values=_FIRST, apart={APPROVER: GONE}),
    "self_service.order": Row({**THING, VIEWER: CENTER}),
    "self_service.cancel_order": Row({**THING, VIEWER: CENTER}),
    "self_service.assign_new_seats": Row(
        {**THING, VIEWER: CENTER}, form={**_PEOPLE, "subscription_id": "{subscription_id}"}
    ),
    "self_service.seats": Row(SEATS_OF_ONE),
    "self_service.assign_seats": Row(SEATS_OF_ONE, form=_PEOPLE),
    "self_service.release_seats": Row(SEATS_OF_ONE, form={"seat": "1"}),
    "self_service.move_seat": Row(SEATS_OF_ONE),
    "self_service.send_seat": Row(SEATS_OF_ONE, form={"email": "no-address"}),
    "self_service.import_seats": Row(SEATS_OF_ONE),
    "self_service.preview_import": Row(SEATS_OF_ONE, form=_PEOPLE),
    "self_service.confirm_import": Row(SEATS_OF_ONE, form={**_PEOPLE, "seen": "no-address"}),
    "self_service.seat_people": Row(OWN_SEATS),
    "self_service.change_seats": Row(OWN_SEATS, form={"person": "1", "subscription": "0", "action": "take"}),
    "self_service.person_seats": Row(SEATS_OF_ONE),
    "self_service.save_person_seats": Row(SEATS_OF_ONE, form={"product": "0"}),
    "self_service.seat_history": Row(OWN_SEATS),
    "self_service.payment_method": Row({**OWN, **CORPORATE_CARDS}),
    "self_service.add_payment_method": Row({**OWN, **CORPORATE_CARDS}),
    "self_service.make_default": Row({**THING, **CORPORATE_CARDS}),
    "self_service.remove_card": Row({**THING, **CORPORATE_CARDS}),
    "self_service.statement": Row({**READ, **_INVOICES_THERE}),
    "self_service.statement_csv": Row({**READ, **_INVOICES_THERE}),
    "self_service.statement_pdf": Row({**READ, **_INVOICES_THERE}),
    "self_service.activity": Row({**OWN, **_ACTIVITY_THERE, ADMIN: IN, VIEWER: "/billing/invoices"}),
    "self_service.activity_csv": Row({**OWN, **_ACTIVITY_THERE, ADMIN: IN, VIEWER: "/billing/invoices"}),
    "self_service.activity_json": Row({**OWN, **_ACTIVITY_THERE, ADMIN: IN, VIEWER: "/billing/invoices"}),
    "self_service.invoices": Row({**READ, **_INVOICES_THERE}),
    "self_service.invoice": Row({**READ_THING, **_INVOICES_THERE}),
    "self_service.invoice_pdf": Row({**READ_THING, **_INVOICES_THERE}),
    "self_service.pay_invoice": Row({**THING, **_INVOICES_THERE}),
    "self_service.take_payment": Row(
        {**THING, **_INVOICES_THERE},
        form={"amount": "1", "method": "once", "key": "a-key-of-this-very-test"},
    ),
    "self_service.after_card": Row({**THING, **_INVOICES_THERE}, values={"visit": "none"}),
    "self_service.payment": Row({**THING, **_INVOICES_THERE}, values=_OWN_PAYMENT),
    "self_service.cancel_payment": Row({**THING, **_INVOICES_THERE}, values=_OWN_PAYMENT),
    "self_service.invoice_xml": Row({**READ_THING, **_INVOICES_THERE}),
    # An account admin asks for another billing contact, for nothing else, and sees only that.
    "self_service.requests": Row({**OWN_OR_ASKED, ADMIN: IN}),
    # Requests are numbered by account: another account's number one is one's own number one, or none.
    "self_service.request": Row({**THING_OR_ASKED, ADMIN: GONE}),
    "self_service.new_request": Row({**OWN_OR_ASKED, ADMIN: IN}),
    "self_service.send_request": Row(
        {**OWN_OR_ASKED, ADMIN: GONE}, form={"kind": "other", "note": "Please call us."}
    ),
    "self_service.withdraw_request": Row({**THING_OR_ASKED, ADMIN: GONE}),
    "self_service.dispute_invoice": Row({**THING, **_INVOICES_THERE, VIEWER: "/billing/invoices"}),
    "self_service.send_dispute": Row(
        {**THING, **_INVOICES_THERE, VIEWER: "/billing/invoices"}, form={"reason": "We ordered ten seats."}
    ),
    # Programs that work for the account
    "self_service.integrations": Row(OWN_PEOPLE),
    "self_service.create_token": Row(OWN_PEOPLE, form=_TOKEN),
    "self_service.revoke_token": Row(PERSON),
    "self_service.add_webhook": Row(OWN_PEOPLE, form=_WEBHOOK),
    "self_service.webhook": Row(PERSON),
    "self_service.change_webhook_secret": Row(PERSON),
    "self_service.test_webhook": Row(PERSON),
    "self_service.switch_webhook": Row(PERSON, form={"on": "yes"}),
    "self_service.send_webhook_again": Row(PERSON),
    "self_service.remove_webhook": Row(PERSON),
    # The Corporate Billing Portal
    "corporate.integrations": Row(CORPORATE_PEOPLE),
    "corporate.create_token": Row(CORPORATE_PEOPLE, form=_TOKEN),
    "corporate.revoke_token": Row(CORPORATE_PEOPLE, values={"token_id": "{corporate_token}"}),
    "corporate.add_webhook": Row(CORPORATE_PEOPLE, form=_WEBHOOK),
    "corporate.webhook": Row(CORPORATE_PEOPLE, values=_CORPORATE_HOOK),
    "corporate.change_webhook_secret": Row(CORPORATE_PEOPLE, values=_CORPORATE_HOOK),
    "corporate.test_webhook": Row(CORPORATE_PEOPLE, values=_CORPORATE_HOOK),
    "corporate.switch_webhook": Row(CORPORATE_PEOPLE, form={"on": "yes"}, values=_CORPORATE_HOOK),
    "corporate.send_webhook_again": Row(CORPORATE_PEOPLE, values=_CORPORATE_HOOK),
    "corporate.remove_webhook": Row(CORPORATE_PEOPLE, values=_CORPORATE_HOOK),
    "corporate.people": Row(CORPORATE_PEOPLE),
    "corporate.invite_person": Row(CORPORATE_PEOPLE),
    "corporate.send_invitation": Row(CORPORATE_PEOPLE),
    "corporate.send_invitation_again": Row({**CORPORATE_PEOPLE, CORPORATE_CONTACT: GONE}),
    "corporate.withdraw_invitation": Row({**CORPORATE_PEOPLE, CORPORATE_CONTACT: GONE}),
    "corporate.person": Row(CORPORATE_PEOPLE, values=_CORPORATE_MEMBER),
    "corporate.change_person": Row(
        CORPORATE_PEOPLE, form={"roles": "billing_contact"}, values=_CORPORATE_MEMBER
    ),
    "corporate.set_order_limit": Row(CORPORATE_PEOPLE, form={"limit": ""}, values=_CORPORATE_MEMBER),
    "corporate.remove_person": Row(CORPORATE_PEOPLE, values=_CORPORATE_MEMBER),
    "corporate.home": Row({**CORPORATE_OWN, VIEWER: CENTER}),
    "corporate.requests": Row(CORPORATE_ASKED),
    "corporate.new_request": Row(CORPORATE_ASKED),
    "corporate.send_request": Row(CORPORATE_ASKED, form={"kind": "other", "note": "Please call us."}),
    "corporate.request": Row(CORPORATE_ASKED),
    "corporate.withdraw_request": Row(CORPORATE_ASKED),
    "corporate.dispute_invoice": Row(CORPORATE_INVOICES, values=_CORPORATE_INVOICE),
    "corporate.send_dispute": Row(
        CORPORATE_INVOICES, form={"reason": "We ordered ten seats."}, values=_CORPORATE_INVOICE
    ),
    # The quote that waits for the answer of the corporate account.
    "corporate.quotes": Row(CORPORATE_OWN),
    "corporate.quote": Row(CORPORATE_OWN, values=_QUOTE),
    "corporate.quote_pdf": Row(CORPORATE_OWN, values=_QUOTE),
    "corporate.reject_quote": Row(CORPORATE_OWN, values=_QUOTE),
    "corporate.send_rejection": Row(CORPORATE_OWN, form={"reason": "Too many seats."}, values=_QUOTE),
    "corporate.accept_quote": Row(CORPORATE_OWN, values=_QUOTE),
    "corporate.choose_for_quote": Row(CORPORATE_OWN, form={"pay": "invoice"}, values=_QUOTE),
    "corporate.add_card_for_quote": Row(CORPORATE_OWN, values=_QUOTE),
    "corporate.service_order": Row(CORPORATE_OWN, values=_QUOTE),
    "corporate.place_service_order": Row(
        CORPORATE_OWN, form={"key": "a-key-of-this-very-test"}, values=_QUOTE
    ),
    "corporate.ask_approval": Row(CORPORATE_OWN, form={"key": "a-key-of-this-very-test"}, values=_QUOTE),
    "corporate.approvals": Row(_CORPORATE_APPROVAL, apart=_APPROVER_THERE),
    "corporate.approval": Row(_CORPORATE_APPROVAL, values=_FIRST, apart=_APPROVER_THERE),
    "corporate.approve": Row(_CORPORATE_APPROVAL, values=_FIRST, apart=_APPROVER_THERE),
    "corporate.refuse_approval": Row(
        _CORPORATE_APPROVAL, form={"reason": "Next quarter."}, values=_FIRST, apart=_APPROVER_THERE
    ),
    "corporate.withdraw_approval": Row(_CORPORATE_APPROVAL, values=_FIRST, apart=_APPROVER_THERE),
    "corporate.order": Row(CORPORATE_OWN, values=_CORPORATE_ORDER),
    "corporate.cancel_order": Row(CORPORATE_OWN, values=_CORPORATE_ORDER),
    "corporate.add_seats": Row(ADDED_THERE, values=_CORPORATE_SUBSCRIPTION),
    "corporate.take_seats": Row(ADDED_THERE, form={"seats": "10"}, values=_CORPORATE_SUBSCRIPTION),
    "corporate.seats_summary": Row(ADDED_THERE, values=_CORPORATE_SUBSCRIPTION),
    "corporate.seat_people": Row(SEATS_OF_CORPORATE),
    "corporate.change_seats": Row(
        SEATS_OF_CORPORATE, form={"person": "1", "subscription": "0", "action": "take"}
    ),
    "corporate.person_seats": Row(SEATS_OF_CORPORATE, values=_CORPORATE_PEOPLE),
    "corporate.save_person_seats": Row(SEATS_OF_CORPORATE, form={"product": "0"}, values=_CORPORATE_PEOPLE),
    "corporate.seats": Row(SEATS_OF_CORPORATE, values=_CORPORATE_SUBSCRIPTION),
    "corporate.assign_seats": Row(SEATS_OF_CORPORATE, form=_PEOPLE, values=_CORPORATE_SUBSCRIPTION),
    "corporate.release_seats": Row(SEATS_OF_CORPORATE, form={"seat": "1"}, values=_CORPORATE_SUBSCRIPTION),
    "corporate.move_seat": Row(SEATS_OF_CORPORATE, values=_CORPORATE_SEAT),
    "corporate.send_seat": Row(
        SEATS_OF_CORPORATE, form={"email": "somebody@example.net"}, values=_CORPORATE_SEAT
    ),
    "corporate.import_seats": Row(SEATS_OF_CORPORATE, values=_CORPORATE_SUBSCRIPTION),
    "corporate.preview_import": Row(SEATS_OF_CORPORATE, form=_PEOPLE, values=_CORPORATE_SUBSCRIPTION),
    "corporate.confirm_import": Row(
        SEATS_OF_CORPORATE, form={**_PEOPLE, "seen": "no-address"}, values=_CORPORATE_SUBSCRIPTION
    ),
    "corporate.seat_history": Row(SEATS_OF_CORPORATE),
    "corporate.statement": Row(CORPORATE_INVOICES),
    "corporate.statement_csv": Row(CORPORATE_INVOICES),
    "corporate.statement_pdf": Row(CORPORATE_INVOICES),
    "corporate.activity": Row(CORPORATE_ACTIVITY),
    "corporate.activity_csv": Row(CORPORATE_ACTIVITY),
    "corporate.activity_json": Row(CORPORATE_ACTIVITY),
    "corporate.invoices": Row(CORPORATE_INVOICES),
    "corporate.invoice": Row(CORPORATE_INVOICES, values=_CORPORATE_INVOICE),
    "corporate.invoice_pdf": Row(CORPORATE_INVOICES, values=_CORPORATE_INVOICE),
    "corporate.invoice_xml": Row(CORPORATE_INVOICES, values=_CORPORATE_INVOICE),
    "corporate.invoice_recipients": Row(DETAILS_THERE),
    "corporate.add_invoice_recipient": Row(DETAILS_THERE, form={"email": "another@horizonte.example"}),
    "corporate.remove_invoice_recipient": Row(DETAILS_THERE),
    "corporate.pay_invoice": Row(CORPORATE_PAID, values=_CORPORATE_INVOICE),
    "corporate.take_payment": Row(
        CORPORATE_PAID,
        form={"amount": "1", "method": "once", "key": "a-key-of-this-very-test"},
        values=_CORPORATE_INVOICE,
    ),
    "corporate.after_card": Row(CORPORATE_PAID, values={**_CORPORATE_INVOICE, "visit": "none"}),
    "corporate.payment": Row(CORPORATE_PAID, values=_PAYMENT),
    "corporate.cancel_payment": Row(CORPORATE_PAID, values=_PAYMENT),
    "corporate.account": Row(DETAILS_THERE),
    # The things in these addresses are of the corporate account.
    "corporate.billing_details": Row(DETAILS_THERE),
    "corporate.change_billing_details": Row(
        DETAILS_THERE, form={"street": "Rua Nova, 1", "city": "São Paulo"}
    ),
    "corporate.set_vat_number": Row(DETAILS_THERE, form={"vat_number": ""}),
    "corporate.payment_methods": Row(PAID_THERE),
    "corporate.add_card": Row(PAID_THERE),
    # Nobody's bank account is debited in this account's currency.
    "corporate.add_bank_account": Row({**PAID_THERE, CORPORATE_CONTACT: GONE}),
    "corporate.make_default": Row(PAID_THERE, values=_CORPORATE_CARD),
    "corporate.remove_card": Row(PAID_THERE, values=_CORPORATE_CARD),
    "corporate.auto_renew": Row(CANCELLED_THERE, values=_CORPORATE_SUBSCRIPTION),
    "corporate.switch_auto_renew_off": Row(CANCELLED_THERE, values=_CORPORATE_SUBSCRIPTION),
    "corporate.switch_auto_renew_on": Row(CORPORATE_OWN, values=_CORPORATE_SUBSCRIPTION),
    "corporate.ahead": Row({**CORPORATE_OWN, VIEWER: CENTER}),
    "corporate.take_change_off": Row(CORPORATE_OWN, values=_CORPORATE_SUBSCRIPTION),
    "corporate.purchase_orders": Row(CORPORATE_OWN),
    "corporate.set_purchase_order_rule": Row(CORPORATE_OWN, form={"rule": "hold"}),
    "corporate.new_purchase_order": Row(CORPORATE_OWN),
    "corporate.add_purchase_order": Row(CORPORATE_OWN, form=_PURCHASE_ORDER),
    "corporate.purchase_order": Row(CORPORATE_OWN),
    "corporate.change_purchase_order": Row(CORPORATE_OWN, form=_PURCHASE_ORDER),
    "corporate.close_purchase_order": Row(CORPORATE_OWN),
    "corporate.reopen_purchase_order": Row(CORPORATE_OWN),
    # The desk
    "corporate.desk": Row(DESK_OF_ALL),
    # Quotes are of corporate accounts; what a representative may do with one: tests/corporate/test_whose_accounts.py.
    "corporate.desk_quotes": Row({**DESK_OF_ALL, CARE: GONE}),
    "corporate.desk_new_quote": Row(DESK_OF_NOBODY),
    "corporate.desk_create_quote": Row(DESK_OF_NOBODY),
    "corporate.desk_quote_summary": Row(DESK_OF_NOBODY),
    "corporate.desk_quote": Row(DESK_OF_NOBODY, values={"number": "1"}),
    "corporate.desk_edit_quote": Row(DESK_OF_NOBODY, values={"number": "1"}),
    "corporate.desk_save_quote": Row(DESK_OF_NOBODY, values={"number": "1"}),
    "corporate.desk_send_quote": Row(DESK_OF_NOBODY, values={"number": "1"}),
    "corporate.desk_approve_quote": Row(DESK_OF_NOBODY, values={"number": "1"}),
    "corporate.desk_send_back_quote": Row(DESK_OF_NOBODY, values={"number": "1"}),
    "corporate.desk_withdraw_quote": Row(DESK_OF_NOBODY, values={"number": "1"}),
    "corporate.desk_duplicate_quote": Row(DESK_OF_NOBODY, values={"number": "1"}),
    "corporate.desk_payments": Row(DESK_OF_ALL),
    "corporate.desk_record_payment": Row(DESK_OF_CARE),
    "corporate.record_payment": Row(DESK_OF_CARE, form={"kind": "cheque", "amount": "1"}),
    "corporate.desk_invoice": Row(DESK_OF_CARE),
    "corporate.desk_invoice_pdf": Row(DESK_OF_CARE),
    "corporate.desk_credit_note": Row(DESK_OF_CARE),
    "corporate.write_credit_note": Row(
        DESK_OF_CARE, form={"reason": "An outage.", "key": "a-key-of-this-very-test"}
    ),
    # Managers write off, and they have no online accounts.
    "corporate.desk_write_off": Row(DESK_OF_NOBODY),
    "corporate.write_off": Row(
        DESK_OF_NOBODY, form={"reason": "Insolvent.", "key": "a-key-of-this-very-test"}
    ),
    "corporate.desk_refund": Row(DESK_OF_CARE),
    "corporate.give_back": Row(DESK_OF_CARE, form={"reason": "Wrong plan."}),
    "corporate.desk_team": Row(DESK_OF_MANAGERS),
    "corporate.desk_arrivals": Row(DESK_OF_ALL),
    "corporate.desk_help_answers": Row({**DESK_OF_ALL, REP: GONE}),
    # What is open for accounts of representatives stands in tests/corporate/test_whose_accounts.py.
    "corporate.desk_account": Row(DESK_OF_CARE),
    "corporate.desk_activity": Row(DESK_OF_CARE),
    "corporate.desk_activity_csv": Row(DESK_OF_CARE),
    "corporate.desk_activity_json": Row(DESK_OF_CARE),
    "corporate.look": Row(DESK_OF_CARE, form={"reason": "They asked why the total is so high."}),
    "corporate.stop_looking": Row(DESK_OF_ALL),
    "corporate.save_terms": Row(DESK_OF_CARE, form={"days": "30", "rule": "warn"}),
    # Changes are planned for corporate accounts.
    "corporate.desk_plan_change": Row(DESK_OF_NOBODY),
    "corporate.plan_change": Row(DESK_OF_NOBODY, form={"plan": "1", "seats": "3", "from": "2040-01-01"}),
    "corporate.desk_take_change_off": Row(DESK_OF_CARE),
    "corporate.desk_rehearsal": Row(DESK_OF_CARE),
    "corporate.clone_account": Row(DESK_OF_CARE),
    # There is no clone of this account: tests/corporate/test_rehearsing_at_the_desk.py makes one.
    "corporate.move_clone": Row(DESK_OF_NOBODY),
    "corporate.desk_rehearsal_invoice": Row(DESK_OF_NOBODY),
    "corporate.throw_clone_away": Row(DESK_OF_CARE),
    "corporate.desk_tax": Row(DESK_OF_CARE),
    "corporate.add_exemption": Row(
        DESK_OF_CARE, form={"document": "EX-2", "valid_from": "2040-01-01", "valid_to": "2040-12-31"}
    ),
    "corporate.end_exemption": Row(DESK_OF_CARE, values={"exemption_id": "1"}),
    # Never representatives, not even for their own accounts: tests/corporate/test_sign_in_at_the_desk.py.
    "corporate.desk_sign_in": Row(DESK_OF_CARE),
    "corporate.save_identity_provider": Row(
        DESK_OF_CARE, form={"name": "H&F", "issuer": "https://login.example", "client_id": "c", "secret": "s"}
    ),
    "corporate.check_identity_provider": Row(DESK_OF_CARE),
    "corporate.confirm_mail_domain": Row(DESK_OF_CARE, form={"domain": "h-f.example", "note": "By phone."}),
    "corporate.remove_mail_domain": Row(DESK_OF_CARE, form={"domain": "hartwell-finch.example"}),
    "corporate.require_identity_provider": Row(DESK_OF_CARE, form={"required": "no"}),
    "corporate.enable_identity_provider": Row(DESK_OF_CARE, form={"enabled": "no"}),
    "corporate.join_identity_provider": Row(DESK_OF_CARE),
    "corporate.leave_identity_provider": Row(DESK_OF_CARE),
    "corporate.unlink_identity": Row(DESK_OF_CARE),
    "corporate.desk_sign_ins": Row(DESK_OF_CARE),
    "corporate.end_sign_ins": Row(DESK_OF_CARE, form={"reason": "A telephone was stolen."}),
    "corporate.desk_sign_ins_of_colleague": Row(DESK_OF_NOBODY),
    "corporate.end_sign_ins_of_colleague": Row(DESK_OF_NOBODY, form={"reason": "A telephone was stolen."}),
    "corporate.move_account": Row(DESK_OF_NOBODY, form={"rep": "1"}),
    "corporate.desk_moving": Row(DESK_OF_CARE),
    "corporate.carry_out_moving": Row(DESK_OF_CARE, form={"shown": "nothing"}),
    "corporate.undo_moving": Row(DESK_OF_CARE, form={"shown": "nothing"}),
    "corporate.desk_personal_data": Row(DESK_OF_MANAGERS),
    "corporate.find_person": Row(DESK_OF_MANAGERS, form={"whose_email": "nobody@example.net"}),
    "corporate.desk_person": Row(DESK_OF_MANAGERS),
    "corporate.mail_export": Row(DESK_OF_MANAGERS, form={"reason": "By letter."}),
    "corporate.erase_person": Row(DESK_OF_MANAGERS, form={"why": "By letter."}),
    "corporate.keep_person": Row(DESK_OF_MANAGERS),
    "corporate.desk_claims": Row(DESK_OF_ALL),
    "corporate.desk_claim": Row(DESK_OF_CARE),
    "corporate.approve_claim": Row(DESK_OF_CARE, form={"answer": "Welcome.", "others": "stay"}),
    "corporate.refuse_claim": Row(DESK_OF_CARE, form={"answer": "We could not confirm it."}),
    "corporate.desk_requests": Row(DESK_OF_ALL),
    "corporate.desk_request": Row(DESK_OF_CARE),
    "corporate.take_request": Row(DESK_OF_CARE),
    "corporate.hand_back_request": Row(DESK_OF_CARE),
    "corporate.note_on_request": Row(DESK_OF_CARE, form={"answer": "Which invoice?"}),
    "corporate.carry_out": Row(DESK_OF_CARE, form={"key": "a-key-of-this-very-test"}),
    "corporate.decline": Row(DESK_OF_CARE, form={"answer": "Not before March."}),
    # The processor's pages know no sign-in: they are open to whoever was given the reference
    "sandbox_processor.static": Row(EVERYBODY, values={"filename": "sandbox.css"}),
    "sandbox_processor.card_page": Row(EVERYBODY),
    "sandbox_processor.save_card": Row(EVERYBODY),
    "sandbox_processor.challenge": Row(EVERYBODY),
    "sandbox_processor.answer_challenge": Row(EVERYBODY, form={"answer": "approve"}),
}
