"""Reading what was done: a page of it, all of a span, and how far an account's chain has come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.shared.domain.activity import KINDS, PEOPLE, Checkpoint, Entry, Kind, opened
from portal.shared.records import activity as records
from portal.shared.records.activity import Activity, ActivityValue
from portal.shared.records.people import Person

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries somebody asks for: of these kinds, by one person (0: by the system), on these days of a zone."""

    kinds: Collection[Kind] | None = None
    person_id: int | None = None
    first: date | None = None
    last: date | None = None
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Line:
    """An entry for a reader. `detail` has its values back, none where one was erased; `people` are named in it.

    `by` is empty for the system itself; `by_staff` says that it was one of our own people.
    """

    entry: Entry
    detail: Mapping[str, Any]
    values: Sequence[ActivityValue]
    by: str
    by_staff: bool
    people: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, newest first; `older` is where the next ones begin, if there are any."""

    lines: tuple[Line, ...]
    older: int | None


def page(session: Session, account_id: int, wanted: Wanted, before: int | None = None) -> Page:
    """At most 50 entries of an account, from the one before `before` on."""
    found = _asked(session, account_id, wanted, before, A_PAGE + 1)
    lines = tuple(lines_of(session, found[:A_PAGE]))
    return Page(lines, found[A_PAGE - 1].sequence if len(found) > A_PAGE else None)


def everything(session: Session, account_id: int, wanted: Wanted) -> list[Line]:
    """All entries that are asked for, the oldest first, for a file."""
    return list(lines_of(session, list(reversed(_asked(session, account_id, wanted, None, None)))))


def latest(session: Session, account_id: int, limit: int) -> list[Line]:
    """What was done last, the newest first."""
    return list(lines_of(session, _asked(session, account_id, Wanted(), None, limit)))


def people_of(session: Session, account_id: int) -> list[tuple[int, str]]:
    """Who did anything for an account, by name."""
    found = records.people_named(session, records.people_in(session, account_id))
    return sorted(((one.id, one.name) for one in found.values()), key=lambda one: (one[1].casefold(), one[0]))


def checkpoint(session: Session, account_id: int) -> Checkpoint | None:
    """How far an account's chain has come: whoever keeps this sees later whether its end was cut off."""
    found = records.newest(session, account_id)
    return Checkpoint(*found) if found else None


def lines_of(session: Session, rows: Sequence[Activity]) -> Iterator[Line]:
    """These entries for a reader; two statements, however many they are."""
    kept: dict[int, list[ActivityValue]] = {}
    for value in records.personal_values(session, [row.id for row in rows]):
        kept.setdefault(value.entry_id, []).append(value)
    named = {number for row in rows for number in _people_in(row.detail)}
    known = records.people_named(session, named | {row.person_id for row in rows if row.person_id})
    for row in rows:
        values = kept.get(row.id, [])
        by: Person | None = known.get(row.person_id or 0)
        yield Line(
            entry=records.as_entry(row),
            detail=opened(row.detail, {one.seal: one.value for one in values}, None),
            values=values,
            by=by.name if by else "",
            by_staff=by is not None and by.staff_role is not None,
            people={one: known[one].name for one in _people_in(row.detail) if one in known},
        )


def _people_in(detail: Any, *, named: bool = False) -> Iterator[int]:
    """Numbers of people: whatever is a number under a name of people, at any depth."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            yield from _people_in(value, named=named or key in PEOPLE)
    elif isinstance(detail, list):
        for one in detail:
            yield from _people_in(one, named=named)
    elif named and isinstance(detail, int) and not isinstance(detail, bool):
        yield detail


def _asked(
    session: Session, account_id: int, wanted: Wanted, before: int | None, limit: int | None
) -> Sequence[Activity]:
    prefixes = None if wanted.kinds is None else list(_beginnings(wanted.kinds))
    return records.page(
        session,
        account_id,
        prefixes=prefixes,
        person_id=wanted.person_id,
        since=_midnight(wanted.first, wanted.time_zone),
        until=_midnight(wanted.last + timedelta(days=1) if wanted.last else None, wanted.time_zone),
        before=before,
        limit=limit,
    )


def _beginnings(kinds: Iterable[Kind]) -> Iterator[str]:
    for kind in kinds:
        yield from KINDS[kind]


def _midnight(day: date | None, time_zone: str) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)
