"""Three doors, one engine: what a page shows, what the desk quotes and what a program is told are the same lines."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings

from portal.api import telling
from portal.api.entering import Caller
from portal.api.typed import plain
from portal.shared.domain.changes import Wanted
from portal.shared.records.accounts import Account
from tests.support.programs import Station
from tests.support.quoting import QuoteDesk


def two_doors() -> Any:
    """The stories of the test of both portals; folders of tests are no packages."""
    file = Path(__file__).parents[1] / "services" / "test_two_doors.py"
    spec = importlib.util.spec_from_file_location("two_doors", file)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = found
    spec.loader.exec_module(found)
    return found


STORIES = two_doors()


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(story=STORIES.stories())
def test_all_three_doors_show_the_same_lines(station: Station, story: Any) -> None:
    shop = station.shop
    case = STORIES.tell(shop, QuoteDesk(shop), story)
    at_the_desk = STORIES.quoted(shop, case)
    with shop.database.write() as session:
        account = session.get_one(Account, case.who.id)
        account.type, account.rep_id = "online", None
    alone = shop.look(case.who, Wanted(case.subscription_id, case.terms, case.release), keep=False)
    answer = station.program(case.who).post(
        f"/subscriptions/{case.subscription_id}/summaries",
        {
            "plan": story.wanted_plan,
            "seats": case.terms.seats,
            "frequency": str(case.terms.frequency),
            "release": sorted(case.release),
        },
    )
    assert answer.json is not None
    if alone.summary is None:
        assert answer.status_code == 422
        reason = alone.refused[case.subscription_id]
        # A number of seats that no order can hold is not even read.
        assert answer.json["code"] in (str(reason), "unfit")
        return
    assert answer.status_code == 200, answer.text
    assert at_the_desk.summary is not None
    assert answer.json["digest"] == alone.summary.digest == at_the_desk.summary.digest
    with station.app.test_request_context():
        caller = Caller(case.who.id, case.who.person_id, shop.clock.now())
        shown = plain(telling.summary(caller, at_the_desk.summary))
    assert answer.json == shown
