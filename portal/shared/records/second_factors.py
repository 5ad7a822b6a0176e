"""What a person shows besides a password: one-time codes, passkeys, recovery codes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base


class OneTimeCodes(Base):
    """The secret that a person's authenticator app shares with us, sealed, and the last step that was used."""

    __tablename__ = "one_time_codes"

    person_id: Mapped[int] = mapped_column(
        sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    secret: Mapped[str]
    last_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class Passkey(Base):
    """A passkey: its public half, how often it was used by its own count, and what the person calls it."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[str]
    sign_count: Mapped[int]
    name: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class PasskeyChallenge(Base):
    """A question that a passkey may answer once; only its fingerprint is kept."""

    __tablename__ = "passkey_challenges"

    challenge_hash: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class RecoveryCode(Base):
    """A code for the day the device is lost; used once, then deleted."""

    __tablename__ = "recovery_codes"
    __table_args__ = (sa.UniqueConstraint("person_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"))
    code_hash: Mapped[str]


def has_second_factor(session: Session, person_id: int) -> bool:
    """Has this person an authenticator app or a passkey? Recovery codes alone are none."""
    codes = sa.select(sa.literal(1)).where(OneTimeCodes.person_id == person_id)
    keys = sa.select(sa.literal(1)).where(Passkey.person_id == person_id)
    return session.scalar(sa.union_all(codes, keys).limit(1)) is not None


def passkeys_of(session: Session, person_id: int) -> list[Passkey]:
    """Which passkeys has this person, oldest first?"""
    return list(
        session.scalars(sa.select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id))
    )


def recovery_codes_left(session: Session, person_id: int) -> int:
    """How many recovery codes of this person are unused?"""
    question = sa.select(sa.func.count()).select_from(RecoveryCode).where(RecoveryCode.person_id == person_id)
    return session.scalar(question) or 0


def step_taken(session: Session, person_id: int, step: int) -> bool:
    """Take a step of a person's one-time codes: true for one caller only, and never for an earlier step."""
    taken = session.execute(
        sa.update(OneTimeCodes)
        .where(OneTimeCodes.person_id == person_id, OneTimeCodes.last_step < step)
        .values(last_step=step)
        .returning(OneTimeCodes.person_id)
    )
    return taken.first() is not None
