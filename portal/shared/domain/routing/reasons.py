"""Why somebody was led where they were led."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """One reason a decision; its sentence, in the reader's language, is told by the web."""

    # It is simply the right page; nothing to explain.
    PAGE_DOES_IT = "page-does-it"

    # Before an account is known
    SIGN_IN_FIRST = "sign-in-first"
    STAFF_DESK = "staff-desk"
    STAFF_ONLY = "staff-only"
    CHOOSE_ACCOUNT = "choose-account"
    UNKNOWN_TASK = "unknown-task"
    UNKNOWN_PAGE = "unknown-page"

    # Not for this person
    NO_ACCOUNT = "no-account"
    NOT_THE_CONTACT = "not-the-contact"
    ADMIN_HAS_NO_BILLING = "admin-has-no-billing"

    # The other portal
    ACCOUNT_IS_CORPORATE = "account-is-corporate"
    ACCOUNT_IS_ONLINE = "account-is-online"

    # The account is closed for all but renewing
    ACCOUNT_EXPIRED = "account-expired"
    CONTACT_RENEWS = "contact-renews"
    CORPORATE_ACCOUNT_EXPIRED = "corporate-account-expired"

    # Which subscription
    CHOOSE_SUBSCRIPTION = "choose-subscription"
    NO_SUBSCRIPTION = "no-subscription"
    PRODUCT_NOT_HELD = "product-not-held"

    # Which invoice
    CHOOSE_INVOICE = "choose-invoice"

    # Where that subscription stands
    TRIAL_RUNNING = "trial-running"
    TRIAL_ENDED = "trial-ended"
    TRIAL_NEEDS_NO_CANCELLING = "trial-needs-no-cancelling"
    ALREADY_SUBSCRIBED = "already-subscribed"
    PENDING_CANCELLATION = "pending-cancellation"
    ALREADY_CANCELLED = "already-cancelled"
    TAKE_CANCELLATION_BACK = "take-cancellation-back"
    NOTHING_TO_REACTIVATE = "nothing-to-reactivate"
    PAYMENT_OVERDUE = "payment-overdue"
    SUBSCRIPTION_ENDED = "subscription-ended"
    RENEWS_HERE = "renews-here"
    NO_SEATS_TO_ASSIGN = "no-seats-to-assign"

    # Somebody else does it
    CARE_CHANGES_DETAILS = "care-changes-details"
    CARE_ADDS_RECIPIENTS = "care-adds-recipients"
    ASK_CARE = "ask-care"
    VAT_NUMBER_AT_CHECKOUT = "vat-number-at-checkout"
    CORPORATE_ONLY = "corporate-only"
    ASK_REPRESENTATIVE_FOR_IT = "ask-representative-for-it"
    ASK_REPRESENTATIVE = "ask-representative"
