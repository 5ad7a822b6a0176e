"""The promises of docs/reliability.md and the tests that keep them: what `python3 dev.py faults` runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise by its number, in words, and its tests."""

    number: int
    words: str
    tests: tuple[str, ...]


_KILLS = ("tests/faults/test_kills.py", "tests/services/test_crash.py")

PROMISES = (
    Promise(1, "The processor's book and ours agree after every run", _KILLS),
    Promise(2, "The books only grow", ("tests/records/test_append_only.py", "tests/services/test_ledger.py")),
    Promise(3, "Pressed twice or ten times, ordered once", ("tests/faults/test_intents.py",)),
    Promise(4, "Killed workers lose no order and charge nobody twice", _KILLS),
    Promise(5, "A lost answer of the processor ends as paid or failed, and never wrongly", _KILLS),
    Promise(
        6,
        "Every button that moves money counts once",
        ("tests/site/test_pressing_twice.py", "tests/services/test_idempotency.py"),
    ),
    Promise(7, "Nothing is charged that was not shown", ("tests/services/test_price_promise.py",)),
    Promise(
        8,
        "Seats and balance are never promised twice",
        ("tests/services/test_seats_together.py", "tests/services/test_balance_together.py"),
    ),
    Promise(9, "Transactions do not see what never was", ("tests/services/test_isolation.py",)),
    Promise(10, "Writers of SQLite wait for one another", ("tests/records/test_writers_at_once.py",)),
    Promise(11, "A renewal is made once, wherever it is killed", ("tests/services/test_renewals_killed.py",)),
    Promise(
        12,
        "Days are counted right",
        ("tests/domain/test_renewals_by_the_clock.py", "tests/domain/test_calendar.py"),
    ),
    Promise(
        13,
        "PostgreSQL crashes and nobody starts anything anew",
        ("tests/faults/test_postgresql_crashes.py", "tests/faults/test_way_to_the_database.py"),
    ),
    Promise(
        14,
        "Whatever hangs, everybody is answered",
        (
            "tests/faults/test_dependencies.py",
            "tests/faults/test_times_under_a_hang.py",
            "tests/faults/test_postgresql_crashes.py",
            "tests/faults/test_way_to_the_database.py",
            "tests/faults/test_standing_in_line.py",
        ),
    ),
    Promise(15, "What is not needed is not missed", ("tests/faults/test_dependencies.py",)),
    Promise(
        16,
        "A full disk leaves nothing half written",
        ("tests/faults/test_full_disk.py", "tests/faults/long_full_disk.py"),
    ),
    Promise(
        17,
        "A rolling restart fails nobody, and a backup holds the books",
        (
            "tests/faults/test_rolling_restart.py",
            "tests/services/test_backup.py",
            "tests/services/test_upgrade.py",
        ),
    ),
)
