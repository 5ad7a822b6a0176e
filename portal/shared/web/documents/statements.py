"""The PDF of a statement: where the account stood, every movement, where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from portal.shared.domain.activity import Checkpoint
from portal.shared.services.accounts import AccountView
from portal.shared.services.invoices.statement import Statement
from portal.shared.web.display import format_long_date, format_short_date, language, money
from portal.shared.web.documents.house_style import frame, pdf
from portal.shared.web.documents.parties import buyer_party


def statement_pdf(
    account: AccountView, found: Statement, rows: Sequence[Mapping[str, Any]], newest: Checkpoint | None
) -> bytes:
    """A statement as PDF, its rows oldest first and already in words; needs an application context.

    `newest` is how far the account's activity has come: on paper it shows later whether something was cut off.
    """
    first, last = (format_long_date(day, language()) for day in (found.first, found.last))
    data = frame() | {
        "title": f"{gettext('Statement')} {account.name}",
        "heading": gettext("Statement"),
        "number": f"{first} – {last}",
        "buyer": {
            "label": gettext("Account"),
            **buyer_party({"name": account.name, "country": account.country}),
        },
        "facts": [
            {"label": gettext("Opening balance"), "value": money(found.opening)},
            {"label": gettext("Closing balance"), "value": money(found.closing)},
        ],
        "columns": [
            gettext("Date"),
            gettext("What"),
            gettext("Charged"),
            gettext("Paid or credited"),
            gettext("Running balance"),
        ],
        "rows": [
            [
                format_short_date(row["day"], language()),
                row["what"] + (f" · {row['detail']}" if row["detail"] else ""),
                row["charged"],
                row["credited"],
                row["stands"],
            ]
            for row in rows
        ],
        "sections": [
            {
                "heading": gettext("Please note"),
                "facts": [],
                "sentences": [
                    gettext("A balance above zero is still to be paid; one below zero is in your favour."),
                    *(_checkpoint(newest) if newest else ()),
                ],
            }
        ],
    }
    return pdf("statement.typ", data, on=found.last)


def _checkpoint(newest: Checkpoint) -> tuple[str, ...]:
    told = gettext("The newest entry of your activity is number %(number)d:", number=newest.sequence)
    why = gettext("Whoever keeps this digest can see later that nothing was removed.")
    return (f"{told} {newest.digest}", why)
