"""Purchase orders: kept current, refused with reasons, asked by whoever bills on one, and warned of once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from portal.shared.domain.money import Money
from portal.shared.domain.purchase_orders import Coverage, LimitRule, Shortfall, Warned
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice
from portal.shared.records.purchase_orders import PurchaseOrderRow
from portal.shared.services.purchase_orders import book
from portal.shared.services.purchase_orders import reading as service
from portal.shared.services.purchase_orders.book import Kept, Refusal, Wish
from portal.shared.services.purchase_orders.warnings import warn
from tests.support import factories
from tests.support.factories import NOW, TODAY
from tests.support.shop import Customer, Shop, euros

YEAR = Wish("4500012345", date(2026, 1, 1), date(2026, 12, 31), euros(1_000_00))


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Iterator[Shop]:
    """A shop whose books are not proved: the documents here have a total and nothing else."""
    clock = FixedClock(NOW)
    processor = SandboxProcessor(tmp_path / "processor", clock=clock)
    with database.write() as session:
        catalogue = factories.a_catalogue(session)
    yield Shop(database, processor, clock, catalogue)
    processor.close()


def keep(shop: Shop, who: Customer, wish: Wish = YEAR) -> int:
    with shop.database.write() as session:
        kept = book.add(session, who.id, wish, who.person_id, NOW)
    assert isinstance(kept, Kept), kept
    return kept.id


def bill_on(shop: Shop, who: Customer, purchase_order_id: int, minor: int) -> None:
    """A document of this total, written on a purchase order."""
    with shop.database.write() as session:
        number = len(shop.rows(Invoice)) + 1
        session.add(
            Invoice(
                account_id=who.id,
                purchase_order_id=purchase_order_id,
                purchase_order_number="4500012345",
                number=900 + number,
                name=f"ON-{purchase_order_id}-{number}",
                kind="invoice" if minor > 0 else "credit_note",
                issued_on=TODAY,
                due_on=TODAY,
                currency=who.currency,
                subtotal_minor=0,
                tax_minor=0,
                total_minor=minor,
            )
        )


@pytest.fixture
def told(shop: Shop) -> Callable[[], list[tuple[str, dict[str, Any]]]]:
    def entries() -> list[tuple[str, dict[str, Any]]]:
        return [
            (row.action, row.detail) for row in shop.rows(Activity) if row.action.startswith("purchase-order")
        ]

    return entries


def test_one_is_added_and_told(shop: Shop, told: Any) -> None:
    who = shop.customer()
    number = keep(shop, who)
    with shop.database.read() as session:
        view = service.one_of_account(session, who.id, number, NOW)
    assert (view.number, view.authorised, view.used, view.percent) == (
        YEAR.number,
        euros(1_000_00),
        euros(0),
        0,
    )
    assert (view.rest, view.warnings, view.begun, view.closed) == (euros(1_000_00), (), True, False)
    ((action, detail),) = told()
    assert action == "purchase-order-added"
    assert detail["after"]["number"] == YEAR.number


@pytest.mark.parametrize(
    ("wish", "refusals"),
    [
        pytest.param(Wish("  ", TODAY, None, None), (Refusal.NUMBER_EMPTY,), id="no number"),
        pytest.param(Wish("9" * 51, TODAY, None, None), (Refusal.NUMBER_TOO_LONG,), id="51 digits"),
        pytest.param(Wish("9" * 50_000, TODAY, None, None), (Refusal.NUMBER_TOO_LONG,), id="50000 digits"),
        pytest.param(Wish("45\x0000", TODAY, None, None), (Refusal.NUMBER_UNREADABLE,), id="a null byte"),
        pytest.param(Wish("45\u202e00", TODAY, None, None), (Refusal.NUMBER_UNREADABLE,), id="turned around"),
        pytest.param(Wish("po-1", TODAY, None, None), (Refusal.NUMBER_TAKEN,), id="one there is"),
        pytest.param(Wish(" PO-1 ", TODAY, None, None), (Refusal.NUMBER_TAKEN,), id="the same in capitals"),
        pytest.param(
            Wish("PO-2", TODAY, TODAY - timedelta(days=1), None),
            (Refusal.ENDS_BEFORE_IT_STARTS,),
            id="ends before",
        ),
        pytest.param(Wish("PO-2", TODAY, None, euros(0)), (Refusal.AMOUNT_NOT_POSITIVE,), id="nothing"),
        pytest.param(
            Wish("", TODAY, date(2000, 1, 1), euros(-1)),
            (Refusal.NUMBER_EMPTY, Refusal.ENDS_BEFORE_IT_STARTS, Refusal.AMOUNT_NOT_POSITIVE),
            id="everything at once",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    shop: Shop, wish: Wish, refusals: tuple[Refusal, ...], told: Any
) -> None:
    who = shop.customer()
    first = keep(shop, who, Wish("po-1", TODAY, None, None))
    second = keep(shop, who, Wish("po-other", TODAY, None, None))
    before = told()
    with shop.database.write() as session:
        assert book.add(session, who.id, wish, who.person_id, NOW) == refusals
        assert book.change(session, who.id, second, wish, who.person_id, NOW) == refusals
    assert {row.id for row in shop.rows(PurchaseOrderRow)} == {first, second}
    assert told() == before


@pytest.mark.parametrize(
    "wish",
    [
        pytest.param(Wish("<b>PO</b>", TODAY, TODAY, None), id="HTML, one day"),
        pytest.param(Wish("9" * 50, TODAY, None, euros(1)), id="50 digits, one cent"),
        pytest.param(Wish("Bestellung  Ä\t1", TODAY, None, Money(10**13, "EUR")), id="spaces, a fortune"),
    ],
)
def test_what_looks_odd_and_is_right_is_kept(shop: Shop, wish: Wish) -> None:
    who = shop.customer()
    keep(shop, who, wish)
    (row,) = shop.rows(PurchaseOrderRow)
    assert row.number == " ".join(wish.number.split())


def test_the_same_number_may_stand_in_two_accounts(shop: Shop) -> None:
    one, other = shop.customer(), shop.customer()
    mine, theirs = keep(shop, one), keep(shop, other)
    with shop.database.write() as session:
        with pytest.raises(service.UnknownPurchaseOrderError):
            service.one_of_account(session, one.id, theirs, NOW)
        with pytest.raises(service.UnknownPurchaseOrderError):
            service.coverage_of(session, one.id, theirs, euros(1), TODAY)
        for act in (book.close, book.reopen):
            with pytest.raises(service.UnknownPurchaseOrderError):
                act(session, one.id, theirs, one.person_id, NOW)
        with pytest.raises(service.UnknownPurchaseOrderError):
            book.change(session, one.id, theirs, YEAR, one.person_id, NOW)
        assert service.paid_for(session, one.id, theirs) == []
        assert [view.id for view in service.of_account(session, one.id, NOW)] == [mine]


def test_a_change_keeps_old_and_new(shop: Shop, told: Any) -> None:
    who = shop.customer()
    number = keep(shop, who)
    wish = Wish("4500012346", date(2026, 2, 1), None, euros(2_000_00))
    with shop.database.write() as session:
        assert book.change(session, who.id, number, wish, who.person_id, NOW) == Kept(
            number, below_billed=False
        )
        assert book.change(session, who.id, number, wish, who.person_id, NOW) == Kept(
            number, below_billed=False
        )
    *_, (action, detail) = told()
    assert len(told()) == 2, "the second time nothing changed"
    assert action == "purchase-order-changed"
    assert (detail["before"]["number"], detail["after"]["number"]) == ("4500012345", "4500012346")
    assert (detail["before"]["valid_to"], detail["after"]["valid_to"]) == ("2026-12-31", None)
    assert (detail["before"]["authorised_minor"], detail["after"]["authorised_minor"]) == (1_000_00, 2_000_00)


@pytest.mark.parametrize(
    ("amount", "below"),
    [(500_00, False), (499_99, True), (None, False)],
    ids=["as billed", "below", "no limit"],
)
def test_an_amount_below_what_was_billed_is_kept_and_said(
    shop: Shop, amount: int | None, below: bool
) -> None:
    who = shop.customer()
    number = keep(shop, who)
    bill_on(shop, who, number, 600_00)
    bill_on(shop, who, number, -100_00)
    wish = Wish(YEAR.number, YEAR.valid_from, None, euros(amount) if amount else None)
    with shop.database.write() as session:
        kept = book.change(session, who.id, number, wish, who.person_id, NOW)
        assert kept == Kept(number, below_billed=below)
        assert [one.total for one in service.paid_for(session, who.id, number)] == [
            euros(-100_00),
            euros(600_00),
        ]
    with shop.database.read() as session:
        assert service.one_of_account(session, who.id, number, NOW).used == euros(500_00)


def test_closing_and_reopening_are_told_once(shop: Shop, told: Any) -> None:
    who = shop.customer()
    number = keep(shop, who)
    with shop.database.write() as session:
        for act in (book.reopen, book.close, book.close):
            act(session, who.id, number, who.person_id, NOW)
        assert service.usable(session, who.id, TODAY) == []
        with pytest.raises(service.ClosedError):
            book.change(session, who.id, number, YEAR, who.person_id, NOW)
        with pytest.raises(service.ClosedError):
            service.coverage_of(session, who.id, number, euros(1), TODAY)
        book.reopen(session, who.id, number, who.person_id, NOW)
        assert [one.id for one in service.usable(session, who.id, TODAY)] == [number]
    assert [action for action, _ in told()] == [
        "purchase-order-added",
        "purchase-order-closed",
        "purchase-order-reopened",
    ]


def test_a_choice_list_offers_what_is_valid_on_the_day(shop: Shop) -> None:
    who = shop.customer()
    for number, first, last in (
        ("over", date(2025, 1, 1), TODAY - timedelta(days=1)),
        ("last day", date(2025, 1, 1), TODAY),
        ("first day", TODAY, None),
        ("later", TODAY + timedelta(days=1), None),
    ):
        keep(shop, who, Wish(number, first, last, None))
    with shop.database.read() as session:
        assert {one.number for one in service.usable(session, who.id, TODAY)} == {"last day", "first day"}
        assert len(service.of_account(session, who.id, NOW)) == 4


@pytest.mark.parametrize(
    ("rule", "held", "with_number"),
    [
        (LimitRule.HOLD, True, False),
        (LimitRule.WARN, False, True),
        (LimitRule.BILL_WITHOUT, False, False),
    ],
)
def test_the_rule_decides_what_goes_over_the_amount(
    shop: Shop, rule: LimitRule, held: bool, with_number: bool
) -> None:
    who = shop.customer()
    number = keep(shop, who)
    bill_on(shop, who, number, 999_00)
    with shop.database.write() as session:
        book.set_rule(session, who.id, rule, who.person_id, NOW)
        fits = service.coverage_of(session, who.id, number, euros(1_00), TODAY)
        over = service.coverage_of(session, who.id, number, euros(1_01), TODAY)
    assert fits == Coverage(None, held=False, with_number=True)
    assert over == Coverage(Shortfall.AMOUNT_EXCEEDED, held=held, with_number=with_number)
    assert shop.rows(Account, id=who.id)[0].purchase_order_rule is rule


def test_the_rule_is_told_when_it_changes(shop: Shop, told: Any) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        assert service.rule_of(session, who.id) is LimitRule.WARN
        book.set_rule(session, who.id, LimitRule.WARN, who.person_id, NOW)
        book.set_rule(session, who.id, LimitRule.HOLD, who.person_id, NOW)
    assert told() == [("purchase-order-rule-set", {"before": "warn", "after": "hold"})]


def mails(shop: Shop) -> list[tuple[str, str]]:
    return [
        (mail.payload["number"], mail.payload["warning"]) for mail in shop.mails("purchase-order-warning")
    ]


def test_the_end_is_told_30_and_7_days_before_and_once_each(shop: Shop) -> None:
    who = shop.customer()
    keep(shop, who, Wish("A", date(2026, 1, 1), TODAY + timedelta(days=31), None))
    found = []
    for day in range(40):
        for _ in range(2):
            found += [(day, warn(shop.database, NOW + timedelta(days=day, hours=1)))]
    assert [(day, sent) for day, sent in found if sent] == [(1, 1), (24, 1)]
    assert mails(shop) == [("A", Warned.ENDS_IN_30_DAYS), ("A", Warned.ENDS_IN_7_DAYS)]


def test_the_amount_is_told_at_80_and_100_per_cent(shop: Shop) -> None:
    who = shop.customer()
    number = keep(shop, who, Wish("A", date(2026, 1, 1), None, euros(100_00)))
    sent = []
    for minor in (79_99, 1, 19_99, 1, 5_00):
        bill_on(shop, who, number, minor)
        sent.append(warn(shop.database, NOW))
    assert sent == [0, 1, 0, 1, 0]
    assert mails(shop) == [("A", Warned.USED_80), ("A", Warned.USED_100)]


def test_another_last_day_or_amount_is_another_warning(shop: Shop) -> None:
    who = shop.customer()
    number = keep(shop, who, Wish("A", date(2026, 1, 1), TODAY, euros(100_00)))
    bill_on(shop, who, number, 500_00)
    assert warn(shop.database, NOW) == 2
    with shop.database.write() as session:
        wish = Wish("A", date(2026, 1, 1), TODAY + timedelta(days=3), euros(200_00))
        book.change(session, who.id, number, wish, who.person_id, NOW)
    assert warn(shop.database, NOW) == 2
    assert warn(shop.database, NOW) == 0


def test_every_billing_contact_is_told_and_nobody_else(shop: Shop, told: Any) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        account = session.get_one(Account, who.id)
        second = factories.a_contact(session, account).email
        for role in ("viewer", "account_admin", "seat_holder"):
            factories.a_contact(session, account, role=role)
    keep(shop, who, Wish("A", date(2026, 1, 1), TODAY, None))
    keep(shop, shop.customer(), Wish("far away", date(2026, 1, 1), date(2030, 1, 1), None))
    assert warn(shop.database, NOW) == 2
    assert second in {mail.recipient for mail in shop.mails("purchase-order-warning")}
    assert [action for action, _ in told()].count("purchase-order-warned") == 1


def test_closed_ones_and_those_past_their_day_are_not_told(shop: Shop) -> None:
    who = shop.customer()
    closed = keep(shop, who, Wish("A", date(2026, 1, 1), TODAY, None))
    keep(shop, who, Wish("B", date(2026, 1, 1), TODAY - timedelta(days=1), None))
    with shop.database.write() as session:
        book.close(session, who.id, closed, who.person_id, NOW)
    assert warn(shop.database, NOW) == 0


def test_the_day_is_the_accounts_own(shop: Shop) -> None:
    for zone, sent in (("Pacific/Kiritimati", 1), ("Pacific/Pago_Pago", 0)):
        who = shop.customer(time_zone=zone)
        keep(shop, who, Wish(zone, date(2026, 1, 1), date(2026, 4, 9), None))
        assert warn(shop.database, NOW.replace(day=9, hour=12)) == sent
        with shop.database.write() as session:
            session.execute(sa.update(PurchaseOrderRow).values(closed_at=NOW))
