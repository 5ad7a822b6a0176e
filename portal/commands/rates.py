"""The command `rates`: takes standard tax rates over from the kept package and the seller's own file."""

from __future__ import annotations

import argparse
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

from portal.config import SettingsError
from portal.shared.services.catalog.loading import CatalogError, countries_of_rates, load_tax_rates
from portal.shared.services.equipment import Database, Session
from portal.shared.services.taxes import rates as tax_rates
from portal.shared.services.taxes.rates import KeptRates, kept_rates


def add_arguments(command: argparse.ArgumentParser) -> None:
    """What can be said behind `rates`."""
    command.add_argument("--dry-run", action="store_true", help="only show what would be added")
    command.add_argument(
        "--from",
        dest="day",
        type=_day,
        metavar="DAY",
        help="the first day of changed rates, as in 2027-01-01 (today unless given; never in the past)",
    )
    command.add_argument("--file", type=Path, help="rates of your own, instead of TAX_RATES_FILE; they win")


def run(asked: argparse.Namespace, database: Database, own_file: Path | None, today: date) -> int:
    """Show what changes and, unless it is a dry run, do it. Safe to repeat: what is there is not added again.

    Raises:
        SettingsError: the day is past, or the seller's file cannot be loaded.
    """
    kept, file = kept_rates(), asked.file or own_file
    try:
        with suppress(_OnlyShownError), database.write() as session:
            told, overridden = _taken_over(session, kept, file, asked.day or today, today)
            _report(kept, told, overridden, dry_run=asked.dry_run)
            _stop_here_if(asked.dry_run)
    except CatalogError as error:
        raise SettingsError(f"The file of tax rates cannot be loaded: {error}") from error
    except tax_rates.PastDayError as error:
        raise SettingsError("A rate cannot begin to hold on a day that is past.") from error
    return 0


class _OnlyShownError(Exception):
    """A dry run takes everything back that it did."""


def _stop_here_if(dry_run: bool) -> None:  # noqa: FBT001  # it is what the command says
    if dry_run:
        raise _OnlyShownError


def _taken_over(
    session: Session, kept: KeptRates, file: Path | None, day: date, today: date
) -> tuple[list[str], frozenset[str]]:
    """What was added, a line each, and which countries the seller's own file decides."""
    told, overridden = [], frozenset[str]()
    if file is not None:
        overridden = countries_of_rates(file)
        told = [
            f"{row.country}: {_percent(row.millionths)} from {row.valid_from} ({row.source})"
            for row in load_tax_rates(session, file, added_on=today)
        ]
    changes = tax_rates.planned(session, kept, overridden, day, today)
    tax_rates.add(session, changes, kept.source, today)
    for one in changes:
        before = "not known" if one.before is None else _percent(one.before.millionths)
        after = _percent(one.after.rate.millionths)
        told.append(f"{one.after.country}: {before} -> {after} from {one.after.valid_from} ({kept.source})")
    return told, overridden


def _report(kept: KeptRates, told: list[str], overridden: frozenset[str], *, dry_run: bool) -> None:
    for line in told:
        print(line)
    if overridden:
        print(f"Your own file decides: {', '.join(sorted(overridden))}.")
    if not told:
        print(f"Nothing to add: every rate is as {kept.source} of {kept.day} or your own file has it.")
    elif dry_run:
        print(f"Nothing was done. Without --dry-run these rates are added: {len(told)}.")
    else:
        print(f"Rates added: {len(told)}.")


def _percent(millionths: int) -> str:
    return f"{(Decimal(millionths) / 10_000).normalize():f} %"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("a day is written 2027-01-01") from error
