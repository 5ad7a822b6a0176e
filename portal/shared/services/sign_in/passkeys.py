"""Passkeys (WebAuthn): kept on the person's own device, for one site, proven by a signature nobody can replay."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa
import webauthn
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.shared.domain.sign_in.limits import CHALLENGE
from portal.shared.records import second_factors
from portal.shared.records.people import Person
from portal.shared.records.second_factors import Passkey, PasskeyChallenge
from portal.shared.services import activity
from portal.shared.services.sign_in import telling
from portal.shared.services.sign_in.digests import digest

LONGEST_NAME, LONGEST_ANSWER = 60, 20_000
MOST = 10  # of one person


@dataclass(frozen=True, slots=True)
class Site:
    """For which site passkeys are made: its host, its whole origin, and its name for people."""

    host: str
    origin: str
    name: str


def site_of(base_url: str, name: str) -> Site | None:
    """The site behind an address of ours; none for one without a name or, but for localhost, without HTTPS."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    named = host == "localhost" or ("." in host and not host.replace(".", "").isdigit() and ":" not in host)
    if not named or (parts.scheme != "https" and host != "localhost"):
        return None
    return Site(host, f"{parts.scheme}://{parts.netloc}", name)


def question_for_new(session: Session, site: Site, person_id: int, now: datetime) -> str:
    """What the browser is asked to make a passkey with (JSON): one that needs no name typed and knows its person."""
    person = session.get_one(Person, person_id)
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=digest(f"passkey\n{person.id}")[:32].encode(),
        user_name=person.email,
        user_display_name=person.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_described(session, person_id),
    )
    _keep(session, options.challenge, now)
    return webauthn.options_to_json(options)


def question(session: Session, site: Site, person_id: int | None, now: datetime) -> str:
    """What the browser is asked to sign (JSON): by a passkey of one person, or by whichever there is."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        allow_credentials=_described(session, person_id) if person_id is not None else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _keep(session, options.challenge, now)
    return webauthn.options_to_json(options)


def add(session: Session, site: Site, person_id: int, answer: str, name: str, now: datetime) -> bool:
    """Keep a new passkey under a name; False when the browser's answer proves nothing."""
    challenge = _taken(session, answer, now)
    if challenge is None or len(second_factors.passkeys_of(session, person_id)) >= MOST:
        return False
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return False
    credential_id = bytes_to_base64url(made.credential_id)
    if _passkey(session, credential_id) is not None:
        return False
    session.add(
        Passkey(
            person_id=person_id,
            credential_id=credential_id,
            public_key=bytes_to_base64url(made.credential_public_key),
            sign_count=made.sign_count,
            name=name,
            created_at=now,
        )
    )
    session.flush()
    person = session.get_one(Person, person_id)
    activity.record_personal(session, person_id, person_id, "passkey-added", {"text": name}, now)
    telling.tell(session, person, "passkey-added", now, what=name)
    return True


def take(session: Session, site: Site, answer: str, now: datetime) -> int | None:
    """Whose passkey signed our question; nobody's when the signature, its counter or the question is not right."""
    challenge = _taken(session, answer, now)
    said = _read(answer)
    kept = _passkey(session, str(said.get("id", ""))) if said else None
    if challenge is None or kept is None or session.get_one(Person, kept.person_id).disabled_at is not None:
        return None
    try:
        proven = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(kept.public_key),
            credential_current_sign_count=kept.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    kept.sign_count, kept.used_at = proven.new_sign_count, now
    return kept.person_id


def _described(session: Session, person_id: int) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id))
        for one in second_factors.passkeys_of(session, person_id)
    ]


def _passkey(session: Session, credential_id: str) -> Passkey | None:
    question = sa.select(Passkey).where(Passkey.credential_id == credential_id).with_for_update()
    return session.scalar(question)


def _keep(session: Session, challenge: bytes, now: datetime) -> None:
    session.execute(sa.delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= now))
    kept = digest(bytes_to_base64url(challenge))
    session.add(PasskeyChallenge(challenge_hash=kept, expires_at=now + CHALLENGE))
    session.flush()


def _taken(session: Session, answer: str, now: datetime) -> bytes | None:
    """The question of ours that is answered here, which is thereby used up; None for any other."""
    said = _read(answer)
    try:
        told = json.loads(_decoded(said["response"]["clientDataJSON"])) if said else {}
        challenge = str(told["challenge"])
    except (ValueError, KeyError, TypeError):
        return None
    taken = session.execute(
        sa.delete(PasskeyChallenge)
        .where(PasskeyChallenge.challenge_hash == digest(challenge), PasskeyChallenge.expires_at > now)
        .returning(PasskeyChallenge.challenge_hash)
    ).first()
    return base64url_to_bytes(challenge) if taken else None


def _read(answer: str) -> dict[str, dict[str, str]] | None:
    if len(answer) > LONGEST_ANSWER:
        return None
    try:
        said = json.loads(answer)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
