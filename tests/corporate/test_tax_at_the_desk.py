"""Exemptions at the desk: seen, entered and ended by whose account it is; the customer sees them too."""

from __future__ import annotations

import pytest

from portal.shared.domain.taxes import VatState
from portal.shared.records.accounts import Account
from portal.shared.records.tax_exemptions import TaxExemption
from portal.shared.records.vat_checks import VatCheck
from tests.support.demo_house import NOON, DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

SELLER = "Exemplo Software"

HOLDS = {"document": "EX-2026/7", "valid_from": "2026-01-01", "valid_to": "2026-12-31"}


def path(house: DemoHouse, story: str = "corporate") -> str:
    return f"/corp-billing/desk/accounts/{house.account_id(story)}/tax"


def add(house: DemoHouse, who: Visitor, story: str = "corporate", **typed: str) -> Page:
    where = path(house, story)
    return who.send(who.get(where), where, HOLDS | typed)


@pytest.mark.parametrize(
    ("staff", "story"),
    [
        pytest.param("rep", "corporate", id="a representative, own corporate account"),
        pytest.param("manager", "corporate", id="a manager, account of the team"),
        pytest.param("care", "monthly", id="Customer Care, online account"),
    ],
)
def test_whose_account_it_is_enters_and_ends_an_exemption(house: DemoHouse, staff: str, story: str) -> None:
    who = house.visitor(house.email(staff))
    page = add(house, who, story)
    assert "The exemption is kept." in page.html
    assert "EX-2026/7" in page.text
    assert broken_rules(page, "en", SELLER) == []
    [kept] = house.rows(TaxExemption)
    page = who.send(page, f"/tax/{kept.id}/end")
    assert "The exemption is ended." in page.html
    assert "End now" not in page.text
    assert house.rows(TaxExemption)[0].ended_at is not None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        pytest.param({"document": " "}, "Write the number of the document", id="no document"),
        pytest.param({"valid_to": ""}, "Choose a day.", id="no end"),
        pytest.param({"valid_to": "31.12.2026"}, "Write the date as year", id="no date"),
        pytest.param({"valid_to": "2025-12-31"}, "before the first one", id="ends before it begins"),
        pytest.param({"valid_from": "2025-01-01", "valid_to": "2025-12-31"}, "This day is past", id="over"),
    ],
)
def test_what_cannot_hold_is_said_beside_its_field_and_what_was_typed_stays(
    house: DemoHouse, typed: dict[str, str], sentence: str
) -> None:
    page = add(house, house.visitor(house.email("rep")), **typed)
    assert page.status == 422
    assert sentence in page.text
    assert broken_rules(page, "en", SELLER) == []
    assert house.rows(TaxExemption) == []


def test_everything_that_is_wrong_is_said_at_once(house: DemoHouse) -> None:
    page = add(house, house.visitor(house.email("rep")), document="", valid_to="")
    assert "Write the number of the document" in page.text
    assert "Choose a day." in page.text


def test_two_exemptions_never_hold_on_one_day(house: DemoHouse) -> None:
    rep = house.visitor(house.email("rep"))
    add(house, rep)
    page = add(house, rep, document="EX-2", valid_from="2026-12-31", valid_to="2027-12-31")
    assert page.status == 422
    assert "Another exemption holds on some of these days." in page.text
    page = add(house, rep, document="EX-2", valid_from="2027-01-01", valid_to="2027-12-31")
    assert "The exemption is kept." in page.html
    assert "Not yet valid" in page.text


def test_the_exemption_of_another_account_cannot_be_ended(house: DemoHouse) -> None:
    care, rep = house.visitor(house.email("care")), house.visitor(house.email("rep"))
    add(house, care, "monthly")
    [kept] = house.rows(TaxExemption)
    page = add(house, rep)
    form = next(one for one in page.forms if one.action.endswith("/end"))
    answer = rep.post(f"{path(house)}/{kept.id}/end", dict(form.fields))
    assert answer.status == 404
    assert house.rows(TaxExemption)[0].ended_at is None


def test_the_desk_sees_what_the_registry_said(house: DemoHouse) -> None:
    with house.database.write() as session:
        account = session.get_one(Account, house.account_id("corporate"))
        account.vat_state, account.vat_number = VatState.PENDING, "136695976"
        session.add(
            VatCheck(
                account_id=account.id,
                country="DE",
                number="136695976",
                state="valid",
                reference="WAPI-7",
                at=NOON,
            )
        )
    page = house.visitor(house.email("rep")).get(path(house))
    for words in ("136695976", "The registry has not answered yet", "WAPI-7", "Confirmed"):
        assert words in page.text
    assert broken_rules(page, "en", SELLER) == []


@pytest.mark.parametrize(
    ("story", "address"),
    [
        pytest.param("corporate", "/corp-billing/billing-details", id="billing details"),
        pytest.param("corporate", "/corp-billing/invoices", id="corporate invoices"),
        pytest.param("monthly", "/billing/invoices", id="invoices of an online account"),
    ],
)
def test_the_customer_sees_the_exemption_and_its_last_day(house: DemoHouse, story: str, address: str) -> None:
    contact = house.contact(story)
    assert "Exempt from tax" not in contact.get(address).text
    add(house, house.visitor(house.email("rep" if story == "corporate" else "care")), story)
    page = contact.get(address)
    assert "Exempt from tax until December 31, 2026, by the document EX-2026/7" in page.text


def test_an_exemption_that_ends_soon_waits_at_the_desk(house: DemoHouse) -> None:
    rep = house.visitor(house.email("rep"))
    add(house, rep, valid_to="2026-04-10")
    account = f"/corp-billing/desk/accounts/{house.account_id('corporate')}"
    assert "Tax exemption ends on Apr 10, 2026" in rep.get(account).text
    add(house, rep, document="EX-2", valid_from="2026-04-11", valid_to="2027-04-10")
    assert "Tax exemption ends on" not in rep.get(account).text
