"""How a document about money stands."""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class InvoiceState(StrEnum):
    """Where a document stands on a day."""

    OPEN = "open"
    PART_PAID = "part_paid"
    PAID = "paid"
    OVERDUE = "overdue"
    WRITTEN_OFF = "written_off"
    CREDIT_NOTE = "credit_note"


def state_of(
    kind: str, total: int, done: int, due_on: date, today: date, *, written_off: bool = False
) -> InvoiceState:
    """How a document stands on a day; `total` and what is `done` of it in minor units. The due day is in time.

    What is `written_off` is done, but nobody paid it.
    """
    if kind == "credit_note":
        return InvoiceState.CREDIT_NOTE
    if done >= total:
        return InvoiceState.WRITTEN_OFF if written_off else InvoiceState.PAID
    if due_on < today:
        return InvoiceState.OVERDUE
    return InvoiceState.PART_PAID if done else InvoiceState.OPEN
