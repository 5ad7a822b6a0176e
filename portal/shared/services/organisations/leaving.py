"""Signing out: our own session ends first, and then the browser is led to end the one at the provider."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.gateways.identity_providers.leaving import sign_out_url
from portal.shared.records import sign_ins
from portal.shared.records.identity_providers import IdentityProvider, ProviderSession, ProviderVisit
from portal.shared.services.organisations.setting_out import VISIT_LASTS, Traveller
from portal.shared.services.sign_in import signing_in
from portal.shared.services.sign_in.digests import digest, new_secret
from portal.shared.services.sign_in.sealing import Seal


def leave(session: Session, seal: Seal, token: str, traveller: Traveller, now: datetime) -> bool:
    """End a session; whether the browser is to be led on to the provider's own sign-out (`setting_out.onward`)."""
    found = sign_ins.session_with(session, digest(token), now)
    kept = session.get(ProviderSession, found.id) if found is not None else None
    url, provider_id = None, 0
    if kept is not None:
        provider = session.get_one(IdentityProvider, kept.provider_id)
        id_token = seal.open(kept.sealed_id_token)
        url = sign_out_url(kept.end_session_address, provider.client_id, id_token, traveller.redirect_uri)
        provider_id = provider.id
        session.expunge(kept)  # it goes with the session
    signing_in.sign_out(session, token)
    if url is None:
        return False
    session.add(
        ProviderVisit(
            state=new_secret(),
            browser_digest=digest(traveller.browser),
            provider_id=provider_id,
            purpose="sign_out",
            nonce="",
            verifier="",
            redirect_uri=traveller.redirect_uri,
            next_path="",
            onward_url=url,
            created_at=now,
            expires_at=now + VISIT_LASTS,
        )
    )
    return True
