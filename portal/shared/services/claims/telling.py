"""Mails about claims: to the claimant, to everybody of the account, and to those who stay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.records import claims as records
from portal.shared.records.accounts import Account
from portal.shared.records.claims import Claim, ClaimNotice
from portal.shared.services import notifications
from portal.shared.services.people import contacts
from portal.shared.services.sign_in.digests import digest, new_secret


def notify_everybody(session: Session, claim: Claim, now: datetime) -> None:
    """Mail everybody of the account but the claimant, each with a link of their own by which to object."""
    assert claim.account_id is not None, "only claims to an account are told of"
    assert claim.waits_until is not None, "only claims that wait are told of"
    account = session.get_one(Account, claim.account_id)
    for person in records.people_of(session, account.id):
        if person.id == claim.claimant_id:
            continue
        token = new_secret()
        session.add(
            ClaimNotice(claim_id=claim.id, person_id=person.id, token_digest=digest(token), sent_at=now)
        )
        payload = {
            "name": person.name,
            "account": account.name,
            "number": claim.number,
            "claimant": claim.name,
            "claimant_email": claim.email,
            "until": claim.waits_until.date().isoformat(),
            "token": token,
            "again": "yes" if claim.reminded_at is not None else "",
        }
        key = f"claim-notice:{claim.id}:{person.id}:{'2' if claim.reminded_at else '1'}"
        language = person.language or account.language
        notifications.enqueue_mail(session, "claim-notice", person.email, language, payload, key, now)
    session.flush()


def tell_claimant(session: Session, claim: Claim, kind: str, told: Mapping[str, str], now: datetime) -> None:
    """Mail the claimant, who learns nothing of an account that they did not write themselves."""
    payload = {
        "name": claim.name,
        "number": claim.number,
        "until": claim.waits_until.date().isoformat() if claim.waits_until else "",
        **told,
    }
    key = f"{kind}:{claim.id}"
    notifications.enqueue_mail(session, kind, claim.email, claim.language, payload, key, now)


def tell_settled(
    session: Session,
    claim: Claim,
    account: Account,
    reader: contacts.Recipient,
    outcome: str,
    now: datetime,
    left: str = "",
) -> None:
    """Mail a billing contact how it ended."""
    payload = {
        "name": reader.name,
        "account": account.name,
        "number": claim.number,
        "claimant": claim.name,
        "outcome": outcome,
        "left": left,
    }
    key = f"claim-settled:{claim.id}:{reader.person_id}"
    notifications.enqueue_mail(session, "claim-settled", reader.email, reader.language, payload, key, now)
