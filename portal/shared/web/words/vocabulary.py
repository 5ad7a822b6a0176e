"""The words for what rules and services answer: one place, so that a thing has one name on every page."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import CHANGES_A_DAY, Refusal
from portal.shared.domain.subscriptions import Standing
from portal.shared.domain.terms import Plan, WantedTerms

STANDINGS: dict[Standing, tuple[LazyString, str]] = {
    Standing.ACTIVE: (lazy_gettext("Active"), "good"),
    Standing.TRIAL_RUNNING: (lazy_gettext("Free trial"), "info"),
    Standing.TRIAL_ENDED: (lazy_gettext("Trial ended"), "neutral"),
    Standing.PENDING_CANCELLATION: (lazy_gettext("Pending cancellation"), "warn"),
    Standing.PAST_DUE: (lazy_gettext("Past due"), "bad"),
    Standing.EXPIRED: (lazy_gettext("Expired"), "neutral"),
}

FREQUENCIES: dict[Frequency, LazyString] = {
    Frequency.MONTHLY: lazy_gettext("Monthly"),
    Frequency.ANNUAL: lazy_gettext("Annual"),
}

DECLINES: dict[str, LazyString] = {
    "declined": lazy_gettext("The bank declined the card."),
    "insufficient_funds": lazy_gettext("There is not enough money on the card."),
    "expired_card": lazy_gettext("The card has expired."),
    "confirmation_failed": lazy_gettext("The bank did not confirm the payment."),
}

VAT_PROBLEMS: dict[str, LazyString] = {
    "wrong_form": lazy_gettext("This is not a VAT number of your country. Check its letters and digits."),
    "wrong_check_digit": lazy_gettext(
        "A digit of this VAT number is wrong. Compare it with your certificate."
    ),
    "not_registered": lazy_gettext("The tax registry does not know this VAT number."),
}


def seat_count(seats: int) -> str:
    """`5 seats`."""
    return str(ngettext("%(num)d seat", "%(num)d seats", seats))


def terms_in_short(terms: WantedTerms) -> str:
    """`7 seats, monthly`."""
    return f"{seat_count(terms.seats)}, {str(FREQUENCIES[terms.frequency]).lower()}"


def days_left(days: int) -> str:
    """How long a trial goes on."""
    return str(
        ngettext(
            "Your free trial ends in %(num)d day. Nothing is charged unless you subscribe.",
            "Your free trial ends in %(num)d days. Nothing is charged unless you subscribe.",
            days,
        )
    )


def people_losing_seats(needed: int) -> str:
    """The question that comes with fewer seats than people."""
    return str(
        ngettext(
            "Choose %(num)d person who loses the seat", "Choose %(num)d people who lose their seats", needed
        )
    )


def per_seat(frequency: Frequency) -> str:
    """What a price is for."""
    if frequency is Frequency.ANNUAL:
        return str(gettext("per seat and year"))
    return str(gettext("per seat and month"))


def refused(reason: Refusal, plan: Plan | None = None) -> str:
    """Why a change cannot be made, in one sentence. A plan lends its limits to the sentences about seats."""
    if reason is Refusal.SEATS_TOO_FEW:
        least = plan.min_seats if plan else 1
        return str(
            ngettext(
                "This plan needs at least %(num)d seat.", "This plan needs at least %(num)d seats.", least
            )
        )
    if reason is Refusal.SEATS_TOO_MANY and plan:
        return str(
            gettext(
                "Online you can have up to %(most)d seats of this plan. For more, write to Customer Care.",
                most=plan.max_seats,
            )
        )
    if reason is Refusal.TOO_MANY_CHANGES:
        return str(
            gettext(
                "This subscription was already changed %(most)d times today. You can change it again tomorrow.",
                most=CHANGES_A_DAY,
            )
        )
    return str(_REFUSALS[reason])


_REFUSALS: dict[Refusal, LazyString] = {
    Refusal.SEATS_NOT_A_NUMBER: lazy_gettext(
        "Write the seat count as a whole number in digits, for example 7."
    ),
    Refusal.SEATS_TOO_MANY: lazy_gettext("That is more seats than can be bought online."),
    Refusal.UNKNOWN_PLAN: lazy_gettext("Choose one of the plans of this product."),
    Refusal.UNKNOWN_FREQUENCY: lazy_gettext("Choose monthly or annual."),
    Refusal.NOT_SOLD: lazy_gettext("This plan is no longer sold this way. Choose another one."),
    Refusal.LOWER_PLAN: lazy_gettext("Customer Care makes changes to a lower plan. You can ask for it here."),
    Refusal.NOTHING_CHANGES: lazy_gettext(
        "These are your current terms. Change the plan, the seats or the frequency."
    ),
    Refusal.CHOOSE_SEATS: lazy_gettext("Choose who loses their seat."),
    Refusal.WRONG_SEATS: lazy_gettext(
        "The people who hold seats have changed. Choose again who loses their seat."
    ),
    Refusal.EXPIRED: lazy_gettext("This has expired: a billing contact renews it first."),
    Refusal.UNPAID_INVOICE: lazy_gettext("An invoice of this subscription is unpaid. Pay it first."),
    Refusal.RENEWAL_OVERDUE: lazy_gettext(
        "It is being renewed at the moment. You can change it once that is done: try again in a few minutes."
    ),
    Refusal.ORDER_IN_PROGRESS: lazy_gettext("Another order is still on its way."),
}


def free_seats(free: int) -> str:
    """`3 seats are free`."""
    return str(ngettext("%(num)d seat is free", "%(num)d seats are free", free))


def seats_assigned(count: int) -> str:
    """What a list of people came to."""
    if count == 0:
        return str(gettext("Everybody on the list already holds a seat."))
    return str(ngettext("%(num)d seat was assigned.", "%(num)d seats were assigned.", count))


def seats_taken_away(count: int) -> str:
    """How many people lost their seat."""
    return str(ngettext("%(num)d seat was taken away.", "%(num)d seats were taken away.", count))


def too_few_seats(people: int, free: int) -> str:
    """Why nobody of a list got a seat."""
    left = ngettext("only %(num)d seat is free", "only %(num)d seats are free", free)
    asked = ngettext("You wrote %(num)d person", "You wrote %(num)d people", people)
    return f"{asked}, {left}."
