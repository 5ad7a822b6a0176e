"""A request of a customer is carried out once, also when two people at the desk, or one who clicks twice, do it."""

from __future__ import annotations

from typing import Any

import pytest

from portal.shared.records.orders import Order
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.requests import Request
from portal.shared.services.orders import place as placing
from tests.support.demo_house import DemoHouse
from tests.support.visitor import Page, Visitor, filled

ANSWER = "Done as you asked."


@pytest.mark.parametrize(
    ("same_page", "told"),
    [(True, "was placed and the customer has your answer"), (False, "answered already")],
    ids=["clicked-twice", "two-people"],
)
def test_who_comes_second_is_told_so_and_nothing_happens_twice(
    house: DemoHouse, monkeypatch: pytest.MonkeyPatch, same_page: bool, told: str
) -> None:
    (request,) = house.rows(Request, account_id=house.account_id("lower-plan"))
    care = house.visitor(house.email("care"))
    page = care.get(f"/corp-billing/desk/requests/{request.id}")
    other = page if same_page else care.get(page.path)
    orders = len(house.rows(Order))
    _someone_is_faster(monkeypatch, care, other)

    late = carry_out(care, page)

    assert late.status == 200
    assert told in late.all_text
    assert len(house.rows(Order)) == orders + 1
    assert len(house.rows(OutboxMail, kind="request-answered")) == 1
    (request,) = house.rows(Request, account_id=house.account_id("lower-plan"))
    assert (request.state, request.answer) == ("done", ANSWER)


def carry_out(care: Visitor, page: Page) -> Page:
    """Press the button under the request."""
    form = next(one for one in page.forms if "answer" in dict(one.fields))
    return care.post(f"{page.path}/carry-out", filled(form, {"answer": ANSWER}))


def _someone_is_faster(monkeypatch: pytest.MonkeyPatch, care: Visitor, page: Page) -> None:
    """Between the look at the request and its order, the whole of it is done by somebody else."""
    place = placing.place

    def late(*arguments: Any) -> Any:
        monkeypatch.setattr(placing, "place", place)
        assert carry_out(care, page).path == "/corp-billing/desk/requests"
        return place(*arguments)

    monkeypatch.setattr(placing, "place", late)
