"""Whether help pages were the ones people needed. Nobody is named: a sender is a mark that is wiped the next day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base


class HelpAnswer(Base):
    """One answer to "Was this the page you needed?"."""

    __tablename__ = "help_answers"
    __table_args__ = (
        sa.Index("ix_help_answers_at", "at"),
        sa.Index("ix_help_answers_sender_at", "sender", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    page: Mapped[str]
    language: Mapped[str]
    needed: Mapped[bool]
    words: Mapped[str]  # empty when nothing was written
    sender: Mapped[str]  # counts what comes from one address on one day; empty from the next day on


def answers_since(session: Session, since: datetime, sender: str | None = None) -> int:
    """How many answers came since then, from everybody or from one sender?"""
    question = sa.select(sa.func.count(HelpAnswer.id)).where(HelpAnswer.at > since)
    if sender is not None:
        question = question.where(HelpAnswer.sender == sender)
    return session.scalar(question) or 0


def forget_senders(session: Session, before: datetime) -> None:
    """Wipe the marks of those who answered before then."""
    old = sa.update(HelpAnswer).where(HelpAnswer.at < before, HelpAnswer.sender != "")
    session.execute(old.values(sender=""))


def counted(session: Session, since: datetime) -> Sequence[tuple[str, int, int]]:
    """How often was each page the one that was needed, and how often not, since then?"""
    yes = sa.func.sum(sa.case((HelpAnswer.needed, 1), else_=0))
    no = sa.func.sum(sa.case((HelpAnswer.needed, 0), else_=1))
    question = sa.select(HelpAnswer.page, yes, no).where(HelpAnswer.at > since).group_by(HelpAnswer.page)
    found = session.execute(question.order_by(no.desc(), yes.desc(), HelpAnswer.page))
    return [(page, int(good), int(bad)) for page, good, bad in found]


def with_words(session: Session, limit: int, before: int | None = None) -> Sequence[HelpAnswer]:
    """The latest answers in which something was written, newest first; `before` is the id of one shown already."""
    question = sa.select(HelpAnswer).where(HelpAnswer.words != "")
    if before is not None:
        question = question.where(HelpAnswer.id < before)
    return session.scalars(question.order_by(HelpAnswer.id.desc()).limit(limit)).all()
