"""What the screens call the things that help pages speak of: the very sentences of the screens, never others.

A help page names one as `%(edit_subscription)s`; a test asks that each of them is said by a screen.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

# Names of places and of people: they stand in sentences as words, not as something to press.
NAMES: Mapping[str, LazyString] = {
    "billing_center": lazy_gettext("Billing Center"),
    "corporate_billing_portal": lazy_gettext("Corporate Billing Portal"),
    "corporate_account_services": lazy_gettext("Corporate Account Services"),
    "customer_care": lazy_gettext("Customer Care"),
    "seats_explained": lazy_gettext("seats (licences)"),
}

CONTROLS: Mapping[str, LazyString] = {
    # The Billing Center
    "subscriptions": lazy_gettext("Subscriptions"),
    "options": lazy_gettext("Options"),
    "edit_subscription": lazy_gettext("Edit subscription"),
    "manage_seats": lazy_gettext("Manage seats"),
    "cancel_subscription": lazy_gettext("Cancel subscription"),
    "keep_subscription": lazy_gettext("Keep subscription"),
    "pending_cancellation": lazy_gettext("Pending cancellation"),
    "add_new_subscription": lazy_gettext("Add new subscription"),
    "subscribe_now": lazy_gettext("Subscribe now"),
    "renew": lazy_gettext("Renew"),
    "buy": lazy_gettext("Buy"),
    "try": lazy_gettext("Try"),
    "start_trial": lazy_gettext("Start trial"),
    "add_seats": lazy_gettext("Add seats"),
    "yes_cancel": lazy_gettext("Yes, cancel"),
    "statement": lazy_gettext("Statement"),
    # A change and its order
    "plan": lazy_gettext("Plan"),
    "seat_count": lazy_gettext("Seat count"),
    "billing_frequency": lazy_gettext("Billing frequency"),
    "monthly": lazy_gettext("Monthly"),
    "annual": lazy_gettext("Annual"),
    "ask_for_this_plan": lazy_gettext("Ask for this plan"),
    "order_summary": lazy_gettext("Order summary"),
    "proceed_to_checkout": lazy_gettext("Proceed to checkout"),
    "add_to_cart": lazy_gettext("Add to cart"),
    "cart": lazy_gettext("Cart"),
    "checkout": lazy_gettext("Checkout"),
    "billing_period": lazy_gettext("Billing period"),
    "plan_price": lazy_gettext("Plan price"),
    "total_due": lazy_gettext("Total due"),
    "edit_order": lazy_gettext("Edit order"),
    "payment_details": lazy_gettext("Payment details"),
    "vat_number": lazy_gettext("VAT number"),
    "apply": lazy_gettext("Apply"),
    "place_order": lazy_gettext("Place order"),
    # Seats
    "who_gets_a_seat": lazy_gettext("Who gets a seat"),
    "assign_seats": lazy_gettext("Assign seats"),
    "who_holds_a_seat": lazy_gettext("Who holds a seat"),
    "take_away": lazy_gettext("Take the chosen seats away"),
    "seats": lazy_gettext("Seats"),
    "import_a_list": lazy_gettext("Import a list"),
    "show_what_will_happen": lazy_gettext("Show what will happen"),
    "give_a_seat": lazy_gettext("Give a seat"),
    "take_the_seat_away": lazy_gettext("Take the seat away"),
    "suspended": lazy_gettext("Suspended"),
    "edit": lazy_gettext("Edit"),
    "move_a_seat": lazy_gettext("Move"),
    "seat_history": lazy_gettext("Seat history"),
    "do_not_notify": lazy_gettext("Do not notify users about this change"),
    # Paying
    "payment_method": lazy_gettext("Payment method"),
    "payment_methods": lazy_gettext("Payment methods"),
    "update_payment_method": lazy_gettext("Update payment method"),
    "add_a_card": lazy_gettext("Add a card"),
    "make_default": lazy_gettext("Make it the default"),
    "invoices": lazy_gettext("Invoices"),
    "search": lazy_gettext("Search"),
    "print": lazy_gettext("Print"),
    "download_pdf": lazy_gettext("Download PDF"),
    "pay": lazy_gettext("Pay"),
    "amount": lazy_gettext("Amount"),
    "pay_this_amount": lazy_gettext("Pay this amount"),
    # People
    "people": lazy_gettext("People"),
    "invite_somebody": lazy_gettext("Invite somebody"),
    "change": lazy_gettext("Change"),
    # Asking
    "requests": lazy_gettext("Requests"),
    "new_request": lazy_gettext("New request"),
    "something_else": lazy_gettext("Something else"),
    "another_billing_contact": lazy_gettext("Another billing contact"),
    "send_the_request": lazy_gettext("Send the request"),
    # The Corporate Billing Portal
    "overview": lazy_gettext("Overview"),
    "account": lazy_gettext("Account"),
    "quotes": lazy_gettext("Quotes"),
    "accept_this_quote": lazy_gettext("Accept this quote"),
    "reject_it": lazy_gettext("Reject it"),
    "go_on_to_payment": lazy_gettext("Go on to payment"),
    "go_on_to_the_service_order": lazy_gettext("Go on to the service order"),
    "place_service_order": lazy_gettext("Place service order"),
    "seats_to_add": lazy_gettext("Seats to add"),
    "manage_auto_renew": lazy_gettext("Manage auto-renew"),
    "switch_auto_renew_off": lazy_gettext("Switch auto-renew off"),
    "switch_auto_renew_on": lazy_gettext("Switch auto-renew on"),
    "billing_details": lazy_gettext("Billing details"),
    "save": lazy_gettext("Save"),
    "save_number": lazy_gettext("Save number"),
    "invoice_recipients": lazy_gettext("Invoice recipients"),
    "name": lazy_gettext("Name"),
    "email_address": lazy_gettext("Email address"),
    "add": lazy_gettext("Add"),
    "purchase_orders": lazy_gettext("Purchase orders"),
    "add_a_purchase_order": lazy_gettext("Add a purchase order"),
    "add_purchase_order": lazy_gettext("Add purchase order"),
    "purchase_order_number": lazy_gettext("Purchase order number"),
    "first_day": lazy_gettext("First day"),
    "last_day": lazy_gettext("Last day"),
    "authorised_amount": lazy_gettext("Authorised amount"),
}
