"""Billing details: kept with old and new values, or refused field by field; on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.services import billing_details as service
from portal.shared.services.accounts import UnknownAccountError
from portal.shared.services.billing_details import LONGEST, Details, Problem
from tests.support.factories import NOW
from tests.support.shop import Customer, Shop

GOOD = Details("Rua Augusta, 24", "1100-053", "Lisboa", "Lisboa", "+351 210 000 000")


def change(shop: Shop, who: Customer, details: Details) -> dict[str, Problem]:
    with shop.database.write() as session:
        return service.change(session, who.id, details, who.person_id, NOW)


def test_what_changes_is_kept_with_its_old_value(shop: Shop) -> None:
    who = shop.customer()
    assert change(shop, who, GOOD) == {}
    assert change(shop, who, replace(GOOD, street="  Rua  do\tOuro, 1 ", phone="")) == {}
    with shop.database.read() as session:
        assert service.details_of(session, who.id) == replace(GOOD, street="Rua do Ouro, 1", phone="")
    first, second = shop.activity(who.id)
    assert first.entry.action == second.entry.action == "billing-details-changed"
    assert set(first.detail) == {"street", "postal_code", "city", "region", "phone"}
    assert second.detail == {
        "street": {"before": "Rua Augusta, 24", "after": "Rua do Ouro, 1"},
        "phone": {"before": "+351 210 000 000", "after": ""},
    }
    assert change(shop, who, replace(GOOD, street="Rua do Ouro, 1", phone="")) == {}
    assert len(shop.activity(who.id)) == 2


@pytest.mark.parametrize(
    ("field", "text", "problem"),
    [
        ("street", "", Problem.MISSING),
        ("city", " \t", Problem.MISSING),
        ("street", "x" * (LONGEST["street"] + 1), Problem.TOO_LONG),
        ("region", "x" * 100_000, Problem.TOO_LONG),
        ("city", "a\x00b", Problem.UNREADABLE),
        ("city", "a\ud800b", Problem.UNREADABLE),
        ("street", "a\u202eb", Problem.UNREADABLE),
        ("postal_code", "-1", Problem.NO_POSTAL_CODE),
        ("postal_code", "１２３４", Problem.NO_POSTAL_CODE),
        ("phone", "١٢٣", Problem.NO_PHONE),
        ("phone", "()", Problem.NO_PHONE),
    ],
    ids=ascii,
)
def test_what_is_wrong_keeps_nothing(shop: Shop, field: str, text: str, problem: Problem) -> None:
    who = shop.customer()
    assert change(shop, who, replace(GOOD, **{field: text})) == {field: problem}
    assert shop.rows(Account, id=who.id)[0].city == ""
    assert shop.rows(Activity, action="billing-details-changed") == []


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("street", "Champs-Élysées 1–3, 2ᵉ étage; c/o “Ana” <Lima>"),
        ("city", "東京"),
        ("city", "x" * LONGEST["city"]),
        ("postal_code", "SW1A 1AA"),
        ("phone", "+44 (0)20 7946-0018 x 12"),
        ("phone", "(11) 5555.0100 ext. 7"),
    ],
)
def test_what_looks_odd_and_is_right_is_kept(shop: Shop, field: str, text: str) -> None:
    who = shop.customer()
    assert change(shop, who, replace(GOOD, **{field: text})) == {}
    assert getattr(shop.rows(Account, id=who.id)[0], field) == text


def test_an_account_nobody_knows_is_an_error(shop: Shop) -> None:
    with shop.database.read() as session, pytest.raises(UnknownAccountError):
        service.details_of(session, 987)
