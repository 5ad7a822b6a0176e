"""Documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.shared.domain.invoices import InvoiceState
from portal.shared.domain.money import Money


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice or a credit note. `open` is what is still to be paid."""

    name: str
    kind: str
    state: InvoiceState
    issued_on: date
    due_on: date
    purchase_order: str
    total: Money
    open: Money


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """Documents, the newest first."""

    items: tuple[Invoice, ...]
    next: int | None
