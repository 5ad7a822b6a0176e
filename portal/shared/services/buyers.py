"""Who buys, as documents print it: frozen on the day a document is issued, because addresses change later."""

from __future__ import annotations

from typing import Any

from portal.shared.records.accounts import Account

FIELDS = ("name", "street", "postal_code", "city", "region", "country", "vat_number")


def buyer_of(account: Account) -> dict[str, Any]:
    """Name, address and VAT number of an account as they stand now."""
    return {field: getattr(account, field) for field in FIELDS}
