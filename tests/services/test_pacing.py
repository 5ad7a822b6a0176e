"""Many processes count one token's requests together, and ask the database for it seldom."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.shared.services.integrations import tokens
from portal.shared.services.integrations.pacing import Pace
from tests.support.factories import NOW
from tests.support.shop import Shop

MINUTES = count()  # every example has one of its own


@pytest.fixture
def token_id(shop: Shop) -> int:
    with shop.database.write() as session:
        secret = tokens.create_for_product(session, "assist", "a program", 30, NOW)
    with shop.database.read() as session:
        known = tokens.bearer(session, secret, NOW)
    assert known is not None
    return known.token_id


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.integers(0, 3), min_size=60, max_size=90), most=st.sampled_from([1, 7, 50]))
def test_processes_together_never_let_in_more(shop: Shop, token_id: int, order: list[int], most: int) -> None:
    again = NOW + timedelta(minutes=next(MINUTES))
    paces = [Pace() for _ in range(4)]
    let_in = sum(paces[one].ask(shop.database, token_id, most, again).admitted for one in order)
    assert let_in <= most
    asked_one = sum(paces[0].ask(shop.database, token_id, most, again).admitted for _ in range(most))
    idle = sum(pack.left for pace in paces[1:] for pack in pace.packs.values())
    assert let_in + asked_one + idle == most, "what is not let in lies ready in another process"


def test_one_process_gets_all_of_it_and_the_next_minute_is_another(shop: Shop, token_id: int) -> None:
    pace, now = Pace(), NOW.replace(second=12)
    answers = [pace.ask(shop.database, token_id, 40, now) for _ in range(50)]
    assert [one.admitted for one in answers] == [True] * 40 + [False] * 10
    assert [one.left for one in answers[:41]] == [*range(39, -1, -1), 0]
    assert {one.seconds for one in answers} == {48}
    later = pace.ask(shop.database, token_id, 40, now + timedelta(seconds=48))
    assert (later.admitted, later.left) == (True, 39)


def test_the_database_is_asked_seldom(shop: Shop, token_id: int) -> None:
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        asked.extend([statement] if statement.startswith("INSERT INTO api_paces") else [])

    sa.event.listen(shop.database.engine, "before_cursor_execute", note)
    pace = Pace()
    for _ in range(600):
        assert pace.ask(shop.database, token_id, 600, NOW).admitted
    sa.event.remove(shop.database.engine, "before_cursor_execute", note)
    assert len(asked) < 100
    del asked[:]
    for _ in range(20):
        assert not pace.ask(shop.database, token_id, 600, NOW).admitted
    assert asked == [], "who asks too often costs no statement"
