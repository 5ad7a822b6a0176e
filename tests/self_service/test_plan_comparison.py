"""The plans of a product side by side, where one is chosen: a table that says what each has."""

from __future__ import annotations

import pytest

from tests.support.demo_house import DemoHouse
from tests.support.html import Element
from tests.support.visitor import Page


def _rows(page: Page) -> dict[str, list[str]]:
    """The comparison: what each plan has, by feature."""
    (table,) = [one for box in page.root.all(class_="comparison") for one in box.all("table")]
    return {_head(row): [cell.text for cell in row.all("td")] for row in table.all("tr") if row.all("td")}


def _head(row: Element) -> str:
    (head,) = row.all("th")
    assert head.attributes["scope"] == "row"
    return head.text


def test_edit_subscription_compares_the_plans_and_names_the_present_one(house: DemoHouse) -> None:
    contact = house.contact("monthly")
    page = contact.get(f"/billing/subscriptions/{house.subscription_id('monthly')}/edit")
    (box,) = page.root.all(class_="comparison")
    heads = [one.text for one in box.all("th") if one.attributes.get("scope") == "col"]
    assert heads == ["Feature", "Basic (current plan)", "Professional", "Advanced"]
    rows = _rows(page)
    assert rows["Sessions at the same time"] == ["1", "8", "Unlimited"]
    assert rows["Chat during a session"] == ["Included"] * 3
    assert [cell.endswith("Not included") for cell in rows["Record sessions"]] == [True, True, False]
    assert "open" not in box.attributes, "folded until somebody wants to compare"


@pytest.mark.parametrize("how", ["buy", "try"])
def test_add_new_subscription_compares_the_plans_in_the_readers_language(house: DemoHouse, how: str) -> None:
    contact = house.contact("monthly", language="pt_BR")
    rows = _rows(contact.get(f"/billing/subscriptions/new/gotomeeting?how={how}"))
    assert rows["Pessoas por reunião"] == ["10", "150"]
    assert rows["Preço por estação e mês"] == ["R$ 59,00", "R$ 99,00"]
    assert rows["Gravar reuniões"][1] == "Incluído"
