"""Objecting to a claim: by the link of a notice, or signed in as somebody of the account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.people.claims import State
from portal.shared.records import claims as records
from portal.shared.records.accounts import lock_account
from portal.shared.records.claims import Claim
from portal.shared.services import activity
from portal.shared.services.claims.reading import ClaimView, numbered, view
from portal.shared.services.claims.telling import tell_claimant, tell_settled
from portal.shared.services.people import contacts, roster
from portal.shared.services.sign_in.digests import digest


def objectionable(session: Session, token: str) -> ClaimView | None:
    """The claim that the link of a notice is about."""
    found = records.claim_with_notice(session, digest(token))
    return view(session, found[0]) if found else None


def object_by_link(session: Session, token: str, why: str, now: datetime) -> ClaimView | None:
    """End a claim by the link of a notice; whoever holds it got it by mail. None: there is no such link."""
    found = records.claim_with_notice(session, digest(token))
    if found is None:
        return None
    claim, person_id = found
    _object(session, claim, person_id, why, now)
    return view(session, claim)


def object_signed_in(
    session: Session, number: str, person_id: int, why: str, now: datetime
) -> ClaimView | None:
    """End a claim to one's own account. None: there is no such claim, or it is another account's."""
    claim = numbered(session, number)
    if claim is None or claim.account_id is None or claim.claimant_id == person_id:
        return None
    if not roster.roles_of(session, claim.account_id, person_id):
        return None
    _object(session, claim, person_id, why, now)
    return view(session, claim)


def _object(session: Session, claim: Claim, person_id: int, why: str, now: datetime) -> None:
    """End the claim; a second objection, or one after its end, changes nothing."""
    assert claim.account_id is not None, "notices are about an account"
    account = lock_account(session, claim.account_id)
    session.refresh(claim)
    if claim.state != State.WAITING:
        return
    claim.state, claim.ended_at, claim.ended_by, claim.objection = State.OBJECTED, now, person_id, why
    session.flush()
    told = {"number": claim.number, "person_name": claim.name}
    activity.record(session, account.id, person_id, "claim-objected", told, now)
    tell_claimant(session, claim, "claim-answered", {"token": "", "approved": "", "objected": "yes"}, now)
    for reader in contacts.billing_contacts(session, account.id, account.language):
        if reader.person_id not in (person_id, claim.claimant_id):
            tell_settled(session, claim, account, reader, "objected", now)
