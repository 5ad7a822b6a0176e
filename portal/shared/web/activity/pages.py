"""The activity of an account, as its own people and our desk read it: a page, a spreadsheet, a file to check."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.activity import Kind
from portal.shared.domain.routing.tasks import Task
from portal.shared.services.accounts import AccountView
from portal.shared.services.activity import reading as service
from portal.shared.services.activity.reading import Line, Wanted
from portal.shared.web.activity import files
from portal.shared.web.at_hand import at_hand
from portal.shared.web.entrance import doors
from portal.shared.web.frame import layout
from portal.shared.web.transactions import reading
from portal.shared.web.typed.dates import DateProblem, date_from_text
from portal.shared.web.words import activity as words

# What people see who manage seats and people, and have no look at money.
WITHOUT_MONEY = (Kind.PEOPLE, Kind.SEATS)


@dataclass(frozen=True, slots=True)
class Place:
    """Whose activity is shown, where, and which kinds of it."""

    account: AccountView
    page: str
    layout: str
    values: Mapping[str, Any]
    kinds: tuple[Kind, ...]
    account_url: str = ""

    def url(self, ending: str = "", **values: Any) -> str:
        """The address of the page, or of one of its files."""
        return url_for(f"{self.page}{ending}", **self.values, **values)


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in the address, read."""

    wanted: Wanted
    kind: Kind | None
    person_id: int | None
    typed: Mapping[str, str]
    kept: Mapping[str, Any]
    problems: Mapping[str, str]


def here() -> Place:
    """The activity of the account at hand, in the portal whose page it is."""
    kinds = tuple(Kind) if doors.may_here(Task.SUBSCRIPTIONS) else WITHOUT_MONEY
    return Place(at_hand().account, ".activity", layout(), {}, kinds)


def show() -> ResponseReturnValue:
    """The page of the account at hand."""
    return page_of(here())


def as_csv() -> Response:
    """Everything that is asked for, for a spreadsheet."""
    return csv_of(here())


def as_json() -> Response:
    """Everything that is asked for, with what is needed to check it."""
    return json_of(here())


def page_of(place: Place) -> ResponseReturnValue:
    """Some entries, newest first, and what can be asked for."""
    asked = _asked(place)
    before = request.args.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    found = service.page(reading(), place.account.id, asked.wanted, number)
    newest = service.checkpoint(reading(), place.account.id)
    page = render_template(
        "activity/list.html",
        layout=place.layout,
        place=place,
        rows=[_row(one, place.account.currency) for one in found.lines],
        kinds=[
            {"value": "", "label": gettext("Everything")},
            *({"value": str(kind), "label": str(words.KINDS[kind])} for kind in place.kinds),
        ],
        people=[
            {"value": "", "label": gettext("Everybody")},
            *(
                {"value": str(one), "label": name}
                for one, name in service.people_of(reading(), place.account.id)
            ),
        ],
        typed=asked.typed,
        checkpoint=newest,
        csv_url=place.url("_csv", **asked.kept),
        json_url=place.url("_json", **asked.kept),
        older_url=place.url(**asked.kept, before=found.older) if found.older else None,
        newer_url=place.url(**asked.kept) if number is not None else None,
        filtered=bool(asked.kept),
        errors=asked.problems,
        problems=[{"field": field, "text": text} for field, text in asked.problems.items()],
    )
    return (page, 422) if asked.problems else page


def csv_of(place: Place) -> Response:
    """The entries for a spreadsheet: UTF-8, oldest first, no cell that a program takes for a formula."""
    asked = _asked(place)
    lines = service.everything(reading(), place.account.id, asked.wanted)
    return _file(
        files.sheet(lines, place.account.time_zone, place.account.currency), "text/csv; charset=utf-8", "csv"
    )


def json_of(place: Place) -> Response:
    """The entries with everything their digests cover; docs/activity.md says how to check them."""
    asked = _asked(place)
    lines = service.everything(reading(), place.account.id, asked.wanted)
    told = files.checkable(place.account.id, lines, service.checkpoint(reading(), place.account.id))
    content = json.dumps(told, ensure_ascii=False, indent=1).encode()
    return _file(content, "application/json", "json")


def _asked(place: Place) -> Asked:
    """Read the address; what cannot be used is told, and asks for nothing."""
    typed = {name: request.args.get(name, "").strip() for name in ("kind", "person", "from", "to")}
    kind = next((one for one in place.kinds if one == typed["kind"]), None)
    person = typed["person"]
    person_id = int(person) if person.isascii() and person.isdigit() and len(person) < 19 else None
    problems: dict[str, str] = {}
    days: list[date | None] = []
    for field in ("from", "to"):
        day = date_from_text(typed[field])
        if isinstance(day, DateProblem):
            if day is not DateProblem.EMPTY:
                problems[field] = day.sentence
            days.append(None)
        else:
            days.append(day)
    first, last = days
    if first and last and last < first:
        problems["to"] = gettext("The last day lies before the first one.")
    if problems:
        first = last = None
    kinds = (kind,) if kind else None if len(place.kinds) == len(Kind) else place.kinds
    kept = {
        "kind": kind and str(kind),
        "person": person_id,
        "from": first and first.isoformat(),
        "to": last and last.isoformat(),
    }
    return Asked(
        Wanted(kinds, person_id, first, last, place.account.time_zone),
        kind,
        person_id,
        typed,
        {name: value for name, value in kept.items() if value},
        problems,
    )


def _row(one: Line, currency: str) -> dict[str, Any]:
    return {
        "at": one.entry.at,
        "text": words.told(one),
        "changes": [*words.changes(one, currency), *words.facts(one)],
        "by": words.by(one),
        "staff": one.by_staff,
        "where": words.where(one),
        "number": one.entry.sequence,
        "digest": one.entry.digest[:12],
    }


def _file(content: bytes, kind: str, ending: str) -> Response:
    response = Response(content, content_type=kind)
    name = f"{gettext('Activity').lower()}.{ending}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
