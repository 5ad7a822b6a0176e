"""Seats: how many are free, what a chosen set changes, and what an imported list of people will do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class How(StrEnum):
    """In what way somebody came to a seat, or lost it."""

    BEFORE = "before"  # it was held when the history began
    ASSIGNED = "assigned"
    MOVED = "moved"
    IMPORTED = "imported"
    ORDERED = "ordered"


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """An order that is not settled yet: the seats it leaves, and who is promised one of them, by address."""

    seats: int
    promised: frozenset[str] = frozenset()


def free_seats(bought: int, held_by: frozenset[str], order: OnItsWay | None = None) -> int:
    """How many seats may be given now. An order on its way that buys fewer, or promises some, already counts."""
    most = bought
    if order is not None:
        most = min(bought, order.seats - len(order.promised - held_by))
    return max(0, most - len(held_by))


def still_to_seat(named: Sequence[str], held_by: frozenset[str]) -> list[str]:
    """Who of those that are named (by address) holds no seat yet, each once, in the order of the names."""
    return [one for one in dict.fromkeys(named) if one not in held_by]


@dataclass(frozen=True, slots=True)
class Difference:
    """What has to be given and taken so that a person holds exactly the chosen set; subscriptions by id."""

    gives: tuple[int, ...]
    takes: tuple[int, ...]


def difference(held: Iterable[int], chosen: Iterable[int]) -> Difference:
    """The chosen set replaces what the person had."""
    before, after = set(held), set(chosen)
    return Difference(tuple(sorted(after - before)), tuple(sorted(before - after)))


class Verdict(StrEnum):
    """What an imported line will do."""

    NEW_PERSON = "new-person"
    KNOWN_PERSON = "known-person"
    HOLDS_ONE = "holds-one"
    TWICE = "twice"
    NO_ADDRESS = "no-address"
    NO_SEAT_LEFT = "no-seat-left"

    @property
    def gives(self) -> bool:
        """Whether the person of the line gets a seat."""
        return self in (Verdict.NEW_PERSON, Verdict.KNOWN_PERSON)


@dataclass(frozen=True, slots=True)
class ListedLine:
    """A line of a list as it was read: its number, what stands there, and the person; without an address none."""

    number: int
    text: str
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class ImportLine:
    """A line with what it will do; `first` is the line that already names the person."""

    line: ListedLine
    verdict: Verdict
    first: int | None = None


def plan_import(
    lines: Sequence[ListedLine], held_by: frozenset[str], known: Mapping[str, str], free: int
) -> tuple[ImportLine, ...]:
    """What each line will do, in the order of the list, for as long as seats are free.

    Addresses are plain (lower case). `known` are the people of the account: address → their own name.
    """
    planned: list[ImportLine] = []
    seen: dict[str, int] = {}
    for line in lines:
        if not line.address:
            planned.append(ImportLine(line, Verdict.NO_ADDRESS))
        elif line.address in seen:
            planned.append(ImportLine(line, Verdict.TWICE, seen[line.address]))
        else:
            seen[line.address] = line.number
            verdict = _verdict(line, held_by, known, free)
            free -= verdict.gives
            planned.append(ImportLine(line, verdict))
    return tuple(planned)


def _verdict(line: ListedLine, held_by: frozenset[str], known: Mapping[str, str], free: int) -> Verdict:
    if line.address in held_by:
        return Verdict.HOLDS_ONE
    if free <= 0:
        return Verdict.NO_SEAT_LEFT
    return Verdict.KNOWN_PERSON if line.address in known else Verdict.NEW_PERSON


@dataclass(frozen=True, slots=True)
class PeopleWish:
    """Which people of an account are asked for.

    `holds` and `lacks` are subscriptions, by id; `suspended` are those who were given seats and hold none now;
    `ids` are the people themselves; `after` is the last person of the page before.
    """

    text: str = ""
    holds: int | None = None
    lacks: int | None = None
    suspended: bool = False
    ids: frozenset[int] | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class SpellWish:
    """Which spells are asked for: of whom, of which subscription, that touch these instants, before which one."""

    text: str = ""
    person_id: int | None = None
    subscription_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
