"""The command `import-accounts`: brings customers along from another system, all of them or none."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from portal.commands.ground import CANNOT, WENT_WELL, say
from portal.shared.domain.bringing_along import COLUMNS, totals
from portal.shared.domain.seat_lists import decoded
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.services.bringing_along import Brought, bring_along
from portal.shared.services.equipment import Database
from portal.shared.web.entrance.languages import LANGUAGES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said behind `import-accounts`."""
    parser.epilog = "The files and their columns are described in docs/import.md."
    parser.add_argument(
        "folder",
        type=Path,
        help="holds accounts.csv and people.csv, and maybe subscriptions.csv and seats.csv",
    )
    parser.add_argument("--dry-run", action="store_true", help="only show what would come along")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")


def run(asked: argparse.Namespace, database: Database, seller: SellerTaxes, now: datetime) -> int:
    """Bring along what is new, or only try it; with a fault nothing comes."""
    try:
        texts = {name: _text(asked.folder / f"{name}.csv") for name in COLUMNS}
    except OSError as error:
        return say(f"Nothing was done. {error.filename}: {error.strerror}", CANNOT)
    if not texts["accounts"].strip():
        return say(f"Nothing was done. {asked.folder} has no accounts.csv.", CANNOT)
    try:
        with database.write() as session:
            brought = bring_along(session, texts, tuple(LANGUAGES), seller, now)
            _keep_only(brought, dry_run=asked.dry_run)
    except _NotKeptError as tried:
        brought = tried.brought
    _tell(asked, brought)
    return CANNOT if brought.faults else WENT_WELL


class _NotKeptError(Exception):
    """Takes everything back that was tried."""

    def __init__(self, brought: Brought) -> None:
        super().__init__("nothing is kept")
        self.brought = brought


def _keep_only(brought: Brought, *, dry_run: bool) -> None:
    if brought.faults or dry_run:
        raise _NotKeptError(brought)


def _text(file: Path) -> str:
    return decoded(file.read_bytes()) if file.exists() else ""


def _tell(asked: argparse.Namespace, brought: Brought) -> None:
    counted = totals(brought.accounts)
    if asked.json:
        faults = [{**asdict(one), "words": str(one)} for one in brought.faults]
        done = not (brought.faults or asked.dry_run)
        print(json.dumps({"faults": faults, "new": counted, "known": brought.known, "done": done}))
        return
    for fault in brought.faults:
        print(fault)
    if brought.faults:
        say(f"Nothing was done; faults: {len(brought.faults)}.", CANNOT)
        return
    for one in brought.accounts:
        told = totals([one])
        print(
            f"{one.key}  {one.line.cells['name']}: people {told['people']}, "
            f"subscriptions {told['subscriptions']}, seats {told['seats']}"
        )
    if brought.known:
        print(f"There already, and passed over: {', '.join(brought.known)}.")
    whole = ", ".join(f"{name} {number}" for name, number in counted.items())
    print(
        f"Nothing was done. Without --dry-run these come along: {whole}."
        if asked.dry_run
        else f"Came along: {whole}."
    )
