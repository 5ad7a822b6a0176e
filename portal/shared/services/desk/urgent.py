"""At which accounts something waits longest, when nobody could look through all there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records import most_urgent as records
from portal.shared.records.accounts import Account
from portal.shared.records.tax_exemptions import EXEMPTION_NOTICE_DAYS
from portal.shared.services.desk.staff import Staff

# Of each kind of thing that waits, so many are looked at: some days of work. The others come up as these are done.
MOST_URGENT = 200


@dataclass(frozen=True, slots=True)
class Urgent:
    """The accounts, and whether anything waits at others."""

    account_ids: frozenset[int]
    more: bool

    @property
    def which(self) -> sa.ColumnElement[bool]:
        """As a condition for questions about accounts. Written out: databases take only so many parameters."""
        return Account.id.in_(
            sa.bindparam("urgent", sorted(self.account_ids), expanding=True, literal_execute=True)
        )


def looks_after_everybody(staff: Staff) -> bool:
    """Whether somebody's accounts are more and more: Customer Care looks after every online account."""
    return staff.role == "care"


def most_urgent(
    session: Session, which: Sequence[sa.ColumnElement[bool]], now: datetime, limit: int
) -> Urgent:
    """The online accounts where requests, overdue invoices or ending exemptions wait longest, `limit` of each kind.

    `which` narrows them down.
    """
    tomorrow = now.date() + timedelta(days=1)  # somewhere it is tomorrow already
    ending = now.date() - timedelta(days=1), tomorrow + timedelta(days=EXEMPTION_NOTICE_DAYS)
    found = (
        records.oldest_requests(session, "online", which, limit + 1),
        records.longest_overdue(session, "online", which, tomorrow, limit + 1),
        records.first_exemptions_to_end(session, "online", which, ending, limit + 1),
    )
    ids = frozenset(one for kind in found for one in kind[:limit])
    return Urgent(ids, more=any(len(kind) > limit for kind in found))
