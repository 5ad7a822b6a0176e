"""What an account brings along when it is moved: everything the rule asks, read from the records."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.money import Money
from portal.shared.domain.moving import Agreed, Held, OpenQuote, Owed, Situation
from portal.shared.domain.quotes import INTERNAL, OPEN_QUOTE, state_on
from portal.shared.domain.requests import RequestState
from portal.shared.domain.routing.visitor import AccountType
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.records.accounts import Account
from portal.shared.records.carts import cart_of
from portal.shared.records.invoices import invoices_by_id, unpaid_amounts
from portal.shared.records.orders import open_order_of
from portal.shared.records.payments import methods_of, open_attempt_of
from portal.shared.records.planned_changes import planned_changes_of
from portal.shared.records.purchase_orders import purchase_orders_of
from portal.shared.records.quotes import quotes_of
from portal.shared.records.requests import requests_of
from portal.shared.records.subscriptions import subscriptions_of
from portal.shared.services import accounts, ledger
from portal.shared.services.catalog.reading import catalog
from portal.shared.services.subscriptions.standing import as_value
from portal.shared.services.taxes.rules import tax_rule


def agreed_with(account: Account) -> Agreed:
    """What is agreed with an account now."""
    return Agreed(account.rep_id, account.invoice_terms_days, account.purchase_order_rule)


def situation_of(session: Session, account: Account, seller: SellerTaxes, now: datetime) -> Situation:
    """How an account stands; whoever moves it holds its lock."""
    today = accounts.today(account, now)
    rests = unpaid_amounts(session, account.id)
    documents = invoices_by_id(session, account.id, rests)
    asked = [one for one in requests_of(session, account.id) if one.is_unanswered]
    return Situation(
        account_id=account.id,
        type=AccountType(account.type),
        agreed=agreed_with(account),
        today=today,
        balance=ledger.balance(session, account.id, account.currency),
        subscriptions=_held(session, account, seller),
        cart=tuple(item.subscription_id for item in cart_of(session, account.id)),
        quotes=tuple(
            OpenQuote(row.number, state)
            for row in reversed(quotes_of(session, account.id))
            if (state := state_on(row.state, row.valid_until, today)) in {*INTERNAL, OPEN_QUOTE}
        ),
        owed=tuple(
            Owed(documents[key].name, Money(rest, account.currency), documents[key].due_on)
            for key, rest in sorted(rests.items())
        ),
        purchase_orders=tuple(
            row.number for row in purchase_orders_of(session, account.id) if row.closed_at is None
        ),
        requests=tuple(sorted(one.number for one in asked)),
        taken=tuple(sorted(one.number for one in asked if one.state is RequestState.TAKEN)),
        has_method=any(one.is_default for one in methods_of(session, account.id)),
        order_on_its_way=open_order_of(session, account.id) is not None,
        payment_on_its_way=open_attempt_of(session, account.id) is not None,
    )


def _held(session: Session, account: Account, seller: SellerTaxes) -> tuple[Held, ...]:
    """Every subscription with the list price and the tax of the day on which its next period begins."""
    planned = planned_changes_of(session, account.id)
    found = []
    values = [as_value(row, account.currency) for row in subscriptions_of(session, account.id)]
    days = {one.period.end for one in values if one.period is not None and one.ended_on is None}
    offers = {day: catalog(session, account.currency, day).offers for day in days}
    taxes = {day: tax_rule(session, account, seller, day) for day in days}
    for one in values:
        if one.terms is None or one.period is None or one.period.end not in days or one.ended_on is not None:
            found.append(Held(one, planned=one.id in planned))
            continue
        day = one.period.end
        listed = offers[day][one.product].price(one.plan_id, one.terms.frequency)
        found.append(Held(one, listed, taxes[day], planned=one.id in planned))
    return tuple(found)
