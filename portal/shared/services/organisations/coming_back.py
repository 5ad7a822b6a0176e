"""Coming back from an organisation's identity provider: who it vouches for, and whether that opens anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.shared.domain.sign_in import vouching
from portal.shared.domain.sign_in.vouching import Known, Outcome, Vouched
from portal.shared.gateways.identity_providers.providers import (
    Answered,
    Believed,
    Client,
    NotBelieved,
    ProviderTrouble,
)
from portal.shared.records import identity_providers, people, sign_ins
from portal.shared.records.identity_providers import (
    Identity,
    IdentityProvider,
    ProviderSession,
    ProviderVisit,
)
from portal.shared.records.people import Person
from portal.shared.services import activity
from portal.shared.services.organisations import finding
from portal.shared.services.organisations.finding import Organisations
from portal.shared.services.sign_in import signing_in
from portal.shared.services.sign_in.digests import digest
from portal.shared.services.sign_in.signing_in import NO_BROWSER, Browser


class Arrival(StrEnum):
    """What became of a visit; see `Outcome` for whom a provider vouched and who gets in no further."""

    WELCOME = "welcome"
    CONFIRMED = "confirmed"
    STRAY = "stray"  # no visit of this browser is under way, or it took too long, or it came back before
    DENIED = "denied"  # the person pressed "No" over there
    TROUBLE = "trouble"
    NOT_BELIEVED = "not_believed"
    SOMEBODY_ELSE = "somebody_else"  # who confirmed is not who is signed in
    NO_ADDRESS = "no_address"
    NOT_VERIFIED = "not_verified"
    OTHER_DOMAIN = "other_domain"
    UNKNOWN = "unknown"
    OTHER_SUBJECT = "other_subject"
    STAFF = "staff"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Returned:
    """What the browser brought back from the provider, and what it carried all the time."""

    browser: str
    state: str = ""
    code: str = ""
    error: str = ""
    issuer: str | None = None
    token: str | None = None  # of the session that is open, if one is
    looks: Browser = NO_BROWSER


@dataclass(frozen=True, slots=True)
class Arrived:
    """The answer; `token` is a fresh secret for the browser. `reason` and `person_id` are for our own log alone."""

    arrival: Arrival
    next_path: str = ""
    provider_name: str = ""
    token: str | None = None
    reason: str = ""
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Visit:
    """A visit that is over: what was kept of it."""

    provider_id: int
    provider_name: str
    client: Client
    answered: Answered
    next_path: str
    person_id: int | None

    def ended(self, arrival: Arrival, reason: str = "") -> Arrived:
        return Arrived(arrival, self.next_path, self.provider_name, reason=reason)


def come_back(tools: Organisations, returned: Returned, now: datetime) -> Arrived:
    """End a visit and open a session where everything fits; the provider is asked between two transactions.

    A visit ends with the first answer to it, so that no answer counts twice.
    """
    with tools.database.write() as session:
        visit = _end_visit(session, tools, returned, now)
    if visit is None:
        return Arrived(Arrival.STRAY)
    if returned.error or not returned.code:
        denied = returned.error == "access_denied"
        return visit.ended(Arrival.DENIED if denied else Arrival.NOT_BELIEVED, "error of the provider")
    try:
        believed = tools.providers.believe(visit.client, visit.answered, now)
    except ProviderTrouble as trouble:
        return visit.ended(Arrival.TROUBLE, str(trouble.reason))
    except NotBelieved as doubt:
        return visit.ended(Arrival.NOT_BELIEVED, str(doubt.reason))
    try:
        return _decide(tools, visit, believed, returned, now)
    except IntegrityError:
        # Somebody's first two sign-ins at the same moment: the other one made the link, and this one finds it.
        return _decide(tools, visit, believed, returned, now)


def _decide(
    tools: Organisations, visit: _Visit, believed: Believed, returned: Returned, now: datetime
) -> Arrived:
    with tools.database.write() as session:
        if visit.person_id is None:
            return _let_in(session, tools, visit, believed, returned, now)
        return _confirm(session, visit, believed, returned, now)


def _end_visit(session: Session, tools: Organisations, returned: Returned, now: datetime) -> _Visit | None:
    """Take the visit away, if it is this browser's; somebody else's stays as it is."""
    found = session.execute(
        sa.delete(ProviderVisit)
        .where(
            ProviderVisit.state == returned.state,
            ProviderVisit.browser_digest == digest(returned.browser),
            ProviderVisit.purpose.in_(("sign_in", "confirm")),
            ProviderVisit.expires_at > now,
        )
        .returning(ProviderVisit)
    ).scalar_one_or_none()
    if found is None:
        return None
    provider = session.get_one(IdentityProvider, found.provider_id)
    if not provider.enabled:
        return None
    answered = Answered(
        code=returned.code,
        nonce=found.nonce,
        verifier=found.verifier,
        redirect_uri=found.redirect_uri,
        asked_at=found.created_at if found.person_id is not None else None,
        issuer=returned.issuer,
    )
    return _Visit(
        provider.id,
        provider.name,
        finding.client_of(provider, tools.seal),
        answered,
        found.next_path,
        found.person_id,
    )


def _let_in(
    session: Session,
    tools: Organisations,
    visit: _Visit,
    believed: Believed,
    returned: Returned,
    now: datetime,
) -> Arrived:
    provider = session.get(IdentityProvider, visit.provider_id)
    if provider is None or not provider.enabled or provider.issuer != believed.vouched.issuer:
        return visit.ended(Arrival.STRAY, "the provider was changed meanwhile")
    person_id, outcome = _whom(session, provider, believed.vouched)
    if person_id is None or outcome not in (Outcome.WELCOME, Outcome.LINK):
        return visit.ended(Arrival(str(outcome)))
    if outcome is Outcome.LINK:
        _link(session, provider, believed.vouched, person_id, now)
    else:
        _used(session, believed.vouched, now)
    provider.proven_at = provider.proven_at or now
    if returned.token is not None:
        signing_in.sign_out(session, returned.token)
    token = signing_in.open_session(session, person_id, now, how="organisation", browser=returned.looks)
    opened = sign_ins.session_with(session, digest(token), now)
    if opened is not None and believed.end_session_address:
        session.add(
            ProviderSession(
                session_id=opened.id,
                provider_id=provider.id,
                end_session_address=believed.end_session_address,
                sealed_id_token=tools.seal.close(believed.id_token),
            )
        )
    return Arrived(Arrival.WELCOME, visit.next_path, visit.provider_name, token, person_id=person_id)


def _confirm(
    session: Session, visit: _Visit, believed: Believed, returned: Returned, now: datetime
) -> Arrived:
    """Believe that the person who is signed in has just shown who they are; the session goes on under a new secret."""
    found = identity_providers.identity(session, believed.vouched.issuer, believed.vouched.subject)
    here = sign_ins.session_with(session, digest(returned.token), now) if returned.token else None
    same = found is not None and here is not None and found.person_id == here.person_id == visit.person_id
    fresh = signing_in.raise_trust(session, returned.token or "", now) if same else None
    if fresh is None:
        return visit.ended(Arrival.SOMEBODY_ELSE)
    _used(session, believed.vouched, now)
    return Arrived(Arrival.CONFIRMED, visit.next_path, visit.provider_name, fresh, person_id=visit.person_id)


def _whom(session: Session, provider: IdentityProvider, vouched: Vouched) -> tuple[int | None, Outcome]:
    """Who is meant, and what becomes of them."""
    domains = identity_providers.domain_names(session, provider.id)
    linked = identity_providers.identity(session, vouched.issuer, vouched.subject)
    if linked is not None:
        person: Person | None = session.get_one(Person, linked.person_id)
        outcome = vouching.decide(vouched, domains, _known(session, provider, person, vouched.subject), None)
    else:
        person = people.person_with_email(session, vouched.email) if vouched.email else None
        outcome = vouching.decide(vouched, domains, None, _known(session, provider, person, vouched.subject))
    return (person.id if person else None), outcome


def _known(session: Session, provider: IdentityProvider, person: Person | None, subject: str) -> Known | None:
    """What we know of a person.

    Who was linked to this very subject a moment ago, by a sign-in at the same time, did not come under another one:
    linking them again runs into that link, and `come_back` decides anew.
    """
    if person is None:
        return None
    before = identity_providers.identity_of_person(session, person.id, provider.issuer)
    return Known(
        email=person.email,
        member=identity_providers.is_member(session, provider.id, person.id),
        staff=person.staff_role is not None,
        disabled=person.disabled_at is not None,
        other_subject=before is not None and before.subject != subject,
    )


def _link(
    session: Session, provider: IdentityProvider, vouched: Vouched, person_id: int, now: datetime
) -> None:
    session.add(
        Identity(
            issuer=vouched.issuer,
            subject=vouched.subject,
            person_id=person_id,
            linked_at=now,
            last_used_at=now,
        )
    )
    session.flush()
    activity.record_personal(session, person_id, person_id, "identity-linked", {"name": provider.name}, now)


def _used(session: Session, vouched: Vouched, now: datetime) -> None:
    found = identity_providers.identity(session, vouched.issuer, vouched.subject)
    assert found is not None, "who is welcome is known"
    found.last_used_at = now
