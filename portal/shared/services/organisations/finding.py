"""Organisations that sign in through their own identity provider: which one is whose, and who must use it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.shared.domain.sign_in.mail_domains import domain_of
from portal.shared.domain.sign_in.vouching import must_use_it
from portal.shared.gateways.identity_providers.providers import Client, IdentityProviders
from portal.shared.records import identity_providers
from portal.shared.records.database import Database
from portal.shared.records.identity_providers import IdentityProvider
from portal.shared.records.people import Person
from portal.shared.services.sign_in.sealing import Seal

SEALED_FOR = "identity providers"


@dataclass(frozen=True, slots=True)
class Organisations:
    """What signing in through an organisation works with."""

    database: Database
    providers: IdentityProviders
    seal: Seal


def provider_for(session: Session, address: str) -> IdentityProvider | None:
    """The provider that serves an address of mail, by its domain alone: whether the person exists is not asked."""
    domain = domain_of(address)
    return identity_providers.provider_of_domain(session, domain) if domain else None


def provider_of(session: Session, person_id: int) -> IdentityProvider | None:
    """The provider through which a person came before and still may, if there is one."""
    for provider in identity_providers.providers_of_person(session, person_id):
        if identity_providers.identity_of_person(session, person_id, provider.issuer) is not None:
            return provider
    return None


def provider_name_of(session: Session, person_id: int) -> str:
    """The name of the provider where a person can show anew who they are; nothing where there is none."""
    provider = provider_of(session, person_id)
    return provider.name if provider else ""


def required_provider(session: Session, person_id: int) -> str | None:
    """The name of the provider through which a person must come in; nothing for everybody who may choose.

    Our own people never come through a customer's provider.
    """
    person = session.get(Person, person_id)
    if person is None or person.staff_role is not None:
        return None
    for provider in identity_providers.providers_of_person(session, person_id):
        domains = identity_providers.domain_names(session, provider.id)
        if must_use_it(person.email, domains, required=provider.required, enabled=provider.enabled):
            return provider.name
    return None


def client_of(provider: IdentityProvider, seal: Seal) -> Client:
    """Who we are for a provider; a secret that cannot be read any more is none, and the provider will say so."""
    secret = seal.open(provider.sealed_secret) if provider.sealed_secret else None
    return Client(provider.issuer, provider.client_id, secret or "")
