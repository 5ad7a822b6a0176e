"""What readers say of help pages, and what our own people make of it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.shared.records import help_answers as records
from portal.shared.records.help_answers import HelpAnswer

LONGEST_WORDS = 1000
# Enough for somebody who reads a lot, and for a busy day; more is nobody who reads.
MOST_OF_ONE, MOST_OF_ALL, WINDOW = 20, 2000, timedelta(days=1)
COUNTED = timedelta(days=90)
A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Count:
    """How often a page was the one that was needed, and how often it was not."""

    page: str
    yes: int
    no: int


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote of a page."""

    at: datetime
    page: str
    language: str
    needed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What came in the last 90 days, and what was written; `older` is where the next page of words begins."""

    counts: tuple[Count, ...]
    words: tuple[Words, ...]
    older: int | None


def sender_mark(secret: str, address: str, now: datetime) -> str:
    """A mark by which the answers from one address are counted on one day; the address cannot be had back from it."""
    told = f"help answer {now.date().isoformat()} {address}"
    return hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()[:32]


def keep(
    session: Session, *, page: str, language: str, needed: bool, words: str, sender: str, now: datetime
) -> bool:
    """Keep an answer; False when too many came from this sender, or from everybody, in 24 hours."""
    since = now - WINDOW
    records.forget_senders(session, since)
    if records.answers_since(session, since, sender) >= MOST_OF_ONE:
        return False
    if records.answers_since(session, since) >= MOST_OF_ALL:
        return False
    kept = words.strip()[:LONGEST_WORDS]
    session.add(HelpAnswer(at=now, page=page, language=language, needed=needed, words=kept, sender=sender))
    session.flush()
    return True


def answers(session: Session, now: datetime, before: int | None = None) -> Answers:
    """What readers say, for those who write the pages."""
    found = records.with_words(session, A_PAGE + 1, before)
    return Answers(
        tuple(Count(page, yes, no) for page, yes, no in records.counted(session, now - COUNTED)),
        tuple(Words(one.at, one.page, one.language, one.needed, one.words) for one in found[:A_PAGE]),
        found[A_PAGE - 1].id if len(found) > A_PAGE else None,
    )
