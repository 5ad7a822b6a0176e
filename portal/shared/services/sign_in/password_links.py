"""Links that set a password: after somebody forgot theirs, and for somebody who has none yet."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.sign_in.limits import FIRST_LINK, RESET_LINK
from portal.shared.records.sign_ins import PasswordLink
from portal.shared.services.sign_in.digests import digest, new_secret


def first_link(session: Session, person_id: int, now: datetime) -> str:
    """The secret of a link with which an invited person chooses a first password; it lives for a week.

    The page is `front.set_password` with `token`. Only the newest link of a person opens anything.
    """
    return _link(session, person_id, now, FIRST_LINK)


def reset_link(session: Session, person_id: int, now: datetime) -> str:
    """The secret of a link for somebody who forgot their password; it lives for half an hour."""
    return _link(session, person_id, now, RESET_LINK)


def _link(session: Session, person_id: int, now: datetime, lives: timedelta) -> str:
    session.execute(
        sa.delete(PasswordLink).where(
            sa.or_(PasswordLink.person_id == person_id, PasswordLink.expires_at <= now)
        )
    )
    token = new_secret()
    session.add(
        PasswordLink(token_hash=digest(token), person_id=person_id, created_at=now, expires_at=now + lives)
    )
    session.flush()
    return token
