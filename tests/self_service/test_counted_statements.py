"""How often a page asks the database: no more than is written here, however much the account has."""

from __future__ import annotations

import pytest

from portal.shared.records.accounts import Account
from portal.shared.records.catalog import Plan
from tests.support.counting import counting
from tests.support.demo_house import DemoHouse
from tests.support.factories import a_trial
from tests.support.shopping import checkout, edit_path, place

STORY = "over-assigned"
# Who needs one more says so here. (docs/performance.md tells what each costs.)
OVERVIEW, CHECKOUT, PLACE, WRITES_OF_AN_ORDER = 7, 11, 64, 17
SUMMARY, INVOICES = 9, 5
# Bytes of a page's frame and of one more card or row; who makes pages heavier says so here.
FRAME, A_CARD, A_ROW = 17_000, 3_000, 1_200


def written(sent: list[str]) -> int:
    return sum(one.lstrip().startswith(("INSERT", "UPDATE", "DELETE")) for one in sent)


def test_the_overview_asks_as_often_for_thirty_subscriptions_as_for_few(house: DemoHouse) -> None:
    visitor = house.contact(STORY)
    visitor.get("/billing/")  # the first page of a process reads the catalogue
    with counting(house.database.engine) as few:
        before = visitor.get("/billing/")
    with house.database.write() as session:
        account = session.get_one(Account, house.account_id(STORY))
        plan = session.query(Plan).order_by(Plan.id).first()
        assert plan is not None
        for _ in range(30):
            a_trial(session, account, plan.id)
    with counting(house.database.engine) as many:
        after = visitor.get("/billing/")
    assert len(after.text) > 2 * len(before.text)
    assert len(few) == len(many) <= OVERVIEW, "\n".join(many)
    cards = after.html.count("card subscription")
    assert len(after.html.encode()) < FRAME + cards * A_CARD


def test_the_list_of_invoices_asks_as_often_for_many_as_for_few(house: DemoHouse) -> None:
    visitor = house.contact(STORY)
    visitor.get("/billing/invoices")
    rows = []
    for _ in range(2):
        with counting(house.database.engine) as sent:
            page = visitor.get("/billing/invoices")
        assert len(sent) <= INVOICES, "\n".join(sent)
        rows.append(page.html.count("<tr"))
        assert len(page.html.encode()) < FRAME + rows[-1] * A_ROW
        if len(rows) == 1:
            bought = place(visitor, checkout(house, STORY, visitor, seats="9"), follow=False)
            assert bought.status == 303
    assert rows[0] < rows[1]


def test_the_live_summary_asks_no_more_than_this(house: DemoHouse) -> None:
    visitor, path = house.contact(STORY), edit_path(house, STORY).replace("/edit", "/summary")
    visitor.get(f"{path}?seats=9&frequency=monthly")
    with counting(house.database.engine) as sent:
        page = visitor.get(f"{path}?seats=9&frequency=monthly")
    assert page.status == 200
    assert len(sent) <= SUMMARY, "\n".join(sent)
    assert len(page.html.encode()) < 4_000


@pytest.mark.parametrize("seats", ["7", "9"])
def test_an_order_asks_and_writes_no_more_than_this(house: DemoHouse, seats: str) -> None:
    visitor = house.contact(STORY)
    page = checkout(house, STORY, visitor, seats=seats)
    with counting(house.database.engine) as looked:
        visitor.get("/billing/checkout")
    with counting(house.database.engine) as placed:
        answer = place(visitor, page, follow=False)
    assert answer.status == 303
    assert len(looked) <= CHECKOUT, "\n".join(looked)
    assert len(placed) <= PLACE, "\n".join(placed)
    assert 0 < written(placed) <= WRITES_OF_AN_ORDER, "\n".join(one for one in placed if written([one]))
