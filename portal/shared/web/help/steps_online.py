"""What one does in the Billing Center, step by step; the words that stand out are those of its screens."""

from __future__ import annotations

from flask_babel import lazy_gettext

from portal.shared.domain.online_policy import OnlinePolicy
from portal.shared.domain.routing.tasks import Task
from portal.shared.web.help.telling import Note, Step

_CHECKOUT = "self_service.checkout"

SIGN_IN = Step(
    lazy_gettext("Sign in to the %(billing_center_link)s. You arrive at %(subscriptions)s."),
    task=Task.SUBSCRIPTIONS,
)
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


REACTIVATE = (
    SIGN_IN,
    Step(
        lazy_gettext(
            "While the subscription still runs, its card says %(pending_cancellation)s: choose %(options)s, "
            "then %(keep_subscription)s. It goes on as before."
        ),
        task=Task.REACTIVATE,
    ),
    Step(
        lazy_gettext(
            "When it has ended, choose %(renew)s on its card. Take the same plan or another one, then "
            "%(proceed_to_checkout)s and %(place_order)s. A new billing period begins that day."
        ),
        (
            Note(
                lazy_gettext(
                    "A new card alone does not bring back what has ended. An invoice that is still open is "
                    "paid first."
                )
            ),
        ),
    ),
)

CANCEL = (
    SIGN_IN,
    Step(
        lazy_gettext(
            "In the upper-right corner of the card choose %(options)s, then %(cancel_subscription)s."
        ),
        task=Task.CANCEL,
    ),
    Step(
        lazy_gettext("Read what ends and when, then choose %(yes_cancel)s. You get a mail that confirms it.")
    ),
    Step(
        lazy_gettext(
            "The card now says %(pending_cancellation)s, and names the day on which the subscription ends. "
            "Until then everything works as before, and you can take the cancellation back."
        ),
        (
            Note(
                lazy_gettext(
                    "What is paid for is not refunded. %(data_days)s days after the end the data of the "
                    "product is deleted for good."
                )
            ),
        ),
    ),
)

PAYMENT_METHOD = (
    SIGN_IN,
    Step(lazy_gettext("At the top choose %(payment_method)s."), task=Task.PAYMENT_METHOD),
    Step(
        lazy_gettext(
            "Choose %(update_payment_method)s, or %(add_a_card)s the first time, and type the card on the "
            "page of the card processor. It becomes the default: renewals and orders are charged to it."
        )
    ),
    Step(
        lazy_gettext("To go back to another card on file, choose %(make_default)s beside it."),
        (Note(lazy_gettext("If an invoice is overdue, a good card settles it as soon as you add it.")),),
    ),
)

VAT_NUMBER = (
    SIGN_IN,
    Step(
        lazy_gettext(
            "At %(checkout)s of an order that costs more than before, type your %(vat_number)s and choose "
            "%(apply)s."
        ),
        task=Task.VAT_NUMBER,
    ),
    Step(
        lazy_gettext(
            "Without an order, choose %(requests)s, then %(new_request)s and %(something_else)s, and write "
            "the number: Customer Care enters it."
        ),
        task=Task.CONTACT,
    ),
)

INVOICES = (
    SIGN_IN,
    Step(lazy_gettext("At the top choose %(invoices)s: the last 20 stand there."), task=Task.INVOICES),
    Step(lazy_gettext("For older ones fill in what you know of them, and choose %(search)s.")),
    Step(
        lazy_gettext("Choose the number of an invoice to read it, then %(download_pdf)s or %(print)s."),
        (
            Note(
                lazy_gettext(
                    "Is something wrong with an invoice? You can dispute it on its page for %(dispute_days)s "
                    "days."
                )
            ),
        ),
    ),
)

PAY_INVOICE = (
    SIGN_IN,
    Step(
        lazy_gettext("At the top choose %(invoices)s, then the number of the invoice."), task=Task.PAY_INVOICE
    ),
    Step(lazy_gettext("Choose %(pay)s. Under %(amount)s stands all that is open; you can pay a part of it.")),
    Step(
        lazy_gettext("Choose the %(payment_method)s, then %(pay_this_amount)s."),
    ),
)

ASSIGN_SEATS = (
    Step(
        lazy_gettext(
            "Sign in to the %(billing_center_link)s. Billing contacts and account admins can both assign "
            "seats."
        ),
        task=Task.SUBSCRIPTIONS,
    ),
    Step(
        lazy_gettext(
            "In the upper-right corner of the card of the product choose %(options)s, then %(manage_seats)s. "
            "Account admins without billing rights arrive there at once."
        ),
        task=Task.ASSIGN_SEATS,
    ),
    Step(
        lazy_gettext(
            "Under %(who_gets_a_seat)s write one person a line, then choose %(assign_seats)s. Everybody on "
            "the list can sign in to the product from then on."
        )
    ),
    Step(
        lazy_gettext("To take seats away, choose people under %(who_holds_a_seat)s, then %(take_away)s."),
        (
            Note(
                lazy_gettext(
                    "People are told by mail that they have got or lost a seat, unless you tick "
                    "%(do_not_notify)s."
                )
            ),
        ),
    ),
)

ASK_CARE = (
    SIGN_IN,
    Step(lazy_gettext("At the top choose %(requests)s, then %(new_request)s."), task=Task.CONTACT),
    Step(lazy_gettext("Choose %(kind)s and say what you need.")),
    Step(
        lazy_gettext(
            "Choose %(send_the_request)s. It has a number at once, and the answer comes there and by mail."
        )
    ),
)

OVERVIEW = (
    SIGN_IN,
    Step(
        lazy_gettext(
            "Every product has a card. It says where the subscription stands, how many seats are assigned, "
            "and when and how much is charged next. What can be done with it is under %(options)s."
        )
    ),
    Step(
        lazy_gettext(
            "At the top are %(invoices)s, %(statement)s, %(payment_method)s and %(requests)s; your cart is "
            "beside them."
        )
    ),
)
