"""Who buys, as documents print it: frozen on the day a document is issued, because addresses change later."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from portal.shared.records.accounts import Account, account_by_id
from portal.shared.services import accounts

FIELDS = ("name", "street", "postal_code", "city", "region", "country", "vat_number")


def buyer_of(account: Account) -> dict[str, Any]:
    """Name, address and VAT number of an account as they stand now."""
    return {field: getattr(account, field) for field in FIELDS}


def buyer_of_id(session: Session, account_id: int) -> dict[str, Any]:
    """The same for pages, which know an account by its number.

    Raises:
        UnknownAccountError: there is no such account.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise accounts.UnknownAccountError(account_id)
    return buyer_of(account)
