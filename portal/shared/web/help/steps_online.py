"""What one does in the Billing Center, step by step; the words that stand out are those of its screens."""

from __future__ import annotations

from flask_babel import lazy_gettext

from portal.shared.domain.routing.tasks import Task
from portal.shared.web.help import steps_invoices, steps_seats
from portal.shared.web.help.telling import Note, Step

SIGN_IN = Step(
    lazy_gettext("Sign in to the %(billing_center_link)s. You arrive at %(subscriptions)s."),
    task=Task.SUBSCRIPTIONS,
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
    *steps_invoices.FIND_AND_READ,
)

PAY_INVOICE = (
    SIGN_IN,
    Step(
        lazy_gettext("At the top choose %(invoices)s, then the number of the invoice."), task=Task.PAY_INVOICE
    ),
    steps_invoices.PAY_ALL_OR_A_PART,
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
    *steps_seats.ASSIGN_AND_TAKE_AWAY,
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
