"""Every page of the two portals, with the task it serves, and the front pages the router leads to.

Pages are named as endpoint strings, so that nothing here points upward. A page missing here is closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import AccountType

SIGN_IN = "front.sign_in"
CHOOSE_ACCOUNT = "front.choose_account"
CHOOSE_SUBSCRIPTION = "front.choose_subscription"
NOT_THE_CONTACT = "front.not_the_contact"
FRONT_PAGES = frozenset({SIGN_IN, CHOOSE_ACCOUNT, CHOOSE_SUBSCRIPTION, NOT_THE_CONTACT})

SUBSCRIPTIONS = "self_service.subscriptions"
EDIT = "self_service.edit_subscription"
NEW = "self_service.new_subscription"
SEATS = "self_service.seats"
CANCEL = "self_service.cancel_subscription"
PAYMENT_METHOD = "self_service.payment_method"
INVOICES = "self_service.invoices"
REQUESTS = "self_service.requests"
ASK_CARE = "self_service.new_request"
PEOPLE = "self_service.people"
APPROVALS = "self_service.approvals"

CORPORATE_HOME = "corporate.home"
CORPORATE_INVOICES = "corporate.invoices"
QUOTES = "corporate.quotes"
ADD_SEATS = "corporate.add_seats"
CORPORATE_SEATS = "corporate.seats"
INVOICE_RECIPIENTS = "corporate.invoice_recipients"
PURCHASE_ORDERS = "corporate.purchase_orders"
BILLING_DETAILS = "corporate.billing_details"
CORPORATE_PAYMENT_METHODS = "corporate.payment_methods"
AUTO_RENEW = "corporate.auto_renew"
ASK_REPRESENTATIVE = "corporate.new_request"
CORPORATE_PEOPLE = "corporate.people"
CORPORATE_APPROVALS = "corporate.approvals"
DESK = "corporate.desk"

PORTAL_OF: Mapping[AccountType, str] = {
    AccountType.ONLINE: "self_service",
    AccountType.CORPORATE: "corporate",
}

# Pages that begin with what somebody came for; their URL carries the task and the product.
TOLD_THE_WISH = FRONT_PAGES | {ASK_CARE, ASK_REPRESENTATIVE}

# Pages of one subscription; their URL needs its id.
OF_A_SUBSCRIPTION = frozenset({EDIT, SEATS, CANCEL, AUTO_RENEW, ADD_SEATS, CORPORATE_SEATS})


@dataclass(frozen=True, slots=True)
class Page:
    """What the guard asks about a page: whom it serves, and whether an expired account may still use it."""

    task: Task
    open_when_expired: bool = False
    # A second task that is done here: it lets in who may do this one only, for what belongs to it.
    also: Task | None = None
    # It shows and changes nothing, so that those who only read the task may see it.
    readable: bool = False


# An expired account keeps what renewing needs: the overview, the edit page, cart and checkout; and its invoices and its
# statement, for paying what is open brings back what ended for it, and books are closed long after a service is.
_FOR_RENEWING = True
# Account admins ask for a change of the billing contact, and follow what they asked for.
_CONTACT_CHANGE = Task.BILLING_CONTACT


def _integrations(portal: str) -> dict[str, Page]:
    """Programs are connected by billing contacts and by account admins, who both look after the account's people."""
    names = (
        "integrations",
        "create_token",
        "revoke_token",
        "add_webhook",
        "webhook",
        "change_webhook_secret",
        "test_webhook",
        "switch_webhook",
        "remove_webhook",
        "send_webhook_again",
    )
    return {f"{portal}.{name}": Page(Task.BILLING_CONTACT) for name in names}


def _approvals(portal: str) -> dict[str, Page]:
    """Who asks and who approves see the same pages; what each may answer, the service knows."""
    names = ("approvals", "approval", "approve", "refuse_approval", "withdraw_approval")
    return {f"{portal}.{name}": Page(Task.APPROVALS, _FOR_RENEWING) for name in names}


PAGES: Mapping[str, Page] = {
    SUBSCRIPTIONS: Page(Task.SUBSCRIPTIONS, _FOR_RENEWING, readable=True),
    "self_service.ahead": Page(Task.SUBSCRIPTIONS, _FOR_RENEWING, readable=True),
    NEW: Page(Task.ADD_PRODUCT),
    "self_service.new_product": Page(Task.ADD_PRODUCT),
    "self_service.buy_product": Page(Task.ADD_PRODUCT),
    "self_service.try_product": Page(Task.ADD_PRODUCT),
    "self_service.trial_started": Page(Task.ADD_PRODUCT),
    EDIT: Page(Task.CHANGE_PLAN, _FOR_RENEWING),
    "self_service.take_change": Page(Task.CHANGE_PLAN, _FOR_RENEWING),
    "self_service.order_summary": Page(Task.CHANGE_PLAN, _FOR_RENEWING),
    "self_service.lower_plan": Page(Task.CHANGE_PLAN),
    "self_service.ask_for_lower_plan": Page(Task.CHANGE_PLAN),
    "self_service.cart": Page(Task.CHANGE_PLAN, _FOR_RENEWING),
    "self_service.remove_cart_item": Page(Task.CHANGE_PLAN, _FOR_RENEWING),
    "self_service.checkout": Page(Task.CHANGE_PLAN, _FOR_RENEWING),
    "self_service.apply_vat_number": Page(Task.VAT_NUMBER, _FOR_RENEWING),
    "self_service.add_card": Page(Task.PAYMENT_METHOD, _FOR_RENEWING),
    "self_service.place_order": Page(Task.CHANGE_PLAN, _FOR_RENEWING),
    "self_service.ask_approval": Page(Task.CHANGE_PLAN, _FOR_RENEWING),
    **_approvals("self_service"),
    "self_service.order": Page(Task.SUBSCRIPTIONS, _FOR_RENEWING),
    "self_service.cancel_order": Page(Task.SUBSCRIPTIONS, _FOR_RENEWING),
    "self_service.assign_new_seats": Page(Task.SUBSCRIPTIONS, _FOR_RENEWING),
    SEATS: Page(Task.ASSIGN_SEATS),
    "self_service.assign_seats": Page(Task.ASSIGN_SEATS),
    "self_service.release_seats": Page(Task.ASSIGN_SEATS),
    "self_service.seat_people": Page(Task.ASSIGN_SEATS),
    "self_service.change_seats": Page(Task.ASSIGN_SEATS),
    "self_service.person_seats": Page(Task.ASSIGN_SEATS),
    "self_service.save_person_seats": Page(Task.ASSIGN_SEATS),
    "self_service.move_seat": Page(Task.ASSIGN_SEATS),
    "self_service.send_seat": Page(Task.ASSIGN_SEATS),
    "self_service.import_seats": Page(Task.ASSIGN_SEATS),
    "self_service.preview_import": Page(Task.ASSIGN_SEATS),
    "self_service.confirm_import": Page(Task.ASSIGN_SEATS),
    "self_service.seat_history": Page(Task.ASSIGN_SEATS),
    CANCEL: Page(Task.CANCEL),
    "self_service.cancel": Page(Task.CANCEL),
    "self_service.cancelled": Page(Task.CANCEL),
    "self_service.answer_survey": Page(Task.CANCEL),
    "self_service.keep_subscription": Page(Task.REACTIVATE),
    PEOPLE: Page(Task.BILLING_CONTACT),
    "self_service.invite_person": Page(Task.BILLING_CONTACT),
    "self_service.send_invitation": Page(Task.BILLING_CONTACT),
    "self_service.send_invitation_again": Page(Task.BILLING_CONTACT),
    "self_service.withdraw_invitation": Page(Task.BILLING_CONTACT),
    "self_service.person": Page(Task.BILLING_CONTACT),
    "self_service.set_order_limit": Page(Task.BILLING_CONTACT),
    "self_service.change_person": Page(Task.BILLING_CONTACT),
    "self_service.remove_person": Page(Task.BILLING_CONTACT),
    REQUESTS: Page(Task.CONTACT, also=_CONTACT_CHANGE),
    "self_service.request": Page(Task.CONTACT, also=_CONTACT_CHANGE),
    ASK_CARE: Page(Task.CONTACT, also=_CONTACT_CHANGE),
    "self_service.send_request": Page(Task.CONTACT, also=_CONTACT_CHANGE),
    "self_service.withdraw_request": Page(Task.CONTACT, also=_CONTACT_CHANGE),
    "self_service.dispute_invoice": Page(Task.INVOICES),
    "self_service.send_dispute": Page(Task.INVOICES),
    PAYMENT_METHOD: Page(Task.PAYMENT_METHOD),
    "self_service.add_payment_method": Page(Task.PAYMENT_METHOD),
    "self_service.make_default": Page(Task.PAYMENT_METHOD),
    "self_service.remove_card": Page(Task.PAYMENT_METHOD),
    "self_service.statement": Page(Task.INVOICES, _FOR_RENEWING, readable=True),
    "self_service.statement_csv": Page(Task.INVOICES, _FOR_RENEWING, readable=True),
    "self_service.statement_pdf": Page(Task.INVOICES, _FOR_RENEWING, readable=True),
    # Account admins read here what was done about people and seats.
    "self_service.activity": Page(Task.INVOICES, _FOR_RENEWING, also=Task.ASSIGN_SEATS),
    "self_service.activity_csv": Page(Task.INVOICES, _FOR_RENEWING, also=Task.ASSIGN_SEATS),
    "self_service.activity_json": Page(Task.INVOICES, _FOR_RENEWING, also=Task.ASSIGN_SEATS),
    INVOICES: Page(Task.INVOICES, _FOR_RENEWING, readable=True),
    # Paying what is open can bring back what ended for it, so an expired account keeps the document and its payment.
    "self_service.invoice": Page(Task.INVOICES, _FOR_RENEWING, readable=True),
    "self_service.invoice_pdf": Page(Task.INVOICES, _FOR_RENEWING, readable=True),
    "self_service.invoice_xml": Page(Task.INVOICES, _FOR_RENEWING, readable=True),
    **_integrations("self_service"),
    "self_service.pay_invoice": Page(Task.PAY_INVOICE, _FOR_RENEWING),
    "self_service.take_payment": Page(Task.PAY_INVOICE, _FOR_RENEWING),
    "self_service.after_card": Page(Task.PAY_INVOICE, _FOR_RENEWING),
    "self_service.payment": Page(Task.PAY_INVOICE, _FOR_RENEWING),
    "self_service.cancel_payment": Page(Task.PAY_INVOICE, _FOR_RENEWING),
    CORPORATE_HOME: Page(Task.SUBSCRIPTIONS, _FOR_RENEWING, readable=True),
    CORPORATE_PEOPLE: Page(Task.BILLING_CONTACT),
    "corporate.invite_person": Page(Task.BILLING_CONTACT),
    "corporate.send_invitation": Page(Task.BILLING_CONTACT),
    "corporate.send_invitation_again": Page(Task.BILLING_CONTACT),
    "corporate.withdraw_invitation": Page(Task.BILLING_CONTACT),
    "corporate.person": Page(Task.BILLING_CONTACT),
    "corporate.set_order_limit": Page(Task.BILLING_CONTACT),
    "corporate.change_person": Page(Task.BILLING_CONTACT),
    "corporate.remove_person": Page(Task.BILLING_CONTACT),
    "corporate.requests": Page(Task.CONTACT, also=_CONTACT_CHANGE),
    ASK_REPRESENTATIVE: Page(Task.CONTACT, also=_CONTACT_CHANGE),
    "corporate.send_request": Page(Task.CONTACT, also=_CONTACT_CHANGE),
    "corporate.request": Page(Task.CONTACT, also=_CONTACT_CHANGE),
    "corporate.withdraw_request": Page(Task.CONTACT, also=_CONTACT_CHANGE),
    "corporate.dispute_invoice": Page(Task.INVOICES),
    "corporate.send_dispute": Page(Task.INVOICES),
    # A quote is how a corporate account that has expired is renewed.
    QUOTES: Page(Task.QUOTES, _FOR_RENEWING),
    "corporate.quote": Page(Task.QUOTES, _FOR_RENEWING),
    "corporate.quote_pdf": Page(Task.QUOTES, _FOR_RENEWING),
    "corporate.reject_quote": Page(Task.QUOTES, _FOR_RENEWING),
    "corporate.send_rejection": Page(Task.QUOTES, _FOR_RENEWING),
    "corporate.accept_quote": Page(Task.QUOTES, _FOR_RENEWING),
    "corporate.choose_for_quote": Page(Task.QUOTES, _FOR_RENEWING),
    "corporate.add_card_for_quote": Page(Task.QUOTES, _FOR_RENEWING),
    "corporate.service_order": Page(Task.QUOTES, _FOR_RENEWING),
    "corporate.place_service_order": Page(Task.QUOTES, _FOR_RENEWING),
    "corporate.ask_approval": Page(Task.QUOTES, _FOR_RENEWING),
    **_approvals("corporate"),
    "corporate.order": Page(Task.QUOTES, _FOR_RENEWING),
    "corporate.cancel_order": Page(Task.QUOTES, _FOR_RENEWING),
    ADD_SEATS: Page(Task.ADD_SEATS),
    "corporate.take_seats": Page(Task.ADD_SEATS),
    "corporate.seats_summary": Page(Task.ADD_SEATS),
    CORPORATE_SEATS: Page(Task.ASSIGN_SEATS),
    "corporate.assign_seats": Page(Task.ASSIGN_SEATS),
    "corporate.release_seats": Page(Task.ASSIGN_SEATS),
    "corporate.seat_people": Page(Task.ASSIGN_SEATS),
    "corporate.change_seats": Page(Task.ASSIGN_SEATS),
    "corporate.person_seats": Page(Task.ASSIGN_SEATS),
    "corporate.save_person_seats": Page(Task.ASSIGN_SEATS),
    "corporate.move_seat": Page(Task.ASSIGN_SEATS),
    "corporate.send_seat": Page(Task.ASSIGN_SEATS),
    "corporate.import_seats": Page(Task.ASSIGN_SEATS),
    "corporate.preview_import": Page(Task.ASSIGN_SEATS),
    "corporate.confirm_import": Page(Task.ASSIGN_SEATS),
    "corporate.seat_history": Page(Task.ASSIGN_SEATS),
    "corporate.statement": Page(Task.INVOICES, _FOR_RENEWING, readable=True),
    "corporate.statement_csv": Page(Task.INVOICES, _FOR_RENEWING, readable=True),
    "corporate.statement_pdf": Page(Task.INVOICES, _FOR_RENEWING, readable=True),
    "corporate.activity": Page(Task.INVOICES, _FOR_RENEWING, also=Task.ASSIGN_SEATS),
    "corporate.activity_csv": Page(Task.INVOICES, _FOR_RENEWING, also=Task.ASSIGN_SEATS),
    "corporate.activity_json": Page(Task.INVOICES, _FOR_RENEWING, also=Task.ASSIGN_SEATS),
    CORPORATE_INVOICES: Page(Task.INVOICES, _FOR_RENEWING, readable=True),
    "corporate.invoice": Page(Task.INVOICES, _FOR_RENEWING, readable=True),
    "corporate.invoice_pdf": Page(Task.INVOICES, _FOR_RENEWING, readable=True),
    "corporate.invoice_xml": Page(Task.INVOICES, _FOR_RENEWING, readable=True),
    INVOICE_RECIPIENTS: Page(Task.INVOICE_RECIPIENTS),
    "corporate.add_invoice_recipient": Page(Task.INVOICE_RECIPIENTS),
    "corporate.remove_invoice_recipient": Page(Task.INVOICE_RECIPIENTS),
    **_integrations("corporate"),
    "corporate.pay_invoice": Page(Task.PAY_INVOICE, _FOR_RENEWING),
    "corporate.take_payment": Page(Task.PAY_INVOICE, _FOR_RENEWING),
    "corporate.after_card": Page(Task.PAY_INVOICE, _FOR_RENEWING),
    "corporate.payment": Page(Task.PAY_INVOICE, _FOR_RENEWING),
    "corporate.cancel_payment": Page(Task.PAY_INVOICE, _FOR_RENEWING),
    "corporate.account": Page(Task.BILLING_DETAILS),
    BILLING_DETAILS: Page(Task.BILLING_DETAILS),
    "corporate.change_billing_details": Page(Task.BILLING_DETAILS),
    "corporate.set_vat_number": Page(Task.VAT_NUMBER),
    CORPORATE_PAYMENT_METHODS: Page(Task.PAYMENT_METHOD),
    "corporate.add_card": Page(Task.PAYMENT_METHOD),
    "corporate.add_bank_account": Page(Task.PAYMENT_METHOD),
    "corporate.make_default": Page(Task.PAYMENT_METHOD),
    "corporate.remove_card": Page(Task.PAYMENT_METHOD),
    AUTO_RENEW: Page(Task.CANCEL),
    "corporate.switch_auto_renew_off": Page(Task.CANCEL),
    "corporate.switch_auto_renew_on": Page(Task.REACTIVATE),
    "corporate.ahead": Page(Task.SUBSCRIPTIONS, _FOR_RENEWING, readable=True),
    "corporate.take_change_off": Page(Task.REACTIVATE),
    PURCHASE_ORDERS: Page(Task.PURCHASE_ORDERS),
    "corporate.set_purchase_order_rule": Page(Task.PURCHASE_ORDERS),
    "corporate.new_purchase_order": Page(Task.PURCHASE_ORDERS),
    "corporate.add_purchase_order": Page(Task.PURCHASE_ORDERS),
    "corporate.purchase_order": Page(Task.PURCHASE_ORDERS),
    "corporate.change_purchase_order": Page(Task.PURCHASE_ORDERS),
    "corporate.close_purchase_order": Page(Task.PURCHASE_ORDERS),
    "corporate.reopen_purchase_order": Page(Task.PURCHASE_ORDERS),
}

# The desk belongs to staff; no task of a customer leads there.
DESK_PAGES = frozenset(
    {
        DESK,
        "corporate.desk_team",
        "corporate.desk_arrivals",
        "corporate.desk_help_answers",
        "corporate.desk_account",
        "corporate.desk_activity",
        "corporate.desk_activity_csv",
        "corporate.desk_activity_json",
        "corporate.look",
        "corporate.stop_looking",
        "corporate.desk_invoice",
        "corporate.desk_invoice_pdf",
        "corporate.save_terms",
        "corporate.desk_plan_change",
        "corporate.plan_change",
        "corporate.desk_take_change_off",
        "corporate.desk_rehearsal",
        "corporate.clone_account",
        "corporate.move_clone",
        "corporate.desk_rehearsal_invoice",
        "corporate.throw_clone_away",
        "corporate.desk_tax",
        "corporate.add_exemption",
        "corporate.end_exemption",
        "corporate.desk_sign_in",
        "corporate.save_identity_provider",
        "corporate.check_identity_provider",
        "corporate.confirm_mail_domain",
        "corporate.remove_mail_domain",
        "corporate.require_identity_provider",
        "corporate.enable_identity_provider",
        "corporate.join_identity_provider",
        "corporate.leave_identity_provider",
        "corporate.unlink_identity",
        "corporate.desk_sign_ins",
        "corporate.end_sign_ins",
        "corporate.desk_sign_ins_of_colleague",
        "corporate.end_sign_ins_of_colleague",
        "corporate.move_account",
        "corporate.desk_moving",
        "corporate.carry_out_moving",
        "corporate.undo_moving",
        "corporate.desk_quotes",
        "corporate.desk_new_quote",
        "corporate.desk_create_quote",
        "corporate.desk_quote_summary",
        "corporate.desk_quote",
        "corporate.desk_edit_quote",
        "corporate.desk_save_quote",
        "corporate.desk_send_quote",
        "corporate.desk_approve_quote",
        "corporate.desk_send_back_quote",
        "corporate.desk_withdraw_quote",
        "corporate.desk_duplicate_quote",
        "corporate.desk_payments",
        "corporate.desk_record_payment",
        "corporate.record_payment",
        "corporate.desk_credit_note",
        "corporate.write_credit_note",
        "corporate.desk_write_off",
        "corporate.write_off",
        "corporate.desk_refund",
        "corporate.give_back",
        "corporate.desk_personal_data",
        "corporate.find_person",
        "corporate.desk_person",
        "corporate.mail_export",
        "corporate.erase_person",
        "corporate.keep_person",
        "corporate.desk_requests",
        "corporate.desk_request",
        "corporate.take_request",
        "corporate.hand_back_request",
        "corporate.note_on_request",
        "corporate.carry_out",
        "corporate.decline",
        "corporate.desk_claims",
        "corporate.desk_claim",
        "corporate.approve_claim",
        "corporate.refuse_claim",
    }
)


def portal_of_page(endpoint: str) -> str:
    """The room a page belongs to (`front`, `self_service` or `corporate`)."""
    return endpoint.partition(".")[0]
