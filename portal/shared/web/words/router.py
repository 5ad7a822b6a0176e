"""What the router's reasons and tasks are called on a page. A reason without a sentence needs none."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.tasks import Task

SENTENCES: dict[Reason, LazyString] = {
    Reason.STAFF_ONLY: lazy_gettext("That page is for our own staff."),
    Reason.UNKNOWN_TASK: lazy_gettext("We do not know the task of that link, so we brought you here."),
    Reason.UNKNOWN_PAGE: lazy_gettext("That page is not open to you, so we brought you here."),
    Reason.NO_ACCOUNT: lazy_gettext(
        "You are not connected to any account yet. Ask the billing contact of your organisation to add you."
    ),
    Reason.NOT_THE_CONTACT: lazy_gettext("Billing for this account is done by its billing contact."),
    Reason.ADMIN_HAS_NO_BILLING: lazy_gettext(
        "As an admin of this account you look after its people. Its billing is done by a billing contact."
    ),
    Reason.ACCOUNT_IS_CORPORATE: lazy_gettext(
        "This is a corporate account, so its billing is done here, in the Corporate Billing Portal, together with "
        "your representative."
    ),
    Reason.ACCOUNT_IS_ONLINE: lazy_gettext(
        "This is an online account, so its billing is done here, in the Billing Center."
    ),
    Reason.ACCOUNT_EXPIRED: lazy_gettext(
        "This account has expired: what you asked for opens again once it is renewed, or what is open is paid."
    ),
    Reason.CONTACT_RENEWS: lazy_gettext(
        "This account has expired: everything but renewing is closed. A billing contact can renew it."
    ),
    Reason.CORPORATE_ACCOUNT_EXPIRED: lazy_gettext(
        "This account has expired: everything but renewing and paying is closed. "
        "Your representative renews it with you."
    ),
    Reason.CHOOSE_SUBSCRIPTION: lazy_gettext("Choose the subscription you mean."),
    Reason.NO_SUBSCRIPTION: lazy_gettext("This account has no subscription yet."),
    Reason.PRODUCT_NOT_HELD: lazy_gettext("This account has no subscription for that product."),
    Reason.TRIAL_RUNNING: lazy_gettext(
        "This is a free trial. Choose a plan, the seats and how often you pay."
    ),
    Reason.TRIAL_ENDED: lazy_gettext(
        "Your free trial has ended. To go on, choose a plan, the seats and how often you pay."
    ),
    Reason.TRIAL_NEEDS_NO_CANCELLING: lazy_gettext(
        "A free trial needs no cancelling: it ends by itself and costs nothing."
    ),
    Reason.ALREADY_SUBSCRIBED: lazy_gettext("You are subscribed to that product already."),
    Reason.PENDING_CANCELLATION: lazy_gettext(
        "This subscription ends with its billing period. If you change it now, the cancellation is taken back."
    ),
    Reason.ALREADY_CANCELLED: lazy_gettext("This subscription is cancelled already: it is not renewed."),
    Reason.TAKE_CANCELLATION_BACK: lazy_gettext(
        "This subscription still runs. Take the cancellation back, and it goes on without interruption."
    ),
    Reason.NOTHING_TO_REACTIVATE: lazy_gettext(
        "This subscription is active: there is nothing to reactivate."
    ),
    Reason.PAYMENT_OVERDUE: lazy_gettext("A payment for this subscription is overdue."),
    Reason.SUBSCRIPTION_ENDED: lazy_gettext(
        "This subscription has ended. You can renew it, with the same plan or with another one."
    ),
    Reason.RENEWS_HERE: lazy_gettext(
        "This subscription has ended. To renew it, choose a plan, the seats and how often you pay."
    ),
    Reason.NO_SEATS_TO_ASSIGN: lazy_gettext(
        "There are no seats to assign: the trial or the subscription has ended."
    ),
    Reason.CARE_CHANGES_DETAILS: lazy_gettext("Customer Care changes the billing details of your account."),
    Reason.CARE_ADDS_RECIPIENTS: lazy_gettext("Customer Care adds people who get your invoices by email."),
    Reason.ASK_CARE: lazy_gettext(
        "Customer Care is here for your account. What you have asked for stands below."
    ),
    Reason.VAT_NUMBER_AT_CHECKOUT: lazy_gettext(
        "The VAT number is asked for at checkout. To change it without an order, ask Customer Care."
    ),
    Reason.CORPORATE_ONLY: lazy_gettext("That belongs to corporate accounts; yours is an online account."),
    Reason.ASK_REPRESENTATIVE_FOR_IT: lazy_gettext(
        "This is a corporate account: your representative does that. Ask for it here, and you get a number at once "
        "and an answer."
    ),
    Reason.CHOOSE_INVOICE: lazy_gettext("Choose the invoice that you want to pay."),
    Reason.ASK_REPRESENTATIVE: lazy_gettext("Your representative is here for your account."),
}

# The page itself says it: nothing was asked for that it does not show.
WITHOUT_WORDS = frozenset(
    {Reason.PAGE_DOES_IT, Reason.SIGN_IN_FIRST, Reason.STAFF_DESK, Reason.CHOOSE_ACCOUNT}
)

TASKS: dict[Task, LazyString] = {
    Task.SUBSCRIPTIONS: lazy_gettext("See the subscriptions"),
    Task.CHANGE_PLAN: lazy_gettext("Change the plan"),
    Task.ADD_SEATS: lazy_gettext("Add seats"),
    Task.REMOVE_SEATS: lazy_gettext("Remove seats"),
    Task.CHANGE_FREQUENCY: lazy_gettext("Change the billing frequency"),
    Task.SUBSCRIBE: lazy_gettext("Subscribe"),
    Task.ADD_PRODUCT: lazy_gettext("Add another product"),
    Task.REACTIVATE: lazy_gettext("Reactivate a subscription"),
    Task.CANCEL: lazy_gettext("Cancel a subscription"),
    Task.PAYMENT_METHOD: lazy_gettext("Change the payment method"),
    Task.VAT_NUMBER: lazy_gettext("Change the VAT number"),
    Task.INVOICES: lazy_gettext("See the invoices"),
    Task.PAY_INVOICE: lazy_gettext("Pay an invoice"),
    Task.QUOTES: lazy_gettext("See the quotes"),
    Task.PURCHASE_ORDERS: lazy_gettext("Manage purchase orders"),
    Task.INVOICE_RECIPIENTS: lazy_gettext("Choose who gets the invoices"),
    Task.BILLING_DETAILS: lazy_gettext("Change the billing details"),
    Task.BILLING_CONTACT: lazy_gettext("Change the billing contact"),
    Task.ASSIGN_SEATS: lazy_gettext("Assign seats"),
    Task.APPROVALS: lazy_gettext("Approve an order"),
    Task.CONTACT: lazy_gettext("Talk to us"),
}

# Here the person did not choose the place: say so first, then why they stand in another one.
WRONG_PLACE = lazy_gettext("You seem to have landed in the wrong place.")
_NOT_THEIR_CHOICE = frozenset({Reason.ACCOUNT_IS_CORPORATE, Reason.ACCOUNT_IS_ONLINE})


def sentence(reason: Reason) -> str | None:
    """Why somebody stands where they stand, in the language of the page; None where the page says it all."""
    if reason in WITHOUT_WORDS:
        return None
    why = str(SENTENCES[reason])
    if reason not in _NOT_THEIR_CHOICE:
        return why
    return f"{WRONG_PLACE} {why}"


def task_name(task: Task) -> str:
    """What a task is called, in the language of the page."""
    return str(TASKS[task])


def reason_named(code: str | None) -> Reason | None:
    """The reason a page was given in its address; anything else than one of ours is nothing."""
    try:
        return Reason(code or "")
    except ValueError:
        return None
