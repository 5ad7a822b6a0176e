"""What one does in the Corporate Billing Portal, step by step; the words that stand out are those of its screens."""

from __future__ import annotations

from flask_babel import lazy_gettext

from portal.shared.domain.routing.tasks import Task
from portal.shared.web.help import steps_invoices, steps_seats
from portal.shared.web.help.telling import Note, Step

SIGN_IN = Step(
    lazy_gettext("Sign in to the %(corporate_billing_portal_link)s. You arrive at the %(overview)s."),
    task=Task.SUBSCRIPTIONS,
)

ADD_SEATS = (
    SIGN_IN,
    Step(
        lazy_gettext(
            "In the upper-right corner of the card of the product choose %(options)s, then %(add_seats)s."
        ),
        (
            Note(
                lazy_gettext(
                    "If a quote still waits for your answer, answer it first: new seats would take its place."
                )
            ),
        ),
        task=Task.ADD_SEATS,
    ),
    Step(
        lazy_gettext(
            "Under %(seats_to_add)s write how many seats come on top of those you have. The price is shown "
            "at once, for the days until your renewal date, which stays as it is. Choose "
            "%(go_on_to_payment)s."
        )
    ),
    Step(
        lazy_gettext(
            "Choose how you pay and, if you have one, the purchase order, then "
            "%(go_on_to_the_service_order)s."
        )
    ),
    Step(lazy_gettext("Check everything once more and choose %(place_service_order)s.")),
)

QUOTES = (
    SIGN_IN,
    Step(
        lazy_gettext(
            "Choose %(quotes)s and the quote that waits for your answer. Its last day stands on it: "
            "%(quote_days)s days after it was sent, unless your representative chose another day."
        ),
        task=Task.QUOTES,
    ),
    Step(
        lazy_gettext(
            "To accept it, choose %(accept_this_quote)s, say how you pay, then "
            "%(go_on_to_the_service_order)s and %(place_service_order)s."
        )
    ),
    Step(lazy_gettext("To say no, choose %(reject_it)s and write why: your representative reads it.")),
)

AUTO_RENEW_OFF = (
    SIGN_IN,
    Step(
        lazy_gettext(
            "In the upper-right corner of the card of the product choose %(options)s, then "
            "%(manage_auto_renew)s."
        ),
        task=Task.CANCEL,
    ),
    Step(
        lazy_gettext(
            "Read on which day the service would end, then choose %(switch_auto_renew_off)s. Until that day "
            "everything works as before."
        ),
        (
            Note(
                lazy_gettext(
                    "Within the term of your contract your representative ends it: the link to ask for that "
                    "stands on the same page."
                )
            ),
        ),
    ),
)

AUTO_RENEW_ON = (
    SIGN_IN,
    Step(
        lazy_gettext(
            "In the upper-right corner of the card of the product choose %(options)s, then "
            "%(manage_auto_renew)s."
        ),
        task=Task.REACTIVATE,
    ),
    Step(
        lazy_gettext("Choose %(switch_auto_renew_on)s, and the service goes on without interruption."),
        (Note(lazy_gettext("What has ended your representative renews with you, by a quote.")),),
    ),
)

PAYMENT_METHODS = (
    SIGN_IN,
    Step(lazy_gettext("Choose %(account)s, then %(payment_methods)s."), task=Task.PAYMENT_METHOD),
    Step(
        lazy_gettext(
            "Choose %(add_a_card)s and type it on the page of the card processor, or choose %(make_default)s "
            "beside one that is on file."
        ),
        (
            Note(
                lazy_gettext(
                    "Where to transfer money to, and the reference to write on the transfer, stand on the "
                    "same page."
                )
            ),
        ),
    ),
)

VAT_NUMBER = (
    SIGN_IN,
    Step(lazy_gettext("Choose %(account)s, then %(billing_details)s."), task=Task.VAT_NUMBER),
    Step(lazy_gettext("Type your %(vat_number)s and choose %(save_number)s.")),
)

INVOICES = (
    SIGN_IN,
    Step(lazy_gettext("Choose %(invoices)s: the last 20 stand there."), task=Task.INVOICES),
    *steps_invoices.FIND_AND_READ,
)

PAY_INVOICE = (
    SIGN_IN,
    Step(lazy_gettext("Choose %(invoices)s, then the number of the invoice."), task=Task.PAY_INVOICE),
    steps_invoices.PAY_ALL_OR_A_PART,
    Step(
        lazy_gettext("Choose the %(payment_method)s, then %(pay_this_amount)s."),
        (
            Note(
                lazy_gettext(
                    "A card that you type there is used once and not kept. For a bank transfer the reference "
                    "of the invoice stands on the same page."
                )
            ),
        ),
    ),
)

PURCHASE_ORDERS = (
    SIGN_IN,
    Step(
        lazy_gettext("Choose %(purchase_orders)s, then %(add_a_purchase_order)s."), task=Task.PURCHASE_ORDERS
    ),
    Step(
        lazy_gettext(
            "Write the %(purchase_order_number)s and the %(first_day)s; the %(last_day)s and the "
            "%(authorised_amount)s if it has them. Choose %(add_purchase_order)s."
        )
    ),
    Step(
        lazy_gettext(
            "When you accept a quote you choose the purchase order, and its number stands on the invoice."
        ),
        (
            Note(
                lazy_gettext(
                    "You are told by mail before a purchase order ends or is used up, and you choose what "
                    "happens then."
                )
            ),
        ),
    ),
)

INVOICE_RECIPIENTS = (
    SIGN_IN,
    Step(lazy_gettext("Choose %(account)s, then %(invoice_recipients)s."), task=Task.INVOICE_RECIPIENTS),
    Step(
        lazy_gettext(
            "Write the %(email_address)s, and the %(name)s if you like, then choose %(add)s. Invoice "
            "recipients get your invoices by mail and nothing else: they cannot sign in."
        )
    ),
)

BILLING_DETAILS = (
    SIGN_IN,
    Step(lazy_gettext("Choose %(account)s, then %(billing_details)s."), task=Task.BILLING_DETAILS),
    Step(
        lazy_gettext("Change the address or the telephone number and choose %(save)s."),
        (
            Note(
                lazy_gettext(
                    "Name and country belong to the contract and to the tax: your representative changes "
                    "them with you."
                )
            ),
        ),
    ),
)

ASK_REPRESENTATIVE = (
    SIGN_IN,
    Step(
        lazy_gettext("Choose %(account)s, then %(requests)s and %(new_request)s."),
        task=Task.CONTACT,
    ),
    Step(lazy_gettext("Choose %(kind)s and say what you need.")),
    Step(
        lazy_gettext(
            "Choose %(send_the_request)s. It has a number at once, and the answer comes there and by mail."
        )
    ),
)

ASSIGN_SEATS = (
    Step(
        lazy_gettext(
            "Sign in to the %(corporate_billing_portal_link)s. Billing contacts and account admins can both "
            "assign seats."
        ),
        task=Task.ASSIGN_SEATS,
    ),
    *steps_seats.ASSIGN_AND_TAKE_AWAY,
)

OVERVIEW = (
    SIGN_IN,
    Step(
        lazy_gettext(
            "On top stands what waits for you: quotes, invoices, purchase orders. Below are your "
            "subscriptions, each with its %(options)s, and your latest invoices."
        )
    ),
    Step(
        lazy_gettext(
            "Name, mail and telephone of your representative and of Corporate Account Services stand below "
            "every page."
        )
    ),
)
