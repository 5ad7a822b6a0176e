"""Pricing wanted changes: reads what the books say and hands it to the pure summary."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Frequency, Period, full_period
from portal.shared.domain.changes import Assigned, Audience, Refusal, Wanted, refusal
from portal.shared.domain.effects import Effect, effect_of
from portal.shared.domain.money import Money
from portal.shared.domain.proration import ChargedLine
from portal.shared.domain.renewals import is_overdue
from portal.shared.domain.subscriptions import Standing, Subscription, standing
from portal.shared.domain.summary import OpenLine, OrderSummary, PricedChange, Standpoint, summarise
from portal.shared.domain.taxes import SellerTaxes, TaxRate
from portal.shared.domain.terms import Offer, Terms
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import LineOnTheBooks, lines_to_credit, unpaid_amounts
from portal.shared.records.open_invoices import subscriptions_charged_by
from portal.shared.records.orders import placed_since
from portal.shared.records.subscriptions import seat_ids_by_subscription, some_subscriptions
from portal.shared.services import accounts, ledger
from portal.shared.services.catalog.reading import catalogs
from portal.shared.services.subscriptions.standing import as_value
from portal.shared.services.taxes.rules import tax_rule


@dataclass(frozen=True, slots=True)
class Priced:
    """The summary of what can be ordered (none if nothing can), and why the rest cannot."""

    summary: OrderSummary | None
    refused: Mapping[int, Refusal]


def price(
    session: Session,
    account: Account,
    wanted: Sequence[Wanted],
    audience: Audience,
    seller: SellerTaxes,
    now: datetime,
    starts_on: date | None = None,
    imagined: Iterable[Subscription] = (),
) -> Priced:
    """Price changes as of now, or as of the first day of service that a quote names.

    A subscription the account does not have is refused like an unknown plan, unless it is `imagined`: a product
    somebody looks at before anything of it is kept.
    """
    today = accounts.today(account, now)
    day = starts_on or today
    asked = {one.subscription_id for one in wanted}
    known = {
        row.id: as_value(row, account.currency) for row in some_subscriptions(session, account.id, asked)
    } | {one.id: one for one in imagined}
    ends = {one: full_period(day, one).end for one in Frequency}
    shelves = catalogs(session, account.currency, (day, *ends.values()))
    offers = shelves[day].offers
    changed = _changes_on(session, account, today, now)
    held = seat_ids_by_subscription(session, account.id, [one.subscription_id for one in wanted])
    unpaid = {key: Money(rest, account.currency) for key, rest in unpaid_amounts(session, account.id).items()}
    owing = subscriptions_charged_by(session, account.id, unpaid)
    refused: dict[int, Refusal] = {}
    fine: list[tuple[Subscription, Wanted, Offer]] = []
    for want in wanted:
        subscription = known.get(want.subscription_id)
        if subscription is None:
            refused[want.subscription_id] = Refusal.UNKNOWN_PLAN
            continue
        offer, where = offers[subscription.product], standing(subscription, today)
        closed = accounts.is_expired(account, today) and audience is not Audience.REP
        if closed and not (audience is Audience.CONTACT and _begins_again(subscription, where)):
            refused[want.subscription_id] = Refusal.EXPIRED
            continue
        if where is Standing.EXPIRED and audience is Audience.CONTACT and subscription.id in owing:
            refused[want.subscription_id] = Refusal.UNPAID_INVOICE
            continue
        if audience is not Audience.REP and is_overdue(subscription, today):
            refused[want.subscription_id] = Refusal.RENEWAL_OVERDUE
            continue
        assigned = Assigned(held.get(subscription.id, frozenset()), want.release)
        reason = refusal(
            subscription, where, want.terms, offer, audience, assigned, changed[subscription.id], want.agreed
        )
        if reason is None:
            fine.append((subscription, want, offer))
        else:
            refused[subscription.id] = reason
    if not fine:
        return Priced(None, refused)
    lines: defaultdict[int, list[LineOnTheBooks]] = defaultdict(list)
    for entry in lines_to_credit(session, account.id, [subscription.id for subscription, *_ in fine], day):
        lines[entry.line.subscription_id].append(entry)
    changes = [
        _priced_change(
            account.currency,
            day,
            subscription,
            want,
            offer,
            shelves[ends[want.terms.frequency]].offers[offer.product],
            lines[subscription.id],
        )
        for subscription, want, offer in fine
    ]
    standpoint = Standpoint(
        account_id=account.id,
        today=day,
        balance=ledger.balance(session, account.id, account.currency),
        tax=tax_rule(session, account, seller, day),
        unpaid=unpaid,
    )
    return Priced(summarise(standpoint, changes), refused)


def _begins_again(subscription: Subscription, where: Standing) -> bool:
    """Whether ordering it brings back what an expired account had: what has ended, or what it once tried."""
    return where is Standing.EXPIRED or (where.is_trial and subscription.trial_end is not None)


def _priced_change(
    currency: str,
    day: date,
    subscription: Subscription,
    want: Wanted,
    offer: Offer,
    later: Offer,
    lines: Sequence[LineOnTheBooks],
) -> PricedChange:
    unit = want.agreed.unit if want.agreed else offer.price(want.terms.plan_id, want.terms.frequency)
    assert unit is not None, "the policy refuses what is not sold"
    after = Terms(want.terms.plan_id, want.terms.seats, want.terms.frequency, unit)
    # On the last day and later there is no rest to keep a date for: the change is the renewal.
    running = subscription.period is not None and day in subscription.period
    keeps_date = want.agreed is not None and want.agreed.keeps_date and running
    effect = effect_of(subscription.terms, after, keeps_date=keeps_date)
    renews = want.agreed is None and standing(subscription, day) is Standing.EXPIRED
    return PricedChange(
        subscription_id=subscription.id,
        product=subscription.product,
        before=None if renews else subscription.terms,  # what has ended is bought anew
        after=after,
        open_lines=tuple(open_line(currency, entry) for entry in lines),
        # Whoever keeps the renewal date also keeps what was decided about it.
        takes_back_cancellation=subscription.pending_cancellation and effect is Effect.REANCHOR,
        release=tuple(sorted(want.release)),
        effect=effect,
        period=subscription.period,
        # Who has no contract renews at the price list of that day.
        next_unit=None if want.agreed else later.price(after.plan_id, after.frequency),
    )


def open_line(currency: str, entry: LineOnTheBooks) -> OpenLine:
    """A charged line as credits of it are computed."""
    line = entry.line
    return OpenLine(
        id=line.id,
        invoice_id=entry.asked_for_by,
        plan_id=line.plan_id,
        seats=line.seats,
        unit=Money(line.unit_minor, currency),
        charged=ChargedLine(
            Money(line.amount_minor, currency),
            Period(line.service_start, line.service_end),
            Money(entry.credited_minor, currency),
            # A credit of days that reaches the end gave back all that was unused: what it left was used.
            closed=entry.credited_to == line.service_end,
        ),
        tax_rate=TaxRate(line.tax_name, line.tax_millionths),
        tax=Money(line.tax_minor, currency),
        tax_credited=Money(entry.tax_credited_minor, currency),
        tax_kind=line.tax_kind,
        exemption=line.exemption,
    )


def _changes_on(session: Session, account: Account, today: date, now: datetime) -> Counter[int]:
    """How often each subscription was already changed today by the account's own people."""
    counted: Counter[int] = Counter()
    for order in placed_since(session, account.id, now - timedelta(days=2)):
        if order.summary["today"] == today.isoformat():
            counted.update(item["subscription_id"] for item in order.summary["items"])
    return counted
