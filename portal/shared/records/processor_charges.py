"""Which charge at the card processor belongs to one of our keys, noted before it may take money."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base


class ProcessorCharge(Base):
    """One key, for ever. Without a reference the key is closed: nothing was charged under it, and nothing will be."""

    __tablename__ = "processor_charges"

    key: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str | None] = mapped_column(unique=True, default=None)
    at: Mapped[datetime]


def noted_charge(session: Session, key: str) -> ProcessorCharge | None:
    """What was noted under this key?"""
    return session.get(ProcessorCharge, key)


def note_once(session: Session, key: str, reference: str | None, now: datetime) -> ProcessorCharge:
    """What is noted under this key, from now on or already: the first note stays, whoever comes at the same moment."""
    found = session.get(ProcessorCharge, key)
    if found is not None:
        return found
    try:
        with session.begin_nested():
            session.add(ProcessorCharge(key=key, reference=reference, at=now))
    except sa.exc.IntegrityError:  # somebody was faster; what they wrote is committed, so it can be read now
        session.expire_all()
    return session.get_one(ProcessorCharge, key)
