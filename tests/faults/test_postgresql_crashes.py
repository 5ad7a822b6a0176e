"""PostgreSQL is ended without a farewell, or stands still, while people buy: they are told to wait, and it goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from portal.shared.records.database import Database
from portal.shared.records.schema import migrate
from tests.faults import oracle
from tests.faults.buyer import LONGEST_SECONDS, PATIENCE_SECONDS, Answer, Buyer
from tests.faults.postgresql import PostgresServer, running_postgres
from tests.faults.report import within
from tests.faults.rig import SEATS, Customer, Rig, running_rig
from tests.support.free_port import free_port

pytestmark = [pytest.mark.postgresql, pytest.mark.slow]


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server of this rig's own, with a migrated database."""
    with running_postgres(free_port()) as server:
        database = Database(server.url("postgres"))
        migrate(database)
        database.dispose()
        yield server


@pytest.fixture(scope="module")
def crashing(server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """The rig on that server."""
    with running_rig(tmp_path_factory.mktemp("rig"), server.url("postgres")) as rig:
        yield rig


def asked(buyer: Buyer, path: str = "/billing/") -> Answer:
    """One answer, whatever it is; the connection to the web server itself always holds."""
    return buyer.once("GET", path)


def until(buyer: Buyer, status: int, path: str = "/billing/") -> Answer:
    """The first answer with this status."""
    enough = time.monotonic() + PATIENCE_SECONDS
    answer = asked(buyer, path)
    while answer.status != status:
        assert time.monotonic() < enough, f"no {status} within {PATIENCE_SECONDS} s, but {answer.status}"
        time.sleep(0.05)
        answer = asked(buyer, path)
    return answer


def says_try_again(answer: Answer) -> None:
    assert answer.retry_after
    assert "This page cannot be shown just now." in answer.html


def test_people_who_buy_get_through_a_crash(crashing: Rig, server: PostgresServer) -> None:
    people = crashing.customers(4)
    buyers = {who.account_id: crashing.buyer(who) for who in people}
    workers = crashing.application.web_workers()

    def buy(who: Customer) -> list[str | None]:
        return [buyers[who.account_id].order(SEATS + number) for number in (1, 2, 3)]

    with ThreadPoolExecutor(4) as hands:
        buying = [hands.submit(buy, who) for who in people]
        for _ in range(2):
            enough = sum(one.asked for one in buyers.values()) + 8
            while sum(one.asked for one in buyers.values()) < enough and not all(map(_done, buying)):
                time.sleep(0.01)
            server.crash()
            says_try_again(until(crashing.buyer(people[0]), 503))
            server.start()
            began = time.monotonic()
            until(crashing.buyer(people[0]), 200)
            within(13, "first page after it accepts again", time.monotonic() - began, 2.0)
        bought = [one.result() for one in buying]
    assert crashing.application.web_workers() == workers, "nobody had to start it anew"
    crashing.settle()
    crashing.prove()
    for who, orders in zip(people, bought, strict=True):
        kept = oracle.orders_of(crashing.database, who.account_id)
        assert {one for one in orders if one} <= {f"/billing/orders/{one}" for one in kept}, "none is lost"


def _done(one: object) -> bool:
    return bool(one.done())  # type: ignore[attr-defined]


def test_a_server_that_stands_still_is_not_waited_for(crashing: Rig, server: PostgresServer) -> None:
    (who,) = crashing.customers(1)
    buyer = crashing.buyer(who)
    until(buyer, 200)
    standing = [crashing.buyer(who) for _ in range(6)]
    with server.frozen():
        with ThreadPoolExecutor(6) as hands:
            answers = list(hands.map(asked, standing))
        for answer in answers:
            assert answer.status == 503
            says_try_again(answer)
        slowest = max(one.slowest for one in standing)
        within(14, "slowest answer while PostgreSQL stands still", slowest, LONGEST_SECONDS)
        still = requests.get(crashing.application.url + "/health", timeout=60)
        assert still.status_code == 200, "what needs no database is answered"
    until(buyer, 200)


def test_a_form_that_meets_a_server_that_is_away_says_that_nothing_was_charged(
    crashing: Rig, server: PostgresServer
) -> None:
    (who,) = crashing.customers(1)
    buyer = crashing.buyer(who)
    edit = buyer.get(f"/billing/subscriptions/{who.subscription_id}/edit").form("/edit")
    assert edit is not None
    server.crash()
    answer = buyer.once(
        "POST", edit.action or f"/billing/subscriptions/{who.subscription_id}/edit", edit.fields
    )
    server.start()
    assert (answer.status, bool(answer.retry_after)) == (503, True)
    assert "Nothing was changed, and nothing was charged." in answer.html
    until(buyer, 200)
