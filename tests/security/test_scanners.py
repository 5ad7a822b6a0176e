"""Schemathesis on the forms finds the bug of the bad application, and none in ours; the long form: dev.py scan."""

from __future__ import annotations

import pytest

from tests.security.bad_app import bad_app
from tests.security.description import described, tried
from tests.security.offered import ENDS_THE_SESSION, Field, Offer
from tests.site.actors import actor
from tests.support.demo_house import DemoHouse

FORMS, CASES = 12, 4
BAD_FORM = Offer("seats", "post", "/seats", "anybody", {"seats": Field("3"), "name": Field("Ada")})


def test_schemathesis_finds_the_bug_of_the_bad_application() -> None:
    sent, wrong = tried(described([BAD_FORM]), bad_app(), {}, 10)
    assert sent >= 1
    assert wrong
    assert all("500" in one for one in wrong)


@pytest.mark.slow
def test_schemathesis_finds_nothing_in_some_of_our_forms(
    own_furnished: DemoHouse, offers: dict[str, Offer]
) -> None:
    """Some for the short form, chosen for their many fields."""
    some = [one for one in offers.values() if one.fields and one.endpoint not in ENDS_THE_SESSION]
    some = sorted(some, key=lambda one: -len(one.fields))[:FORMS]
    for who in {one.who for one in some}:
        visitor = actor(own_furnished, who)
        token = visitor.token()
        cookie = visitor.client.get_cookie("session")
        assert cookie is not None
        headers = {"Cookie": f"session={cookie.value}"}
        description = described([one for one in some if one.who == who], token)
        sent, wrong = tried(description, own_furnished.app, headers, CASES)
        assert sent > 0
        assert wrong == []
