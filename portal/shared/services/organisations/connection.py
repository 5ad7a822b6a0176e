"""Trying the connection to an organisation's provider before anybody depends on it."""

from __future__ import annotations

from portal.shared.gateways.identity_providers.providers import Description, ProviderTrouble, Trouble
from portal.shared.records import identity_providers
from portal.shared.services.organisations.finding import Organisations

__all__ = ["Description", "Trouble", "try_connection"]


def try_connection(tools: Organisations, account_id: int) -> Description | Trouble | None:
    """What the provider of an account says of itself just now, or what is wrong; nothing when it has none.

    Tells whether its secret can still be read here as well; whether it is the right one, only a sign-in shows.
    """
    with tools.database.read() as session:
        provider = identity_providers.provider_of_account(session, account_id)
        if provider is None:
            return None
        issuer, sealed = provider.issuer, provider.sealed_secret
    if sealed and tools.seal.open(sealed) is None:
        return Trouble.CLIENT
    try:
        return tools.providers.describe(issuer)
    except ProviderTrouble as trouble:
        return trouble.reason
