"""The command about the activity: prove that nobody touched it."""

from __future__ import annotations

import argparse

from portal.commands.ground import CANNOT, FAILED, WENT_WELL, opened_and_current, say, say_progress
from portal.config import Settings
from portal.shared.domain.activity import Checkpoint, Fault
from portal.shared.services.activity.verifying import verify

_WORDS = {
    Fault.MISSING: "is missing",
    Fault.CHANGED: "was changed",
    Fault.UNLINKED: "does not follow the entry before it",
    Fault.CUT_OFF: "is missing: the chain ends before the checkpoint",
    Fault.REWRITTEN: "has another digest than the checkpoint",
    Fault.VALUE: "has a personal value that does not fit its seal",
}


def add_arguments(command: argparse.ArgumentParser) -> None:
    """What can be said behind it."""
    command.add_argument("account", nargs="?", type=int, help="the number of one account; otherwise all")
    command.add_argument("--checkpoint", metavar="NUMBER:DIGEST", help="as an export said it earlier")


def verify_activity_command(asked: argparse.Namespace) -> int:
    """Prove every chain of the activity, or that of one account, and name the first broken entry of each."""
    checkpoints = {}
    if asked.checkpoint:
        number, _, digest = asked.checkpoint.partition(":")
        if asked.account is None or not number.isdecimal() or len(digest) != 64:
            return say("A checkpoint is NUMBER:DIGEST, and belongs to the account that is named.", CANNOT)
        checkpoints[asked.account] = Checkpoint(int(number), digest)
    with opened_and_current(Settings.from_environment()) as database, database.read() as session:
        faults = verify(session, asked.account, checkpoints=checkpoints, progress=say_progress)
    for fault in faults:
        print(f"{fault.chain}: entry {fault.sequence} {_WORDS[fault.fault]}")
    if not faults:
        print("The activity is whole.")
    return FAILED if faults else WENT_WELL
