"""The Corporate Billing Portal and the desk, in the order people meet their pages."""

from __future__ import annotations

from flask import Blueprint

from portal.corporate import frame, home
from portal.corporate.account import (
    details,
    payment_methods,
    purchase_orders,
    recipients,
    renewal,
)
from portal.corporate.account import overview as account_overview
from portal.corporate.account import requests as account_requests
from portal.corporate.desk import account as desk_account
from portal.corporate.desk import activity as desk_activity
from portal.corporate.desk import (
    arrivals,
    carrying_out,
    claims,
    help_answers,
    looking,
    moving,
    personal_data,
    planning,
    portfolio,
    recording,
    rehearsing,
    sign_ins,
    team,
)
from portal.corporate.desk import invoice as desk_invoice
from portal.corporate.desk import payments as desk_payments
from portal.corporate.desk import requests as desk_requests
from portal.corporate.desk import sign_in as desk_sign_in
from portal.corporate.desk import tax as desk_tax
from portal.corporate.desk.correcting import crediting, refunding, writing_off
from portal.corporate.desk.quoting import builder as quote_builder
from portal.corporate.desk.quoting import listing as desk_quotes
from portal.corporate.desk.quoting import moving as quote_moves
from portal.corporate.desk.quoting import one as desk_quote
from portal.corporate.invoices import listing as invoice_listing
from portal.corporate.invoices import paying, payment, statement
from portal.corporate.invoices import reading as invoice_reading
from portal.corporate.quotes import accepting, adding_seats, rejecting, service_order
from portal.corporate.quotes import listing as quote_listing
from portal.corporate.quotes import orders as quote_orders
from portal.corporate.quotes import reading as quote_reading
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

corporate = Blueprint("corporate", __name__, url_prefix="/corp-billing")
frame.install(corporate)

_desk_account = "/desk/accounts/<int:account_id>"

# The customer's side
corporate.add_url_rule("/", "home", home.show)

# What is proposed to them, and what they answer
_quote, _add_seats = "/quotes/<int:number>", "/subscriptions/<int:subscription_id>/add-seats"
corporate.add_url_rule("/quotes", "quotes", quote_listing.show)
corporate.add_url_rule(_quote, "quote", quote_reading.show)
corporate.add_url_rule(f"{_quote}/pdf", "quote_pdf", quote_reading.as_pdf)
corporate.add_url_rule(f"{_quote}/reject", "reject_quote", rejecting.show)
corporate.add_url_rule(f"{_quote}/reject", "send_rejection", rejecting.send, methods=["POST"])
corporate.add_url_rule(f"{_quote}/accept", "accept_quote", accepting.show)
corporate.add_url_rule(f"{_quote}/accept", "choose_for_quote", accepting.choose, methods=["POST"])
corporate.add_url_rule(f"{_quote}/card", "add_card_for_quote", accepting.add_card, methods=["POST"])
corporate.add_url_rule(f"{_quote}/service-order", "service_order", service_order.show)
corporate.add_url_rule(
    f"{_quote}/service-order", "place_service_order", service_order.place, methods=["POST"]
)
corporate.add_url_rule(f"{_quote}/ask", "ask_approval", service_order.ask, methods=["POST"])
corporate.add_url_rule("/orders/<reference>", "order", quote_orders.show)
corporate.add_url_rule("/orders/<reference>/cancel", "cancel_order", quote_orders.cancel, methods=["POST"])
corporate.add_url_rule(_add_seats, "add_seats", adding_seats.show)
corporate.add_url_rule(_add_seats, "take_seats", adding_seats.add, methods=["POST"])
corporate.add_url_rule(f"{_add_seats}/summary", "seats_summary", adding_seats.live_summary)

# What waits for an approver of theirs
_approval = "/approvals/<int:number>"
corporate.add_url_rule("/approvals", "approvals", approvals.overview)
corporate.add_url_rule(_approval, "approval", approvals.show)
corporate.add_url_rule(f"{_approval}/approve", "approve", approvals.approve, methods=["POST"])
corporate.add_url_rule(f"{_approval}/refuse", "refuse_approval", approvals.refuse, methods=["POST"])
corporate.add_url_rule(f"{_approval}/withdraw", "withdraw_approval", approvals.withdraw, methods=["POST"])

# Who uses it
_seats = "/subscriptions/<int:subscription_id>/seats"
_move, _import, _person = f"{_seats}/<int:seat_id>/move", f"{_seats}/import", "/seats/people/<int:person_id>"
corporate.add_url_rule("/seats", "seat_people", seat_people.overview)
corporate.add_url_rule("/seats/change", "change_seats", seat_people.change_many, methods=["POST"])
corporate.add_url_rule(_person, "person_seats", seat_person.show)
corporate.add_url_rule(_person, "save_person_seats", seat_person.save, methods=["POST"])
corporate.add_url_rule(_seats, "seats", seats.show)
corporate.add_url_rule(_seats, "assign_seats", seats.assign, methods=["POST"])
corporate.add_url_rule(f"{_seats}/release", "release_seats", seats.release, methods=["POST"])
corporate.add_url_rule(_move, "move_seat", seat_moves.show)
corporate.add_url_rule(_move, "send_seat", seat_moves.send, methods=["POST"])
corporate.add_url_rule(_import, "import_seats", seat_import.show)
corporate.add_url_rule(_import, "preview_import", seat_import.preview, methods=["POST"])
corporate.add_url_rule(f"{_import}/confirm", "confirm_import", seat_import.confirm, methods=["POST"])
corporate.add_url_rule("/seats/history", "seat_history", seat_history.show)

# What they pay
corporate.add_url_rule("/invoices", "invoices", invoice_listing.show)
corporate.add_url_rule("/invoices/<name>", "invoice", invoice_reading.show)
corporate.add_url_rule("/invoices/<name>/pdf", "invoice_pdf", invoice_reading.as_pdf)
corporate.add_url_rule("/invoices/<name>/xml", "invoice_xml", invoice_reading.as_xml)
corporate.add_url_rule("/activity", "activity", activity.show)
corporate.add_url_rule("/activity/csv", "activity_csv", activity.as_csv)
corporate.add_url_rule("/activity/json", "activity_json", activity.as_json)
corporate.add_url_rule("/statement", "statement", statement.show)
corporate.add_url_rule("/statement/csv", "statement_csv", statement.as_csv)
corporate.add_url_rule("/statement/pdf", "statement_pdf", statement.as_pdf)
corporate.add_url_rule("/invoices/<name>/pay", "pay_invoice", paying.show)
corporate.add_url_rule("/invoices/<name>/pay", "take_payment", paying.pay, methods=["POST"])
corporate.add_url_rule("/invoices/<name>/pay/<visit>", "after_card", paying.after_card)
corporate.add_url_rule("/payments/<reference>", "payment", payment.show)
corporate.add_url_rule("/payments/<reference>/cancel", "cancel_payment", payment.cancel, methods=["POST"])
corporate.add_url_rule("/account", "account", account_overview.show)

# What stands on their invoices, how they pay, and whether it goes on
_details, _cards = "/billing-details", "/payment-methods"
_renewal = "/subscriptions/<int:subscription_id>/auto-renew"
corporate.add_url_rule(_details, "billing_details", details.show)
corporate.add_url_rule(_details, "change_billing_details", details.change, methods=["POST"])
corporate.add_url_rule(f"{_details}/vat-number", "set_vat_number", details.set_vat_number, methods=["POST"])
corporate.add_url_rule(_cards, "payment_methods", payment_methods.show)
corporate.add_url_rule(f"{_cards}/card", "add_card", payment_methods.add_card, methods=["POST"])
corporate.add_url_rule(
    f"{_cards}/bank-account", "add_bank_account", payment_methods.add_bank_account, methods=["POST"]
)
corporate.add_url_rule(
    f"{_cards}/<int:method_id>/default", "make_default", payment_methods.make_default, methods=["POST"]
)
corporate.add_url_rule(
    f"{_cards}/<int:method_id>/remove", "remove_card", payment_methods.remove_card, methods=["POST"]
)
corporate.add_url_rule(_renewal, "auto_renew", renewal.show)
corporate.add_url_rule(f"{_renewal}/off", "switch_auto_renew_off", renewal.switch_off, methods=["POST"])
corporate.add_url_rule(f"{_renewal}/on", "switch_auto_renew_on", renewal.switch_on, methods=["POST"])
_change = "/subscriptions/<int:subscription_id>/planned-change"
corporate.add_url_rule("/ahead", "ahead", ahead.show)
corporate.add_url_rule(f"{_change}/remove", "take_change_off", ahead.take_off, methods=["POST"])

# Their own order numbers
_orders, _order = "/purchase-orders", "/purchase-orders/<int:purchase_order_id>"
corporate.add_url_rule(_orders, "purchase_orders", purchase_orders.overview)
corporate.add_url_rule(
    f"{_orders}/rule", "set_purchase_order_rule", purchase_orders.set_rule, methods=["POST"]
)
corporate.add_url_rule(f"{_orders}/new", "new_purchase_order", purchase_orders.new)
corporate.add_url_rule(f"{_orders}/new", "add_purchase_order", purchase_orders.add, methods=["POST"])
corporate.add_url_rule(_order, "purchase_order", purchase_orders.show)
corporate.add_url_rule(_order, "change_purchase_order", purchase_orders.change, methods=["POST"])
corporate.add_url_rule(f"{_order}/close", "close_purchase_order", purchase_orders.close, methods=["POST"])
corporate.add_url_rule(f"{_order}/reopen", "reopen_purchase_order", purchase_orders.reopen, methods=["POST"])

# Who looks after the account
_invitation, _one_person = "/people/invitations/<int:invitation_id>", "/people/<int:person_id>"
corporate.add_url_rule("/people", "people", people.overview)
corporate.add_url_rule("/people/invite", "invite_person", people.invite)
corporate.add_url_rule("/people/invite", "send_invitation", people.send, methods=["POST"])
corporate.add_url_rule(f"{_invitation}/send", "send_invitation_again", people.send_again, methods=["POST"])
corporate.add_url_rule(f"{_invitation}/withdraw", "withdraw_invitation", people.withdraw, methods=["POST"])
corporate.add_url_rule(_one_person, "person", people.show)
corporate.add_url_rule(_one_person, "change_person", people.change, methods=["POST"])
corporate.add_url_rule(f"{_one_person}/limit", "set_order_limit", people.set_limit, methods=["POST"])
corporate.add_url_rule(f"{_one_person}/remove", "remove_person", people.remove, methods=["POST"])

# What only the representative can do
_requests, _request = "/requests", "/requests/<int:number>"
corporate.add_url_rule(_requests, "requests", account_requests.overview)
corporate.add_url_rule(f"{_requests}/new", "new_request", account_requests.new)
corporate.add_url_rule(f"{_requests}/new", "send_request", account_requests.send, methods=["POST"])
corporate.add_url_rule(_request, "request", account_requests.show)
corporate.add_url_rule(
    f"{_request}/withdraw", "withdraw_request", account_requests.withdraw, methods=["POST"]
)
corporate.add_url_rule("/invoices/<name>/dispute", "dispute_invoice", account_requests.dispute)
corporate.add_url_rule(
    "/invoices/<name>/dispute", "send_dispute", account_requests.send_dispute, methods=["POST"]
)

# Who gets invoices by mail
_recipients = "/invoice-recipients"
corporate.add_url_rule(_recipients, "invoice_recipients", recipients.show)
corporate.add_url_rule(_recipients, "add_invoice_recipient", recipients.add, methods=["POST"])
corporate.add_url_rule(
    f"{_recipients}/<int:recipient_id>/remove",
    "remove_invoice_recipient",
    recipients.remove,
    methods=["POST"],
)

# The desk: representatives, managers, Customer Care
corporate.add_url_rule("/desk", "desk", portfolio.show)
corporate.add_url_rule("/desk/team", "desk_team", team.show)
corporate.add_url_rule("/desk/arrivals", "desk_arrivals", arrivals.show)
corporate.add_url_rule("/desk/help-pages", "desk_help_answers", help_answers.show)
corporate.add_url_rule(_desk_account, "desk_account", desk_account.show)
corporate.add_url_rule(f"{_desk_account}/activity", "desk_activity", desk_activity.show)
corporate.add_url_rule(f"{_desk_account}/activity/csv", "desk_activity_csv", desk_activity.as_csv)
corporate.add_url_rule(f"{_desk_account}/activity/json", "desk_activity_json", desk_activity.as_json)
corporate.add_url_rule(f"{_desk_account}/look", "look", looking.start, methods=["POST"])
corporate.add_url_rule("/desk/look/stop", "stop_looking", looking.stop, methods=["POST"])
corporate.add_url_rule(f"{_desk_account}/terms", "save_terms", desk_account.save_terms, methods=["POST"])
_planned = f"{_desk_account}/subscriptions/<int:subscription_id>/planned-change"
corporate.add_url_rule(_planned, "desk_plan_change", planning.show)
corporate.add_url_rule(f"{_planned}/plan", "plan_change", planning.plan, methods=["POST"])
corporate.add_url_rule(f"{_planned}/remove", "desk_take_change_off", planning.take_off, methods=["POST"])
_rehearsal = f"{_desk_account}/rehearsal"
corporate.add_url_rule(_rehearsal, "desk_rehearsal", rehearsing.show)
corporate.add_url_rule(_rehearsal, "clone_account", rehearsing.clone, methods=["POST"])
corporate.add_url_rule(f"{_rehearsal}/move", "move_clone", rehearsing.move, methods=["POST"])
corporate.add_url_rule(f"{_rehearsal}/invoices/<name>", "desk_rehearsal_invoice", rehearsing.invoice)
corporate.add_url_rule(f"{_rehearsal}/remove", "throw_clone_away", rehearsing.throw_away, methods=["POST"])
corporate.add_url_rule(f"{_desk_account}/tax", "desk_tax", desk_tax.show)
corporate.add_url_rule(f"{_desk_account}/tax", "add_exemption", desk_tax.add, methods=["POST"])
corporate.add_url_rule(
    f"{_desk_account}/tax/<int:exemption_id>/end", "end_exemption", desk_tax.end, methods=["POST"]
)
_sign_ins, _colleagues = (
    f"{_desk_account}/people/<int:person_id>/sign-ins",
    "/desk/team/<int:person_id>/sign-ins",
)
corporate.add_url_rule(_sign_ins, "desk_sign_ins", sign_ins.of_account)
corporate.add_url_rule(_sign_ins, "end_sign_ins", sign_ins.end_of_account, methods=["POST"])
corporate.add_url_rule(_colleagues, "desk_sign_ins_of_colleague", sign_ins.of_colleague)
corporate.add_url_rule(_colleagues, "end_sign_ins_of_colleague", sign_ins.end_of_colleague, methods=["POST"])
corporate.add_url_rule(f"{_desk_account}/representative", "move_account", team.move_account, methods=["POST"])
_moving = f"{_desk_account}/moving"
corporate.add_url_rule(_moving, "desk_moving", moving.show)
corporate.add_url_rule(f"{_moving}/confirm", "carry_out_moving", moving.move, methods=["POST"])
corporate.add_url_rule(f"{_moving}/undo", "undo_moving", moving.undo, methods=["POST"])
_sign_in = f"{_desk_account}/sign-in"
corporate.add_url_rule(_sign_in, "desk_sign_in", desk_sign_in.show)
corporate.add_url_rule(_sign_in, "save_identity_provider", desk_sign_in.save, methods=["POST"])
corporate.add_url_rule(
    f"{_sign_in}/test", "check_identity_provider", desk_sign_in.check_connection, methods=["POST"]
)
corporate.add_url_rule(
    f"{_sign_in}/domains", "confirm_mail_domain", desk_sign_in.confirm_domain, methods=["POST"]
)
corporate.add_url_rule(
    f"{_sign_in}/domains/remove", "remove_mail_domain", desk_sign_in.remove_domain, methods=["POST"]
)
corporate.add_url_rule(
    f"{_sign_in}/required", "require_identity_provider", desk_sign_in.require, methods=["POST"]
)
corporate.add_url_rule(
    f"{_sign_in}/enabled", "enable_identity_provider", desk_sign_in.enable, methods=["POST"]
)
corporate.add_url_rule(f"{_sign_in}/join", "join_identity_provider", desk_sign_in.join, methods=["POST"])
corporate.add_url_rule(f"{_sign_in}/leave", "leave_identity_provider", desk_sign_in.leave, methods=["POST"])
corporate.add_url_rule(
    f"{_sign_in}/people/<int:identity_id>/unlink", "unlink_identity", desk_sign_in.unlink, methods=["POST"]
)
corporate.add_url_rule("/desk/payments", "desk_payments", desk_payments.show)
corporate.add_url_rule(f"{_desk_account}/record-payment", "desk_record_payment", recording.show)
corporate.add_url_rule(
    f"{_desk_account}/record-payment", "record_payment", recording.record, methods=["POST"]
)
corporate.add_url_rule(f"{_desk_account}/invoices/<name>", "desk_invoice", desk_invoice.show)
corporate.add_url_rule(f"{_desk_account}/invoices/<name>/pdf", "desk_invoice_pdf", desk_invoice.as_pdf)

# What the desk puts right
_wrong = f"{_desk_account}/invoices/<name>"
corporate.add_url_rule(f"{_wrong}/credit-note", "desk_credit_note", crediting.show)
corporate.add_url_rule(f"{_wrong}/credit-note", "write_credit_note", crediting.write, methods=["POST"])
corporate.add_url_rule(f"{_wrong}/write-off", "desk_write_off", writing_off.show)
corporate.add_url_rule(f"{_wrong}/write-off", "write_off", writing_off.write_off, methods=["POST"])
corporate.add_url_rule(f"{_desk_account}/refund", "desk_refund", refunding.show)
corporate.add_url_rule(f"{_desk_account}/refund", "give_back", refunding.give_back, methods=["POST"])

# Quotes as the desk makes them
_quotes, _quote = f"{_desk_account}/quotes", f"{_desk_account}/quotes/<int:number>"
corporate.add_url_rule("/desk/quotes", "desk_quotes", desk_quotes.show)
corporate.add_url_rule(f"{_quotes}/new", "desk_new_quote", quote_builder.new)
corporate.add_url_rule(f"{_quotes}/new", "desk_create_quote", quote_builder.create, methods=["POST"])
corporate.add_url_rule(f"{_quotes}/summary", "desk_quote_summary", quote_builder.live_summary)
corporate.add_url_rule(_quote, "desk_quote", desk_quote.show)
corporate.add_url_rule(f"{_quote}/edit", "desk_edit_quote", quote_builder.edit)
corporate.add_url_rule(f"{_quote}/edit", "desk_save_quote", quote_builder.save, methods=["POST"])
corporate.add_url_rule(f"{_quote}/send", "desk_send_quote", quote_moves.send, methods=["POST"])
corporate.add_url_rule(f"{_quote}/approve", "desk_approve_quote", quote_moves.approve, methods=["POST"])
corporate.add_url_rule(f"{_quote}/send-back", "desk_send_back_quote", quote_moves.send_back, methods=["POST"])
corporate.add_url_rule(f"{_quote}/withdraw", "desk_withdraw_quote", quote_moves.withdraw, methods=["POST"])
corporate.add_url_rule(f"{_quote}/duplicate", "desk_duplicate_quote", quote_moves.duplicate, methods=["POST"])

# For who asks by mail: a copy of their data, and being forgotten
_asker = "/desk/personal-data/<int:person_id>"
corporate.add_url_rule("/desk/personal-data", "desk_personal_data", personal_data.show)
corporate.add_url_rule("/desk/personal-data", "find_person", personal_data.find, methods=["POST"])
corporate.add_url_rule(_asker, "desk_person", personal_data.one)
corporate.add_url_rule(f"{_asker}/copy", "mail_export", personal_data.mail_export, methods=["POST"])
corporate.add_url_rule(f"{_asker}/forget", "erase_person", personal_data.erase, methods=["POST"])
corporate.add_url_rule(f"{_asker}/keep", "keep_person", personal_data.keep, methods=["POST"])

# What customers asked for
_asked = "/desk/requests/<int:request_id>"
corporate.add_url_rule("/desk/requests", "desk_requests", desk_requests.queue)
corporate.add_url_rule(_asked, "desk_request", desk_requests.request_page)
corporate.add_url_rule(f"{_asked}/take", "take_request", desk_requests.take, methods=["POST"])
corporate.add_url_rule(f"{_asked}/hand-back", "hand_back_request", desk_requests.hand_back, methods=["POST"])
corporate.add_url_rule(f"{_asked}/note", "note_on_request", desk_requests.note, methods=["POST"])
corporate.add_url_rule(f"{_asked}/carry-out", "carry_out", carrying_out.carry_out, methods=["POST"])
corporate.add_url_rule(f"{_asked}/decline", "decline", desk_requests.decline, methods=["POST"])
_claim = "/desk/claims/<claim_number>"
corporate.add_url_rule("/desk/claims", "desk_claims", claims.queue)
corporate.add_url_rule(_claim, "desk_claim", claims.claim)
corporate.add_url_rule(f"{_claim}/approve", "approve_claim", claims.approve, methods=["POST"])
corporate.add_url_rule(f"{_claim}/refuse", "refuse_claim", claims.refuse, methods=["POST"])

# Programs that work for the account
_programs, _webhook = "/integrations", "/integrations/webhooks/<int:endpoint_id>"
_again = f"{_webhook}/deliveries/<int:delivery_id>/again"
corporate.add_url_rule(_programs, "integrations", programs.overview)
corporate.add_url_rule(f"{_programs}/tokens", "create_token", programs.create_token, methods=["POST"])
corporate.add_url_rule(
    f"{_programs}/tokens/<int:token_id>/revoke", "revoke_token", programs.revoke_token, methods=["POST"]
)
corporate.add_url_rule(f"{_programs}/webhooks", "add_webhook", webhooks.add, methods=["POST"])
corporate.add_url_rule(_webhook, "webhook", webhooks.show_one)
corporate.add_url_rule(
    f"{_webhook}/secret", "change_webhook_secret", webhooks.change_secret, methods=["POST"]
)
corporate.add_url_rule(f"{_webhook}/test", "test_webhook", webhooks.send_test, methods=["POST"])
corporate.add_url_rule(f"{_webhook}/switch", "switch_webhook", webhooks.switch, methods=["POST"])
corporate.add_url_rule(f"{_webhook}/remove", "remove_webhook", webhooks.remove, methods=["POST"])
corporate.add_url_rule(
    f"{_webhook}/deliveries/<int:delivery_id>/again",
    "send_webhook_again",
    webhooks.send_again,
    methods=["POST"],
)

RESUME_PAGES = {
    "corporate.end_sign_ins": "corporate.desk_sign_ins",
    "corporate.end_sign_ins_of_colleague": "corporate.desk_sign_ins_of_colleague",
    "corporate.find_person": "corporate.desk_personal_data",
    "corporate.mail_export": "corporate.desk_person",
    "corporate.erase_person": "corporate.desk_person",
    "corporate.keep_person": "corporate.desk_person",
    "corporate.create_token": "corporate.integrations",
    "corporate.revoke_token": "corporate.integrations",
    "corporate.add_webhook": "corporate.integrations",
    "corporate.change_webhook_secret": "corporate.webhook",
    "corporate.test_webhook": "corporate.webhook",
    "corporate.switch_webhook": "corporate.webhook",
    "corporate.remove_webhook": "corporate.webhook",
    "corporate.send_webhook_again": "corporate.webhook",
    "corporate.send_rejection": "corporate.reject_quote",
    "corporate.choose_for_quote": "corporate.accept_quote",
    "corporate.add_card_for_quote": "corporate.accept_quote",
    "corporate.place_service_order": "corporate.service_order",
    "corporate.ask_approval": "corporate.service_order",
    "corporate.approve": "corporate.approval",
    "corporate.refuse_approval": "corporate.approval",
    "corporate.withdraw_approval": "corporate.approval",
    "corporate.cancel_order": "corporate.order",
    "corporate.take_seats": "corporate.add_seats",
    "corporate.change_seats": "corporate.seat_people",
    "corporate.save_person_seats": "corporate.person_seats",
    "corporate.assign_seats": "corporate.seats",
    "corporate.release_seats": "corporate.seats",
    "corporate.send_seat": "corporate.move_seat",
    "corporate.preview_import": "corporate.import_seats",
    "corporate.confirm_import": "corporate.import_seats",
    "corporate.change_billing_details": "corporate.billing_details",
    "corporate.set_vat_number": "corporate.billing_details",
    "corporate.add_card": "corporate.payment_methods",
    "corporate.add_bank_account": "corporate.payment_methods",
    "corporate.make_default": "corporate.payment_methods",
    "corporate.remove_card": "corporate.payment_methods",
    "corporate.switch_auto_renew_off": "corporate.auto_renew",
    "corporate.switch_auto_renew_on": "corporate.auto_renew",
    "corporate.take_change_off": "corporate.ahead",
    "corporate.add_invoice_recipient": "corporate.invoice_recipients",
    "corporate.remove_invoice_recipient": "corporate.invoice_recipients",
    "corporate.set_purchase_order_rule": "corporate.purchase_orders",
    "corporate.add_purchase_order": "corporate.new_purchase_order",
    "corporate.change_purchase_order": "corporate.purchase_order",
    "corporate.close_purchase_order": "corporate.purchase_order",
    "corporate.reopen_purchase_order": "corporate.purchase_order",
    "corporate.take_payment": "corporate.pay_invoice",
    "corporate.cancel_payment": "corporate.payment",
    "corporate.record_payment": "corporate.desk_record_payment",
    "corporate.write_credit_note": "corporate.desk_credit_note",
    "corporate.write_off": "corporate.desk_write_off",
    "corporate.give_back": "corporate.desk_refund",
    "corporate.save_terms": "corporate.desk_account",
    "corporate.plan_change": "corporate.desk_plan_change",
    "corporate.clone_account": "corporate.desk_rehearsal",
    "corporate.move_clone": "corporate.desk_rehearsal",
    "corporate.throw_clone_away": "corporate.desk_rehearsal",
    "corporate.desk_take_change_off": "corporate.desk_account",
    "corporate.look": "corporate.desk_account",
    "corporate.stop_looking": "corporate.desk",
    "corporate.add_exemption": "corporate.desk_tax",
    "corporate.end_exemption": "corporate.desk_tax",
    "corporate.save_identity_provider": "corporate.desk_sign_in",
    "corporate.check_identity_provider": "corporate.desk_sign_in",
    "corporate.confirm_mail_domain": "corporate.desk_sign_in",
    "corporate.remove_mail_domain": "corporate.desk_sign_in",
    "corporate.require_identity_provider": "corporate.desk_sign_in",
    "corporate.enable_identity_provider": "corporate.desk_sign_in",
    "corporate.join_identity_provider": "corporate.desk_sign_in",
    "corporate.leave_identity_provider": "corporate.desk_sign_in",
    "corporate.unlink_identity": "corporate.desk_sign_in",
    "corporate.move_account": "corporate.desk_account",
    "corporate.carry_out_moving": "corporate.desk_moving",
    "corporate.undo_moving": "corporate.desk_moving",
    "corporate.desk_create_quote": "corporate.desk_new_quote",
    "corporate.desk_save_quote": "corporate.desk_edit_quote",
    "corporate.desk_send_quote": "corporate.desk_quote",
    "corporate.desk_approve_quote": "corporate.desk_quote",
    "corporate.desk_send_back_quote": "corporate.desk_quote",
    "corporate.desk_withdraw_quote": "corporate.desk_quote",
    "corporate.desk_duplicate_quote": "corporate.desk_quote",
    "corporate.send_invitation": "corporate.invite_person",
    "corporate.send_invitation_again": "corporate.people",
    "corporate.withdraw_invitation": "corporate.people",
    "corporate.change_person": "corporate.person",
    "corporate.set_order_limit": "corporate.person",
    "corporate.remove_person": "corporate.person",
    "corporate.approve_claim": "corporate.desk_claim",
    "corporate.refuse_claim": "corporate.desk_claim",
    "corporate.send_request": "corporate.new_request",
    "corporate.withdraw_request": "corporate.request",
    "corporate.send_dispute": "corporate.dispute_invoice",
    "corporate.take_request": "corporate.desk_request",
    "corporate.hand_back_request": "corporate.desk_request",
    "corporate.note_on_request": "corporate.desk_request",
    "corporate.carry_out": "corporate.desk_request",
    "corporate.decline": "corporate.desk_request",
}
