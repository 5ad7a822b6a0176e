"""Everything that gives and takes seats at once, in eight threads: never one more than was bought."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier, Event

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from portal.shared.domain.changes import Audience
from portal.shared.domain.seat_lists import read_list
from portal.shared.domain.seats import PeopleWish
from portal.shared.records.database import Database, is_passing
from portal.shared.records.seat_spells import SeatSpell
from portal.shared.records.subscriptions import Seat, SubscriptionRow
from portal.shared.services import seats
from portal.shared.services.seats import Chosen, Newcomer
from tests.support.long_form import times
from tests.support.shop import MONTHLY, Customer, Shop, want

THREADS, STEPS = 8, times(6, 1250)
BOUGHT = 6


class Together:
    """One account with one subscription, and what its people do to it."""

    def __init__(self, shop: Shop, who: Customer, subscription: int) -> None:
        self.shop, self.who, self.subscription = shop, who, subscription

    def step(self, dice: random.Random) -> None:
        """One thing that a person of the account, or its order, does; where the database is busy, it is told so."""
        refusals = (seats.TooFewSeatsError, seats.PlanMovedError, seats.SeatGoneError, seats.HoldsOneError)
        try:
            dice.choice((self.assign, self.take, self.move, self.bring, self.many, self.order))(dice)
        except refusals:
            pass
        except SQLAlchemyError as error:
            if not is_passing(error):
                raise

    def assign(self, dice: random.Random) -> None:
        people = [Newcomer("", self._email(dice)) for _ in range(dice.randint(1, 3))]
        with self.shop.database.write() as session:
            seats.assign(session, self.who.id, self.subscription, people, *self._by(), notify=False)

    def take(self, dice: random.Random) -> None:
        with self.shop.database.write() as session:
            ids = [seat.id for seat in self._held()]
            chosen = dice.sample(ids, min(len(ids), 2))
            seats.take_away(session, self.who.id, self.subscription, chosen, *self._by(), notify=False)

    def move(self, dice: random.Random) -> None:
        held = self._held()
        if held:
            seat, to = dice.choice(held), Newcomer("", self._email(dice))
            with self.shop.database.write() as session:
                seats.move(session, self.who.id, self.subscription, seat.id, to, *self._by(), notify=False)

    def bring(self, dice: random.Random) -> None:
        lines = read_list("\n".join(self._email(dice) for _ in range(4)))
        with self.shop.database.read() as session:
            plan = seats.preview(session, self.who.id, self.subscription, lines, self.shop.clock.now())
        with self.shop.database.write() as session:
            about = (self.who.id, self.subscription, lines, plan.verdicts)
            seats.confirm(session, *about, *self._by(), notify=False)

    def many(self, dice: random.Random) -> None:
        everybody = Chosen(all_of=PeopleWish())
        change = dice.choice((seats.give_to_many, seats.take_from_many))
        with self.shop.database.write() as session:
            change(session, self.who.id, self.subscription, everybody, *self._by(), notify=False)

    def order(self, dice: random.Random) -> None:
        """Fewer or more seats, by a real order; those who lose theirs are chosen among those who hold one now."""
        wanted = dice.randint(2, BOUGHT)
        release = [seat.id for seat in self._held()[wanted:]]
        plan = dice.choice((self.shop.catalogue.plus, self.shop.catalogue.standard))
        change = want(self.subscription, plan, wanted, MONTHLY, *release)
        priced = self.shop.look(self.who, change, audience=Audience.CARE)
        if priced.summary is not None:
            self.shop.confirm(self.who, priced, audience=Audience.CARE, wanted=(change,))

    def _held(self) -> list[Seat]:
        return self.shop.rows(Seat, subscription_id=self.subscription)

    def _by(self) -> tuple[int, datetime]:
        return self.who.person_id, self.shop.clock.now()

    def _email(self, dice: random.Random) -> str:
        return f"p{dice.randint(1, 14)}@example.net"


def oversubscribed(database: Database) -> int:
    """How many subscriptions have more holders than seats, as one statement sees them."""
    held = sa.select(Seat.subscription_id, sa.func.count().label("held")).group_by(Seat.subscription_id)
    counted = held.subquery()
    question = (
        sa.select(sa.func.count())
        .select_from(SubscriptionRow)
        .join(counted, counted.c.subscription_id == SubscriptionRow.id)
        .where(counted.c.held > SubscriptionRow.seats)
    )
    with database.read() as session:
        return session.scalar(question) or 0


def test_whatever_happens_at_once_there_are_never_more_people_than_seats(shop: Shop) -> None:
    who = shop.customer()
    together = Together(shop, who, shop.monthly(who, seats=BOUGHT))
    gate, over = Barrier(THREADS + 1, timeout=10), Event()

    def press(thread: int) -> None:
        dice = random.Random(thread)
        gate.wait()
        for _ in range(STEPS):
            together.step(dice)

    def watch() -> list[int]:
        gate.wait()
        seen = []
        while not over.is_set():
            seen.append(oversubscribed(shop.database))
            over.wait(0.005)
        return seen

    with ThreadPoolExecutor(THREADS + 1) as pool:
        watched = pool.submit(watch)
        try:
            list(pool.map(press, range(THREADS)))
        finally:
            over.set()
    assert watched.result()
    assert sum(watched.result()) == oversubscribed(shop.database) == 0
    # The history tells of exactly those who hold a seat now.
    held = {(seat.subscription_id, seat.person_id) for seat in shop.rows(Seat)}
    assert held == {
        (one.subscription_id, one.person_id) for one in shop.rows(SeatSpell) if one.taken_at is None
    }
