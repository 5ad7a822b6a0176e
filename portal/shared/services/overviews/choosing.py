"""What a person who serves several accounts has to know to choose: where they were last, and what waits where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.quotes import OPEN_QUOTE, state_on
from portal.shared.domain.routing.visitor import Role
from portal.shared.records.accounts import Account
from portal.shared.records.open_invoices import open_invoices_of_all
from portal.shared.records.people import last_account_of
from portal.shared.records.quotes import sent_quotes_of_all
from portal.shared.services.accounts import today
from portal.shared.services.approvals import reading as approvals
from portal.shared.services.sign_in.signing_in import AccountMembership

_LOOKS = frozenset({Role.BILLING_CONTACT, Role.APPROVER, Role.VIEWER})


@dataclass(frozen=True, slots=True)
class AccountToChoose:
    """One account of a person, in the order of the chooser."""

    account_id: int
    name: str
    type: str
    roles: frozenset[Role]
    last: bool
    quotes: int
    invoices: int
    approvals: int


def accounts_to_choose(
    session: Session, person_id: int, memberships: Sequence[AccountMembership], now: datetime
) -> list[AccountToChoose]:
    """The accounts of a person, the one they worked for last first; what waits, where they may look."""
    last = last_account_of(session, person_id)
    looks = [one.account_id for one in memberships if _LOOKS & one.roles]
    invoices: dict[int, int] = {}
    for account, _ in open_invoices_of_all(session, Account.id.in_(looks)):
        invoices[account.id] = invoices.get(account.id, 0) + 1
    quotes: dict[int, int] = {}
    for account, quote in sent_quotes_of_all(session, looks):
        if state_on(quote.state, quote.valid_until, today(account, now)) is OPEN_QUOTE:
            quotes[account.id] = quotes.get(account.id, 0) + 1
    approves = [one.account_id for one in memberships if Role.APPROVER in one.roles]
    asked = approvals.to_answer(session, person_id, approves, now)
    found = [
        AccountToChoose(
            one.account_id,
            one.account_name,
            one.account_type,
            frozenset(Role(role) for role in one.roles),
            one.account_id == last,
            quotes.get(one.account_id, 0),
            invoices.get(one.account_id, 0),
            asked.get(one.account_id, 0),
        )
        for one in memberships
    ]
    return sorted(found, key=lambda one: not one.last)
