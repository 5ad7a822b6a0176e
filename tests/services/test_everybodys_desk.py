"""Customer Care's desk: of all online accounts those where something waits longest, found without the others."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.shared.domain.attention import Waiting
from portal.shared.domain.requests import RequestKind
from portal.shared.records.accounts import Account
from portal.shared.records.requests import Request
from portal.shared.services.desk import Staff
from portal.shared.services.desk.portfolio import ON_A_PAGE, Portfolio, Wish, portfolio
from portal.shared.services.desk.urgent import MOST_URGENT
from portal.shared.services.invoice_payments import matching
from tests.support import factories
from tests.support.counting import counting
from tests.support.factories import NOW, TODAY
from tests.support.shop import Shop

REQUEST, OVERDUE = Waiting.REQUEST, Waiting.OVERDUE


class Desk:
    """Customer Care, and online accounts that ask for something or owe something."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        with shop.database.write() as session:
            person = factories.a_person(session, staff_role="care")
            self.care = Staff(person.id, person.name, "care")

    def account(
        self, name: str, *, type_: str = "online", asked: int | None = None, owed: int | None = None
    ) -> int:
        """An account that asked for something, or should have paid, so many days ago."""
        who = self.shop.customer(card=None)
        if owed is not None:
            self.shop.past_due(who, began=TODAY - timedelta(days=owed))
        with self.shop.database.write() as session:
            if asked is not None:
                session.add(a_request(who.id, who.person_id, NOW - timedelta(days=asked)))
            session.flush()
            row = session.get_one(Account, who.id)
            row.name, row.type = name, type_
        return who.id

    def sees(self, most: int = MOST_URGENT, **wish: str | bool) -> Portfolio:
        with self.shop.database.read() as session:
            return self._seen(session, most, **wish)

    def _seen(self, session: Session, most: int, **wish: str | bool) -> Portfolio:
        return portfolio(session, self.care, Wish(**wish), NOW, most)  # type: ignore[arg-type]  # whatever is wished


def a_request(account_id: int, person_id: int, at: datetime) -> Request:
    return Request(
        account_id=account_id,
        number=1,
        kind=RequestKind.OTHER,
        wanted={},
        created_by=person_id,
        created_at=at,
    )


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)


def told(found: Portfolio) -> list[tuple[str, list[Waiting]]]:
    return [(row.name, [signal.kind for signal in row.signals]) for row in found.rows]


def test_where_something_waits_longest_stands_on_top_and_the_others_tell_what_waits_beside_their_names(
    desk: Desk,
) -> None:
    for name, asked, owed in (("E", 1, None), ("D", 4, 8), ("C", None, 3), ("B", 9, None), ("A", None, 20)):
        desk.account(name, asked=asked, owed=owed)
    desk.account("Calm")
    desk.account("Corporate", type_="corporate", asked=30, owed=30)
    first = [
        ("B", [REQUEST]),
        ("D", [REQUEST, OVERDUE]),
        ("E", [REQUEST]),
        ("A", [OVERDUE]),
        ("C", [OVERDUE]),
    ]
    whole = desk.sees()
    assert (told(whole), whole.waiting, whole.more_wait) == ([*first, ("Calm", [])], 5, False)
    # One of each kind: B asked first, A owes longest.
    little = desk.sees(most=1)
    rest = [("C", [OVERDUE]), ("Calm", []), ("D", [REQUEST, OVERDUE]), ("E", [REQUEST])]
    assert told(little) == [("B", [REQUEST]), ("A", [OVERDUE]), *rest]
    assert (little.waiting, little.more_wait) == (2, True)
    assert told(desk.sees(most=1, attention_only=True)) == [("B", [REQUEST]), ("A", [OVERDUE])]


def test_what_an_urgent_account_owes_is_told_whole(desk: Desk) -> None:
    account = desk.account("Twice", owed=9)
    with desk.shop.database.write() as session:
        row = session.get_one(Account, account)
        factories.a_past_due_subscription(
            session, row, desk.shop.catalogue.standard, began=TODAY - timedelta(days=5)
        )
    (shown,) = desk.sees(most=1).rows
    assert [(signal.kind, signal.count) for signal in shown.signals] == [(OVERDUE, 2)]
    assert shown.signals[0].amount == shown.open


def test_a_search_finds_what_waits_at_those_who_are_called_so(desk: Desk) -> None:
    for name, days in (("Prado", 2), ("Other", 9), ("Prado e Filhos", 5), ("Prado Calm", None)):
        desk.account(name, asked=days)
    found = desk.sees(most=1, search="prado")
    assert [name for name, _ in told(found)] == ["Prado e Filhos", "Prado", "Prado Calm"]
    assert found.more_wait


def test_pages_follow_each_other_when_more_wait_than_are_ranked(desk: Desk) -> None:
    accounts = [desk.account(f"Company {number:03}", asked=number % 5) for number in range(ON_A_PAGE + 10)]
    first = desk.sees(most=8)
    second = desk.sees(most=8, after=first.following)
    assert sorted(row.id for row in (*first.rows, *second.rows)) == accounts
    assert (first.waiting, second.following) == (8, "")
    assert all(row.signals for row in (*first.rows, *second.rows))


def test_the_desk_asks_as_many_questions_for_one_account_as_for_twenty(desk: Desk) -> None:
    counts = []
    for many in (1, 19):
        for number in range(many):
            desk.account(f"Company {many} {number}", asked=number, owed=number + 1)
        with desk.shop.database.read() as session, counting(desk.shop.database.engine) as sent:
            portfolio(session, desk.care, Wish(), NOW)
        counts.append(len(sent))
    assert counts[0] == counts[1], counts


def test_of_everybodys_overdue_invoices_those_that_were_due_first_are_listed(desk: Desk) -> None:
    for name, owed in (("A", 3), ("B", 20), ("C", 9)):
        desk.account(name, owed=owed)
    desk.account("Corporate", type_="corporate", owed=30)
    with desk.shop.database.read() as session:
        whole = matching.overdue(session, desk.care, NOW)
        some = matching.overdue(session, desk.care, NOW, most=2)
    assert ([due.account for due in whole.dues], whole.more) == (["B", "C", "A"], False)
    assert ([due.account for due in some.dues], some.more) == (["B", "C"], True)
