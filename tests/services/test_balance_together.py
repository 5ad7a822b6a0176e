"""Everything that takes from one balance at once, in eight threads: never more than there is, and never below zero."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from portal.shared.domain.changes import Audience
from portal.shared.domain.credit_notes import CreditLimits
from portal.shared.records.accounts import lock_account
from portal.shared.records.database import is_passing
from portal.shared.records.payments import Payment
from portal.shared.services import ledger
from portal.shared.services.corrections import refunds
from portal.shared.services.corrections.refunds import RefundWish
from portal.shared.services.desk import Staff
from tests.support.factories import a_person, grant
from tests.support.long_form import times
from tests.support.shop import MONTHLY, Customer, Shop, euros, want

THREADS, STEPS = 8, times(6, 1250)
LIMITS = CreditLimits({"care": {"EUR": 10**9}})


class Together:
    """One account with a balance, and what its people and ours do to it."""

    def __init__(self, shop: Shop, who: Customer, subscription: int) -> None:
        self.shop, self.who, self.subscription = shop, who, subscription
        with shop.database.write() as session:
            person = a_person(session, staff_role="care")
            self.care = Staff(person.id, person.name, "care")

    def step(self, dice: random.Random) -> None:
        """One thing that raises or lowers the balance, or that the database has no time for just now."""
        try:
            dice.choice((self.order, self.order, self.give_back, self.give_back, self.grant))(dice)
        except SQLAlchemyError as error:
            if not is_passing(error):
                raise

    def order(self, dice: random.Random) -> None:
        """More seats are paid from the balance first; fewer leave a credit on it."""
        change = want(self.subscription, self.shop.catalogue.plus, dice.randint(1, 40), MONTHLY)
        priced = self.shop.look(self.who, change, audience=Audience.CARE)
        if priced.summary is not None:
            key = f"{dice.random()}"
            self.shop.confirm(self.who, priced, audience=Audience.CARE, wanted=(change,), key=key)

    def give_back(self, dice: random.Random) -> None:
        """All of what stands on the balance, as somebody sees it who looks at the same time as others."""
        payments = self.shop.rows(Payment, account_id=self.who.id, kind="card")
        seen = self.shop.balance(self.who)
        if payments and seen:
            amount = min(seen, dice.choice((seen, 100, 2000)))
            wish = RefundWish(dice.choice(payments).id, euros(amount), "Asked for", f"{dice.random()}")
            shop = self.shop
            about = (self.care, self.who.id, wish, LIMITS)
            refunds.give_back(shop.database, shop.processor, shop.clock.now, *about)

    def grant(self, dice: random.Random) -> None:
        with self.shop.database.write() as session:
            account = lock_account(session, self.who.id)
            grant(session, account, euros(dice.randint(1, 500)), self.shop.clock.now())


def test_whatever_happens_at_once_the_balance_is_never_spent_twice(shop: Shop) -> None:
    who = shop.customer(balance=20_000)
    subscription = shop.monthly(who, seats=3)
    shop.order(who, want(subscription, shop.catalogue.plus, 20))
    together = Together(shop, who, subscription)
    gate, over = Barrier(THREADS + 1, timeout=60), Event()

    def press(thread: int) -> None:
        dice = random.Random(thread)
        gate.wait()
        for _ in range(STEPS):
            together.step(dice)

    def watch() -> list[int]:
        gate.wait()
        seen = []
        while not over.is_set():
            seen.append(shop.balance(who))
            over.wait(0.005)
        return seen

    with ThreadPoolExecutor(THREADS + 1) as pool:
        watched = pool.submit(watch)
        try:
            list(pool.map(press, range(THREADS)))
        finally:
            over.set()
    assert min(watched.result()) >= 0
    assert len(set(watched.result())) > 3, "it moved"
    assert shop.balance(who) >= 0
    with shop.database.read() as session:
        assert ledger.verify(session) == []
        given = session.scalar(sa.text("SELECT count(*) FROM refunds")) or 0
    assert given > 0, "something was given back"
