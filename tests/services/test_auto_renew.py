"""Auto-renew: a contract with a term serves to its end, also when it renews no more; on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.shared.domain.subscriptions import Standing
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.subscriptions import standing as service
from portal.shared.services.subscriptions.standing import NotPossibleError, SubscriptionCard
from tests.support.factories import NOW, SELLER
from tests.support.shop import Customer, Shop

PERIOD_END = date(2026, 4, 1)


def on_contract(shop: Shop, who: Customer, contract_end: date | None) -> int:
    number = shop.monthly(who)
    with shop.database.write() as session:
        session.get_one(SubscriptionRow, number).contract_end = contract_end
    return number


def card(shop: Shop, who: Customer, number: int, day: int = 0) -> SubscriptionCard:
    with shop.database.read() as session:
        return service.card(session, who.id, number, NOW + timedelta(days=day), SELLER)


@pytest.mark.parametrize(
    ("contract_end", "ends_on", "billed_again"),
    [
        pytest.param(None, PERIOD_END, False, id="no-term"),
        pytest.param(PERIOD_END, PERIOD_END, False, id="the-term-ends-with-the-period"),
        pytest.param(date(2026, 1, 1), PERIOD_END, False, id="the-term-is-over"),
        pytest.param(date(2027, 3, 1), date(2027, 3, 1), True, id="the-term-outlasts-the-period"),
    ],
)
def test_switched_off_it_serves_to_the_end_of_its_term(
    shop: Shop, contract_end: date | None, ends_on: date, *, billed_again: bool
) -> None:
    who = shop.customer()
    number = on_contract(shop, who, contract_end)
    before = card(shop, who, number)
    assert (before.renews, before.renewal is not None) == (True, True)
    with shop.database.write() as session:
        assert service.cancel(session, who.id, number, who.person_id, NOW) == ends_on
    after = card(shop, who, number)
    assert (after.renews, after.service_end, after.standing) == (
        False,
        ends_on,
        Standing.PENDING_CANCELLATION,
    )
    assert (after.renewal is not None) is billed_again
    last = (ends_on - NOW.date()).days
    assert card(shop, who, number, last - 1).standing is Standing.PENDING_CANCELLATION
    assert card(shop, who, number, last).standing is Standing.EXPIRED
    assert shop.mails("subscription-cancelled")[-1].payload["ends_on"] == ends_on.isoformat()


def test_switched_on_again_it_goes_on(shop: Shop) -> None:
    who = shop.customer()
    number = on_contract(shop, who, date(2027, 3, 1))
    with shop.database.write() as session:
        service.cancel(session, who.id, number, who.person_id, NOW)
        assert service.keep(session, who.id, number, who.person_id, NOW) == date(2027, 3, 1)
        with pytest.raises(NotPossibleError):
            service.keep(session, who.id, number, who.person_id, NOW)
    assert card(shop, who, number).renews
