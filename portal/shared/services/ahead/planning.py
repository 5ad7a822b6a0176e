"""Planning a change of a subscription for one of its renewals, and taking it off the plan again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.shared.domain.changes import Refusal
from portal.shared.domain.planned_changes import Planned, renewal_from, renewal_terms
from portal.shared.domain.subscriptions import Standing, standing
from portal.shared.records.accounts import Account, account_by_id, lock_account
from portal.shared.records.planned_changes import PlannedChange, planned_change_of
from portal.shared.records.subscriptions import SubscriptionRow, seats_held
from portal.shared.services import accounts, activity
from portal.shared.services.accounts import UnknownAccountError
from portal.shared.services.catalog.reading import catalog
from portal.shared.services.people.contact_mails import tell_contacts
from portal.shared.services.subscriptions.standing import as_value, row_of


class PlanProblem(StrEnum):
    """Why nothing can be planned for a subscription, or not from that day."""

    NOT_CORPORATE = "not_corporate"  # online accounts change what they have at once
    NOT_RUNNING = "not_running"
    DAY_PAST = "day_past"
    DAY_TOO_FAR = "day_too_far"


@dataclass(frozen=True, slots=True)
class Wish:
    """Another plan or number of seats (none: as it stands then), from the first renewal on or after a day."""

    plan_id: int | None
    seats: int | None
    from_day: date


def checked(
    session: Session, account_id: int, subscription_id: int, wish: Wish, now: datetime
) -> Planned | Refusal | PlanProblem:
    """What would be planned, from the renewal's own day on, or why it cannot be.

    Raises:
        UnknownAccountError: there is no such account.
        UnknownSubscriptionError: this account has no such subscription.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise UnknownAccountError(account_id)
    return _checked(session, account, row_of(session, account_id, subscription_id), wish, now)


def plan(
    session: Session, account_id: int, subscription_id: int, wish: Wish, actor_id: int, now: datetime
) -> Planned | Refusal | PlanProblem:
    """Plan a change for a renewal; it takes the place of what was planned before. Billing contacts are told.

    Raises:
        UnknownAccountError: there is no such account.
        UnknownSubscriptionError: this account has no such subscription.
    """
    account = lock_account(session, account_id)
    row = row_of(session, account_id, subscription_id)
    planned = _checked(session, account, row, wish, now)
    if not isinstance(planned, Planned):
        return planned
    old = planned_change_of(session, account_id, subscription_id)
    detail = {
        "subscription": subscription_id,
        "old": _kept(old) if old else None,
        "new": {"plan": planned.plan_id, "seats": planned.seats, "from": planned.from_day.isoformat()},
    }
    if old is None:
        old = PlannedChange(account_id=account_id, subscription_id=subscription_id)
        session.add(old)
    old.plan_id, old.seats, old.from_day = planned.plan_id, planned.seats, planned.from_day
    old.planned_by, old.planned_at = actor_id, now
    session.flush()
    activity.record(session, account_id, actor_id, "subscription-change-planned", detail, now)
    _tell(session, account, row, old, "change-planned", now)
    return planned


def take_off(
    session: Session,
    account_id: int,
    subscription_id: int,
    actor_id: int,
    now: datetime,
    *,
    tell: bool = False,
) -> bool:
    """Take the planned change of a subscription off the plan, and say whether there was one.

    `tell` where somebody else than the account's own people does it: the billing contacts get a mail then.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
    """
    account = lock_account(session, account_id)
    row = row_of(session, account_id, subscription_id)
    old = planned_change_of(session, account_id, subscription_id)
    if old is None:
        return False
    detail = {"subscription": subscription_id, "old": _kept(old), "new": None}
    activity.record(session, account_id, actor_id, "subscription-change-taken-off", detail, now)
    if tell:
        _tell(session, account, row, old, "change-taken-off", now)
    session.delete(old)
    session.flush()
    return True


def _checked(
    session: Session, account: Account, row: SubscriptionRow, wish: Wish, now: datetime
) -> Planned | Refusal | PlanProblem:
    today, value = accounts.today(account, now), as_value(row, account.currency)
    if account.type != "corporate":
        return PlanProblem.NOT_CORPORATE
    running = {Standing.ACTIVE, Standing.PAST_DUE, Standing.PENDING_CANCELLATION}
    if value.terms is None or row.anchor is None or standing(value, today) not in running:
        return PlanProblem.NOT_RUNNING
    if wish.seats is not None and wish.seats < 1:
        return Refusal.SEATS_TOO_FEW
    if wish.from_day < today:
        return PlanProblem.DAY_PAST
    on = renewal_from(value, row.anchor, wish.from_day)
    if on is None:
        return PlanProblem.DAY_TOO_FAR
    offer = catalog(session, account.currency, on).offers[value.product]
    # What is as it is already is not planned, so that it follows what is changed until then.
    plan_id = None if wish.plan_id == value.terms.plan_id else wish.plan_id
    seats = None if wish.seats == value.terms.seats else wish.seats
    planned = Planned(plan_id, seats, on)
    if plan_id is None and seats is None:
        return Refusal.NOTHING_CHANGES
    found = renewal_terms(
        value, planned, offer, seats_held(session, account.id).get(row.id, 0), by_contract=True
    )
    # More people than seats is told and planned all the same: seats can be taken away until then.
    return planned if found.dropped is None or found.dropped is Refusal.CHOOSE_SEATS else found.dropped


def _kept(row: PlannedChange) -> dict[str, object]:
    return {"plan": row.plan_id, "seats": row.seats, "from": row.from_day.isoformat()}


def _tell(
    session: Session, account: Account, row: SubscriptionRow, planned: PlannedChange, kind: str, now: datetime
) -> None:
    told = {
        "product": row.product,
        "subscription": row.id,
        "from_day": planned.from_day.isoformat(),
        "plan_id": planned.plan_id,
        "seats": planned.seats,
    }
    tell_contacts(session, account, kind, f"{row.id}:{now.isoformat()}", told, now)
