"""How a document about money stands."""

from __future__ import annotations

from datetime import date

import pytest

from portal.shared.domain.invoices import InvoiceState, state_of

DUE = date(2026, 6, 11)
LATER = date(2026, 6, 12)


@pytest.mark.parametrize(
    ("done", "today", "written_off", "expected"),
    [
        pytest.param(0, DUE, False, InvoiceState.OPEN, id="the-due-day-is-in-time"),
        pytest.param(1, DUE, False, InvoiceState.PART_PAID, id="a-cent"),
        pytest.param(999, LATER, False, InvoiceState.OVERDUE, id="a-cent-and-a-day-short"),
        pytest.param(0, LATER, False, InvoiceState.OVERDUE, id="a-day-late"),
        pytest.param(1000, LATER, False, InvoiceState.PAID, id="paid"),
        pytest.param(1001, DUE, False, InvoiceState.PAID, id="paid-too-much"),
        pytest.param(1000, LATER, True, InvoiceState.WRITTEN_OFF, id="nobody-paid-it"),
    ],
)
def test_where_an_invoice_stands(done: int, today: date, written_off: bool, expected: InvoiceState) -> None:
    assert state_of("invoice", 1000, done, DUE, today, written_off=written_off) is expected


def test_a_credit_note_is_neither_open_nor_overdue() -> None:
    assert state_of("credit_note", 1000, 0, DUE, LATER) is InvoiceState.CREDIT_NOTE


def test_what_is_done_was_paid_unless_it_is_said_that_it_was_written_off() -> None:
    assert state_of("invoice", 1000, 1000, DUE, LATER) is InvoiceState.PAID
