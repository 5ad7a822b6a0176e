"""The command `catalog`: holds a file of products and prices against what is sold, and applies it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

from portal.commands.ground import CANNOT, FAILED, WENT_WELL, say
from portal.shared.domain.catalog.shelf import Difference, Kind
from portal.shared.services.catalog.applying import Proposal, apply, proposal
from portal.shared.services.catalog.files import CatalogError
from portal.shared.services.equipment import Database, Session
from portal.shared.web.entrance.languages import LANGUAGES

EXAMPLES = """
examples:
  twodoor catalog diff prices.toml    check the file and say what it would change; ends with 1 when it would
  twodoor catalog apply prices.toml   say it and do it, all of it or nothing; safe to repeat
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = f"{EXAMPLES}\nThe file is described in docs/catalog.md."
    parser.add_argument("action", choices=("diff", "apply"), help="only say what would change, or change it")
    parser.add_argument("file", type=Path, help="products, plans and prices as TOML")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")


def run(asked: argparse.Namespace, database: Database, today: date) -> int:
    """Do what was asked, and give the exit code."""
    try:
        if asked.action == "apply":
            with database.write() as session:
                proposed = _proposed(session, asked, today)
                if not proposed.faults:
                    apply(session, proposed)
        else:
            with database.read() as session:
                proposed = _proposed(session, asked, today)
    except CatalogError as error:
        if asked.json:
            faults = [{"place": asked.file.name, "what": line} for line in str(error).splitlines()]
            print(json.dumps({"faults": faults, "remarks": [], "differences": [], "applied": False}))
        return say(f"Nothing was done. {error}", CANNOT)
    if asked.json:
        print(json.dumps(_plain(asked, proposed), default=str))
    else:
        _tell(asked, proposed)
    if proposed.faults:
        return CANNOT
    return FAILED if proposed.differences and asked.action == "diff" else WENT_WELL


def _proposed(session: Session, asked: argparse.Namespace, today: date) -> Proposal:
    return proposal(session, asked.file, today, tuple(LANGUAGES), alone=asked.action == "apply")


def _plain(asked: argparse.Namespace, proposed: Proposal) -> dict[str, object]:
    return {
        "faults": [asdict(one) for one in proposed.faults],
        "remarks": [asdict(one) for one in proposed.remarks],
        "differences": [{**asdict(one), "words": in_words(one)} for one in proposed.differences],
        "applied": asked.action == "apply" and not proposed.faults,
    }


def _tell(asked: argparse.Namespace, proposed: Proposal) -> None:
    for one in proposed.faults:
        print(f"{one.place}: {one.what}")
    if proposed.faults:
        say(f"{asked.file.name} cannot be applied; faults: {len(proposed.faults)}. Nothing was done.", CANNOT)
        return
    for one in proposed.remarks:
        say(f"note: {one}", WENT_WELL)
    for difference in proposed.differences:
        print(in_words(difference))
    number = len(proposed.differences)
    if not number:
        print("Nothing to change: the catalogue is as the file has it.")
    elif asked.action == "apply":
        print(f"Changed: {number}.")
    else:
        print(f"Nothing was done. With `catalog apply` this is changed: {number}.")


def in_words(one: Difference) -> str:
    """A difference as a line."""
    what = " ".join(filter(None, (one.product, one.plan)))
    match one.kind:
        case Kind.PRODUCT_ADDED:
            return f"{what}: new product, {one.after}"
        case Kind.PLAN_ADDED:
            return f"{what}: new plan, {one.after}"
        case Kind.PRICE_ADDED:
            before = f"{one.before} -> " if one.before else "new price, "
            until = f", until {one.until}, from when another price is planned" if one.until else ""
            return f"{what}: {one.figure} {before}{one.after} from {one.valid_from}{until}"
        case Kind.PRODUCT_CHANGED | Kind.PLAN_CHANGED if one.figure.startswith("feature "):
            change = "changed" if one.before and one.after else "added" if one.after else "removed"
            return f"{what}: {one.figure}: {change}"
    return f"{what}: {one.figure} {one.before or 'nothing'} -> {one.after or 'nothing'}"
