"""Signing in with a passkey alone: it proves the device and the person at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.services.sign_in import passkeys, signing_in
from portal.shared.services.sign_in.passkeys import Site
from portal.shared.services.sign_in.signing_in import (
    Answer,
    Browser,
    OtherDoor,
    SignInResult,
    no_other_door,
)


def sign_in(
    session: Session,
    site: Site,
    answer: str,
    *,
    browser: Browser,
    now: datetime,
    instead_of: str | None = None,
    other_door: OtherDoor = no_other_door,
) -> SignInResult:
    """Open a session for whoever's passkey answered our question, in the place of the one it names."""
    person_id = passkeys.take(session, site, answer, now)
    if person_id is None:
        return SignInResult(Answer.WRONG)
    door = other_door(session, person_id)
    if door is not None:
        return SignInResult(Answer.OTHER_DOOR, door=door, person_id=person_id)
    if instead_of is not None:
        signing_in.sign_out(session, instead_of)
    token = signing_in.open_session(session, person_id, now, how="passkey", browser=browser)
    return SignInResult(Answer.WELCOME, token, person_id=person_id)
