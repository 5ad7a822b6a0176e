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
    statement,
    subscriptions,
)
from portal.shared.web.activity import pages as activity
from portal.shared.web.ahead import pages as ahead
from portal.shared.web.approvals import pages as approvals
from portal.shared.web.integrations import pages as programs
from portal.shared.web.integrations import webhooks
from portal.shared.web.people import pages as people
from portal.shared.web.seats import history as seat_history
from portal.shared.web.seats import importing as seat_import
from portal.shared.web.seats import moving as seat_moves
from portal.shared.web.seats import people as seat_people
from portal.shared.web.seats import person as seat_person
from portal.shared.web.seats import subscription as seats

self_service = Blueprint("self_service", __name__, url_prefix="/billing")
frame.install(self_service)

_page = self_service.add_url_rule
_one = "/subscriptions/<int:subscription_id>"

# What the account has
_page("/", "subscriptions", subscriptions.overview)
_page("/ahead", "ahead", ahead.show)
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
_page("/checkout/ask", "ask_approval", checkout.ask, methods=["POST"])
_page("/orders/<reference>", "order", orders.show)
_page("/orders/<reference>/cancel", "cancel_order", orders.cancel, methods=["POST"])
_page("/orders/<reference>/seats", "assign_new_seats", orders.assign_new_seats, methods=["POST"])

# Approving it
_approval = "/approvals/<int:number>"
_page("/approvals", "approvals", approvals.overview)
_page(_approval, "approval", approvals.show)
_page(f"{_approval}/approve", "approve", approvals.approve, methods=["POST"])
_page(f"{_approval}/refuse", "refuse_approval", approvals.refuse, methods=["POST"])
_page(f"{_approval}/withdraw", "withdraw_approval", approvals.withdraw, methods=["POST"])

# Who uses it
_page(f"{_one}/seats", "seats", seats.show)
_page(f"{_one}/seats", "assign_seats", seats.assign, methods=["POST"])
_page(f"{_one}/seats/release", "release_seats", seats.release, methods=["POST"])
_page(f"{_one}/seats/<int:seat_id>/move", "move_seat", seat_moves.show)
_page(f"{_one}/seats/<int:seat_id>/move", "send_seat", seat_moves.send, methods=["POST"])
_page(f"{_one}/seats/import", "import_seats", seat_import.show)
_page(f"{_one}/seats/import", "preview_import", seat_import.preview, methods=["POST"])
_page(f"{_one}/seats/import/confirm", "confirm_import", seat_import.confirm, methods=["POST"])
_page("/seats", "seat_people", seat_people.overview)
_page("/seats/change", "change_seats", seat_people.change_many, methods=["POST"])
_page("/seats/people/<int:person_id>", "person_seats", seat_person.show)
_page("/seats/people/<int:person_id>", "save_person_seats", seat_person.save, methods=["POST"])
_page("/seats/history", "seat_history", seat_history.show)

# Who looks after the account
_invitation = "/people/invitations/<int:invitation_id>"
_page("/people", "people", people.overview)
_page("/people/invite", "invite_person", people.invite)
_page("/people/invite", "send_invitation", people.send, methods=["POST"])
_page(f"{_invitation}/send", "send_invitation_again", people.send_again, methods=["POST"])
_page(f"{_invitation}/withdraw", "withdraw_invitation", people.withdraw, methods=["POST"])
_page("/people/<int:person_id>", "person", people.show)
_page("/people/<int:person_id>", "change_person", people.change, methods=["POST"])
_page("/people/<int:person_id>/limit", "set_order_limit", people.set_limit, methods=["POST"])
_page("/people/<int:person_id>/remove", "remove_person", people.remove, methods=["POST"])

# Money and questions
_page("/payment-method", "payment_method", money.payment_method)
_page("/payment-method/card", "add_payment_method", money.add_card, methods=["POST"])
_page("/payment-method/<int:method_id>/default", "make_default", money.make_default, methods=["POST"])
_page("/payment-method/<int:method_id>/remove", "remove_card", money.remove_card, methods=["POST"])
_page("/statement", "statement", statement.show)
_page("/statement/csv", "statement_csv", statement.as_csv)
_page("/statement/pdf", "statement_pdf", statement.as_pdf)
_page("/activity", "activity", activity.show)
_page("/activity/csv", "activity_csv", activity.as_csv)
_page("/activity/json", "activity_json", activity.as_json)
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

# Programs that work for the account
_programs, _webhook = "/integrations", "/integrations/webhooks/<int:endpoint_id>"
_again = f"{_webhook}/deliveries/<int:delivery_id>/again"
_page(_programs, "integrations", programs.overview)
_page(f"{_programs}/tokens", "create_token", programs.create_token, methods=["POST"])
_page(f"{_programs}/tokens/<int:token_id>/revoke", "revoke_token", programs.revoke_token, methods=["POST"])
_page(f"{_programs}/webhooks", "add_webhook", webhooks.add, methods=["POST"])
_page(_webhook, "webhook", webhooks.show_one)
_page(f"{_webhook}/secret", "change_webhook_secret", webhooks.change_secret, methods=["POST"])
_page(f"{_webhook}/test", "test_webhook", webhooks.send_test, methods=["POST"])
_page(f"{_webhook}/switch", "switch_webhook", webhooks.switch, methods=["POST"])
_page(f"{_webhook}/remove", "remove_webhook", webhooks.remove, methods=["POST"])
_page(
    f"{_webhook}/deliveries/<int:delivery_id>/again",
    "send_webhook_again",
    webhooks.send_again,
    methods=["POST"],
)

# Where a form is shown again when its person had to sign in meanwhile
RESUME_PAGES = {
    "self_service.create_token": "self_service.integrations",
    "self_service.revoke_token": "self_service.integrations",
    "self_service.add_webhook": "self_service.integrations",
    "self_service.change_webhook_secret": "self_service.webhook",
    "self_service.test_webhook": "self_service.webhook",
    "self_service.switch_webhook": "self_service.webhook",
    "self_service.remove_webhook": "self_service.webhook",
    "self_service.send_webhook_again": "self_service.webhook",
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
    "self_service.ask_approval": "self_service.checkout",
    "self_service.approve": "self_service.approval",
    "self_service.refuse_approval": "self_service.approval",
    "self_service.withdraw_approval": "self_service.approval",
    "self_service.cancel_order": "self_service.order",
    "self_service.assign_new_seats": "self_service.order",
    "self_service.assign_seats": "self_service.seats",
    "self_service.release_seats": "self_service.seats",
    "self_service.send_seat": "self_service.move_seat",
    "self_service.preview_import": "self_service.import_seats",
    "self_service.confirm_import": "self_service.import_seats",
    "self_service.change_seats": "self_service.seat_people",
    "self_service.save_person_seats": "self_service.person_seats",
    "self_service.add_payment_method": "self_service.payment_method",
    "self_service.make_default": "self_service.payment_method",
    "self_service.remove_card": "self_service.payment_method",
    "self_service.take_payment": "self_service.pay_invoice",
    "self_service.cancel_payment": "self_service.payment",
    "self_service.send_invitation": "self_service.invite_person",
    "self_service.send_invitation_again": "self_service.people",
    "self_service.withdraw_invitation": "self_service.people",
    "self_service.change_person": "self_service.person",
    "self_service.set_order_limit": "self_service.person",
    "self_service.remove_person": "self_service.person",
    "self_service.send_request": "self_service.new_request",
    "self_service.withdraw_request": "self_service.request",
    "self_service.send_dispute": "self_service.dispute_invoice",
}
