"""Changing the identity provider of an organisation: by our own people, written to the activity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.sign_in.mail_domains import domain_of
from portal.shared.domain.sign_in.provider_addresses import is_issuer
from portal.shared.records import identity_providers
from portal.shared.records.identity_providers import IdentityProvider, IdentityProviderAccount
from portal.shared.records.sign_ins import SignInSession
from portal.shared.services.organisations.keeping import (
    LONGEST_CLIENT_ID,
    LONGEST_NAME,
    LONGEST_SECRET,
    Problem,
    provider_held,
    record,
)
from portal.shared.services.sign_in.sealing import Seal


@dataclass(frozen=True, slots=True)
class Typed:
    """The settings as they were typed; an empty secret leaves the one that is kept."""

    name: str
    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)


def save(
    session: Session,
    account_id: int,
    typed: Typed,
    seal: Seal,
    staff_id: int,
    now: datetime,
    *,
    plain_loopback: bool = False,
) -> Problem | None:
    """Keep the settings of an account's provider, or say why not.

    Another provider or another client has to be proven anew by a sign-in, and is not required before. A secret goes
    to nobody else than whom it was typed for: with another issuer it is typed again.
    """
    provider = provider_held(session, account_id)
    problem = _problem(session, provider, typed, plain_loopback=plain_loopback)
    if problem is not None:
        return problem
    if provider is None:
        provider = IdentityProvider(
            name=typed.name,
            issuer=typed.issuer,
            client_id=typed.client_id,
            sealed_secret=seal.close(typed.secret) if typed.secret else "",
            created_at=now,
        )
        session.add(provider)
        session.flush()
        session.add(IdentityProviderAccount(account_id=account_id, provider_id=provider.id))
        record(session, provider, staff_id, "identity-provider-added", _told(provider), now)
        return None
    old = _told(provider)
    if (provider.issuer, provider.client_id) != (typed.issuer, typed.client_id):
        provider.proven_at, provider.required = None, False
    provider.name, provider.issuer, provider.client_id = typed.name, typed.issuer, typed.client_id
    if typed.secret:
        provider.sealed_secret = seal.close(typed.secret)
    session.flush()
    detail = {"old": old, "new": _told(provider), "secret_changed": bool(typed.secret)}
    if old != detail["new"] or typed.secret:
        record(session, provider, staff_id, "identity-provider-changed", detail, now)
    return None


def require(
    session: Session, account_id: int, staff_id: int, now: datetime, *, required: bool
) -> Problem | None:
    """Let the provider be the only way in, or one of several; the only one no sooner than somebody came through it.

    When it becomes the only one, whoever came in another way signs in anew.
    """
    provider = provider_held(session, account_id)
    if provider is None:
        return Problem.NO_PROVIDER
    if required and provider.proven_at is None:
        return Problem.NOT_PROVEN
    if provider.required != required:
        provider.required = required
        if required:
            _end_other_sessions(session, provider)
        action = "identity-provider-required" if required else "identity-provider-optional"
        record(session, provider, staff_id, action, {"required": {"old": not required, "new": required}}, now)
    return None


def enable(session: Session, account_id: int, staff_id: int, now: datetime, *, enabled: bool) -> bool:
    """Open or close the way through the provider; closed, everybody signs in as before. Whether there is one."""
    provider = provider_held(session, account_id)
    if provider is None:
        return False
    if provider.enabled != enabled:
        provider.enabled = enabled
        action = "identity-provider-enabled" if enabled else "identity-provider-disabled"
        record(session, provider, staff_id, action, {"enabled": {"old": not enabled, "new": enabled}}, now)
    return True


def join(
    session: Session, account_id: int, provider_id: int, allowed: Sequence[int], staff_id: int, now: datetime
) -> bool:
    """Let an account without a provider use that of another account of its organisation, one of those allowed."""
    taken = provider_held(session, account_id)
    provider = session.get(IdentityProvider, provider_id)
    if provider is None or provider.id not in allowed or taken is not None:
        return False
    session.add(IdentityProviderAccount(account_id=account_id, provider_id=provider.id))
    session.flush()
    record(session, provider, staff_id, "identity-provider-joined", {"joined": account_id}, now)
    return True


def leave(session: Session, account_id: int, staff_id: int, now: datetime) -> bool:
    """Take an account out of the organisation; the provider goes with its last account. Whether it had one."""
    provider = provider_held(session, account_id)
    if provider is None:
        return False
    record(session, provider, staff_id, "identity-provider-left", {"left": account_id}, now)
    session.delete(session.get_one(IdentityProviderAccount, account_id))
    session.flush()
    if not identity_providers.accounts_of_provider(session, provider.id):
        session.delete(provider)
        session.flush()
    return True


def _end_other_sessions(session: Session, provider: IdentityProvider) -> None:
    domains = identity_providers.domain_names(session, provider.id)
    theirs = [
        person.id
        for person in identity_providers.members(session, provider.id)
        if person.staff_role is None and domain_of(person.email) in domains
    ]
    session.execute(
        sa.delete(SignInSession).where(
            SignInSession.person_id.in_(theirs), SignInSession.how != "organisation"
        )
    )


def _problem(
    session: Session, provider: IdentityProvider | None, typed: Typed, *, plain_loopback: bool
) -> Problem | None:
    if not typed.name:
        return Problem.NAME_MISSING
    too_long = (
        len(typed.name) > LONGEST_NAME
        or len(typed.client_id) > LONGEST_CLIENT_ID
        or len(typed.secret) > LONGEST_SECRET
    )
    if too_long:
        return Problem.TOO_LONG
    if not is_issuer(typed.issuer, plain_loopback=plain_loopback):
        return Problem.ISSUER
    if not typed.client_id:
        return Problem.CLIENT_ID_MISSING
    elsewhere = provider is not None and provider.issuer != typed.issuer and provider.sealed_secret
    if elsewhere and not typed.secret:
        return Problem.SECRET_AGAIN
    same = sa.select(IdentityProvider.id).where(
        IdentityProvider.issuer == typed.issuer, IdentityProvider.client_id == typed.client_id
    )
    other = session.scalar(same)
    return Problem.TAKEN if other is not None and (provider is None or provider.id != other) else None


def _told(provider: IdentityProvider) -> dict[str, str]:
    """The settings as the activity keeps them: everything but the secret."""
    return {"name": provider.name, "issuer": provider.issuer, "client_id": provider.client_id}
