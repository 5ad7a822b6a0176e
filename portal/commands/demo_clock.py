"""The command that moves a demo's clock, and tells what came of it."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from portal.shared.services import rehearsal
from portal.shared.services.equipment import Database, Session
from portal.shared.services.rehearsal import LONGEST_DAYS, DemoClock, Refused

_WENT_WELL, _CANNOT = 0, 2
_SAY_EVERY = timedelta(days=10)
_LOOK_EVERY_SECONDS = 0.2

_REFUSALS = {
    Refused.BACKWARD: "The clock only moves forward; choose a later day.",
    Refused.TOO_FAR: f"The clock moves {LONGEST_DAYS} days at most at once.",
    Refused.MOVING: "The clock is moving already.",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How far to move: one of three ways, or not at all."""
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--days", type=_days, help=f"by so many days, 1 to {LONGEST_DAYS}")
    ways.add_argument("--to", type=_day, metavar="DATE", help="to the morning of a day, as in 2026-12-31")
    ways.add_argument(
        "--renewal", metavar="ACCOUNT", help="to the next renewal of an account: its name or number"
    )


def move(asked: argparse.Namespace, database: Database, clock: DemoClock, live: Callable[[], None]) -> int:
    """Go on with what was begun, move as asked, and print where the clock stands and the documents that came of it."""
    if not _stands(clock):
        _say("Going on with a move that was begun before.")
        _wait(clock, live)
    if asked.days or asked.to or asked.renewal:
        with database.read() as session:
            refused = _wish(session, asked, clock)
        if refused is not None:
            _say(refused)
            return _CANNOT
        _wait(clock, live)
        with database.read() as session:
            _print_documents(session, clock)
    print(f"The demo's clock stands at {clock.now():%d %B %Y, %H:%M} UTC.")
    return _WENT_WELL


def _wish(session: Session, asked: argparse.Namespace, clock: DemoClock) -> str | None:
    """Keep the wish; gives a sentence when it cannot be kept."""
    account_id, now = None, clock.now()
    until = now + timedelta(days=asked.days or 0)
    if asked.to:
        until = rehearsal.morning_of(asked.to, "UTC")
    elif asked.renewal:
        account = rehearsal.account_named(session, asked.renewal)
        if account is None:
            return f"There is no account {asked.renewal}."
        ahead = rehearsal.next_renewal(session, account, now)
        if ahead is None:
            return f"{account.name} has no renewal ahead."
        until, account_id = ahead.instant, account.id
    refused = rehearsal.wish(session, clock, until, account_id)
    return _REFUSALS[refused] if refused else None


def _wait(clock: DemoClock, live: Callable[[], None]) -> None:
    """Move the clock, or wait for the process that moves it; whoever of both dies, the other one goes on."""
    told = [clock.now()]

    def tell(now: datetime) -> None:
        if now - told[0] >= _SAY_EVERY:
            told[0] = now
            _say(f"{now:%d %B %Y}")

    while not _stands(clock):
        if not rehearsal.go_on(clock, live, tell):
            time.sleep(_LOOK_EVERY_SECONDS)
            tell(clock.now())


def _stands(clock: DemoClock) -> bool:
    move = clock.move()
    return move is None or move.done


def _print_documents(session: Session, clock: DemoClock) -> None:
    move = clock.move()
    assert move is not None, "it has just been moved"
    accounts = [move.account_id] if move.account_id else rehearsal.all_accounts(session)
    for one in rehearsal.came_of(session, move, accounts):
        kind = one.kind.replace("_", " ")
        print(f"{one.name}  {kind} of {one.issued_on:%d %B %Y}  {one.account_name}")


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= LONGEST_DAYS):
        raise argparse.ArgumentTypeError(f"a number of days is from 1 to {LONGEST_DAYS}")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day is written as in 2026-12-31") from None


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
