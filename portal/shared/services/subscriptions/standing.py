"""An account's subscriptions: as values for the rules, and as cards for the pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Period
from portal.shared.domain.money import Money
from portal.shared.domain.renewals import renewed_terms, renews_by_contract
from portal.shared.domain.subscription_lists import SubscriptionWish
from portal.shared.domain.subscriptions import Standing, Subscription, service_end_of, standing, standing_by
from portal.shared.domain.taxes import SellerTaxes, TaxRule
from portal.shared.domain.terms import Terms
from portal.shared.records.accounts import Account, account_by_id, lock_account
from portal.shared.records.invoices import invoices_by_id, unpaid_amounts
from portal.shared.records.open_invoices import charges_of, invoice_called, subscriptions_charged_by
from portal.shared.records.plain_rows import is_plain
from portal.shared.records.subscription_lists import page_of_subscriptions
from portal.shared.records.subscriptions import (
    SubscriptionRow,
    seats_held,
    seats_held_of,
    seats_held_of_some,
    some_subscriptions,
    subscription_of,
    subscriptions_after,
    subscriptions_of,
)
from portal.shared.services import accounts, activity, notifications
from portal.shared.services.catalog.reading import catalogs
from portal.shared.services.people import contacts as people
from portal.shared.services.taxes.rules import tax_rule


class UnknownSubscriptionError(LookupError):
    """The account has no such subscription; another account's counts as none."""


class NotPossibleError(ValueError):
    """The subscription does not stand where this could be done."""


@dataclass(frozen=True, slots=True)
class SubscriptionCard:
    """One subscription as its card shows it. `renewal` is gross, and none when nothing will be charged.

    `next_unit` is what a seat costs in the next period, by the price list of its first day or by the contract.
    `service_end` is the first day without service if it is not renewed: a contract's term may outlast the period;
    `renews` is whether it is.
    """

    id: int
    product: str
    plan_id: int
    seats: int
    held: int
    terms: Terms | None
    standing: Standing
    period: Period | None
    service_end: date | None
    renews: bool
    trial_end: date | None
    trial_days_left: int
    ended_on: date | None
    past_due_since: date | None
    next_unit: Money | None
    renewal: Money | None

    @property
    def active(self) -> bool:
        """Whether the card stands among the active ones."""
        return self.standing.has_access


@dataclass(frozen=True, slots=True)
class Unpaid:
    """An invoice that is not wholly settled, and the subscriptions it charges for, by id."""

    name: str
    rest: Money
    due_on: date
    subscriptions: frozenset[int]


def as_value(row: SubscriptionRow, currency: str) -> Subscription:
    """The row as the plain value that rules work with."""
    return _plain_value(row, currency) if is_plain(row) else _value(row, currency)


def _value(row: SubscriptionRow, currency: str) -> Subscription:
    terms = period = None
    if row.frequency is not None and row.unit_minor is not None:
        assert row.period_start is not None, "the table keeps terms and period together"
        assert row.period_end is not None, "the table keeps terms and period together"
        terms = Terms(row.plan_id, row.seats, row.frequency, Money(row.unit_minor, currency))
        period = Period(row.period_start, row.period_end)
    return Subscription(
        id=row.id,
        account_id=row.account_id,
        product=row.product,
        plan_id=row.plan_id,
        seats=row.seats,
        terms=terms,
        period=period,
        trial_end=row.trial_end,
        pending_cancellation=row.pending_cancellation,
        past_due_since=row.past_due_since,
        ended_on=row.ended_on,
        contract_end=row.contract_end,
    )


# A plain row is a value itself; most pages of an account read the same ones again.
_plain_value = lru_cache(maxsize=4096)(_value)


def standing_of(row: SubscriptionRow, day: date) -> Standing:
    """Where a row's subscription stands on a day, as `standing(as_value(…))` says, without making the value."""
    bought = row.frequency is not None and row.unit_minor is not None
    return standing_by(
        day,
        bought=bought,
        trial_end=row.trial_end,
        ended_on=row.ended_on,
        past_due_since=row.past_due_since,
        pending_cancellation=row.pending_cancellation,
        service_end=service_end_of(row.period_end if bought else None, row.contract_end),
    )


def cards(
    session: Session, account_id: int, now: datetime, seller: SellerTaxes, *, with_waiting: bool = False
) -> list[SubscriptionCard]:
    """Every subscription of an account; a constant number of statements, however many there are.

    Products that only wait in the cart are left out unless asked for.
    """
    account = _account(session, account_id)
    rows = subscriptions_of(session, account_id, with_waiting=with_waiting)
    held = seats_held(session, account_id)
    day = accounts.today(account, now)
    tax = _tax(session, account, rows, seller, day)
    units = _next_units(session, account, rows)
    return [_card(account, row, held.get(row.id, 0), tax, day, units.get(row.id)) for row in rows]


def some_cards(
    session: Session,
    account_id: int,
    subscription_ids: Collection[int],
    now: datetime,
    seller: SellerTaxes,
    *,
    with_waiting: bool = False,
) -> list[SubscriptionCard]:
    """Those of these subscriptions that are the account's, by number; a constant number of statements."""
    rows = [
        one
        for one in some_subscriptions(session, account_id, subscription_ids)
        if with_waiting or not one.waiting
    ]
    if not rows:
        return []
    account = _account(session, account_id)
    held = seats_held_of_some(session, account_id, [one.id for one in rows])
    day = accounts.today(account, now)
    tax = _tax(session, account, rows, seller, day)
    units = _next_units(session, account, rows)
    return [_card(account, row, held.get(row.id, 0), tax, day, units.get(row.id)) for row in rows]


def listed_cards(
    session: Session,
    account_id: int,
    wish: SubscriptionWish,
    now: datetime,
    seller: SellerTaxes,
    size: int,
) -> tuple[list[SubscriptionCard], int | None]:
    """A page of the subscriptions that are looked for, what needs somebody first, and behind which one more follow."""
    account = _account(session, account_id)
    day = accounts.today(account, now)
    found = page_of_subscriptions(session, account_id, wish, day, size + 1)
    rows = [row for row, _ in found[:size]]
    tax, units = _tax(session, account, rows, seller, day), _next_units(session, account, rows)
    cards = [_card(account, row, held, tax, day, units.get(row.id)) for row, held in found[:size]]
    return cards, cards[-1].id if len(found) > size else None


def page_of_cards(
    session: Session, account_id: int, now: datetime, seller: SellerTaxes, after: int | None, size: int
) -> tuple[list[SubscriptionCard], int | None]:
    """A page of an account's subscriptions in their order, and behind which one more follow."""
    account = _account(session, account_id)
    rows = subscriptions_after(session, account_id, after, size + 1)
    held, day = seats_held(session, account_id), accounts.today(account, now)
    tax = _tax(session, account, rows[:size], seller, day)
    units = _next_units(session, account, rows[:size])
    found = [_card(account, row, held.get(row.id, 0), tax, day, units.get(row.id)) for row in rows[:size]]
    return found, rows[size - 1].id if len(rows) > size else None


def card(
    session: Session, account_id: int, subscription_id: int, now: datetime, seller: SellerTaxes
) -> SubscriptionCard:
    """One subscription of an account.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
    """
    row = row_of(session, account_id, subscription_id)
    account = _account(session, account_id)
    held = seats_held_of(session, account_id, row.id)
    day = accounts.today(account, now)
    tax, units = _tax(session, account, [row], seller, day), _next_units(session, account, [row])
    return _card(account, row, held, tax, day, units.get(row.id))


def row_of(session: Session, account_id: int, subscription_id: int) -> SubscriptionRow:
    """The row of a subscription of this account.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
    """
    row = subscription_of(session, account_id, subscription_id)
    if row is None:
        raise UnknownSubscriptionError(subscription_id)
    return row


def unpaid(session: Session, account_id: int, currency: str) -> Sequence[Unpaid]:
    """What the account still owes, oldest first."""
    rests = unpaid_amounts(session, account_id)
    found = invoices_by_id(session, account_id, rests)
    charged = charges_of(session, account_id, rests)
    return [
        Unpaid(found[invoice_id].name, Money(rest, currency), found[invoice_id].due_on, charged[invoice_id])
        for invoice_id, rest in sorted(rests.items())
    ]


def charged_by(session: Session, account_id: int, invoice: str) -> frozenset[int]:
    """The subscriptions, by id, that an invoice of the account charges for."""
    row = invoice_called(session, account_id, invoice)
    return subscriptions_charged_by(session, account_id, [row.id]) if row else frozenset()


def cancel(session: Session, account_id: int, subscription_id: int, person_id: int, now: datetime) -> date:
    """Switch the next renewal off and say when the subscription ends. Nothing is refunded; it can be taken back.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
        NotPossibleError: it is not bought, has ended, or is cancelled already.
    """
    return _set_cancellation(session, account_id, subscription_id, person_id, now, cancelled=True)


def keep(session: Session, account_id: int, subscription_id: int, person_id: int, now: datetime) -> date:
    """Take a cancellation back before the period ends and say when the subscription renews.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
        NotPossibleError: no cancellation is pending.
    """
    return _set_cancellation(session, account_id, subscription_id, person_id, now, cancelled=False)


def _set_cancellation(
    session: Session, account_id: int, subscription_id: int, person_id: int, now: datetime, *, cancelled: bool
) -> date:
    account = lock_account(session, account_id)
    row = row_of(session, account_id, subscription_id)
    value = as_value(row, account.currency)
    where, ends_on = standing(value, accounts.today(account, now)), value.service_end
    fitting = {Standing.ACTIVE, Standing.PAST_DUE} if cancelled else {Standing.PENDING_CANCELLATION}
    if where not in fitting or ends_on is None or row.pending_cancellation is cancelled:
        raise NotPossibleError(where)
    row.pending_cancellation = cancelled
    action = "subscription-cancelled" if cancelled else "subscription-kept"
    activity.record(session, account_id, person_id, action, {"subscription": row.id}, now)
    writer = people.recipient(session, person_id, account.language)
    notifications.enqueue_mail(
        session,
        action,
        writer.email,
        writer.language,
        {
            "name": writer.name,
            "product": row.product,
            "account": account.name,
            "ends_on": ends_on.isoformat(),
        },
        f"{action}:{row.id}:{ends_on}:{now.isoformat()}",
        now,
    )
    return ends_on


def _account(session: Session, account_id: int) -> Account:
    account = account_by_id(session, account_id)
    if account is None:
        raise accounts.UnknownAccountError(account_id)
    return account


def _tax(
    session: Session, account: Account, rows: Sequence[SubscriptionRow], seller: SellerTaxes, day: date
) -> TaxRule | None:
    """Today's tax rule, asked for once and only where something was bought."""
    bought = any(row.frequency is not None for row in rows)
    return tax_rule(session, account, seller, day) if bought else None


def _is_charged_again(value: Subscription, where: Standing) -> bool:
    """Whether a further billing period follows: always when it renews, else as long as the contract's term goes on."""
    if where not in {Standing.ACTIVE, Standing.PAST_DUE, Standing.PENDING_CANCELLATION}:
        return False
    assert value.period is not None, "what was bought has a billing period"
    return not value.pending_cancellation or value.service_end != value.period.end


def _next_units(session: Session, account: Account, rows: Sequence[SubscriptionRow]) -> dict[int, Money]:
    """What a seat of each subscription costs in the next period, as it is known today; nothing was bought: no price."""
    by_contract = renews_by_contract(account.type)
    bought = [
        (value, value.terms.frequency, value.period.end)
        for row in rows
        if (value := as_value(row, account.currency)).terms is not None and value.period is not None
    ]
    shelves = {} if by_contract else catalogs(session, account.currency, {end for *_, end in bought})
    found: dict[int, Money] = {}
    for one, frequency, end in bought:
        listed = None if by_contract else shelves[end].offers[one.product].price(one.plan_id, frequency)
        found[one.id] = renewed_terms(one, listed, by_contract=by_contract).unit
    return found


def _card(
    account: Account,
    row: SubscriptionRow,
    held: int,
    tax: TaxRule | None,
    day: date,
    next_unit: Money | None,
) -> SubscriptionCard:
    made = _plain_card if is_plain(row) else _made_card
    return made(account.currency, row, held, tax, day, next_unit)


def _made_card(
    currency: str, row: SubscriptionRow, held: int, tax: TaxRule | None, day: date, next_unit: Money | None
) -> SubscriptionCard:
    value = as_value(row, currency)
    where = standing(value, day)
    renewal = None
    if tax is not None and next_unit is not None and _is_charged_again(value, where):
        net = next_unit * row.seats
        renewal = net + tax.on(net)
    return SubscriptionCard(
        id=row.id,
        product=row.product,
        plan_id=row.plan_id,
        seats=row.seats,
        held=held,
        terms=value.terms,
        standing=where,
        period=value.period,
        service_end=value.service_end,
        renews=value.terms is not None and not row.pending_cancellation,
        trial_end=row.trial_end,
        trial_days_left=max(0, (row.trial_end - day).days) if row.trial_end and value.terms is None else 0,
        ended_on=row.ended_on,
        past_due_since=row.past_due_since,
        next_unit=next_unit,
        renewal=renewal,
    )


_plain_card = lru_cache(maxsize=4096)(_made_card)
