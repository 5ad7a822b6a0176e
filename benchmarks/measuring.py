"""Measuring: CPU and wall time of a piece of work, rounds that take turns, and what the machine itself varies by."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

ServerCpu = Callable[[], float]


def no_server() -> float:
    """The CPU seconds of a server that does not exist: SQLite works in our own process."""
    return 0.0


@dataclass(slots=True)
class Meter:
    """Adds up what the measured blocks of one round cost: CPU of this process, of the server, and wall time."""

    server: ServerCpu = no_server
    cpu: float = 0.0
    server_cpu: float = 0.0
    wall: float = 0.0
    count: int = 0
    each: list[float] = field(default_factory=list)

    @contextmanager
    def measure(self) -> Iterator[None]:
        """Measure one block."""
        server, wall, cpu = self.server(), time.perf_counter(), time.process_time()
        yield
        self.each.append(time.process_time() - cpu)
        self.cpu += self.each[-1]
        self.wall += time.perf_counter() - wall
        self.server_cpu += self.server() - server
        self.count += 1

    def milliseconds(self) -> float:
        """CPU of this process and the server's share, per block."""
        return 1000 * (self.cpu + self.server_cpu) / self.count

    def server_milliseconds(self) -> float:
        """The server's share alone, per block."""
        return 1000 * self.server_cpu / self.count

    def per_second(self) -> float:
        """Blocks per second of wall time, one after the other."""
        return self.count / self.wall


@dataclass(frozen=True, slots=True)
class Spread:
    """One figure of several rounds."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """The spread of one value a round."""
        return cls(median(values), min(values), max(values))

    def __str__(self) -> str:
        digits = 1 if self.median >= 100 else 2
        return f"{self.median:.{digits}f} ({self.lowest:.{digits}f} to {self.highest:.{digits}f})"


@dataclass(slots=True)
class Series:
    """The rounds of one contestant."""

    meters: list[Meter] = field(default_factory=list)

    def milliseconds(self) -> Spread:
        """CPU milliseconds per block."""
        return Spread.of([meter.milliseconds() for meter in self.meters])

    def server_milliseconds(self) -> Spread:
        """The server's share of them."""
        return Spread.of([meter.server_milliseconds() for meter in self.meters])

    def tails(self) -> Spread:
        """How many times the CPU of the middle one the slowest block in a hundred takes, round by round."""
        return Spread.of(
            [sorted(one.each)[-1 - len(one.each) // 100] / median(one.each) for one in self.meters]
        )

    def per_second(self) -> Spread:
        """Blocks per second."""
        return Spread.of([meter.per_second() for meter in self.meters])


def ratio(ours: list[float], base: list[float]) -> Spread:
    """Ours to the base's, round by round, so that what slows a whole round slows both."""
    return Spread.of([mine / other for mine, other in zip(ours, base, strict=True)])


def cpu_ratio(ours: Series, base: Series) -> Spread:
    """How many times the CPU of the base we take."""
    return ratio(
        [meter.milliseconds() for meter in ours.meters], [meter.milliseconds() for meter in base.meters]
    )


def speed_ratio(ours: Series, base: Series) -> Spread:
    """Which part of the base's speed we reach."""
    return ratio([meter.per_second() for meter in ours.meters], [meter.per_second() for meter in base.meters])


@dataclass(slots=True)
class Noise:
    """A piece of work that is always the same: what varies in it is the machine."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def sample(self) -> None:
        """Do the piece of work once, about 50 ms."""
        wall, cpu = time.perf_counter(), time.process_time()
        total = 0
        for number in range(600_000):
            total += number * number % 7
        self.cpu.append(time.process_time() - cpu)
        self.wall.append(time.perf_counter() - wall)
        assert total > 0

    def percent(self, values: list[float]) -> float:
        """Slowest against the median, in per cent."""
        return 100 * (max(values) / median(values) - 1)

    def sentence(self) -> str:
        """The noise, in words."""
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
        return (
            f"noise: the same piece of work took up to {self.percent(self.cpu):.0f} % more CPU and "
            f"{self.percent(self.wall):.0f} % more wall time than its median ({len(self.cpu)} samples); "
            f"load average {load:.1f} on {os.cpu_count()} cores"
        )


def settle_down() -> None:
    """Collect what was left behind and keep what stays out of later collections, as the server does after its start."""
    gc.collect()
    gc.freeze()
