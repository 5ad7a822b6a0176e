"""Deciding a claim: only our own people, only after it has waited, and never by who filed it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.people import claims as rules
from portal.shared.domain.people.claims import Closed, Standing, State
from portal.shared.domain.routing.visitor import Role
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.claims import Claim
from portal.shared.services import activity
from portal.shared.services.claims.reading import numbered
from portal.shared.services.claims.telling import tell_claimant, tell_settled
from portal.shared.services.people import contacts, roster
from portal.shared.services.sign_in.password_links import first_link


class CannotDecideError(ValueError):
    """The claim cannot be decided by this person now; `why` says why."""

    def __init__(self, why: Closed) -> None:
        super().__init__(str(why))
        self.why = why


def approve(
    session: Session, number: str, staff_id: int, answer: str, now: datetime, *, others_stay: bool
) -> None:
    """Make the claimant a billing contact; the others keep the role only where that was chosen.

    Raises:
        LookupError: there is no such claim, or it names no account.
        CannotDecideError: it has ended, waits still, or is one's own.
    """
    claim = _locked(session, number)
    if claim.account_id is None:
        raise LookupError(number)
    _decidable(claim, staff_id, now)
    account = session.get_one(Account, claim.account_id)
    before = contacts.billing_contacts(session, account.id, account.language)
    person = contacts.find_or_add(session, claim.name, claim.email)
    if person.staff_role is not None or person.disabled_at is not None:
        raise CannotDecideError(Closed.OWN_CLAIM)
    contacts.add_role(session, person.id, account.id, Role.BILLING_CONTACT, now)
    left = []
    if not others_stay:
        left = [
            one.person_id
            for one in roster.members(session, account.id)
            if Role.BILLING_CONTACT in one.roles and one.person_id != person.id
        ]
        for one in left:
            contacts.remove_contact(session, one, account.id)
    _end(claim, State.APPROVED, staff_id, answer, now)
    claim.others_stay = others_stay
    session.flush()
    told = {
        "number": claim.number,
        "contact": person.id,
        "person_name": person.name,
        "no_longer": left,
        "evidence": claim.evidence,
    }
    activity.record(session, account.id, staff_id, "claim-approved", told, now)
    token = first_link(session, person.id, now) if contacts.needs_password(session, person) else ""
    tell_claimant(
        session, claim, "claim-answered", {"token": token, "approved": "yes", "answer": answer}, now
    )
    for reader in before:
        if reader.person_id != person.id:
            tell_settled(session, claim, account, reader, "approved", now, left="" if others_stay else "yes")


def refuse(session: Session, number: str, staff_id: int, answer: str, now: datetime) -> None:
    """Answer with no, and why; nothing changes.

    Raises:
        LookupError: there is no such claim.
        CannotDecideError: it has ended, waits still, or is one's own.
    """
    claim = _locked(session, number)
    _decidable(claim, staff_id, now)
    _end(claim, State.REFUSED, staff_id, answer, now)
    session.flush()
    if claim.account_id is not None:
        account = session.get_one(Account, claim.account_id)
        told = {"number": claim.number, "evidence": claim.evidence}
        activity.record(session, account.id, staff_id, "claim-refused", told, now)
        for reader in contacts.billing_contacts(session, account.id, account.language):
            if reader.person_id != claim.claimant_id:
                tell_settled(session, claim, account, reader, "refused", now)
    tell_claimant(session, claim, "claim-answered", {"token": "", "approved": "", "answer": answer}, now)


def _decidable(claim: Claim, staff_id: int, now: datetime) -> None:
    why = rules.closed(Standing(State(claim.state), claim.waits_until, claim.claimant_id), staff_id, now)
    if why is not None:
        raise CannotDecideError(why)


def _end(claim: Claim, state: State, staff_id: int, answer: str, now: datetime) -> None:
    claim.state, claim.ended_at, claim.ended_by, claim.answer = state, now, staff_id, answer


def _locked(session: Session, number: str) -> Claim:
    claim = numbered(session, number)
    if claim is None:
        raise LookupError(number)
    if claim.account_id is not None:
        lock_account(session, claim.account_id)
    session.refresh(claim, with_for_update=True)
    return claim
