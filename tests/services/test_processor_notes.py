from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from portal.shared.gateways.stripe.notebook import Note
from portal.shared.records.database import Database
from portal.shared.services.payments.processor_notes import DatabaseNotebook
from tests.support.factories import NOW


def test_the_first_note_of_a_key_stays(database: Database) -> None:
    notebook = DatabaseNotebook(database, lambda: NOW)
    assert notebook.read("A1") is None
    assert notebook.note("A1", "pi_1") == Note("pi_1")
    assert notebook.note("A1", "pi_2") == Note("pi_1")
    assert notebook.close("A1") == Note("pi_1")
    assert notebook.close("A2") == Note(None)
    assert notebook.note("A2", "pi_3") == Note(None)
    assert (notebook.read("A1"), notebook.read("A2")) == (Note("pi_1"), Note(None))


def test_many_at_the_same_moment_read_the_same_note(database: Database) -> None:
    notebook, line = DatabaseNotebook(database, lambda: NOW), threading.Barrier(4)

    def one(number: int) -> list[Note]:
        line.wait()
        return [
            notebook.close(f"A{key}") if number == 0 else notebook.note(f"A{key}", f"pi_{number}_{key}")
            for key in range(8)
        ]

    with ThreadPoolExecutor(4) as threads:
        first, *others = threads.map(one, range(4))
    assert others == [first] * 3
