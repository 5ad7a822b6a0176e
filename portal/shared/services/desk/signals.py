"""What waits at accounts, gathered for all of them at once and told for each on the day it is there.

For as many accounts as somebody looks after. Where they are everybody's, `urgent` says for which to ask.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from portal.shared.domain.attention import RENEWAL_DAYS, Signal, Waiting
from portal.shared.domain.calendar import local_day
from portal.shared.domain.money import Money, zero
from portal.shared.domain.purchase_orders import PurchaseOrder, used_percent, warnings
from portal.shared.domain.quotes import QuoteState, state_on
from portal.shared.records import portfolio as records
from portal.shared.records.tax_exemptions import EXEMPTION_NOTICE_DAYS
from portal.shared.services.desk.staff import Staff


class _OfAnAccount(Protocol):
    @property
    def account_id(self) -> int: ...


_One = TypeVar("_One", bound=_OfAnAccount)


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits at which account."""

    approves: bool
    quotes: Mapping[int, Sequence[records.WaitingQuote]]
    requests: Mapping[int, Sequence[records.WaitingRequests]]
    invoices: Mapping[int, Sequence[records.OpenInvoice]]
    purchase_orders: Mapping[int, Sequence[records.RunningOut]]
    ends: Mapping[int, Sequence[records.ComingEnd]]
    exemptions: Mapping[int, Sequence[records.ExemptionEnds]]
    expired: frozenset[int]

    @property
    def waiting(self) -> set[int]:
        """Accounts at which something may wait; what it is depends on the day it is there."""
        return {
            *self.expired,
            *self.quotes,
            *self.requests,
            *self.invoices,
            *self.purchase_orders,
            *self.ends,
            *self.exemptions,
        }

    def of(self, line: records.Line, today: date) -> Iterator[Signal]:
        """What waits at one account."""
        if line.id in self.expired and line.expired_on is not None and line.expired_on <= today:
            yield Signal(Waiting.EXPIRED, day=line.expired_on, days=(line.expired_on - today).days)
        yield from _quotes(self.quotes.get(line.id, ()), line, today, approves=self.approves)
        for found in self.requests.get(line.id, ()):
            since = local_day(found.since, line.time_zone)
            yield Signal(
                Waiting.REQUEST, found.count, since, (since - today).days, number=found.number, id=found.id
            )
        yield from _overdue(self.invoices.get(line.id, ()), line.currency, today)
        yield from _running_out(self.purchase_orders.get(line.id, ()), line.currency, today)
        yield from _ends(self.ends.get(line.id, ()), today)
        yield from _exemptions(self.exemptions.get(line.id, ()), today)


def what_waits(session: Session, staff: Staff, which: records.Which, now: datetime) -> Waits:
    """What waits at the accounts that a condition lets through: one statement a kind."""
    latest = now.date() + timedelta(days=1)  # somewhere it is tomorrow already
    corporate = staff.role != "care"
    return Waits(
        approves=staff.role == "manager",
        quotes=_by_account(records.waiting_quotes(session, which) if corporate else ()),
        requests=_by_account(records.waiting_requests(session, which)),
        invoices=_by_account(records.open_invoices(session, which)),
        purchase_orders=_by_account(records.purchase_orders_in_use(session, which) if corporate else ()),
        ends=_by_account(
            records.ends_coming(session, which, latest + timedelta(days=RENEWAL_DAYS)) if corporate else ()
        ),
        exemptions=_by_account(records.exemptions_not_over(session, which, now.date() - timedelta(days=1))),
        expired=frozenset(records.expired_ids(session, which, latest) if corporate else ()),
    )


def _by_account(found: Iterable[_One]) -> dict[int, list[_One]]:
    sorted_out: defaultdict[int, list[_One]] = defaultdict(list)
    for one in found:
        sorted_out[one.account_id].append(one)
    return dict(sorted_out)


def _quotes(
    found: Sequence[records.WaitingQuote], line: records.Line, today: date, *, approves: bool
) -> Iterator[Signal]:
    asked = [one for one in found if one.state is QuoteState.AWAITING_APPROVAL] if approves else []
    if asked:
        first = min(asked, key=lambda one: one.changed_at)
        since = local_day(first.changed_at, line.time_zone)
        yield Signal(
            Waiting.APPROVAL, len(asked), since, (since - today).days, number=first.number, id=first.id
        )
    sent = [
        (one.valid_until, one)
        for one in found
        if one.valid_until is not None and state_on(one.state, one.valid_until, today) is QuoteState.SENT
    ]
    if sent:
        day, first = min(sent, key=lambda pair: (pair[0], pair[1].id))
        yield Signal(Waiting.QUOTE, len(sent), day, (day - today).days, number=first.number, id=first.id)


def _overdue(found: Sequence[records.OpenInvoice], currency: str, today: date) -> Iterator[Signal]:
    late = [one for one in found if one.due_on < today]
    if late:
        owed = sum((Money(one.rest, currency) for one in late), zero(currency))
        first = late[0]
        days = (first.due_on - today).days
        yield Signal(Waiting.OVERDUE, len(late), first.due_on, days, owed, first.name)


def _running_out(found: Sequence[records.RunningOut], currency: str, today: date) -> Iterator[Signal]:
    """Purchase orders near one of their ends; one past its day only where no other has taken its place."""
    covered = any(
        one.valid_from <= today and (one.valid_to is None or today <= one.valid_to) for one in found
    )
    near = []
    for one in found:
        authorised = Money(one.authorised, currency) if one.authorised is not None else None
        order = PurchaseOrder(one.number, one.valid_from, one.valid_to, authorised)
        used = Money(one.used, currency)
        past = one.valid_to is not None and one.valid_to < today
        if warnings(order, used, today) and not (past and covered):
            days = (one.valid_to - today).days if one.valid_to is not None else RENEWAL_DAYS
            near.append((days, one, used_percent(order, used)))
    if near:
        days, first, percent = min(near, key=lambda told: (-(told[2] or 0) // 100, told[0]))
        yield Signal(
            Waiting.PURCHASE_ORDER, len(near), first.valid_to, days, subject=first.number, percent=percent
        )


def _ends(found: Sequence[records.ComingEnd], today: date) -> Iterator[Signal]:
    soon = [one for one in found if (one.ends_on - today).days <= RENEWAL_DAYS]
    if soon:
        first = soon[0]
        kind = Waiting.ENDING if first.pending_cancellation else Waiting.RENEWAL
        days = (first.ends_on - today).days
        yield Signal(kind, len(soon), first.ends_on, days, subject=first.product)


def _exemptions(found: Sequence[records.ExemptionEnds], today: date) -> Iterator[Signal]:
    """The last day of what frees from tax today, unless another document follows."""
    last = max((one.valid_to for one in found if today <= one.valid_to), default=None)
    if last is not None and (last - today).days <= EXEMPTION_NOTICE_DAYS:
        document = next(one.document for one in found if one.valid_to == last)
        yield Signal(Waiting.EXEMPTION, 1, last, (last - today).days, subject=document)
