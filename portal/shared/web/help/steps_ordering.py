"""What one orders in the Billing Center, step by step, from the Options menu or a new product to the placed order."""

from __future__ import annotations

from flask_babel import lazy_gettext

from portal.shared.domain.online_policy import OnlinePolicy
from portal.shared.domain.routing.tasks import Task
from portal.shared.web.help.steps_online import SIGN_IN
from portal.shared.web.help.telling import Note, Step

_CHECKOUT = "self_service.checkout"

NO_OPTIONS = Note(
    lazy_gettext(
        "Is there no %(options)s? Then the product is on a free trial, or its free trial has ended: the card "
        "says which. Choose %(subscribe_now)s there to buy a plan."
    )
)
NO_OPTIONS_FOR = Note(
    lazy_gettext(
        "Is there no %(options)s? Then the product is on a free trial, or its free trial has ended: the card "
        "says which. Choose %(subscribe_now)s there to buy a plan of %(product)s."
    )
)
LOWER_PLAN = Note(
    lazy_gettext(
        "A lower plan cannot be chosen here. Choose %(ask_for_this_plan)s beside it: Customer Care carries "
        "it out."
    )
)
WHO_LOSES = Note(
    lazy_gettext("If more people hold a seat than seats are left, you choose right there who loses theirs.")
)


def change(task: Task, policy: OnlinePolicy, *, for_product: bool) -> tuple[Step, ...]:
    """A change of plan, seats or frequency, from the Options menu to the order."""
    no_options = NO_OPTIONS_FOR if for_product else NO_OPTIONS
    opened = Step(
        lazy_gettext(
            "Find the product. In the upper-right corner of its card choose %(options)s, then "
            "%(edit_subscription)s."
        ),
        (no_options,),
        task=task,
    )
    return (SIGN_IN, opened, _wanted(task, policy), *_order(policy))


def subscribe(policy: OnlinePolicy) -> tuple[Step, ...]:
    """From a trial to a plan that is paid for."""
    return (
        SIGN_IN,
        Step(lazy_gettext("On the card of the product choose %(subscribe_now)s."), task=Task.SUBSCRIBE),
        Step(
            lazy_gettext(
                "Choose the %(plan)s, the %(seat_count)s, and under %(billing_frequency)s whether you pay "
                "%(monthly)s or %(annual)s."
            )
        ),
        *_order(policy),
    )


def _wanted(task: Task, policy: OnlinePolicy) -> Step:
    if task is Task.ADD_SEATS:
        return Step(lazy_gettext("Raise the %(seat_count)s to the number of seats that you want in all."))
    if task is Task.REMOVE_SEATS:
        return Step(
            lazy_gettext("Lower the %(seat_count)s to the number of seats that you want to keep."),
            (WHO_LOSES,) if policy.fewer_seats else (),
        )
    if task is Task.CHANGE_FREQUENCY:
        return Step(lazy_gettext("Under %(billing_frequency)s choose %(monthly)s or %(annual)s."))
    return Step(
        lazy_gettext(
            "Choose the %(plan)s that is right for you, change the %(seat_count)s, or choose another "
            "%(billing_frequency)s (%(monthly)s or %(annual)s): one of them alone, or all together."
        ),
        () if policy.lower_plan else (LOWER_PLAN,),
    )


def _order(policy: OnlinePolicy) -> tuple[Step, ...]:
    """From the order summary to the order: the same for everything that is ordered here."""
    return (
        Step(
            lazy_gettext(
                "Read the %(order_summary)s at the end of the page, then choose %(proceed_to_checkout)s."
            ),
            (
                Note(
                    lazy_gettext(
                        "If your cart already holds something, the button says %(add_to_cart)s instead. "
                        "Choose %(add_to_cart)s, then %(proceed_to_checkout)s."
                    )
                ),
            ),
        ),
        Step(
            lazy_gettext(
                "On the page %(checkout)s look at the %(billing_period)s, which begins today, the "
                "%(seat_count)s, the %(plan_price)s and the %(total_due)s. To change something once more, "
                "choose %(edit_order)s."
            ),
            page=_CHECKOUT,
        ),
        _payment(policy),
        Step(lazy_gettext("Choose %(place_order)s. The change is in effect at once.")),
    )


def _payment(policy: OnlinePolicy) -> Step:
    if policy.asks_only_when_dearer:
        return Step(
            lazy_gettext(
                "Only when the new selection costs more than the old one, you are asked for "
                "%(payment_details)s and can add your %(vat_number)s."
            )
        )
    return Step(lazy_gettext("Give the %(payment_details)s and, if you have one, your %(vat_number)s."))


def add_product(policy: OnlinePolicy) -> tuple[Step, ...]:
    """Another product, bought or tried."""
    return (
        SIGN_IN,
        Step(lazy_gettext("Choose %(add_new_subscription)s."), task=Task.ADD_PRODUCT),
        Step(lazy_gettext("Beside the product choose %(buy)s, or %(try)s for a free trial.")),
        Step(
            lazy_gettext(
                "Choose the %(plan)s and the %(seat_count)s. A free trial begins as soon as you choose "
                "%(start_trial)s: nothing is charged, and it ends by itself."
            )
        ),
        Step(
            lazy_gettext(
                "To buy, choose the %(billing_frequency)s as well, then %(proceed_to_checkout)s, or "
                "%(add_to_cart)s when your cart already holds something."
            )
        ),
        *_order(policy)[1:],
    )
