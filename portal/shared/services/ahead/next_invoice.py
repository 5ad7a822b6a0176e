"""The next invoice of an account with everything that is pending for it: to the cent what the renewal will write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.shared.domain.planned_changes import Planned
from portal.shared.domain.summary import OrderSummary
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.records.accounts import account_by_id
from portal.shared.records.subscriptions import subscriptions_of
from portal.shared.services.accounts import UnknownAccountError
from portal.shared.services.renewals.pricing import planned_for, price_renewal, renewing_next


@dataclass(frozen=True, slots=True)
class NextInvoice:
    """The day of the next renewal, and its summary with all pending changes applied."""

    on: date
    summary: OrderSummary


def next_invoice(
    session: Session,
    account_id: int,
    seller: SellerTaxes,
    imagined: Mapping[int, Planned] | None = None,
) -> NextInvoice | None:
    """What the next renewal will charge, as the books stand now; nothing where nothing renews.

    `imagined` are changes (by subscription) that somebody thinks of planning, in the place of those that are.

    Raises:
        UnknownAccountError: there is no such account.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise UnknownAccountError(account_id)
    rows = renewing_next(subscriptions_of(session, account_id), account.currency)
    if not rows:
        return None
    day = rows[0].period_end
    assert day is not None, "what renews has a billing period"
    planned = planned_for(session, account_id) | dict(imagined or {})
    return NextInvoice(day, price_renewal(session, account, rows, seller, day, planned).summary)
