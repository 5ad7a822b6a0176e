"""Who buys, as documents print it: frozen on the day a document is issued, because addresses change later."""

from __future__ import annotations

from json.encoder import encode_basestring_ascii as in_quotes
from operator import attrgetter
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.records.accounts import Account, account_by_id
from portal.shared.services import accounts

FIELDS = ("name", "street", "postal_code", "city", "region", "country", "vat_number")


_said = attrgetter(*FIELDS)
_JSON = "{{{}}}".format(", ".join(f'"{field}": %s' for field in FIELDS))


def buyer_of(account: Account) -> dict[str, Any]:
    """Name, address and VAT number of an account as they stand now."""
    return {field: getattr(account, field) for field in FIELDS}


def buyer_text(account: Account) -> str:
    """The same as the text of a JSON object, a tenth of the work: for documents of very many accounts."""
    return _JSON % tuple(map(in_quotes, _said(account)))


def buyer_of_id(session: Session, account_id: int) -> dict[str, Any]:
    """The same for pages, which know an account by its number.

    Raises:
        UnknownAccountError: there is no such account.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise accounts.UnknownAccountError(account_id)
    return buyer_of(account)
