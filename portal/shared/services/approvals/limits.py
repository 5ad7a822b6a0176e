"""Up to which total a billing contact orders alone, and who sets that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.approvals import may_set_limit
from portal.shared.domain.money import Money
from portal.shared.domain.routing.visitor import Role
from portal.shared.records import approvals as records
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.people import Membership
from portal.shared.services import activity
from portal.shared.services.people import roster


class LimitRefusedError(ValueError):
    """The limit is not this person's to set, or the other one orders nothing."""


def limit_of(session: Session, account: Account, person_id: int) -> Money | None:
    """The limit of a person for an account; none for whoever has no limit, or orders nothing there."""
    kept = records.limit_of(session, account.id, person_id)
    return None if kept is None else Money(kept, account.currency)


def limits(session: Session, account_id: int, currency: str) -> Mapping[int, Money]:
    """Who has a limit for an account, and which."""
    return {who: Money(kept, currency) for who, kept in records.limits_of(session, account_id).items()}


def may_set(session: Session, account_id: int, actor_id: int, person_id: int) -> bool:
    """Whether somebody may set this person's limit: a billing contact without one may, for another contact."""
    own = roster.roles_of(session, account_id, actor_id)
    kept = records.limit_of(session, account_id, actor_id)
    limit = None if kept is None else Money(kept, "XXX")  # of whatever currency: there is one, or none
    theirs = roster.roles_of(session, account_id, person_id)
    return may_set_limit(own, limit, themselves=actor_id == person_id) and Role.BILLING_CONTACT in theirs


def has_approver(session: Session, account_id: int, asked_by: int) -> bool:
    """Whether anybody could approve what this person asks for."""
    return any(one.id != asked_by for one in records.approvers_of(session, account_id))


def set_limit(
    session: Session, account_id: int, actor_id: int, person_id: int, limit: Money | None, now: datetime
) -> bool:
    """Set somebody's limit, none for no limit, zero for every order; False: it was so already.

    Raises:
        UnknownMemberError: this person is nothing for this account.
        LimitRefusedError: it is not the actor's to set, or the person is no billing contact.
        ValueError: the limit is below zero, or of another currency than the account's.
    """
    account = lock_account(session, account_id)
    person = roster.member(session, account_id, person_id)
    if limit is not None and (limit.minor < 0 or limit.currency != account.currency):
        raise ValueError(f"no limit for an account in {account.currency}: {limit}")
    if not may_set(session, account_id, actor_id, person_id):
        raise LimitRefusedError(person_id)
    before = limit_of(session, account, person_id)
    if before == limit:
        return False
    session.execute(
        sa.update(Membership)
        .where(
            Membership.account_id == account_id,
            Membership.person_id == person_id,
            Membership.role == str(Role.BILLING_CONTACT),
        )
        .values(order_limit_minor=None if limit is None else limit.minor)
    )
    told = {
        "person": person_id,
        "person_name": person.name,
        "currency": account.currency,
        "old_minor": None if before is None else before.minor,
        "new_minor": None if limit is None else limit.minor,
    }
    activity.record(session, account_id, actor_id, "order-limit-changed", told, now)
    return True
