"""Which pages ask again who somebody is when the sign-in is old: one table, and it fails closed.

What writes and is not listed as ordinary asks: a new page is safe until somebody decides otherwise.
"""

from __future__ import annotations

# Rooms whose visitors carry a session of ours; the others stand for other companies, or write nothing that matters.
ROOMS = frozenset({"front", "self_service", "corporate"})

# Pages that ask before they show their form: secrets, and money that our own people move.
ASKED_BEFORE_SHOWN = frozenset(
    {
        "front.set_up_codes",
        "front.new_passkey",
        "corporate.desk_record_payment",
        "corporate.desk_credit_note",
        "corporate.desk_write_off",
        "corporate.desk_refund",
    }
)

# What writes and does not ask. Payment methods, factors, sessions, contacts, and what our own people write about
# money are missing here on purpose.
ORDINARY = frozenset(
    {
        # Coming in, going out, and showing who one is
        "front.sign_in",
        "front.sign_in_with_passkey",
        "front.passkey_question",
        "front.second_factor",
        "front.second_factor_passkey",
        "front.second_factor_question",
        "front.sign_out",
        "front.confirm_identity",
        "front.confirm_with_passkey",
        "front.confirm_through_organisation",
        "front.confirm_question",
        "front.forgotten_password",
        "front.set_password",
        "front.switch_account",
        "front.set_language",
        "front.write_to_contact",
        "front.move_demo_clock",
        "front.stay_known",
        "front.begin_organisation_sign_in",
        # What a link of a mail opens proves itself, and an objection must never be held up
        "front.accept_invitation",
        "front.file_claim",
        "front.send_confirmation",
        "front.object_by_link",
        "front.object_to_claim",
        # These ask for the password themselves
        "front.change_password",
        "front.remove_codes",
        "front.remove_passkey",
        # What customers order and ask for; prices are confirmed by their digest, payments at the processor
        "self_service.take_change",
        "self_service.remove_cart_item",
        "self_service.apply_vat_number",
        "self_service.place_order",
        "self_service.cancel_order",
        "self_service.assign_new_seats",
        "self_service.assign_seats",
        "self_service.release_seats",
        "self_service.change_seats",
        "self_service.save_person_seats",
        "self_service.send_seat",
        "self_service.preview_import",
        "self_service.confirm_import",
        "self_service.test_webhook",
        "self_service.send_webhook_again",
        "self_service.cancel",
        "self_service.answer_survey",
        "self_service.keep_subscription",
        "self_service.ask_for_lower_plan",
        "self_service.buy_product",
        "self_service.try_product",
        "self_service.send_request",
        "self_service.withdraw_request",
        "self_service.send_dispute",
        "self_service.take_payment",
        "self_service.cancel_payment",
        "corporate.send_request",
        "corporate.withdraw_request",
        "corporate.send_dispute",
        "corporate.take_payment",
        "corporate.cancel_payment",
        "corporate.cancel_order",
        "corporate.take_seats",
        "corporate.assign_seats",
        "corporate.release_seats",
        "corporate.change_seats",
        "corporate.save_person_seats",
        "corporate.send_seat",
        "corporate.preview_import",
        "corporate.confirm_import",
        "corporate.test_webhook",
        "corporate.send_webhook_again",
        "corporate.choose_for_quote",
        "corporate.send_rejection",
        "corporate.place_service_order",
        "corporate.switch_auto_renew_off",
        "corporate.switch_auto_renew_on",
        "corporate.take_change_off",
        "corporate.change_billing_details",
        "corporate.set_vat_number",
        "corporate.add_invoice_recipient",
        "corporate.remove_invoice_recipient",
        "corporate.set_purchase_order_rule",
        "corporate.add_purchase_order",
        "corporate.change_purchase_order",
        "corporate.close_purchase_order",
        "corporate.reopen_purchase_order",
        # The day's work at the desk: drafts, notes, who looks after what
        "corporate.find_person",
        "corporate.stop_looking",
        "corporate.desk_take_change_off",
        "corporate.clone_account",
        "corporate.move_clone",
        "corporate.throw_clone_away",
        "corporate.take_request",
        "corporate.hand_back_request",
        "corporate.note_on_request",
        "corporate.decline",
        "corporate.desk_create_quote",
        "corporate.desk_save_quote",
        "corporate.desk_duplicate_quote",
        "corporate.desk_send_back_quote",
        "corporate.desk_withdraw_quote",
    }
)


def asks_again(endpoint: str, *, writes: bool) -> bool:
    """Whether this page wants to know again who somebody is."""
    if endpoint.partition(".")[0] not in ROOMS:
        return False
    return endpoint not in ORDINARY if writes else endpoint in ASKED_BEFORE_SHOWN
