"""What every how-to page says besides its steps, and the two pages that explain the doors themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.online_policy import OnlinePolicy
from portal.shared.domain.routing.tasks import Task
from portal.shared.web.help.ways import Who

ACCOUNT_TYPES_NOTE = lazy_gettext(
    "There are two portals. Online accounts are managed by their billing contact alone, in the "
    "%(billing_center_link)s. Larger organisations often have a corporate account: its billing contact works "
    "together with a representative, or with %(corporate_account_services)s, in the "
    "%(corporate_billing_portal_link)s. Whichever link you follow, you arrive in the portal of your own "
    "account."
)
OTHER_STEPS = lazy_gettext(
    "If you see other steps than these, read the %(corporate_faqs)s: yours is then a corporate account."
)

IN_EFFECT = lazy_gettext(
    "A change is in effect at once. What you have paid for and not used is credited to you by the day, and "
    "your account balance is used first."
)
_FEWER_SEATS = lazy_gettext("You can have fewer seats online.")
_FEWER_SEATS_BY_CARE = lazy_gettext("For fewer seats, ask %(customer_care)s.")
_LOWER_PLAN = lazy_gettext("You can change to a lower plan online.")
_LOWER_PLAN_BY_CARE = lazy_gettext(
    "For a lower plan, ask %(customer_care)s: the request is made on the same page."
)

ASSIGN_AFTERWARDS = lazy_gettext(
    "If you have more seats now, do not forget to assign them: nobody can sign in to the product before "
    "that. Read on: %(assign_seats_page)s."
)
ASSIGN_AFTERWARDS_FOR = lazy_gettext(
    "If you have more seats now, do not forget to assign them: nobody can sign in to %(product)s before "
    "that. Read on: %(assign_seats_page)s."
)

# Articles that end with the seats still to be assigned, and those that tell what may be changed online.
ENDS_WITH_SEATS = frozenset({Task.CHANGE_PLAN, Task.ADD_SEATS, Task.SUBSCRIBE, Task.ADD_PRODUCT})
TELLS_THE_POLICY = frozenset({Task.CHANGE_PLAN, Task.REMOVE_SEATS, Task.CHANGE_FREQUENCY})


def policy_sentences(policy: OnlinePolicy) -> Iterator[LazyString]:
    """What a change does, and which changes are not made online."""
    yield IN_EFFECT
    yield _FEWER_SEATS if policy.fewer_seats else _FEWER_SEATS_BY_CARE
    yield _LOWER_PLAN if policy.lower_plan else _LOWER_PLAN_BY_CARE


# Who does something, said above the steps of one door.
ONLINE_WHO: Mapping[Who, LazyString] = {
    Who.CARE: lazy_gettext("%(customer_care)s does this for online accounts. You ask for it online:"),
    Who.NOBODY: lazy_gettext("Online accounts do not have this: it belongs to corporate accounts."),
}
CORPORATE_WHO: Mapping[Who, LazyString] = {
    Who.REPRESENTATIVE: lazy_gettext(
        "Your representative does this together with you. You ask for it online:"
    ),
}

# --- the page on the two types of account -----------------------------------------------------------------------------

ACCOUNT_TYPES = lazy_gettext("What is the difference between the account types?")
ACCOUNT_TYPES_LEAD = lazy_gettext(
    "How the plan was bought decides the type of an account. It is no setting, and nothing you do by "
    "accident changes it."
)
TYPES: tuple[tuple[LazyString, LazyString, LazyString], ...] = (
    (
        lazy_gettext("How it began"),
        lazy_gettext("Somebody tried or bought a product on our site."),
        lazy_gettext("A representative sold the plan, by a quote and a contract."),
    ),
    (
        lazy_gettext("Who manages it"),
        lazy_gettext("The billing contact alone."),
        lazy_gettext("The billing contact together with a representative."),
    ),
    (
        lazy_gettext("Where"),
        lazy_gettext("In the %(billing_center_link)s."),
        lazy_gettext("In the %(corporate_billing_portal_link)s."),
    ),
    (
        lazy_gettext("How a change is made"),
        lazy_gettext("In the cart and at checkout. A new billing period begins on the day of the change."),
        lazy_gettext("By a quote that you accept. The renewal date of the contract stays."),
    ),
    (
        lazy_gettext("How it is paid"),
        lazy_gettext("By the payment method on file, at once and at every renewal."),
        lazy_gettext("Usually by invoice, by card or bank transfer, with your own purchase order on it."),
    ),
    (
        lazy_gettext("Who helps"),
        lazy_gettext("%(customer_care)s."),
        lazy_gettext("Your representative, and %(corporate_account_services)s."),
    ),
)
ACCOUNT_TYPES_MOVE = lazy_gettext(
    "An account can move from one type to the other, with its invoices, credit and seats. Ask "
    "%(customer_care)s or your representative."
)

# --- the page on why a plan cannot be changed -------------------------------------------------------------------------

WHY_NOT = lazy_gettext("Why can't I change my plan online?")
WHY_NOT_LEAD = lazy_gettext(
    "There are three causes. Sign in, and this page tells you which of them is yours."
)
CAUSES: Mapping[str, tuple[LazyString, LazyString]] = {
    "not-the-contact": (
        lazy_gettext("You are not the billing contact"),
        lazy_gettext(
            "Only the billing contact of an account changes what it subscribes. Admins manage people and "
            "seats, which gives no billing rights. The link to the task lets you write to the billing "
            "contact."
        ),
    ),
    "corporate": (
        lazy_gettext("Yours is a corporate account"),
        lazy_gettext(
            "Its plan is part of a contract, so your representative changes it together with you. You add "
            "seats yourself and ask for everything else, in the %(corporate_billing_portal_link)s."
        ),
    ),
    "expired": (
        lazy_gettext("The account has expired"),
        lazy_gettext(
            "Until it is renewed, everything but renewing and paying is closed. The billing contact renews "
            "it; what was open before opens again at once."
        ),
    ),
}
LOWER_PLAN_CAUSE = lazy_gettext(
    "One change is never made online, whoever asks for it: to a lower plan. Choose %(ask_for_this_plan)s "
    "beside the plan, and %(customer_care)s carries it out."
)
