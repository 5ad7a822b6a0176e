"""How often a page asks the database: no more than is written here, however much the account has."""

from __future__ import annotations

import pytest

from portal.shared.records.accounts import Account
from portal.shared.records.catalog import Plan
from tests.support.counting import counting
from tests.support.demo_house import DemoHouse
from tests.support.factories import a_trial
from tests.support.shopping import checkout, place

STORY = "over-assigned"
# Who needs one more says so here. (docs/performance.md tells what each costs.)
OVERVIEW, CHECKOUT, PLACE, WRITES_OF_AN_ORDER = 17, 30, 64, 17


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
