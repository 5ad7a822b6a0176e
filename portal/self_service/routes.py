"""The Billing Center, in the order a billing contact meets its pages."""

from __future__ import annotations

from flask import Blueprint

from portal.self_service import (
    additions,
    cart,
    changes,
    checkout,
    frame,
    invoices,
    money,
    orders,
    paying,
    requests,
    seats,
    statement,
    subscriptions,
)

self_service = Blueprint("self_service", __name__, url_prefix="/billing")
frame.install(self_service)

_page = self_service.add_url_rule
_one = "/subscriptions/<int:subscription_id>"

# What the account has
_page("/", "subscriptions", subscriptions.overview)
_page(f"{_one}/cancel", "cancel_subscription", subscriptions.confirm_cancelling)
_page(f"{_one}/cancel", "cancel", subscriptions.cancel, methods=["POST"])
_page(f"{_one}/cancelled", "cancelled", subscriptions.cancelled)
_page(f"{_one}/cancelled", "answer_survey", subscriptions.answer_survey, methods=["POST"])
_page(f"{_one}/keep", "keep_subscription", subscriptions.keep, methods=["POST"])

# Adding to it
_page("/subscriptions/new", "new_subscription", additions.choose)
_page("/subscriptions/new/<product>", "new_product", additions.configure)
_page("/subscriptions/new/<product>/buy", "buy_product", additions.buy, methods=["POST"])
_page("/subscriptions/new/<product>/try", "try_product", additions.try_out, methods=["POST"])
_page(f"{_one}/trial", "trial_started", additions.trial_started)

# Changing it
_page(f"{_one}/edit", "edit_subscription", changes.edit)
_page(f"{_one}/summary", "order_summary", changes.live_summary)
_page(f"{_one}/edit", "take_change", changes.take, methods=["POST"])
_page(f"{_one}/lower-plan", "lower_plan", requests.lower_plan)
_page(f"{_one}/lower-plan", "ask_for_lower_plan", requests.ask_for_lower_plan, methods=["POST"])

# Ordering it
_page("/cart", "cart", cart.show)
_page("/cart/<int:item_id>/remove", "remove_cart_item", cart.remove, methods=["POST"])
_page("/checkout", "checkout", checkout.show)
_page("/checkout/vat-number", "apply_vat_number", checkout.apply_vat_number, methods=["POST"])
_page("/checkout/card", "add_card", checkout.add_card, methods=["POST"])
_page("/checkout/place", "place_order", checkout.place, methods=["POST"])
_page("/orders/<reference>", "order", orders.show)
_page("/orders/<reference>/cancel", "cancel_order", orders.cancel, methods=["POST"])
_page("/orders/<reference>/seats", "assign_new_seats", orders.assign_new_seats, methods=["POST"])

# Who uses it
_page(f"{_one}/seats", "seats", seats.show)
_page(f"{_one}/seats", "assign_seats", seats.assign, methods=["POST"])
_page(f"{_one}/seats/release", "release_seats", seats.release, methods=["POST"])

# Money and questions
_page("/payment-method", "payment_method", money.payment_method)
_page("/payment-method/card", "add_payment_method", money.add_card, methods=["POST"])
_page("/payment-method/<int:method_id>/default", "make_default", money.make_default, methods=["POST"])
_page("/payment-method/<int:method_id>/remove", "remove_card", money.remove_card, methods=["POST"])
_page("/statement", "statement", statement.show)
_page("/statement/csv", "statement_csv", statement.as_csv)
_page("/statement/pdf", "statement_pdf", statement.as_pdf)
_page("/invoices", "invoices", invoices.overview)
_page("/invoices/<name>", "invoice", invoices.show)
_page("/invoices/<name>/pdf", "invoice_pdf", invoices.as_pdf)
_page("/invoices/<name>/xml", "invoice_xml", invoices.as_xml)
_page("/invoices/<name>/pay", "pay_invoice", paying.show)
_page("/invoices/<name>/pay", "take_payment", paying.pay, methods=["POST"])
_page("/invoices/<name>/pay/<visit>", "after_card", paying.after_card)
_page("/payments/<reference>", "payment", paying.payment)
_page("/payments/<reference>/cancel", "cancel_payment", paying.cancel, methods=["POST"])
_page("/requests", "requests", requests.overview)
_page("/requests/new", "new_request", requests.new)
_page("/requests/new", "send_request", requests.send, methods=["POST"])
_page("/requests/<int:number>", "request", requests.show)
_page("/requests/<int:number>/withdraw", "withdraw_request", requests.withdraw, methods=["POST"])
_page("/invoices/<name>/dispute", "dispute_invoice", requests.dispute)
_page("/invoices/<name>/dispute", "send_dispute", requests.send_dispute, methods=["POST"])

# Where a form is shown again when its person had to sign in meanwhile
RESUME_PAGES = {
    "self_service.buy_product": "self_service.new_product",
    "self_service.try_product": "self_service.new_product",
    "self_service.cancel": "self_service.cancel_subscription",
    "self_service.answer_survey": "self_service.cancelled",
    "self_service.keep_subscription": "self_service.subscriptions",
    "self_service.take_change": "self_service.edit_subscription",
    "self_service.ask_for_lower_plan": "self_service.lower_plan",
    "self_service.remove_cart_item": "self_service.cart",
    "self_service.apply_vat_number": "self_service.checkout",
    "self_service.add_card": "self_service.checkout",
    "self_service.place_order": "self_service.checkout",
    "self_service.cancel_order": "self_service.order",
    "self_service.assign_new_seats": "self_service.order",
    "self_service.assign_seats": "self_service.seats",
    "self_service.release_seats": "self_service.seats",
    "self_service.add_payment_method": "self_service.payment_method",
    "self_service.make_default": "self_service.payment_method",
    "self_service.remove_card": "self_service.payment_method",
    "self_service.take_payment": "self_service.pay_invoice",
    "self_service.cancel_payment": "self_service.payment",
    "self_service.send_request": "self_service.new_request",
    "self_service.withdraw_request": "self_service.request",
    "self_service.send_dispute": "self_service.dispute_invoice",
}
