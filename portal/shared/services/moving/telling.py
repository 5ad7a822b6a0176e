"""How a customer hears that the account was moved: by mail, and on the first page of the new portal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.moving import NEWS, Plan
from portal.shared.domain.quotes import INTERNAL
from portal.shared.domain.routing.visitor import AccountType
from portal.shared.records.account_moves import last_move_of
from portal.shared.records.accounts import Account, account_by_id
from portal.shared.records.people import Person
from portal.shared.services.people.contact_mails import tell_contacts


@dataclass(frozen=True, slots=True)
class News:
    """An account is new in its portal since an instant; `undone` when it came back because a move was undone."""

    to: AccountType
    since: datetime
    undone: bool


def tell_of_move(session: Session, account: Account, plan: Plan, now: datetime) -> None:
    """Mail every billing contact what has changed, in their own language; quotes they never saw stay untold."""
    rep = session.get(Person, account.rep_id) if account.rep_id is not None else None
    told = {
        "account_type": account.type,
        "undone": plan.undoes is not None,
        "rep": rep.name if rep else "",
        "rep_email": rep.email if rep else "",
        "rep_phone": (rep.phone or "") if rep else "",
        "terms_days": account.invoice_terms_days,
        "quotes": [one.number for one in plan.withdrawn if one.state not in INTERNAL],
        "needs_method": account.invoice_terms_days is None and not plan.situation.has_method,
        "renewals": [
            {
                "product": one.product,
                "on": one.renews_on.isoformat(),
                "amount": one.next_charge.minor,
                "currency": one.next_charge.currency,
            }
            for one in plan.promises
            if one.renews_on is not None and one.next_charge is not None
        ],
    }
    tell_contacts(session, account, "account-moved", f"{account.id}:{now.isoformat()}", told, now)


def news_of(session: Session, account_id: int, now: datetime) -> News | None:
    """What the first page of the new portal says for two weeks; nothing where the account was not moved lately."""
    row = last_move_of(session, account_id)
    account = account_by_id(session, account_id)
    if row is None or account is None:
        return None
    since = row.undone_at or row.moved_at
    if now > since + NEWS:
        return None
    return News(AccountType(account.type), since, undone=row.undone_at is not None)
