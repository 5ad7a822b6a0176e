"""The command `sign-out`: end all sign-ins of somebody, or of everybody, when something is wrong."""

from __future__ import annotations

import argparse
from datetime import datetime

from portal.commands.ground import CANNOT, WENT_WELL, house, say
from portal.shared.records.database import Database
from portal.shared.services.sign_in.ending import (
    LONGEST_REASON,
    end_all_of,
    end_by_address,
    everybody_signed_in,
)


def add_arguments(command: argparse.ArgumentParser) -> None:
    """What can be said behind `sign-out`."""
    who = command.add_mutually_exclusive_group(required=True)
    who.add_argument("email", nargs="?", help="of whom: the address they sign in with")
    who.add_argument("--everybody", action="store_true", help="everybody, our own people too")
    command.add_argument("--reason", required=True, type=_reason, help="why; they read it in a mail")


def sign_out_command(asked: argparse.Namespace) -> int:
    """End sign-ins, tell the people by mail, and say how many were open."""
    with house() as ours:
        now = ours.machine_clock.now()
        if asked.everybody:
            return _everybody(ours.database, asked.reason, now)
        with ours.database.write() as session:
            ended = end_by_address(session, asked.email, asked.reason, now)
    if ended is None:
        return say(f"Nobody signs in with {asked.email}.", CANNOT)
    print(f"{ended} ended")
    return WENT_WELL


def _everybody(database: Database, reason: str, now: datetime) -> int:
    with database.read() as session:
        people = everybody_signed_in(session)
    ended = 0
    for person_id in people:  # each in a transaction of its own: nobody waits for all of them
        with database.write() as session:
            ended += end_all_of(session, person_id, None, reason, now)
    print(f"{ended} ended")
    return WENT_WELL


def _reason(text: str) -> str:
    if not text.strip() or len(text) > LONGEST_REASON:
        raise argparse.ArgumentTypeError(f"a reason has 1 to {LONGEST_REASON} characters")
    return text.strip()
