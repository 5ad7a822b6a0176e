"""One factory a record, one line a story; whatever is bought goes through the books like a real order."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.money import Money, zero
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.seats import How
from portal.shared.domain.summary import OrderSummary, PricedChange, Standpoint, summarise, to_plain
from portal.shared.domain.taxes import SellerTaxes, VatState
from portal.shared.domain.terms import Terms
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.accounts import Account
from portal.shared.records.catalog import Plan, Price, Product, TaxRateRow
from portal.shared.records.orders import Order
from portal.shared.records.payments import PaymentMethod
from portal.shared.records.people import Membership, Person
from portal.shared.records.purchase_orders import PurchaseOrderRow
from portal.shared.records.seat_spells import begin_spells
from portal.shared.records.subscriptions import Seat, SubscriptionRow
from portal.shared.services import ledger
from portal.shared.services.catalog.reading import catalog
from portal.shared.services.invoices import issuing as invoicing
from portal.shared.services.taxes.rules import tax_rule

NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)
TODAY = NOW.date()
SELLER = SellerTaxes("PT", frozenset())

_numbers = itertools.count(1)

# plan: (product, rank, fewest seats, most seats, price a month, price a year); no price a month: not sold that way
_PLANS: dict[str, tuple[str, int, int, int, int | None, int]] = {
    "standard": ("assist", 1, 1, 500, 2000, 20000),
    "plus": ("assist", 2, 1, 500, 3500, 35000),
    "premium": ("assist", 3, 2, 50, None, 60000),
    "basic": ("meet", 1, 1, 100, 999, 9990),
    "pro": ("meet", 2, 1, 100, 1499, 14990),
}
_RATES = {"PT": ("IVA", 230_000), "DE": ("MwSt", 190_000), "ES": ("IVA", 210_000)}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The ids of the plans; `assist` has standard, plus and premium (by the year only), `meet` basic and pro."""

    standard: int
    plus: int
    premium: int
    basic: int
    pro: int


def a_catalogue(session: Session) -> Catalogue:
    """Two products, five plans, prices in five currencies, three tax rates."""
    for position, code in enumerate(("assist", "meet")):
        session.add(Product(code=code, position=position, names={"en": code.title()}, trial_days=14))
    session.flush()
    ids = {}
    for name, (product, rank, fewest, most, monthly, annual) in _PLANS.items():
        plan = Plan(
            product=product,
            code=name,
            rank=rank,
            min_seats=fewest,
            max_seats=most,
            names={"en": name.title()},
            summaries={"en": f"The {name} plan"},
        )
        session.add(plan)
        session.flush()
        ids[name] = plan.id
        for currency in ("EUR", "USD", "GBP", "BRL", "JPY"):
            for frequency, unit in ((Frequency.MONTHLY, monthly), (Frequency.ANNUAL, annual)):
                if unit is not None:
                    session.add(
                        Price(
                            plan_id=plan.id,
                            frequency=frequency,
                            currency=currency,
                            valid_from=date(2020, 1, 1),
                            unit_minor=unit,
                        )
                    )
    for country, (name, millionths) in _RATES.items():
        session.add(
            TaxRateRow(country=country, valid_from=date(2020, 1, 1), name=name, millionths=millionths)
        )
    session.flush()
    return Catalogue(**ids)


def a_price(
    session: Session,
    plan_id: int,
    frequency: Frequency,
    unit_minor: int,
    *,
    currency: str = "EUR",
    valid_from: date = TODAY,
) -> Price:
    """A price per seat and billing period from a day on."""
    price = Price(
        plan_id=plan_id, frequency=frequency, currency=currency, valid_from=valid_from, unit_minor=unit_minor
    )
    session.add(price)
    session.flush()
    return price


def a_person(session: Session, name: str = "", *, staff_role: str | None = None) -> Person:
    """Somebody with an address of mail of their own."""
    number = next(_numbers)
    person = Person(
        name=name or f"Person {number}", email=f"person{number}@example.org", staff_role=staff_role
    )
    session.add(person)
    session.flush()
    return person


def an_online_account(
    session: Session,
    *,
    balance: int = 0,
    currency: str = "EUR",
    country: str = "PT",
    time_zone: str = "Europe/Lisbon",
    vat_state: VatState = VatState.NONE,
) -> Account:
    """A small company that serves itself; `balance` (minor units) was granted by Customer Care."""
    number = next(_numbers)
    account = Account(
        name=f"Company {number}",
        type="online",
        currency=currency,
        country=country,
        time_zone=time_zone,
        language="en",
        vat_number="" if vat_state is VatState.NONE else "123456789",
        vat_state=vat_state,
        invoice_series=f"T{number}",
        created_at=NOW - timedelta(days=400),
    )
    session.add(account)
    session.flush()
    grant(session, account, Money(balance, currency), NOW - timedelta(days=30))
    return account


def a_corporate_account(
    session: Session, rep: Person | None = None, *, invoice_terms_days: int | None = None, **told: Any
) -> Account:
    """A large organisation with a representative."""
    account = an_online_account(session, **told)
    account.type = "corporate"
    account.rep_id = rep.id if rep else None
    account.invoice_terms_days = invoice_terms_days
    session.flush()
    return account


def a_purchase_order(
    session: Session,
    account: Account,
    *,
    authorised: int | None = None,
    valid_from: date = date(2026, 1, 1),
    valid_to: date | None = None,
) -> PurchaseOrderRow:
    """A purchase order of an account; `authorised` in minor units."""
    row = PurchaseOrderRow(
        account_id=account.id,
        number=f"PO-{next(_numbers)}",
        valid_from=valid_from,
        valid_to=valid_to,
        authorised_minor=authorised,
        created_at=NOW,
    )
    session.add(row)
    session.flush()
    return row


def a_contact(session: Session, account: Account, *, role: str = "billing_contact") -> Person:
    """A person who manages the account's billing, or is something else for it."""
    person = a_person(session)
    session.add(Membership(person_id=person.id, account_id=account.id, role=role))
    session.flush()
    return person


def a_card(
    session: Session, processor: SandboxProcessor, account: Account, name: str = "visa"
) -> PaymentMethod:
    """A card of the sandbox on file; the first one is the default one."""
    card = processor.issue_card(name, expiry_month=12, expiry_year=2030)
    first = session.query(PaymentMethod).filter(PaymentMethod.account_id == account.id).first() is None
    method = PaymentMethod(
        account_id=account.id,
        token=card.token,
        brand=card.brand,
        last4=card.last4,
        expiry_month=card.expiry_month,
        expiry_year=card.expiry_year,
        is_default=first,
        added_at=NOW,
    )
    session.add(method)
    session.flush()
    return method


def a_bank_account(
    session: Session, processor: SandboxProcessor, account: Account, name: str = "sepa_pays"
) -> PaymentMethod:
    """A bank account of the sandbox on file, for direct debits; not the default."""
    kept = processor.issue_account(name)
    method = PaymentMethod(
        account_id=account.id,
        kind=kept.kind,
        token=kept.token,
        brand=kept.brand,
        last4=kept.last4,
        is_default=False,
        added_at=NOW,
    )
    session.add(method)
    session.flush()
    return method


def a_trial(
    session: Session, account: Account, plan_id: int, *, seats: int = 5, ends: date = TODAY
) -> SubscriptionRow:
    """A free trial; `ends` is its first day without access."""
    row = SubscriptionRow(
        account_id=account.id,
        product=session.get_one(Plan, plan_id).product,
        plan_id=plan_id,
        seats=seats,
        trial_end=ends,
    )
    session.add(row)
    session.flush()
    return row


def a_monthly_subscription(
    session: Session, account: Account, plan_id: int, *, seats: int = 5, began: date = date(2026, 3, 1)
) -> SubscriptionRow:
    """A subscription in a paid month."""
    return _bought(session, account, plan_id, seats, Frequency.MONTHLY, began, paid=True)


def an_annual_subscription(
    session: Session, account: Account, plan_id: int, *, seats: int = 5, began: date = date(2025, 9, 10)
) -> SubscriptionRow:
    """A subscription in a paid year."""
    return _bought(session, account, plan_id, seats, Frequency.ANNUAL, began, paid=True)


def a_past_due_subscription(
    session: Session,
    account: Account,
    plan_id: int,
    *,
    seats: int = 5,
    began: date = date(2026, 3, 1),
    frequency: Frequency = Frequency.MONTHLY,
) -> SubscriptionRow:
    """A subscription whose current period was billed and never paid."""
    row = _bought(session, account, plan_id, seats, frequency, began, paid=False)
    row.past_due_since = began
    session.flush()
    return row


def a_seat(session: Session, row: SubscriptionRow, person: Person | None = None) -> Seat:
    """A seat and somebody who holds it."""
    person = person or a_person(session)
    seat = Seat(account_id=row.account_id, subscription_id=row.id, person_id=person.id, assigned_at=NOW)
    session.add(seat)
    begin_spells(session, [seat], None, How.ASSIGNED)
    session.flush()
    return seat


def grant(session: Session, account: Account, amount: Money, now: datetime = NOW) -> None:
    """Money in the account's favour that was given, not paid."""
    if amount:
        ledger.post(session, account.id, "credit-granted", {"balance": -amount, "sales": amount}, now)
        session.flush()


def _bought(
    session: Session,
    account: Account,
    plan_id: int,
    seats: int,
    frequency: Frequency,
    began: date,
    *,
    paid: bool,
) -> SubscriptionRow:
    plan = session.get_one(Plan, plan_id)
    unit = catalog(session, account.currency, began).offers[plan.product].price(plan_id, frequency)
    assert unit is not None, "this plan is not sold that way"
    terms = Terms(plan_id, seats, frequency, unit)
    row = SubscriptionRow(account_id=account.id, product=plan.product, plan_id=plan_id, seats=seats)
    row.trial_end = began
    session.add(row)
    session.flush()
    summary = _first_period(session, account, row, terms, began)
    instant = datetime.combine(began, time(12), UTC)
    if paid:
        _pay_for(session, account, row, terms, summary, instant)
    else:
        invoice = invoicing.issue(session, account, summary, None, began)
        owed = {"receivable": summary.total, "sales": -summary.subtotal, "tax": -summary.tax_total}
        ledger.post(session, account.id, "period-billed", owed, instant, invoice_id=invoice.id)
    period = summary.items[0].period
    row.frequency, row.unit_minor, row.trial_end = frequency, unit.minor, None
    row.anchor, row.period_start, row.period_end = period.start, period.start, period.end
    session.flush()
    return row


def _first_period(
    session: Session, account: Account, row: SubscriptionRow, terms: Terms, began: date
) -> OrderSummary:
    tax = tax_rule(session, account, SELLER, began)
    standpoint = Standpoint(account.id, began, zero(account.currency), tax, {})
    change = PricedChange(row.id, row.product, None, terms, (), takes_back_cancellation=False, release=())
    return summarise(standpoint, [change])


def _pay_for(
    session: Session,
    account: Account,
    row: SubscriptionRow,
    terms: Terms,
    unpaid: OrderSummary,
    instant: datetime,
) -> None:
    """Pay the first period from a credit that was granted for it, so that no card is needed."""
    before = ledger.balance(session, account.id, account.currency)
    grant(session, account, unpaid.total, instant)
    tax, balance = unpaid.tax, before + unpaid.total
    standpoint = Standpoint(account.id, unpaid.today, balance, tax, {})
    change = PricedChange(row.id, row.product, None, terms, (), takes_back_cancellation=False, release=())
    summary = summarise(standpoint, [change])
    order = Order(
        reference=f"FIRST{next(_numbers)}",
        account_id=account.id,
        idempotency_key=f"first-{row.id}",
        state=OrderState.PLACED,
        placed_by=a_person(session).id,
        audience="contact",
        summary=to_plain(summary),
        digest=summary.digest,
        currency=account.currency,
        total_due_minor=0,
        created_at=instant,
        settled_at=instant,
    )
    session.add(order)
    session.flush()
    invoicing.bill(session, account, order, summary, instant)
