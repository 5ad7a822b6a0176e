"""On the way to an organisation's identity provider: where the browser goes, and what must fit when it comes back.

Everything that must fit is kept here; the browser carries a secret by which its own visits are found.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.shared.gateways.identity_providers.providers import Asked, Client, ProviderTrouble, Trouble
from portal.shared.records import identity_providers
from portal.shared.records.identity_providers import IdentityProvider, ProviderVisit
from portal.shared.records.people import Person
from portal.shared.services.organisations import finding
from portal.shared.services.organisations.finding import Organisations
from portal.shared.services.sign_in import throttle
from portal.shared.services.sign_in.digests import digest, new_secret
from portal.shared.services.sign_in.throttle import Kind

VISIT_LASTS = timedelta(minutes=10)  # long enough to find one's telephone for a second factor


class Beginning(StrEnum):
    """Whether there is somewhere to go."""

    ONWARD = "onward"
    NOBODYS = "nobodys"  # no organisation signs in with this address here
    TOO_MANY = "too_many"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True)
class Begun:
    """The answer; with TROUBLE what it is, for our own log."""

    beginning: Beginning
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Traveller:
    """A browser that is led away: its secret, and where it comes back to. `address` is that of its network."""

    browser: str
    redirect_uri: str
    next_path: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Onward:
    """Where a browser is led, and to whom."""

    url: str
    provider_name: str
    leaves: bool  # to sign out there, not in


def begin(tools: Organisations, email: str, traveller: Traveller, now: datetime) -> Begun:
    """Begin a sign-in for an address of mail; the provider is asked between two transactions."""
    with tools.database.write() as session:
        if not throttle.take(session, Kind.ORGANISATION, email, traveller.address, now):
            return Begun(Beginning.TOO_MANY)
        provider = finding.provider_for(session, email)
        if provider is None:
            return Begun(Beginning.NOBODYS)
        throttle.forgive(session, Kind.ORGANISATION, email)
        number, client = provider.id, finding.client_of(provider, tools.seal)
    return _set_out(tools, number, client, traveller, now, email=email.strip())


def begin_confirming(tools: Organisations, person_id: int, traveller: Traveller, now: datetime) -> Begun:
    """Let somebody who is signed in show anew, at the provider they came through, who they are."""
    with tools.database.read() as session:
        provider, person = finding.provider_of(session, person_id), session.get(Person, person_id)
        if provider is None or person is None:
            return Begun(Beginning.NOBODYS)
        number, client, email = provider.id, finding.client_of(provider, tools.seal), person.email
    return _set_out(tools, number, client, traveller, now, email=email, person_id=person_id)


def onward(session: Session, browser: str, now: datetime) -> Onward | None:
    """Where this browser is to go next, if anywhere."""
    visit = identity_providers.newest_visit(session, digest(browser), now)
    if visit is None:
        return None
    provider = session.get_one(IdentityProvider, visit.provider_id)
    return Onward(visit.onward_url, provider.name, leaves=visit.purpose == "sign_out")


def _set_out(
    tools: Organisations,
    provider_id: int,
    client: Client,
    traveller: Traveller,
    now: datetime,
    *,
    email: str,
    person_id: int | None = None,
) -> Begun:
    asked = Asked(
        state=new_secret(),
        nonce=new_secret(),
        verifier=new_secret(),  # 43 letters, as PKCE wants at least (RFC 7636)
        redirect_uri=traveller.redirect_uri,
        email=email,
        anew=person_id is not None,
    )
    try:
        url = tools.providers.onward_url(client, asked)
    except ProviderTrouble as trouble:
        return Begun(Beginning.TROUBLE, trouble.reason)
    with tools.database.write() as session:
        identity_providers.forget_old_visits(session, now)
        session.add(
            ProviderVisit(
                state=asked.state,
                browser_digest=digest(traveller.browser),
                provider_id=provider_id,
                purpose="sign_in" if person_id is None else "confirm",
                nonce=asked.nonce,
                verifier=asked.verifier,
                redirect_uri=asked.redirect_uri,
                next_path=traveller.next_path,
                onward_url=url,
                person_id=person_id,
                created_at=now,
                expires_at=now + VISIT_LASTS,
            )
        )
    return Begun(Beginning.ONWARD)
