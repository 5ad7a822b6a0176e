"""The register of personal data: every column of every table, placed once.

Export, erasure and docs/privacy.md follow this table. A column that stands nowhere here fails the tests, so whoever
adds one decides what becomes of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from portal.shared.services.privacy.treatment import Fate, Held, Kept, Treatment, Why, each

_NAMED = Treatment(Why.SIGN_IN, Kept.WHILE_KNOWN, Fate.PSEUDONYM)
_SECRET = Treatment(Why.SIGN_IN, Kept.WHILE_KNOWN, Fate.DELETE, secret=True)
_SIGN_IN = Treatment(Why.SIGN_IN, Kept.WHILE_KNOWN, Fate.DELETE)
_SESSION = Treatment(Why.SAFETY, Kept.WHILE_SIGNED_IN, Fate.DELETE)
_SESSION_SECRET = Treatment(Why.SAFETY, Kept.WHILE_SIGNED_IN, Fate.DELETE, secret=True)
_THROTTLE = Treatment(Why.SAFETY, Kept.HOURS, Fate.DELETE)
_BRIEF_SECRET = Treatment(Why.SIGN_IN, Kept.HOURS, Fate.DELETE, secret=True)
_ROLE = Treatment(Why.SERVICE, Kept.WHILE_KNOWN, Fate.DELETE)
_TRACE = Treatment(Why.SERVICE, Kept.ARRIVALS_DAYS, Fate.DELETE)
_ACTOR = Treatment(Why.PROOF, Kept.ACCOUNT, Fate.PSEUDONYM)
_OWN_WORDS = Treatment(Why.SERVICE, Kept.ACCOUNT, Fate.EMPTY)
_WORDS = Treatment(Why.SERVICE, Kept.ACCOUNT, Fate.TAKE_OUT)
_LETTER = Treatment(Why.SERVICE, Kept.MAILS_DAYS, Fate.DELETE)
_PAID_BY = Treatment(Why.BOOKS, Kept.BOOKS_YEARS, Fate.PSEUDONYM)
_BOOKS = Treatment(Why.BOOKS, Kept.BOOKS_YEARS, Fate.KEEP)
_FINGERPRINT = Treatment(Why.SAFETY, Kept.ACCOUNT, Fate.PSEUDONYM, secret=True)
_CONTRACT = Treatment(Why.CONTRACT, Kept.ACCOUNT, Fate.KEEP)

# The tables whose rows an erasure leaves as they are, to the byte: a digest of them before and after is the same.
BOOKS = (
    "invoices invoice_lines ledger_movements ledger_entries settlements payments refunds renewals collections"
).split()

# Where no column holds anything about a person. Everything is still named, so that a new column is a decision.
NOTHING: Mapping[str, str] = {
    "api_paces": "token_id minute taken",
    "api_request_keys": "id account_id key fingerprint at thing",
    "catalogue_mark": "id mark",
    "collections": "id account_id invoice_id due_on state tries next_try_on last_reason changed_at",
    "identity_provider_accounts": "account_id provider_id",
    "identity_providers": ("id name issuer client_id sealed_secret enabled required created_at proven_at"),
    "invoice_lines": (
        "id account_id invoice_id subscription_id position kind credits_line product plan_id seats "
        "unit_minor service_start service_end days of_days amount_minor tax_name tax_millionths tax_minor "
        "tax_kind exemption takes_place_of"
    ),
    "job_errors": "job_id error at",
    "jobs": "id task arguments dedupe_key state attempts run_at leased_until created_at",  # numbers only
    "ledger_entries": "id account_id movement_id book currency amount_minor",
    "ledger_movements": "id account_id kind order_id invoice_id at",
    "account_balances": "account_id currency amount_minor",
    "open_invoices": "account_id invoice_id account_type due_on rest_minor",
    "passkey_challenges": "challenge_hash expires_at",
    "plans": "id product code rank min_seats max_seats names summaries",
    "prices": "id plan_id frequency currency valid_from unit_minor",
    "processor_charges": "key reference at",
    "processor_events": "id kind at",
    "product_accounts": "product account_id external_id at",
    "products": "code position names trial_days features",
    "quote_items": (
        "id account_id quote_id subscription_id position plan_id seats frequency keeps_date release "
        "price_kind price_value list_minor unit_minor"
    ),
    "renewals": "id account_id subscription_id invoice_id period_start at",
    "settlements": "id account_id invoice_id movement_id source amount_minor at",
    "subscriptions": (
        "id account_id product plan_id seats frequency unit_minor anchor period_start period_end trial_end "
        "pending_cancellation past_due_since ended_on contract_end waiting"
    ),
    "sweeps": "name began_at ended_at failures error",
    "tax_rates": "id country valid_from name millionths source added_on",
    "vat_checks": "id account_id country number state reference at",
}

PERSONAL: Mapping[str, Held] = {
    # --- who somebody is, and how they sign in ---
    "people": Held(
        {
            **each("id name email phone language disabled_at staff_role manager_id", _NAMED),
            "password_hash": Treatment(Why.SIGN_IN, Kept.WHILE_KNOWN, Fate.PSEUDONYM, secret=True),
            "password_changed_at": _NAMED,
        },
        whose="id",
    ),
    "memberships": Held(
        each("person_id account_id role since order_limit_minor", _ROLE), whose="person_id", plain="id"
    ),
    "last_accounts": Held(each("person_id account_id", _ROLE), whose="person_id"),
    "sign_in_sessions": Held(
        {
            **each("person_id device network created_at seen_at proven_at expires_at how", _SESSION),
            **each("second_factor waits account_id", _SESSION),
            "token_hash": _SESSION_SECRET,
        },
        whose="person_id",
        plain="id",
    ),
    "provider_sessions": Held(
        each("session_id sealed_id_token", _SESSION_SECRET), plain="provider_id end_session_address"
    ),
    "sign_in_attempts": Held(
        {
            "email_digest": Treatment(Why.SAFETY, Kept.HOURS, Fate.DELETE, secret=True),
            **each("address at", _THROTTLE),
        },
        digested="email_digest",
        plain="id",
    ),
    "password_links": Held(
        {"token_hash": _BRIEF_SECRET, **each("person_id created_at expires_at", _THROTTLE)}, whose="person_id"
    ),
    # Asked for an address, known or not; a worker deletes it when it has looked.
    "password_requests": Held(each("email language at", _THROTTLE), addressed="email", plain="id"),
    "passkeys": Held(
        {
            **each("person_id name created_at used_at", _SIGN_IN),
            **each("credential_id public_key sign_count", _SECRET),
        },
        whose="person_id",
        plain="id",
    ),
    "one_time_codes": Held(
        {**each("person_id created_at", _SIGN_IN), **each("secret last_step", _SECRET)}, whose="person_id"
    ),
    "recovery_codes": Held({"person_id": _SIGN_IN, "code_hash": _SECRET}, whose="person_id", plain="id"),
    "identities": Held(
        each("person_id issuer subject linked_at last_used_at", _SIGN_IN), whose="person_id", plain="id"
    ),
    "provider_visits": Held(
        {
            **each("person_id created_at expires_at", _THROTTLE),
            **each("state browser_digest nonce verifier", _BRIEF_SECRET),
        },
        whose="person_id",
        plain="provider_id purpose redirect_uri next_path onward_url",
    ),
    "identity_provider_domains": Held(
        {"confirmed_by": _ACTOR, "note": _WORDS},
        whose="confirmed_by",
        told="domain confirmed_at",
        plain="domain provider_id confirmed_at",
    ),
    # --- what somebody is for accounts ---
    "seats": Held(
        each("person_id account_id subscription_id assigned_at", _ROLE), whose="person_id", plain="id"
    ),
    "seat_spells": Held(
        each("person_id given_by taken_by", _ACTOR),
        whose="person_id given_by taken_by",
        told="account_id subscription_id given_at given_how taken_at taken_how",
        plain="id account_id subscription_id given_at given_how taken_at taken_how",
    ),
    "invoice_recipients": Held(
        {**each("name email", _ROLE), "added_by": _ACTOR},
        addressed="email",
        told="account_id added_at",
        plain="id account_id added_at",
    ),
    "invitations": Held(
        {
            **each("name email language", _ROLE),
            **each("invited_by accepted_by", _ACTOR),
            "token_digest": _BRIEF_SECRET,
        },
        addressed="email",
        told="account_id role invited_at sent_at accepted_at withdrawn_at",
        plain="id account_id role invited_at sent_at times_sent expires_at accepted_at withdrawn_at",
    ),
    "claims": Held(
        {
            **each("name email organisation objection answer", _WORDS),
            "statement": _OWN_WORDS,
            **each("claimant_id ended_by", _ACTOR),
            "sender": _FINGERPRINT,
            "token_digest": _FINGERPRINT,
        },
        whose="claimant_id",
        addressed="email",
        told="number account_id language evidence state filed_at confirmed_at waits_until ended_at",
        plain=(
            "id number account_id language evidence state filed_at confirmed_at reminded_at waits_until "
            "ended_at others_stay"
        ),
    ),
    "claim_notices": Held(
        {"person_id": _ROLE, "token_digest": _BRIEF_SECRET, "sent_at": _ROLE},
        whose="person_id",
        plain="id claim_id",
    ),
    # --- what somebody did ---
    "activity": Held(
        each("person_id about_id", _ACTOR),
        whose="person_id about_id",
        told="account_id action detail portal at",
        plain="id account_id action detail portal at sequence previous digest",
    ),
    "activity_values": Held(
        {"value": Treatment(Why.PROOF, Kept.ACCOUNT, Fate.DELETE)}, plain="entry_id seal salt"
    ),
    "viewings": Held(
        {
            "staff_id": _ACTOR,
            "sign_in": Treatment(Why.PROOF, Kept.ACCOUNT, Fate.PSEUDONYM, secret=True),
            "reason": _WORDS,
        },
        whose="staff_id",
        told="account_id started_at ends_at ended_at",
        plain="id account_id started_at ends_at ended_at pages",
    ),
    "letters_to_contacts": Held(each("person_id account_id task at", _TRACE), whose="person_id", plain="id"),
    "routing_decisions": Held(
        each("person_id account_id task product endpoint reason at", _TRACE), whose="person_id", plain="id"
    ),
    # Nobody is named: a sender is a mark that is wiped the next day. What was written may hold an address all the same.
    "help_answers": Held(
        {"words": _WORDS, "sender": Treatment(Why.SAFETY, Kept.HOURS, Fate.PSEUDONYM, secret=True)},
        plain="id at page language needed",
    ),
    "cancellation_answers": Held(
        {"person_id": _ACTOR, "text": _OWN_WORDS},
        whose="person_id",
        told="account_id subscription_id reason at",
        plain="id account_id subscription_id reason at",
    ),
    "planned_changes": Held(
        {"planned_by": _ACTOR},
        whose="planned_by",
        told="account_id subscription_id planned_at",
        plain="id account_id subscription_id plan_id seats from_day planned_at",
    ),
    "requests": Held(
        {
            **each("created_by owner_id", _ACTOR),
            **each("note wanted", _OWN_WORDS),
            "answer": _WORDS,
        },
        whose="created_by",
        told="account_id number kind state subscription_id created_at answered_at",
        plain="id account_id account_type number kind state subscription_id created_at answered_at",
    ),
    "request_steps": Held(
        {"person_id": _ACTOR, "text": _OWN_WORDS},
        whose="person_id",
        told="request_id event at",
        plain="id request_id event at",
        within="request_id requests",
    ),
    "cart_items": Held(
        {"added_by": _ACTOR, "people": _WORDS},
        whose="added_by",
        told="account_id subscription_id seats added_at",
        plain="id account_id subscription_id plan_id seats frequency release added_at",
    ),
    "api_tokens": Held(
        {
            "created_by": _ACTOR,
            "name": _WORDS,
            "digest": _FINGERPRINT,
        },
        whose="created_by",
        told="account_id scopes created_at expires_at last_used_at revoked_at",
        plain="id account_id product scopes ending created_at expires_at last_used_at revoked_at",
    ),
    # How the product that is sold calls somebody: its own number of them, which may be anything.
    "product_people": Held(each("product person_id external_id at", _ROLE), whose="person_id"),
    "webhook_endpoints": Held(
        {"created_by": _ACTOR},
        whose="created_by",
        told="account_id url created_at",
        plain=(
            "id account_id product url events salt former_salt former_until last_sequence created_at "
            "failing_since disabled_at removed_at"
        ),
    ),
    "webhook_events": Held(
        {"data": _WORDS}, plain="id name account_id product type at endpoint_id spread_at"
    ),
    "webhook_deliveries": Held(
        {"body": _WORDS},
        plain=(
            "id endpoint_id event_id sequence created_at attempts next_attempt_at tried_at delivered_at "
            "last_status last_error"
        ),
        within="event_id webhook_events",
    ),
    # --- what was agreed and paid ---
    "orders": Held(
        {**each("placed_by approved_by", _PAID_BY), "choices": _WORDS},
        whose="placed_by approved_by",
        told="account_id reference state audience currency total_due_minor created_at settled_at",
        plain=(
            "id account_id reference idempotency_key state audience request_id summary digest currency "
            "total_due_minor payment_method_id quote_id purchase_order_id due_days processor_reference "
            "decline_reason confirmation_path created_at settled_at next_check_at checks"
        ),
    ),
    "approvals": Held(
        {
            **each("asked_by decided_by", _PAID_BY),
            **each("answer choices", _WORDS),
        },
        whose="asked_by decided_by",
        told="account_id number subject state asked_at good_until decided_at",
        plain=(
            "id account_id number subject state asked_at good_until limit_minor audience summary digest quote_id "
            "payment_method_id purchase_order_id on_invoice decided_at ended_for order_id"
        ),
    ),
    "quotes": Held(
        {
            **each("author_id approved_by answered_by", _ACTOR),
            "answer": _OWN_WORDS,
            **each("note approval_note choices", _WORDS),
        },
        whose="answered_by",
        told="account_id number state answered_at",
        plain=(
            "id account_id number state by_customer replaces_id validity_days valid_until term_months starts_on "
            "summary digest answered_at created_at changed_at sent_at"
        ),
    ),
    "purchase_orders": Held(
        {"created_by": _ACTOR},
        whose="created_by",
        told="account_id number created_at",
        plain="id account_id number valid_from valid_to authorised_minor closed_at created_at",
    ),
    "tax_exemptions": Held(
        {"added_by": _PAID_BY},
        whose="added_by",
        told="account_id document added_at",
        plain="id account_id document valid_from valid_to added_at ended_at",
    ),
    "card_requests": Held(
        {"person_id": _PAID_BY},
        whose="person_id",
        told="account_id at",
        plain="id account_id processor_reference pays_invoice_id pays_minor at",
    ),
    "payment_attempts": Held(
        {"asked_by": _PAID_BY, "card_label": _BOOKS},
        whose="asked_by",
        told="account_id reference state currency amount_minor created_at settled_at",
        plain=(
            "id reference account_id invoice_id idempotency_key state currency amount_minor payment_method_id "
            "card_token processor_reference decline_reason confirmation_path created_at settled_at "
            "next_check_at checks"
        ),
    ),
    "payments": Held(
        {"recorded_by": _PAID_BY, "reference": _BOOKS},
        whose="recorded_by",
        told="account_id kind currency amount_minor at",
        plain=(
            "id account_id kind order_id attempt_id payment_method_id processor_reference received_on "
            "idempotency_key currency amount_minor at"
        ),
    ),
    "refund_attempts": Held(
        {"asked_by": _PAID_BY, "reason": _WORDS},
        whose="asked_by",
        told="account_id reference currency amount_minor created_at",
        plain="id reference account_id payment_id idempotency_key state currency amount_minor created_at settled_at",
    ),
    "refunds": Held(
        {"given_by": _PAID_BY, "reason": _BOOKS},
        whose="given_by",
        told="account_id currency amount_minor at",
        plain="id account_id payment_id idempotency_key processor_reference currency amount_minor at",
    ),
    "invoices": Held(
        {"buyer": _BOOKS, "reason": _BOOKS},
        plain=(
            "id account_id order_id purchase_order_id purchase_order_number corrects_id number name kind "
            "issued_on due_on currency subtotal_minor tax_minor total_minor"
        ),
    ),
    # An organisation; of somebody who trades alone its name and address are personal, and stand on invoices.
    "accounts": Held(
        {**each("name street postal_code city region phone vat_number", _CONTRACT), "rep_id": _ACTOR},
        plain=(
            "id type currency country time_zone language vat_state vat_checked_at vat_reference vat_tries "
            "vat_next_check_at expired_on invoice_series last_invoice_number last_request_number "
            "last_quote_number invoice_terms_days purchase_order_rule created_at"
        ),
    ),
    "account_words": Held({"word": _CONTRACT}, plain="account_id"),
    "account_moves": Held(
        each("moved_by undone_by", _ACTOR),
        whose="moved_by undone_by",
        told="account_id from_type to_type moved_at undone_at",
        # `before` and `after` are days, a rule, and the number of the representative, whose row loses the name.
        plain="id account_id from_type to_type before after digest last_invoice_number moved_at undone_at",
    ),
    "payment_methods": Held(
        each("brand last4 expiry_month expiry_year", _CONTRACT),
        plain="id account_id kind token is_default added_at removed_at",
    ),
    # --- what was sent, and what was asked about one's own data ---
    "outbox_mails": Held(
        {
            **each("recipient payload language", _LETTER),
            "dedupe_key": Treatment(Why.SERVICE, Kept.MAILS_DAYS, Fate.TAKE_OUT),
        },
        addressed="recipient",
        told="kind created_at sent_at",
        plain="id kind created_at next_attempt_at attempts sent_at last_error",
    ),
    "erasures": Held(
        {**each("person_id asked_by", _ACTOR), "reason": _OWN_WORDS},
        whose="person_id",
        told="asked_at due_at taken_back_at hindered_at done_at",
        plain="id asked_at due_at taken_back_at hindered_at done_at",
    ),
    "data_exports": Held(
        {
            **each("person_id asked_by reason asked_at expires_at taken_at", _ROLE),
            "token_hash": _BRIEF_SECRET,
        },
        whose="person_id",
        plain="id",
    ),
}


def placed(table: str) -> set[str]:
    """Which columns of a table the register knows."""
    held = PERSONAL.get(table, Held())
    return set(held.columns) | set(held.plain.split()) | set(NOTHING.get(table, "").split())
