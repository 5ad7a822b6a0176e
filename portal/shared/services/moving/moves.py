"""Moving an account and moving it back: looked at first, then done at once under the account's lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain import moving as rules
from portal.shared.domain.moving import Agreed, Past, Plan
from portal.shared.domain.purchase_orders import LimitRule
from portal.shared.domain.quotes import QuoteEvent
from portal.shared.domain.requests import RequestEvent, RequestKind
from portal.shared.domain.routing.visitor import AccountType
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.records.account_moves import AccountMove, last_move_of
from portal.shared.records.accounts import Account, account_by_id, lock_account
from portal.shared.records.people import Person
from portal.shared.records.quotes import quote_by_number
from portal.shared.records.requests import Request, open_requests_of, request_of
from portal.shared.services import activity
from portal.shared.services.desk.staff import Staff, works_on
from portal.shared.services.desk.terms import LONGEST_TERMS
from portal.shared.services.moving.situation import agreed_with, situation_of
from portal.shared.services.moving.telling import tell_of_move
from portal.shared.services.quotes.moves import move_on
from portal.shared.services.requests.answering import answered
from portal.shared.services.requests.moving import happen

# Whose accounts are moved: representatives ask their manager.
MOVERS = frozenset({"care", "manager"})


class NotTheirsError(LookupError):
    """The account is not this person's to move, or there is no such account."""


class NotAgreeableError(ValueError):
    """Nobody of ours has this number, or the days to pay are not 0 to 180."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who can look after a corporate account."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Asked:
    """An open request for the move, which it answers."""

    id: int
    number: int


@dataclass(frozen=True, slots=True)
class Moved:
    """The account is in the other portal."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Hindered:
    """Something stands in the way; nothing was done."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Changed:
    """The account is not as it was shown; nothing was done."""

    plan: Plan


Outcome = Moved | Hindered | Changed


@dataclass(frozen=True, slots=True)
class LastMove:
    """How the account came to where it is; `undo` is what undoing it would do, now."""

    to: AccountType
    at: datetime
    by: str
    until: datetime
    undone_at: datetime | None
    undo: Plan


def may_look(session: Session, staff: Staff, account_id: int, now: datetime) -> bool:
    """Whether somebody may see how an account would be moved: whose it is, and who moved it, while it can be undone."""
    return staff.role in MOVERS and (
        works_on(session, staff, account_id) or _moved_lately(session, staff, account_id, now)
    )


def may_move(session: Session, staff: Staff, account_id: int) -> bool:
    """Whether an account is this person's to move."""
    return staff.role in MOVERS and works_on(session, staff, account_id)


def representatives(session: Session) -> list[Colleague]:
    """Who can look after a corporate account: representatives and managers who work here, by name."""
    question = (
        sa.select(Person)
        .where(Person.staff_role.in_(["rep", "manager"]), Person.disabled_at.is_(None))
        .order_by(Person.name, Person.id)
    )
    return [Colleague(row.id, row.name) for row in session.scalars(question)]


def preview(session: Session, account_id: int, wish: Agreed, seller: SellerTaxes, now: datetime) -> Plan:
    """What moving an account would do now.

    Raises:
        NotTheirsError: there is no such account.
        NotAgreeableError: what is wished for cannot be agreed.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise NotTheirsError(account_id)
    _agreeable(session, account, wish)
    return rules.plan(situation_of(session, account, seller, now), wish)


def asked_for(session: Session, account_id: int) -> list[Asked]:
    """The open requests of an account for the other portal, oldest first."""
    found = open_requests_of(session, account_id, RequestKind.ACCOUNT_TYPE)
    return [Asked(one.id, one.number) for one in found]


def last_move(session: Session, account_id: int, seller: SellerTaxes, now: datetime) -> LastMove | None:
    """The last move of an account, and what undoing it would do.

    Raises:
        NotTheirsError: there is no such account.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise NotTheirsError(account_id)
    row = last_move_of(session, account_id)
    if row is None:
        return None
    return LastMove(
        to=AccountType(row.to_type),
        at=row.moved_at,
        by=session.get_one(Person, row.moved_by).name,
        until=row.moved_at + rules.UNDO,
        undone_at=row.undone_at,
        undo=rules.plan_undoing(situation_of(session, account, seller, now), _past(account, row), now),
    )


def move(
    session: Session,
    staff: Staff,
    account_id: int,
    wish: Agreed,
    digest: str,
    seller: SellerTaxes,
    now: datetime,
    *,
    answer: str = "",
) -> Outcome:
    """Move an account, if it stands as it did when it was looked at (`digest`): all of it, or nothing.

    An open request for it is answered (`answer`) and the billing contacts get a mail. The books are not touched.

    Raises:
        NotTheirsError: the account is not this person's to move.
        NotAgreeableError: what is wished for cannot be agreed.
    """
    account = _locked(session, account_id)
    if not may_move(session, staff, account_id):
        raise NotTheirsError(account_id)
    _agreeable(session, account, wish)
    found = rules.plan(situation_of(session, account, seller, now), wish)
    return _settle(session, staff, account, found, digest, answer, now)


def undo(
    session: Session, staff: Staff, account_id: int, digest: str, seller: SellerTaxes, now: datetime
) -> Outcome:
    """Undo the last move, within 30 days and while nothing was invoiced: what was agreed before holds again.

    Raises:
        NotTheirsError: the account is not this person's, and they have not moved it.
    """
    account = _locked(session, account_id)
    if not may_look(session, staff, account_id, now):
        raise NotTheirsError(account_id)
    row = last_move_of(session, account_id)
    past = _past(account, row) if row is not None else None
    found = rules.plan_undoing(situation_of(session, account, seller, now), past, now)
    return _settle(session, staff, account, found, digest, "", now)


def _settle(
    session: Session, staff: Staff, account: Account, found: Plan, digest: str, answer: str, now: datetime
) -> Outcome:
    if not found.possible:
        return Hindered(found)
    if found.digest != digest:
        return Changed(found)
    before = agreed_with(account)
    for quote in found.withdrawn:
        row = quote_by_number(session, account.id, quote.number)
        assert row is not None, "the plan was made under this lock"
        move_on(session, account, row, QuoteEvent.WITHDRAW, staff.person_id, now)
    asked = _asked_for(session, account, found, staff)
    for number in found.handed_back:
        request = request_of(session, account.id, number)
        assert request is not None, "the plan was made under this lock"
        if request not in asked:
            happen(session, request, RequestEvent.HAND_BACK, staff.person_id, "", now)
            request.owner_id = None
    from_type, account.type = account.type, str(found.to)
    account.rep_id, account.invoice_terms_days = found.after.rep_id, found.after.terms_days
    account.purchase_order_rule = found.after.rule
    _keep(session, staff, account, found, from_type, before, now)
    for request in asked:
        answered(session, request, account, RequestEvent.CARRY_OUT, staff.person_id, answer, now)
    tell_of_move(session, account, found, now)
    session.flush()
    return Moved(found)


def _keep(
    session: Session,
    staff: Staff,
    account: Account,
    found: Plan,
    from_type: str,
    before: Agreed,
    now: datetime,
) -> None:
    """The row that undoing asks, and the entry of the activity with what was and what is."""
    if found.undoes is not None:
        undone = session.get_one(AccountMove, found.undoes)
        undone.undone_by, undone.undone_at = staff.person_id, now
    else:
        session.add(
            AccountMove(
                account_id=account.id,
                from_type=from_type,
                to_type=account.type,
                before=_plain(before),
                after=_plain(found.after),
                digest=found.digest,
                last_invoice_number=account.last_invoice_number,
                moved_by=staff.person_id,
                moved_at=now,
            )
        )
    after = found.after
    detail: dict[str, Any] = {"type": {"old": from_type, "new": account.type}, "digest": found.digest}
    if before.rep_id != after.rep_id:
        detail["representative"] = {"old_person": before.rep_id, "new_person": after.rep_id}
    if before.terms_days != after.terms_days:
        detail["days"] = {"old": before.terms_days, "new": after.terms_days}
    if before.rule is not after.rule:
        detail["rule"] = {"old": str(before.rule), "new": str(after.rule)}
    if found.withdrawn:
        detail["withdrawn_quotes"] = [one.number for one in found.withdrawn]
    action = "account-moved" if found.undoes is None else "account-moved-back"
    activity.record(session, account.id, staff.person_id, action, detail, now)


def _asked_for(session: Session, account: Account, found: Plan, staff: Staff) -> Sequence[Request]:
    """The open requests that this very move answers, unless a colleague works on them; undoing answers none."""
    if found.undoes is not None:
        return []
    return [
        one
        for one in open_requests_of(session, account.id, RequestKind.ACCOUNT_TYPE)
        if one.owner_id in (None, staff.person_id)
    ]


def _locked(session: Session, account_id: int) -> Account:
    try:
        return lock_account(session, account_id)
    except sa.exc.NoResultFound:
        raise NotTheirsError(account_id) from None


def _moved_lately(session: Session, staff: Staff, account_id: int, now: datetime) -> bool:
    row = last_move_of(session, account_id)
    if row is None or row.moved_by != staff.person_id:
        return False
    return now <= row.moved_at + rules.UNDO


def _agreeable(session: Session, account: Account, wish: Agreed) -> None:
    if account.type != AccountType.ONLINE:
        return  # nothing is agreed with an online account
    if wish.rep_id is not None and wish.rep_id not in {one.id for one in representatives(session)}:
        raise NotAgreeableError(wish.rep_id)
    if wish.terms_days is not None and not 0 <= wish.terms_days <= LONGEST_TERMS:
        raise NotAgreeableError(wish.terms_days)


def _past(account: Account, row: AccountMove) -> Past:
    kept = row.before
    return Past(
        id=row.id,
        at=row.moved_at,
        from_type=AccountType(row.from_type),
        before=Agreed(kept["rep_id"], kept["terms_days"], LimitRule(kept["rule"])),
        undone=row.undone_at is not None,
        invoiced_since=account.last_invoice_number != row.last_invoice_number,
    )


def _plain(agreed: Agreed) -> dict[str, Any]:
    return {"rep_id": agreed.rep_id, "terms_days": agreed.terms_days, "rule": str(agreed.rule)}
