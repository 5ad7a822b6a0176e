"""How often the front page of a corporate account asks the database, and how heavy it is."""

from __future__ import annotations

from portal.shared.records.accounts import Account
from portal.shared.records.catalog import Plan
from tests.support.counting import counting
from tests.support.demo_house import DemoHouse
from tests.support.factories import a_trial

# Who needs one more says so here.
FRONT_PAGE, FRAME, A_CARD = 18, 32_000, 3_000


def test_the_front_page_asks_as_often_for_thirty_subscriptions_as_for_few(house: DemoHouse) -> None:
    visitor = house.contact("corporate")
    visitor.get("/corp-billing/")
    with counting(house.database.engine) as few:
        before = visitor.get("/corp-billing/")
    with house.database.write() as session:
        account = session.get_one(Account, house.account_id("corporate"))
        plan = session.query(Plan).order_by(Plan.id).first()
        assert plan is not None
        for _ in range(30):
            a_trial(session, account, plan.id)
    with counting(house.database.engine) as many:
        after = visitor.get("/corp-billing/")
    assert len(few) == len(many) <= FRONT_PAGE, "\n".join(many)
    assert len(after.html.encode()) < FRAME + 30 * A_CARD
    assert len(after.html) > len(before.html)
