"""The files of the activity: one for people with a spreadsheet, one for a program that checks the chain."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext

from portal.shared.domain.activity import Checkpoint, chain_of_account, covered
from portal.shared.services.activity.reading import Line
from portal.shared.web.invoices.statements import defused
from portal.shared.web.words import activity as words


def sheet(lines: Iterable[Line], time_zone: str, currency: str) -> bytes:
    """Every entry a row, in the account's own time, in words and with its digest."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(
        [
            gettext("Number"),
            gettext("Time"),
            gettext("What was done"),
            gettext("Changes"),
            gettext("By whom"),
            gettext("Through"),
            gettext("Digest"),
        ]
    )
    zone = ZoneInfo(time_zone)
    for one in lines:
        rows.writerow(
            [
                one.entry.sequence,
                one.entry.at.astimezone(zone).isoformat(timespec="seconds"),
                defused(words.told(one)),
                defused("; ".join([*words.changes(one, currency), *words.facts(one)])),
                defused(words.by(one)),
                defused(words.where(one)),
                one.entry.digest,
            ]
        )
    return text.getvalue().encode("utf-8-sig")


def checkable(account_id: int, lines: Iterable[Line], checkpoint: Checkpoint | None) -> dict[str, Any]:
    """What a digest covers, entry by entry, and beside it who is meant and what the seals stand for."""
    return {
        "chain": chain_of_account(account_id),
        "checkpoint": {"sequence": checkpoint.sequence, "digest": checkpoint.digest} if checkpoint else None,
        "entries": [
            {
                **covered(one.entry),
                "digest": one.entry.digest,
                "by": one.by,
                "people": {str(number): name for number, name in one.people.items()},
                "values": [
                    {"seal": value.seal, "salt": value.salt, "value": value.value} for value in one.values
                ],
            }
            for one in lines
        ],
    }
