"""Histories of transactions that read lists and append to them, and what no serial order could have made of them.

After Kingsbury and Alvaro, "Elle: Inferring Isolation Anomalies from Experimental Observations" (VLDB 2020): every
value is appended once, so what a list reads like tells who wrote before whom; a circle of such befores is an anomaly.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

List = tuple[int, ...]


@dataclass(frozen=True)
class Transaction:
    """What one transaction read before it wrote, and what it appended; whether it was committed."""

    reads: Mapping[str, List] = field(default_factory=dict)
    appends: Mapping[str, List] = field(default_factory=dict)
    committed: bool = True


def anomalies(history: Sequence[Transaction], final: Mapping[str, List]) -> list[str]:
    """Everything that no order of one transaction after the other explains; `final` is how the lists ended."""
    return [*_unexplained(history, final), *_circles(history, final)]


def _unexplained(history: Sequence[Transaction], final: Mapping[str, List]) -> list[str]:
    """Values that were lost, that came from nowhere, or that were read while nobody should have seen them."""
    found = []
    written = {
        (key, value) for one in history if one.committed for key in one.appends for value in one.appends[key]
    }
    for key, value in sorted(written):
        if value not in final.get(key, ()):
            found.append(f"{key}: {value} was committed and is lost")
    for key, values in final.items():
        found += [f"{key}: {value} was never committed" for value in values if (key, value) not in written]
    blocks = {(key, one.appends[key][-1]) for one in history for key in one.appends if one.committed}
    for number, one in enumerate(history):
        if not one.committed:
            continue
        for key, seen in one.reads.items():
            if final.get(key, ())[: len(seen)] != seen:
                found.append(f"{key}: transaction {number} read {seen}, which is no beginning of the list")
            elif seen and (key, seen[-1]) not in blocks:
                found.append(f"{key}: transaction {number} read the middle of another one")
    return found


def _circles(history: Sequence[Transaction], final: Mapping[str, List]) -> list[str]:
    before = _befores(history, final)
    found = []
    while True:
        try:
            TopologicalSorter(before).prepare()
        except CycleError as error:
            circle = error.args[1]
            found.append(f"a circle: {' before '.join(map(str, reversed(circle)))}")
            for number in circle:  # circles that share nothing with this one are found as well
                before.pop(number, None)
            for others in before.values():
                others.difference_update(circle)
        else:
            return found


def _befores(history: Sequence[Transaction], final: Mapping[str, List]) -> dict[int, set[int]]:
    """For each transaction, those that must have come before it."""
    writer = {
        (key, value): number
        for number, one in enumerate(history)
        if one.committed
        for key in one.appends
        for value in one.appends[key]
    }
    before: dict[int, set[int]] = defaultdict(set)

    def comes(first: int | None, second: int | None) -> None:
        if first is not None and second is not None and first != second:
            before[second].add(first)

    for key, values in final.items():
        for earlier, later in itertools.pairwise(values):
            comes(writer.get((key, earlier)), writer.get((key, later)))
    for number, one in enumerate(history):
        if one.committed:
            for key, seen in one.reads.items():
                if seen:
                    comes(writer.get((key, seen[-1])), number)
                if len(seen) < len(final.get(key, ())):
                    comes(number, writer.get((key, final[key][len(seen)])))
    return before
