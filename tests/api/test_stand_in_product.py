"""The product that is sold, as a process of its own, lets people in by entitlements alone."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.order_states import OrderState
from portal.shared.records.accounts import Account
from portal.shared.services.integrations import tokens
from portal.shared.services.webhooks import managing
from tests.support import stand_in_product
from tests.support.programs import Station, served
from tests.support.receiver import Receiver, receiver

KEY = b"not a secret"
ADA = "ada.lovelace+test@example.com"


@pytest.fixture
def product(station: Station) -> Iterator[str]:
    """The stand-in; gives its address."""
    with station.shop.database.write() as session:
        token = tokens.create_for_product(session, "assist", "stand-in", 30, station.shop.clock.now())
    with served(station) as base:
        process = subprocess.Popen(
            [sys.executable, "-P", Path(stand_in_product.__file__), base, token, "assist"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()
            process.communicate()


@pytest.fixture
def ears(station: Station) -> Iterator[Receiver]:
    """Where the product hears of its seats."""
    with receiver() as found:
        with station.shop.database.write() as session:
            now = station.shop.clock.now()
            found.secret = managing.add_for_product(session, "assist", found.url, KEY, now, private=True)
        yield found


def enter(product: str, email: str = ADA) -> tuple[int, Any]:
    """Somebody signs in to the product."""
    try:
        with urllib.request.urlopen(f"{product}/open?email={quote(email)}", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def told_meanwhile(station: Station, ears: Receiver) -> list[str]:
    """What the product was told since it was asked last."""
    station.deliver()
    assert all(one.is_signed_with(ears.secret) for one in ears.heard)
    told = [one.said["type"] for one in ears.heard]
    del ears.heard[:]
    return told


def test_buy_assign_enter_take_away_refused(station: Station, product: str, ears: Receiver) -> None:
    shop = station.shop
    who = shop.customer()
    number = shop.trial(who)  # one that has ended
    program = station.program(who)
    assert enter(product)[0] == 403

    terms = {"plan": "standard", "seats": 3, "frequency": str(Frequency.MONTHLY)}
    summary = program.post(f"/subscriptions/{number}/summaries", terms).json
    assert summary is not None
    wanted = {"digest": summary["digest"], "changes": [{"subscription": number, **terms}]}
    order = program.post("/orders", wanted, key="the-first-order")
    assert (order.status_code, order.json and order.json["state"]) == (201, str(OrderState.PLACED))
    assert enter(product)[0] == 403, "bought is not assigned"

    assert program.post(f"/subscriptions/{number}/seats", {"people": [{"email": ADA}]}).status_code == 200
    assert enter(product) == (200, {"welcome": True, "features": []}), (
        "the commit lets in, not a job after it"
    )
    assert told_meanwhile(station, ears)[-2:] == ["seat.assigned", "entitlement.changed"]
    assert enter(product, "grace@example.com")[0] == 403

    with shop.database.write() as session:
        session.get_one(Account, who.id).expired_on = shop.clock.now().date()
    assert enter(product)[0] == 403, "an account that has expired closes"
    assert told_meanwhile(station, ears) == ["entitlement.changed"]
    with shop.database.write() as session:
        session.get_one(Account, who.id).expired_on = None
    assert enter(product)[0] == 200

    (seat,) = program.get(f"/subscriptions/{number}/seats").json["items"]  # type: ignore[index]
    assert program.ask("DELETE", f"/subscriptions/{number}/seats/{seat['id']}").status_code == 204
    assert enter(product)[0] == 403
    assert told_meanwhile(station, ears)[-2:] == ["seat.released", "entitlement.changed"]
