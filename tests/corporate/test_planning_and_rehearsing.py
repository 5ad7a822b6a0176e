"""The desk plans a change and rehearses it with a clone; the customer reads it on the time line and takes it off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.shared.records.invoices import Invoice
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.planned_changes import PlannedChange
from portal.shared.records.subscriptions import SubscriptionRow
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

REP = "sofia.lemos@exemplo.example"


@pytest.fixture
def rep(house: DemoHouse) -> Visitor:
    return house.visitor(REP)


def place(house: DemoHouse) -> str:
    number, account = house.subscription_id("corporate"), house.account_id("corporate")
    return f"/corp-billing/desk/accounts/{account}/subscriptions/{number}/planned-change"


def row(house: DemoHouse) -> SubscriptionRow:
    (found,) = house.rows(SubscriptionRow, id=house.subscription_id("corporate"))
    subscription: SubscriptionRow = found
    return subscription


def looked(house: DemoHouse, rep: Visitor, **typed: object) -> Page:
    """The page with the next invoice as it would be."""
    there = row(house)
    day = there.period_end.isoformat() if there.period_end else ""
    chosen = {"plan": there.plan_id, "seats": there.seats + 3, "from": day, **typed}
    return rep.get(f"{place(house)}?" + "&".join(f"{name}={value}" for name, value in chosen.items()))


def test_a_change_is_looked_at_planned_read_by_the_customer_and_taken_off(
    house: DemoHouse, rep: Visitor
) -> None:
    seats = row(house).seats
    page = looked(house, rep)
    assert "It would take effect with the renewal of" in page.text
    assert broken_rules(page, "en", "Exemplo Software") == []
    total = page.total
    assert house.rows(PlannedChange) == []
    page = rep.send(page, "/planned-change/plan")
    assert "The billing contacts get a mail." in page.all_text
    assert broken_rules(page, "en", "Exemplo Software") == []
    assert len(house.rows(OutboxMail, kind="change-planned")) == 1
    contact = house.contact("corporate")
    page = contact.get("/corp-billing/ahead")
    assert broken_rules(page, "en", "Exemplo Software") == []
    assert f"{seats + 3} seats" in page.text
    assert total.endswith(page.total)  # beside what it would be without the change
    number = house.subscription_id("corporate")
    assert "A planned change of" in contact.get(f"/corp-billing/subscriptions/{number}/auto-renew").text
    page = contact.send(page, "/planned-change/remove")
    assert "The planned change is taken off." in page.all_text
    assert house.rows(PlannedChange) == []
    assert house.rows(OutboxMail, kind="change-taken-off") == []


def test_what_the_desk_takes_off_is_told_by_mail(house: DemoHouse, rep: Visitor) -> None:
    page = rep.send(looked(house, rep), "/planned-change/plan")
    page = rep.send(page, "/planned-change/remove")
    assert "The planned change is taken off. The billing contacts get a mail." in page.all_text
    assert len(house.rows(OutboxMail, kind="change-taken-off")) == 1


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        pytest.param("seats", "many", "Write the seat count as a whole number", id="no number"),
        pytest.param("seats", "0", "This plan needs at least", id="no seat"),
        pytest.param("from", "2020-01-01", "This day is past.", id="a past day"),
        pytest.param("from", "2099-01-01", "This day is too far ahead.", id="a far day"),
        pytest.param("plan", "x", "Choose one of the plans", id="no plan"),
    ],
)
def test_what_cannot_be_planned_is_said_at_its_field(
    house: DemoHouse, rep: Visitor, field: str, typed: str, sentence: str
) -> None:
    page = looked(house, rep, **{field: typed})
    assert page.status == 422
    assert sentence in (page.problem(field) or "")
    assert page.value(field) == typed or field == "plan"


def test_a_small_company_reads_its_time_line(house: DemoHouse) -> None:
    page = house.contact("pending-cancellation").get("/billing/ahead")
    assert "It is cancelled and is not charged again." in page.text
    assert page.has_form("/keep")
    assert broken_rules(page, "en", "Exemplo Software") == []


def test_an_account_is_cloned_moved_to_its_renewal_read_and_thrown_away(
    house: DemoHouse, rep: Visitor
) -> None:
    rep.send(looked(house, rep), "/planned-change/plan")
    seats, invoices = row(house).seats, len(house.rows(Invoice))
    path = f"/corp-billing/desk/accounts/{house.account_id('corporate')}/rehearsal"
    page = rep.send(rep.get(path), "/rehearsal")
    assert "The account is cloned." in page.all_text
    assert broken_rules(page, "en", "Exemplo Software") == []
    page = rep.post(f"{path}/move", {"csrf_token": rep.token(), "renewal": "yes"})
    (link,) = [one for one in page.root.all("a") if "REHEARSAL-" in one.text]
    document = rep.get(link.get("href") or "")
    assert "This is a rehearsal" in document.text
    assert f"{seats + 3} seats" in document.text
    assert broken_rules(document, "en", "Exemplo Software") == []
    page = rep.post(f"{path}/move", {"csrf_token": rep.token(), "date": "2020-01-01"})
    assert page.status == 422
    assert "The clock only moves forward. Choose a later day." in (page.problem("date") or "")
    page = rep.send(page, "/rehearsal/remove")
    assert "The clone is gone" in page.all_text
    assert not (house.folder / "rehearsals" / str(house.account_id("corporate"))).exists()
    assert (row(house).seats, len(house.rows(Invoice))) == (seats, invoices)


def test_in_production_there_is_nothing_to_rehearse(house: DemoHouse, rep: Visitor) -> None:
    known = house.app.extensions["twodoor"]
    path = f"/corp-billing/desk/accounts/{house.account_id('corporate')}/rehearsal"
    assert rep.get(path).status == 200
    settings = replace(known.settings, demo=False)
    house.app.extensions["twodoor"] = replace(known, settings=settings)
    try:
        answers = [
            rep.get(path, follow=False).status,
            rep.post(path, {"csrf_token": rep.token()}, follow=False).status,
        ]
    finally:
        house.app.extensions["twodoor"] = known
    assert answers == [404, 404]
    assert not (house.folder / "rehearsals").exists()
