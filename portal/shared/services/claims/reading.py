"""Claims as people read them; evidence only as matched or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.people import claims as rules
from portal.shared.domain.people.claims import Closed, Standing, State
from portal.shared.records import claims as records
from portal.shared.records.accounts import Account
from portal.shared.records.claims import Claim
from portal.shared.records.people import Person
from portal.shared.services.desk.staff import Staff, is_of
from portal.shared.services.people import roster

# How many that have ended are shown.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim as people read it; evidence only as matched or not."""

    number: str
    state: State
    name: str
    email: str
    organisation: str
    statement: str
    evidence: Mapping[str, bool]
    account_id: int | None
    account: str
    filed_at: datetime
    waits_until: datetime | None
    ended_at: datetime | None
    ended_by: str
    objection: str
    answer: str
    others_stay: bool | None
    claimant_id: int | None
    time_zone: str


def under_way(session: Session, account_id: int) -> ClaimView | None:
    """The claim to this account that nobody has decided yet."""
    claim = records.waiting_claim(session, account_id)
    return view(session, claim) if claim is not None else None


def for_reader(session: Session, number: str, person_id: int) -> ClaimView | None:
    """A claim as its claimant, or somebody of the account, may see it."""
    claim = numbered(session, number)
    if claim is None:
        return None
    mine = claim.claimant_id == person_id
    of_account = claim.account_id is not None and roster.roles_of(session, claim.account_id, person_id)
    return view(session, claim) if mine or of_account else None


def closed_for(view: ClaimView, staff_id: int, now: datetime) -> Closed | None:
    """Why this member of staff cannot decide the claim now."""
    return rules.closed(Standing(view.state, view.waits_until, view.claimant_id), staff_id, now)


def queue(session: Session, staff: Staff, *, ended: bool = False) -> list[ClaimView]:
    """The claims of one's own accounts: what waits, the first to be decided first; or what has ended, newest first.

    A claim that names no account of ours is Customer Care's.
    """
    mine: sa.ColumnElement[bool] = Claim.account_id.in_(sa.select(Account.id).where(is_of(staff)))
    if staff.role == "care":
        mine = sa.or_(mine, Claim.account_id.is_(None))
    question = sa.select(Claim).where(mine)
    if ended:
        question = question.where(Claim.ended_at.is_not(None)).order_by(Claim.ended_at.desc()).limit(SHOWN)
    else:
        question = question.where(Claim.state == State.WAITING).order_by(Claim.waits_until, Claim.id)
    return [view(session, one) for one in session.scalars(question)]


def at_the_desk(session: Session, staff: Staff, number: str) -> ClaimView | None:
    """One of them; any other does not exist for this person."""
    claim = numbered(session, number)
    if claim is None or claim.state == State.UNCONFIRMED:
        return None
    if claim.account_id is None:
        return view(session, claim) if staff.role == "care" else None
    mine = sa.select(sa.exists().where(Account.id == claim.account_id, is_of(staff)))
    return view(session, claim) if session.scalar(mine) else None


def numbered(session: Session, number: str) -> Claim | None:
    """The claim with this number."""
    return session.scalar(sa.select(Claim).where(Claim.number == number))


def view(session: Session, claim: Claim) -> ClaimView:
    """A claim as it is read."""
    account = session.get(Account, claim.account_id) if claim.account_id is not None else None
    decider = session.get(Person, claim.ended_by) if claim.ended_by is not None else None
    return ClaimView(
        number=claim.number,
        state=State(claim.state),
        name=claim.name,
        email=claim.email,
        organisation=claim.organisation,
        statement=claim.statement,
        evidence={str(name): bool(fits) for name, fits in claim.evidence.items()},
        account_id=claim.account_id,
        account=account.name if account else "",
        filed_at=claim.filed_at,
        waits_until=claim.waits_until,
        ended_at=claim.ended_at,
        ended_by=decider.name if decider else "",
        objection=claim.objection,
        answer=claim.answer,
        others_stay=claim.others_stay,
        claimant_id=claim.claimant_id,
        time_zone=account.time_zone if account else "UTC",
    )
