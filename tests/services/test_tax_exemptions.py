"""Exemptions: from a day to a day, by a document; what was billed stays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.shared.domain.taxes import TaxKind, VatState
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.invoices import InvoiceLine
from portal.shared.services.subscriptions.reminders import remind
from portal.shared.services.taxes import exemptions as tax_exemptions
from portal.shared.services.taxes.exemptions import ExemptionProblem
from portal.shared.services.taxes.rules import tax_rule
from tests.support.factories import SELLER
from tests.support.shop import Customer, Shop, want


def exempt(
    shop: Shop,
    who: Customer,
    document: str = "CERT-1",
    valid_from: date = date(2026, 3, 1),
    valid_to: date = date(2026, 12, 31),
) -> ExemptionProblem | None:
    with shop.database.write() as session:
        return tax_exemptions.add(
            session, who.id, document, valid_from, valid_to, who.person_id, shop.clock.now()
        )


def kind_on(shop: Shop, who: Customer, day: date) -> TaxKind:
    with shop.database.read() as session:
        return tax_rule(session, session.get_one(Account, who.id), SELLER, day).kind


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 2, 28), TaxKind.DOMESTIC),
        (date(2026, 3, 1), TaxKind.EXEMPT),
        (date(2026, 12, 31), TaxKind.EXEMPT),
        (date(2027, 1, 1), TaxKind.DOMESTIC),
    ],
)
def test_it_holds_from_its_first_day_to_its_last(shop: Shop, day: date, kind: TaxKind) -> None:
    who = shop.customer()
    assert exempt(shop, who) is None
    assert kind_on(shop, who, day) is kind


def test_an_order_of_an_exempt_account_carries_no_tax_and_gives_back_what_was_charged(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    exempt(shop, who)
    summary = shop.look(who, want(subscription, shop.catalogue.plus, 5)).summary
    assert summary is not None
    assert [line.tax.minor for line in summary.lines] == [0, 1632]


def test_it_ends_at_once_when_staff_end_it(shop: Shop) -> None:
    who = shop.customer()
    exempt(shop, who)
    with shop.database.write() as session:
        [one] = tax_exemptions.of_account(session, who.id)
        assert tax_exemptions.end(session, who.id, one.id, who.person_id, shop.clock.now())
        assert not tax_exemptions.end(session, who.id, one.id, who.person_id, shop.clock.now())
    assert kind_on(shop, who, date(2026, 6, 1)) is TaxKind.DOMESTIC
    actions = [row.action for row in shop.rows(Activity)]
    assert actions[-2:] == ["tax-exemption-added", "tax-exemption-ended"]


def test_nobody_ends_the_exemption_of_another_account(shop: Shop) -> None:
    who, other = shop.customer(), shop.customer()
    exempt(shop, who)
    with shop.database.write() as session:
        [one] = tax_exemptions.of_account(session, who.id)
        assert not tax_exemptions.end(session, other.id, one.id, who.person_id, shop.clock.now())


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        pytest.param({"document": "  "}, ExemptionProblem.DOCUMENT_MISSING, id="no document"),
        pytest.param({"document": "x" * 101}, ExemptionProblem.DOCUMENT_TOO_LONG, id="a novel"),
        pytest.param(
            {"valid_from": date(2026, 5, 2), "valid_to": date(2026, 5, 1)},
            ExemptionProblem.ENDS_BEFORE_IT_STARTS,
            id="ends before it starts",
        ),
        pytest.param({"valid_to": date(2026, 3, 9)}, ExemptionProblem.OVER_ALREADY, id="over"),
    ],
)
def test_what_cannot_hold_is_not_kept(shop: Shop, told: dict[str, object], problem: ExemptionProblem) -> None:
    who = shop.customer()
    assert exempt(shop, who, **told) is problem  # type: ignore[arg-type]
    assert kind_on(shop, who, date(2026, 4, 1)) is TaxKind.DOMESTIC


def test_reverse_charge_stays_reverse_charge(shop: Shop) -> None:
    who = shop.customer(country="DE", vat_state=VatState.VALID)
    exempt(shop, who)
    assert kind_on(shop, who, date(2026, 4, 1)) is TaxKind.REVERSE_CHARGE


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "problem"),
    [
        pytest.param(date(2026, 12, 31), date(2027, 3, 1), ExemptionProblem.OVERLAPS, id="one day of both"),
        pytest.param(date(2026, 5, 1), date(2026, 5, 2), ExemptionProblem.OVERLAPS, id="inside"),
        pytest.param(date(2026, 1, 1), date(2027, 12, 31), ExemptionProblem.OVERLAPS, id="around"),
        pytest.param(date(2027, 1, 1), date(2027, 12, 31), None, id="the day after"),
    ],
)
def test_no_two_hold_on_one_day(
    shop: Shop, valid_from: date, valid_to: date, problem: ExemptionProblem | None
) -> None:
    who, other = shop.customer(), shop.customer()
    exempt(shop, other, valid_from=valid_from, valid_to=valid_to)
    exempt(shop, who)
    assert exempt(shop, who, document="EX-2", valid_from=valid_from, valid_to=valid_to) is problem


def test_what_was_ended_leaves_room_for_another(shop: Shop) -> None:
    who = shop.customer()
    exempt(shop, who)
    with shop.database.write() as session:
        [one] = tax_exemptions.of_account(session, who.id)
        tax_exemptions.end(session, who.id, one.id, who.person_id, shop.clock.now())
    assert exempt(shop, who, document="EX-2") is None


@pytest.mark.parametrize(
    ("days_left", "follows", "told"),
    [
        pytest.param(31, False, 0, id="not yet"),
        pytest.param(30, False, 1, id="thirty days"),
        pytest.param(0, False, 1, id="the last day"),
        pytest.param(30, True, 0, id="another one follows"),
    ],
)
def test_the_billing_contacts_are_told_once_before_it_ends(
    shop: Shop, days_left: int, *, follows: bool, told: int
) -> None:
    who = shop.customer()
    last = shop.clock.now().date() + timedelta(days=days_left)
    exempt(shop, who, valid_to=last)
    if follows:
        after = last + timedelta(days=1)
        exempt(shop, who, document="EX-2", valid_from=after, valid_to=after + timedelta(days=365))
    assert remind(shop.database, shop.clock.now()) == told
    assert remind(shop.database, shop.clock.now()) == 0
    assert len(shop.mails("exemption-ends")) == told


def test_an_invoice_keeps_the_document_that_freed_it(shop: Shop) -> None:
    who = shop.customer()
    exempt(shop, who)
    subscription = shop.monthly(who, began=date(2026, 3, 5))
    (line,) = shop.rows(InvoiceLine)
    assert (line.tax_kind, line.exemption, line.tax_minor) == (TaxKind.EXEMPT, "CERT-1", 0)
    shop.order(who, want(subscription, shop.catalogue.plus, 5))
    credit = next(row for row in shop.rows(InvoiceLine) if row.credits_line == line.id)
    assert (credit.tax_kind, credit.exemption) == (TaxKind.EXEMPT, "CERT-1")
