"""A list of people gets seats: first what each line would do, then exactly that or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.seats import How, ImportLine, ListedLine, plan_import
from portal.shared.records.accounts import Account, account_by_id, lock_account
from portal.shared.records.seat_reading import held_by, known_to
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.seats.assigning import Newcomer, check_access, free_now, welcome
from portal.shared.services.seats.carrying_out import Deed, change
from portal.shared.services.subscriptions.standing import UnknownSubscriptionError, row_of


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What each line will do, the names of those who are somebody of the account, and how many seats were free."""

    lines: tuple[ImportLine, ...]
    known: dict[str, str]
    free: int

    @property
    def gives(self) -> int:
        """How many people will get a seat."""
        return sum(one.verdict.gives for one in self.lines)

    @property
    def verdicts(self) -> tuple[str, ...]:
        """What was said of each line, to be compared when it is confirmed."""
        return tuple(str(one.verdict) for one in self.lines)


class PlanMovedError(ValueError):
    """The list would do something else now than was shown; nothing was changed. `plan` is what it would do."""

    def __init__(self, plan: ImportPlan) -> None:
        super().__init__("the plan moved")
        self.plan = plan


def preview(
    session: Session, account_id: int, subscription_id: int, lines: Sequence[ListedLine], now: datetime
) -> ImportPlan:
    """What a list would do now; nothing is written. A constant number of statements for any list.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
        NotPossibleError: the subscription gives no access today.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise UnknownSubscriptionError(subscription_id)
    return _plan(session, account, row_of(session, account_id, subscription_id), lines, now)


def confirm(
    session: Session,
    account_id: int,
    subscription_id: int,
    lines: Sequence[ListedLine],
    shown: Sequence[str],
    actor_id: int,
    now: datetime,
    *,
    notify: bool,
) -> int:
    """Do exactly what was shown (a verdict for each line) and say how many got a seat.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
        NotPossibleError: the subscription gives no access today.
        PlanMovedError: the list would do something else now.
    """
    account = lock_account(session, account_id)
    row = row_of(session, account_id, subscription_id)
    plan = _plan(session, account, row, lines, now)
    if plan.verdicts != tuple(shown):
        raise PlanMovedError(plan)
    fresh = {
        one.line.address: Newcomer(one.line.name, one.line.address) for one in plan.lines if one.verdict.gives
    }
    deed = Deed(actor_id, How.IMPORTED, now, notify)
    change(session, account, row, deed, gives=welcome(session, fresh))
    return len(fresh)


def _plan(
    session: Session, account: Account, row: SubscriptionRow, lines: Sequence[ListedLine], now: datetime
) -> ImportPlan:
    check_access(account, row, now)
    taken = held_by(session, account.id, row.id)
    listed = sorted({one.address for one in lines if one.address})
    known = known_to(session, account.id, listed)
    free = free_now(session, row, taken)
    return ImportPlan(plan_import(lines, taken, known, free), known, free)
