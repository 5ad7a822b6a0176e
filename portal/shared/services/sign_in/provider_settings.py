"""The settings of an organisation's identity provider, kept by our own people and written to the activity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.sign_in.mail_domains import domain_of, is_public, plain_domain
from portal.shared.domain.sign_in.provider_addresses import is_issuer
from portal.shared.records import identity_providers
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.identity_providers import (
    Identity,
    IdentityProvider,
    IdentityProviderAccount,
    IdentityProviderDomain,
)
from portal.shared.records.people import Person
from portal.shared.services import activity
from portal.shared.services.sign_in.sealing import Seal

LONGEST_NAME, LONGEST_CLIENT_ID, LONGEST_SECRET, LONGEST_NOTE = 100, 500, 2000, 300


class Problem(StrEnum):
    """Why something was not kept."""

    NAME_MISSING = "name_missing"
    TOO_LONG = "too_long"
    ISSUER = "issuer"
    CLIENT_ID_MISSING = "client_id_missing"
    SECRET_AGAIN = "secret_again"  # noqa: S105  # the name of a problem
    TAKEN = "taken"
    DOMAIN = "domain"
    DOMAIN_PUBLIC = "domain_public"
    DOMAIN_TAKEN = "domain_taken"
    DOMAIN_OURS = "domain_ours"
    NOTE_MISSING = "note_missing"
    NOT_PROVEN = "not_proven"
    NO_PROVIDER = "no_provider"


@dataclass(frozen=True, slots=True)
class Typed:
    """The settings as they were typed; an empty secret leaves the one that is kept."""

    name: str
    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ConfirmedDomain:
    """A domain of mail, who of our own people confirmed it, and how they know."""

    domain: str
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class LinkedPerson:
    """Somebody who came through the provider."""

    identity_id: int
    name: str
    email: str
    last_used_at: datetime


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """A provider as the desk sees it; its secret is never shown. `outside`: members whose address lies elsewhere."""

    id: int
    name: str
    issuer: str
    client_id: str
    has_secret: bool
    enabled: bool
    required: bool
    proven_at: datetime | None
    domains: tuple[ConfirmedDomain, ...]
    people: tuple[LinkedPerson, ...]
    outside: tuple[str, ...]
    accounts: tuple[str, ...]


def settings_of(session: Session, account_id: int) -> ProviderSettings | None:
    """The provider of an account and everything around it, if it has one."""
    provider = identity_providers.provider_of_account(session, account_id)
    if provider is None:
        return None
    names = identity_providers.domain_names(session, provider.id)
    members = identity_providers.members(session, provider.id)
    accounts = identity_providers.accounts_of_provider(session, provider.id)
    return ProviderSettings(
        id=provider.id,
        name=provider.name,
        issuer=provider.issuer,
        client_id=provider.client_id,
        has_secret=bool(provider.sealed_secret),
        enabled=provider.enabled,
        required=provider.required,
        proven_at=provider.proven_at,
        domains=tuple(
            ConfirmedDomain(row.domain, by, row.confirmed_at, row.note)
            for row, by in identity_providers.domains_of_provider(session, provider.id)
        ),
        people=tuple(
            LinkedPerson(identity.id, person.name, person.email, identity.last_used_at)
            for identity, person in identity_providers.linked_people(session, provider)
        ),
        outside=tuple(person.name for person in members if domain_of(person.email) not in names),
        accounts=tuple(
            session.scalars(sa.select(Account.name).where(Account.id.in_(accounts)).order_by(Account.name))
        ),
    )


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
    provider = _provider_held(session, account_id)
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
        _record(session, provider, staff_id, "identity-provider-added", _told(provider), now)
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
        _record(session, provider, staff_id, "identity-provider-changed", detail, now)
    return None


def confirm_domain(
    session: Session, account_id: int, domain: str, note: str, staff_id: int, now: datetime
) -> Problem | None:
    """Confirm that a domain of mail is the organisation's, or say why not; the note tells how one knows."""
    provider = _provider_held(session, account_id)
    plain, note = plain_domain(domain), note.strip()
    if provider is None:
        return Problem.NO_PROVIDER
    if plain is None:
        return Problem.DOMAIN
    if is_public(plain):
        return Problem.DOMAIN_PUBLIC
    if not note:
        return Problem.NOTE_MISSING
    if len(note) > LONGEST_NOTE:
        return Problem.TOO_LONG
    if any(domain_of(email) == plain for email in _addresses_of_staff(session)):
        return Problem.DOMAIN_OURS
    if session.get(IdentityProviderDomain, plain) is not None:
        return Problem.DOMAIN_TAKEN
    session.add(
        IdentityProviderDomain(
            domain=plain, provider_id=provider.id, confirmed_at=now, confirmed_by=staff_id, note=note
        )
    )
    session.flush()
    _record(session, provider, staff_id, "mail-domain-confirmed", {"domain": plain, "note": note}, now)
    return None


def remove_domain(session: Session, account_id: int, domain: str, staff_id: int, now: datetime) -> bool:
    """Let a domain of mail lead nobody to the provider any more; whether it was one of the organisation's."""
    provider = _provider_held(session, account_id)
    row = session.get(IdentityProviderDomain, domain)
    if provider is None or row is None or row.provider_id != provider.id:
        return False
    session.delete(row)
    session.flush()
    _record(session, provider, staff_id, "mail-domain-removed", {"domain": domain}, now)
    return True


def require(
    session: Session, account_id: int, staff_id: int, now: datetime, *, required: bool
) -> Problem | None:
    """Let the provider be the only way in, or one of several; the only one no sooner than somebody came through it."""
    provider = _provider_held(session, account_id)
    if provider is None:
        return Problem.NO_PROVIDER
    if required and provider.proven_at is None:
        return Problem.NOT_PROVEN
    if provider.required != required:
        provider.required = required
        detail = {"old": not required, "new": required}
        _record(session, provider, staff_id, "identity-provider-required", detail, now)
    return None


def enable(session: Session, account_id: int, staff_id: int, now: datetime, *, enabled: bool) -> bool:
    """Open or close the way through the provider; closed, everybody signs in as before. Whether there is one."""
    provider = _provider_held(session, account_id)
    if provider is None:
        return False
    if provider.enabled != enabled:
        provider.enabled = enabled
        detail = {"old": not enabled, "new": enabled}
        _record(session, provider, staff_id, "identity-provider-enabled", detail, now)
    return True


def join(
    session: Session, account_id: int, provider_id: int, allowed: Sequence[int], staff_id: int, now: datetime
) -> bool:
    """Let an account without a provider use that of another account of its organisation, one of those allowed."""
    taken = _provider_held(session, account_id)
    provider = session.get(IdentityProvider, provider_id)
    if provider is None or provider.id not in allowed or taken is not None:
        return False
    session.add(IdentityProviderAccount(account_id=account_id, provider_id=provider.id))
    session.flush()
    _record(session, provider, staff_id, "identity-provider-joined", {"joined": account_id}, now)
    return True


def leave(session: Session, account_id: int, staff_id: int, now: datetime) -> bool:
    """Take an account out of the organisation; the provider goes with its last account. Whether it had one."""
    provider = _provider_held(session, account_id)
    if provider is None:
        return False
    _record(session, provider, staff_id, "identity-provider-left", {"left": account_id}, now)
    session.delete(session.get_one(IdentityProviderAccount, account_id))
    session.flush()
    if not identity_providers.accounts_of_provider(session, provider.id):
        session.delete(provider)
        session.flush()
    return True


def unlink(session: Session, account_id: int, identity_id: int, staff_id: int, now: datetime) -> bool:
    """Forget under which subject a member came: the next one with their address is linked anew."""
    provider = _provider_held(session, account_id)
    found = session.get(Identity, identity_id)
    if (
        provider is None
        or found is None
        or found.issuer != provider.issuer
        or not identity_providers.is_member(session, provider.id, found.person_id)
    ):
        return False
    person_id = found.person_id
    session.delete(found)
    session.flush()
    _record(session, provider, staff_id, "identity-unlinked", {"person": person_id}, now)
    return True


def _provider_held(session: Session, account_id: int) -> IdentityProvider | None:
    """The provider of an account, with every account of its organisation locked, in one order for everybody."""
    provider = identity_providers.provider_of_account(session, account_id)
    others = identity_providers.accounts_of_provider(session, provider.id) if provider else ()
    for number in sorted({account_id, *others}):
        lock_account(session, number)
    return identity_providers.provider_of_account(session, account_id)


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


def _record(
    session: Session,
    provider: IdentityProvider,
    staff_id: int,
    action: str,
    detail: dict[str, Any],
    now: datetime,
) -> None:
    """One entry for every account of the organisation: each can read what was decided for it."""
    for account_id in identity_providers.accounts_of_provider(session, provider.id):
        activity.record(session, account_id, staff_id, action, {"provider": provider.name, **detail}, now)


def _addresses_of_staff(session: Session) -> Sequence[str]:
    return session.scalars(sa.select(Person.email).where(Person.staff_role.is_not(None))).all()
