"""Filing a claim: by a member of the account, or by a stranger who first shows that their address is theirs."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.people import claims as rules
from portal.shared.domain.people.claims import Evidence, State
from portal.shared.records import claims as records
from portal.shared.records.accounts import lock_account
from portal.shared.records.claims import Claim
from portal.shared.records.people import plain_email
from portal.shared.services import activity
from portal.shared.services.claims.evidence import Told, account_meant, matched
from portal.shared.services.claims.telling import notify_everybody, tell_claimant
from portal.shared.services.people import roster
from portal.shared.services.sign_in.digests import digest, new_secret

# Without letters and digits that are taken for each other.
_SIGNS, _LONG = "23456789ABCDEFGHJKMNPQRSTVWXYZ", 8
WINDOW = timedelta(days=1)


class TooManyClaimsError(ValueError):
    """Too many claims came from this network, for this address, or at all."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What the claimant gets, whether or not what they told names an account of ours."""

    number: str
    to_confirm: bool


def sender_mark(secret: str, address: str, now: datetime) -> str:
    """A mark by which claims from one network are counted on one day; the address cannot be had back from it."""
    told = f"claim {now.date().isoformat()} {address}"
    return hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()[:32]


def file(
    session: Session, told: Told, claimant_id: int | None, account_id: int | None, sender: str, now: datetime
) -> Filed:
    """Keep a claim and say its number. Who is signed in needs not show that the address is theirs.

    `account_id` is the account a member speaks of; everybody else is believed only what they tell.

    Raises:
        TooManyClaimsError: this network, this address or everybody has filed too many today.
    """
    since, email = now - WINDOW, plain_email(told.email)
    if (
        records.claims_since(session, since, sender=sender) >= rules.CLAIMS_A_DAY_FROM_ONE_NETWORK
        or records.claims_since(session, since, email=email) >= rules.CLAIMS_A_DAY_FOR_ONE_ADDRESS
        or records.claims_since(session, since) >= rules.CLAIMS_A_DAY
    ):
        raise TooManyClaimsError(email)
    member = claimant_id is not None and account_id is not None
    if not (member and roster.roles_of(session, account_id or 0, claimant_id or 0)):
        member, account_id = False, None
    meant = account_id or account_meant(session, told)
    shown = {str(one): fits for one, fits in matched(session, meant, told).items()}
    if member:
        shown[str(Evidence.MEMBER)] = True
    token = None if claimant_id else new_secret()
    claim = Claim(
        number=_number(),
        account_id=meant,
        claimant_id=claimant_id,
        name=told.name,
        email=email,
        language=told.language,
        organisation=told.organisation,
        evidence=shown,
        statement=told.statement,
        sender=sender,
        state=State.UNCONFIRMED,
        filed_at=now,
        token_digest=digest(token) if token else None,
    )
    session.add(claim)
    session.flush()
    if token is None:
        _begin(session, claim, now)
    tell_claimant(session, claim, "claim-received", {"token": token or ""}, now)
    return Filed(claim.number, token is not None)


def to_confirm(session: Session, token: str, now: datetime) -> str | None:
    """The number of the claim that this link confirms; none when it opens nothing any more."""
    claim = _unconfirmed(session, token, now)
    return claim.number if claim is not None else None


def confirm(session: Session, token: str, now: datetime) -> str | None:
    """The address is the claimant's: the waiting begins, and everybody of the account is told. Gives the number."""
    claim = _unconfirmed(session, token, now)
    if claim is None:
        return None
    claim.token_digest = None
    _begin(session, claim, now)
    return claim.number


def remind(session: Session, now: datetime) -> int:
    """Tell everybody a second time half way, and forget what nobody confirmed; says how many were told of."""
    forgotten = sa.delete(Claim).where(
        Claim.state == State.UNCONFIRMED, Claim.filed_at <= now - rules.TO_CONFIRM
    )
    session.execute(forgotten)
    session.execute(
        sa.update(Claim).where(Claim.filed_at <= now - WINDOW, Claim.sender > "").values(sender="")
    )
    due = [
        claim
        for claim in records.to_remind(session)
        if claim.confirmed_at is not None and rules.reminder_due(claim.confirmed_at, now)
    ]
    for claim in due:
        claim.reminded_at = now
        notify_everybody(session, claim, now)
    return len(due)


def _unconfirmed(session: Session, token: str, now: datetime) -> Claim | None:
    claim = records.claim_with_token(session, digest(token))
    if claim is None or claim.state != State.UNCONFIRMED or claim.filed_at + rules.TO_CONFIRM <= now:
        return None
    return claim


def _begin(session: Session, claim: Claim, now: datetime) -> None:
    if claim.account_id is not None:
        account = lock_account(session, claim.account_id)
        if records.waiting_claim(session, account.id) is not None:
            # Another one is under way; our people see what was told, and the account is not told twice.
            claim.account_id = None
    claim.state, claim.confirmed_at, claim.waits_until = State.WAITING, now, rules.waits_until(now)
    session.flush()
    if claim.account_id is not None:
        told = {
            "number": claim.number,
            "person_name": claim.name,
            "email": claim.email,
            "evidence": claim.evidence,
        }
        activity.record(session, claim.account_id, claim.claimant_id, "claim-filed", told, now)
        notify_everybody(session, claim, now)


def _number() -> str:
    return "".join(secrets.choice(_SIGNS) for _ in range(_LONG))
