"""For whom a provider may vouch: the organisation's domains of mail, and the people it is known to have meant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.sign_in.mail_domains import domain_of, is_public, plain_domain
from portal.shared.records import identity_providers
from portal.shared.records.identity_providers import Identity, IdentityProviderDomain
from portal.shared.records.people import Person
from portal.shared.services.organisations.keeping import LONGEST_NOTE, Problem, provider_held, record


def confirm_domain(
    session: Session, account_id: int, domain: str, note: str, staff_id: int, now: datetime
) -> Problem | None:
    """Confirm that a domain of mail is the organisation's, or say why not; the note tells how one knows."""
    provider = provider_held(session, account_id)
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
    record(session, provider, staff_id, "mail-domain-confirmed", {"name": plain, "note": note}, now)
    return None


def remove_domain(session: Session, account_id: int, domain: str, staff_id: int, now: datetime) -> bool:
    """Let a domain of mail lead nobody to the provider any more; whether it was one of the organisation's."""
    provider = provider_held(session, account_id)
    row = session.get(IdentityProviderDomain, domain)
    if provider is None or row is None or row.provider_id != provider.id:
        return False
    session.delete(row)
    session.flush()
    record(session, provider, staff_id, "mail-domain-removed", {"name": domain}, now)
    return True


def unlink(session: Session, account_id: int, identity_id: int, staff_id: int, now: datetime) -> bool:
    """Forget under which subject a member came: the next one with their address is linked anew."""
    provider = provider_held(session, account_id)
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
    record(session, provider, staff_id, "identity-unlinked", {"person": person_id}, now)
    return True


def _addresses_of_staff(session: Session) -> Sequence[str]:
    return session.scalars(sa.select(Person.email).where(Person.staff_role.is_not(None))).all()
