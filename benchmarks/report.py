"""What was measured: printed for people, or as one JSON value for scripts."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.measuring import Series, Spread


@dataclass(slots=True)
class Report:
    """Collects figures; prints each at once unless it is to become JSON."""

    quiet: bool = False
    values: list[dict[str, Any]] = field(default_factory=list)
    _heading: str = ""

    def heading(self, text: str) -> None:
        """Begin a group of figures."""
        self._heading = text
        self._say(f"\n{text}")

    def line(self, name: str, unit: str, spread: Spread) -> None:
        """A figure with its spread."""
        self._keep(name, unit, asdict(spread), f"  {name:<58}{unit:>9}  {spread}")

    def ratio(self, name: str, unit: str, spread: Spread) -> None:
        """What counts: two figures of the same rounds, divided."""
        self._keep(name, f"ratio of {unit}", asdict(spread), f"  {name:<58}{unit:>9}  × {spread}")

    def count(self, name: str, *numbers: int) -> None:
        """A number that does not vary from run to run; several when it differs from order to order."""
        self._keep(name, "count", list(numbers), f"  {name:<58}{'':>9}  {' or '.join(map(str, numbers))}")

    def server_share(self, known: bool, series: Series) -> None:  # noqa: FBT001  # one fact of the ground
        """How much of the CPU was the database server's."""
        if known:
            self.line("   of it the server's backends", "CPU ms", series.server_milliseconds())
        else:
            self._say("   the server's share is not in it: its processes cannot be read from here")

    def note(self, text: str) -> None:
        """A sentence about the run."""
        self._keep("note", "text", text, text)

    def _keep(self, name: str, unit: str, value: object, text: str) -> None:
        self.values.append({"group": self._heading, "name": name, "unit": unit, "value": value})
        self._say(text)

    def _say(self, text: str) -> None:
        if not self.quiet:
            print(text, flush=True)
