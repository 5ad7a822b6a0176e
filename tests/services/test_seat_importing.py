"""A list of people: what is confirmed is what was shown, for as many lines as one likes, or nothing happens."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.shared.domain.seat_lists import read_list
from portal.shared.domain.seats import Verdict
from portal.shared.records.people import Person
from portal.shared.records.seat_spells import SeatSpell
from portal.shared.records.subscriptions import Seat
from portal.shared.services import seats
from portal.shared.services.seats import ImportPlan, Newcomer
from portal.shared.services.subscriptions.standing import NotPossibleError
from tests.support.factories import TODAY
from tests.support.shop import Customer, Shop


def preview(shop: Shop, who: Customer, subscription: int, text: str) -> ImportPlan:
    with shop.database.read() as session:
        return seats.preview(session, who.id, subscription, read_list(text), shop.clock.now())


def confirm(shop: Shop, who: Customer, subscription: int, text: str, plan: ImportPlan) -> int:
    with shop.database.write() as session:
        lines, now = read_list(text), shop.clock.now()
        return seats.confirm(
            session, who.id, subscription, lines, plan.verdicts, who.person_id, now, notify=True
        )


def assign(shop: Shop, who: Customer, subscription: int, *emails: str) -> None:
    people = [Newcomer("Ana Lima", email) for email in emails]
    with shop.database.write() as session:
        seats.assign(session, who.id, subscription, people, who.person_id, shop.clock.now(), notify=False)


def test_each_line_says_what_it_will_do_and_then_does_it(shop: Shop) -> None:
    who = shop.customer()
    other, mine = shop.monthly(who), shop.monthly(who, seats=3)
    assign(shop, who, other, "known@example.net")
    assign(shop, who, mine, "holder@example.net")
    text = "holder@example.net\nknown@example.net\nBo <new@example.net>\nKNOWN@example.net\nnobody\nlate@example.net"
    plan = preview(shop, who, mine, text)
    assert [one.verdict for one in plan.lines] == [
        Verdict.HOLDS_ONE,
        Verdict.KNOWN_PERSON,
        Verdict.NEW_PERSON,
        Verdict.TWICE,
        Verdict.NO_ADDRESS,
        Verdict.NO_SEAT_LEFT,
    ]
    assert len(shop.rows(Seat, subscription_id=mine)) == 1
    assert confirm(shop, who, mine, text, plan) == plan.gives == 2
    assert len(shop.rows(Seat, subscription_id=mine)) == 3
    assert [person.name for person in shop.rows(Person, email="new@example.net")] == ["Bo"]
    assert len(shop.mails("seat-assigned")) == 2
    assert {spell.given_how for spell in shop.rows(SeatSpell, subscription_id=mine)} == {
        "assigned",
        "imported",
    }


def test_nothing_is_told_of_people_of_other_accounts(shop: Shop) -> None:
    who, stranger = shop.customer(), shop.customer()
    assign(shop, stranger, shop.monthly(stranger), "theirs@example.net")
    plan = preview(shop, who, shop.monthly(who), "theirs@example.net")
    assert [one.verdict for one in plan.lines] == [Verdict.NEW_PERSON]
    assert plan.known == {}


def test_what_moved_since_it_was_shown_does_nothing_and_shows_the_new_plan(shop: Shop) -> None:
    who = shop.customer()
    mine = shop.monthly(who, seats=2)
    text = "a@example.net\nb@example.net"
    plan = preview(shop, who, mine, text)
    assign(shop, who, mine, "c@example.net")
    with pytest.raises(seats.PlanMovedError) as moved:
        confirm(shop, who, mine, text, plan)
    assert moved.value.plan.verdicts == ("new-person", "no-seat-left")
    assert len(shop.rows(Seat)) == 1
    assert confirm(shop, who, mine, text, moved.value.plan) == 1


def test_an_ended_trial_takes_no_list(shop: Shop) -> None:
    who = shop.customer()
    with pytest.raises(NotPossibleError):
        preview(shop, who, shop.trial(who, ends=TODAY), "a@example.net")


def test_a_long_list_is_looked_at_with_as_many_statements_as_a_short_one(shop: Shop) -> None:
    who = shop.customer()
    mine = shop.monthly(who)
    counts = []
    for length in (1, 400):
        text = "\n".join(f"p{number}@example.net" for number in range(length))
        seen: list[str] = []
        with shop.database.read() as session:
            connection = session.connection()
            sa.event.listen(
                connection, "before_cursor_execute", lambda *told, seen=seen: seen.append(told[2])
            )
            seats.preview(session, who.id, mine, read_list(text), shop.clock.now())
        counts.append(len(seen))
    assert counts[0] == counts[1]
