"""A year in the life, day by day, of twelve accounts that differ: at its end everybody's books agree to the cent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.calendar import boundaries, local_day
from portal.shared.domain.money import Money
from portal.shared.domain.subscriptions import Standing, standing
from portal.shared.domain.summary import LineKind
from portal.shared.domain.taxes import VatState
from portal.shared.records.accounts import Account
from portal.shared.records.catalog import TaxRateRow
from portal.shared.records.invoices import Invoice, InvoiceLine, unpaid_amounts
from portal.shared.records.ledger import book_total
from portal.shared.records.payments import Payment, PaymentMethod
from portal.shared.records.renewals import Renewal
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import ledger
from portal.shared.services.invoice_payments import recording
from portal.shared.services.invoice_payments.recording import Kind, Plan, Received, Recorded
from portal.shared.services.orders.placement import Accepted
from portal.shared.services.renewals.collecting import collect_due
from portal.shared.services.renewals.running import renew_due
from portal.shared.services.subscriptions import standing as subscriptions
from portal.shared.services.subscriptions.standing import as_value
from tests.support import factories
from tests.support.factories import SELLER
from tests.support.quoting import QuoteDesk, item
from tests.support.shop import Customer, Shop, want

BEGIN = date(2026, 3, 10)
DAYS = 370
VAT = 123  # per cent of a net amount, with tax


@dataclass
class Year:
    """The accounts, and what happens to them on which day."""

    shop: Shop
    desk: QuoteDesk
    events: dict[date, list[Callable[[], object]]] = field(default_factory=dict)

    def on(self, day: date, what: Callable[[], object]) -> None:
        """Let something happen on a day."""
        self.events.setdefault(day, []).append(what)

    def live(self) -> None:
        """Day by day: what people do in the morning, then what is due."""
        for number in range(DAYS):
            day = BEGIN + timedelta(days=number)
            self.shop.clock.advance(
                datetime(day.year, day.month, day.day, 15, tzinfo=UTC) - self.shop.clock.now()
            )
            for what in self.events.get(day, []):
                what()
            list(renew_due(self.shop.database, SELLER, self.shop.clock.now()))
            list(collect_due(self.shop.database, self.shop.processor, self.shop.clock.now))

    def default_card(self, who: Customer, card: str) -> None:
        """Another card from now on."""
        with self.shop.database.write() as session:
            account = session.get_one(Account, who.id)
            for method in session.scalars(sa.select(PaymentMethod).where(PaymentMethod.account_id == who.id)):
                method.is_default = False
            session.flush()
            factories.a_card(session, self.shop.processor, account, card).is_default = True

    def transfer(self, who: Customer) -> None:
        """The account pays everything that is open, by transfer."""
        with self.shop.database.write() as session:
            account = session.get_one(Account, who.id)
            due = sum(unpaid_amounts(session, who.id).values())
            today = local_day(self.shop.clock.now(), account.time_zone)
            received = Received(Kind.TRANSFER, "everything", today, Money(due, who.currency))
            now = self.shop.clock.now()
            plan = recording.plan(session, self.desk.rep, who.id, received, now)
            assert isinstance(plan, Plan)
            done = recording.record_payment(
                session, self.desk.rep, who.id, received, plan.digest, f"transfer-{now}", now
            )
            assert isinstance(done, Recorded)

    def standing(self, subscription: int) -> Standing:
        """Where a subscription stands at the end."""
        row = self.shop.subscription(subscription)
        with self.shop.database.read() as session:
            account = session.get_one(Account, row.account_id)
            today = local_day(self.shop.clock.now(), account.time_zone)
            return standing(as_value(row, account.currency), today)

    def charged(self, who: Customer) -> int:
        """What all documents of an account ask for, less what their credits give back, in minor units."""
        with self.shop.database.read() as session:
            total = sa.select(sa.func.sum(Invoice.total_minor)).where(Invoice.account_id == who.id)
            return int(session.scalar(total) or 0)

    def lines(self, subscription: int) -> list[InvoiceLine]:
        """What a subscription was charged for, in the order of service."""
        with self.shop.database.read() as session:
            question = sa.select(InvoiceLine).where(
                InvoiceLine.subscription_id == subscription, InvoiceLine.kind == LineKind.CHARGE
            )
            return list(session.scalars(question.order_by(InvoiceLine.service_start)))


@pytest.fixture
def year(shop: Shop) -> Year:
    """A shop, a desk, and nobody's year yet."""
    return Year(shop, QuoteDesk(shop))


def test_after_a_year_everybodys_books_agree(year: Year) -> None:  # noqa: PLR0915  # twelve stories
    shop, desk, plans = year.shop, year.desk, year.shop.catalogue
    plain = shop.customer()
    monthly = shop.monthly(plain, began=BEGIN)
    by_year = shop.customer()
    annual = shop.annual(by_year, began=BEGIN)
    last_days = shop.customer()
    month_end = shop.monthly(last_days, began=date(2026, 1, 31))
    tokyo = shop.customer(currency="JPY", country="JP", time_zone="Asia/Tokyo")
    yen = shop.monthly(tokyo, began=BEGIN)
    berlin = shop.customer(country="DE", vat_state=VatState.VALID, time_zone="Europe/Berlin")
    reverse = shop.monthly(berlin, began=BEGIN)
    madrid = shop.customer(country="ES", time_zone="Europe/Madrid")
    spanish = shop.monthly(madrid, began=BEGIN)
    late = shop.customer(card="declined")
    settled_late = shop.monthly(late, began=BEGIN)
    broke = shop.customer(card="declined")
    given_up = shop.monthly(broke, began=BEGIN)
    leaving = shop.customer()
    cancelled = shop.monthly(leaving, began=BEGIN)
    wavering = shop.customer()
    kept = shop.monthly(wavering, began=BEGIN)
    busy = shop.customer(balance=5000)
    changing = shop.monthly(busy, began=BEGIN)
    large = desk.customer(invoice_terms_days=30, card=None)
    contract = desk.contract(large, seats=40, began=BEGIN)

    with shop.database.write() as session:
        session.add(TaxRateRow(country="ES", valid_from=date(2026, 7, 1), name="IVA", millionths=220_000))
        order_id = factories.a_purchase_order(session, session.get_one(Account, large.id)).id

    def cancel(who: Customer, subscription: int, *, back: bool = False) -> Callable[[], object]:
        def do() -> None:
            with shop.database.write() as session:
                change = subscriptions.keep if back else subscriptions.cancel
                change(session, who.id, subscription, who.person_id, shop.clock.now())

        return do

    def add_seats() -> None:
        number = desk.sent(item(contract, plans.standard, 50), who=large)
        answer = desk.accept(number, large, on_invoice=True, purchase_order_id=order_id)
        assert isinstance(answer, Accepted)

    year.on(date(2026, 4, 12), lambda: year.default_card(late, "visa"))
    year.on(date(2026, 8, 2), cancel(leaving, cancelled))
    year.on(date(2026, 9, 20), cancel(wavering, kept))
    year.on(date(2026, 9, 30), cancel(wavering, kept, back=True))
    year.on(date(2026, 5, 1), lambda: shop.order(busy, want(changing, plans.plus, 9)))
    year.on(date(2026, 11, 17), lambda: shop.order(busy, want(changing, plans.plus, 3)))
    year.on(date(2026, 6, 15), add_seats)
    year.on(date(2026, 7, 10), lambda: year.transfer(large))
    year.live()

    # Twelve periods after the first, each at the price and tax of its day, in whole minor units.
    assert year.charged(plain) == 13 * 100 * VAT
    assert [line.service_start for line in year.lines(monthly)] == _days(BEGIN, 13)
    assert [line.service_start for line in year.lines(annual)] == [BEGIN, date(2027, 3, 10)]
    assert [line.service_start for line in year.lines(month_end)] == _days(date(2026, 1, 31), 14)
    assert year.charged(tokyo) == 13 * 10000
    assert {(line.tax_millionths, line.tax_minor) for line in year.lines(reverse)} == {(0, 0)}
    assert [line.tax_millionths for line in year.lines(spanish)] == [210_000] * 4 + [220_000] * 9
    assert (year.standing(monthly), year.standing(yen), year.standing(kept)) == (Standing.ACTIVE,) * 3
    assert year.standing(settled_late) is Standing.ACTIVE
    assert len(year.lines(kept)) == 13
    assert year.standing(cancelled) is Standing.EXPIRED
    assert len(year.lines(cancelled)) == 5
    assert year.standing(given_up) is Standing.EXPIRED
    assert len(year.lines(given_up)) == 2
    with shop.database.read() as session:
        assert sum(unpaid_amounts(session, broke.id).values()) == 100 * VAT
        assert ledger.balance(session, busy.id, "EUR").minor >= 0
    assert [(line.seats, line.service_end) for line in year.lines(contract)] == [
        (40, date(2027, 3, 10)),
        (10, date(2027, 3, 10)),
        (50, date(2028, 3, 10)),
    ]
    named = [row.purchase_order_id for row in shop.rows(Invoice, account_id=large.id)]
    assert named == [None, order_id, order_id]
    assert len({(row.subscription_id, row.period_start) for row in shop.rows(Renewal)}) == len(
        shop.rows(Renewal)
    )
    _everybodys_money_adds_up(shop)


def _days(anchor: date, count: int) -> list[date]:
    """The first so many boundaries of months counted from an anchor day."""
    return [day for day, _ in zip(boundaries(anchor, 1), range(count), strict=False)]


def _everybodys_money_adds_up(shop: Shop) -> None:
    """What came in is what was asked for, less what is open and what is kept as balance; for every account alone."""
    with shop.database.read() as session:
        for account in session.scalars(sa.select(Account)):
            asked = session.scalar(
                sa.select(sa.func.coalesce(sa.func.sum(Invoice.total_minor), 0)).where(
                    Invoice.account_id == account.id
                )
            )
            paid = session.scalar(
                sa.select(sa.func.coalesce(sa.func.sum(Payment.amount_minor), 0)).where(
                    Payment.account_id == account.id
                )
            )
            granted = -_granted(session, account)
            still_open = sum(unpaid_amounts(session, account.id).values())
            kept = ledger.balance(session, account.id, account.currency).minor
            assert int(paid or 0) + granted == int(asked or 0) - still_open + kept, account.name
            for row in session.scalars(
                sa.select(SubscriptionRow).where(SubscriptionRow.account_id == account.id)
            ):
                assert row.past_due_since is None or still_open


def _granted(session: Session, account: Account) -> int:
    """What was put into the account's favour without a document or a payment, as a credit (negative)."""
    documents = {
        "sales": sa.select(sa.func.coalesce(sa.func.sum(Invoice.subtotal_minor), 0)).where(
            Invoice.account_id == account.id
        )
    }
    booked = book_total(session, account.id, "sales", account.currency)
    return -(booked + int(session.scalar(documents["sales"]) or 0))
