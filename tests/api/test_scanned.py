"""The API under its real server, sent thousands of requests with tokens of several people: no 5xx, nothing undescribed.

The ordinary run sends a few hundred. The long one sends what the promise is about, and writes its figures:

    SCHEMATHESIS_CASES=10000 SCHEMATHESIS_REPORT=scan.json .venv/bin/pytest -q tests/api/test_scanned.py

Several at once, each with a SCHEMATHESIS_SEED of its own, far from the others, share the work.
"""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from portal.shared.domain.integrations.scopes import Scope
from portal.shared.gateways.clock import SystemClock
from portal.shared.records.accounts import Account
from portal.shared.records.catalog import Product
from portal.shared.records.database import Database
from portal.shared.records.people import Membership, Person
from portal.shared.services.integrations import tokens
from tests.support.api_scanner import Asker, scan
from tests.support.bad_api import FAULTS, bad_api
from tests.support.live_server import LiveServer

CASES = int(os.environ.get("SCHEMATHESIS_CASES", "400"))
PRODUCTS = ["gotoassist-remote-support-v5", "gotomeeting"]
SEED = int(os.environ.get("SCHEMATHESIS_SEED", "0"))
REPORT = os.environ.get("SCHEMATHESIS_REPORT", "")


def test_the_scanner_finds_what_is_wrong_with_a_bad_api() -> None:
    with bad_api() as description:
        found = scan(description, [Asker("nobody", "a token")], 400).findings
    for fault, (where, word) in FAULTS.items():
        assert [one for one in found if where in one and word in one], fault


def tokens_of(server: LiveServer) -> dict[str, str]:
    """Tokens of several people of the cast, with much and with little that they may do; by who they are."""
    now, given = SystemClock().now(), {}
    database = Database(server.database_url)
    with database.write() as session:
        question = (
            sa.select(Account.id, Account.type, Account.expired_on, Membership.person_id, Membership.role)
            .join(Membership, Membership.account_id == Account.id)
            .join(Person, Person.id == Membership.person_id)
            .where(Person.disabled_at.is_(None))
            .order_by(Account.id, Membership.id)
        )
        for account, kind, expired, person, role in session.execute(question).all():
            who = f"{role} of an {'expired ' if expired else ''}{kind} account"
            scopes = tokens.offered(kind, [role])
            if who not in given and scopes:
                made = tokens.create(session, account, person, "scan", scopes, 30, [role], now)
                given[who] = made
                if role == "billing_contact" and not expired:
                    few = [Scope.SUBSCRIPTIONS_READ]
                    given[f"{who}, reading alone"] = tokens.create(
                        session, account, person, "scan", few, 30, [role], now
                    )
        product = session.scalars(sa.select(Product.code).order_by(Product.position)).first()
        assert product is not None
        given["the product"] = tokens.create_for_product(session, product, "scan", 30, now)
    database.dispose()
    return given


def asker(server: LiveServer, who: str, token: str) -> Asker:
    """Somebody with what there is for them, as far as they may ask for it."""
    ask = partial(
        requests.get, headers={"Authorization": f"Bearer {token}"}, timeout=60, allow_redirects=False
    )
    known: dict[str, list[Any]] = {"product": PRODUCTS, "email": ["ada@example.com"]}
    lists = {"subscriptions": ("id", ["subscription", "subscription_id"]), "invoices": ("name", ["name"])}
    for path in ("quotes", "requests"):
        lists[path] = ("number", ["number"])
    for path, (member, names) in lists.items():
        found = ask(f"{server.url}/api/v1/{path}")
        for item in found.json().get("items", []):
            for name in names:
                known.setdefault(name, []).append(item[member])
            if path == "subscriptions":
                known.setdefault("plan", []).append(item["plan"])
    for number in known.get("subscription_id", [])[:3]:
        for seat in ask(f"{server.url}/api/v1/subscriptions/{number}/seats").json().get("items", []):
            known.setdefault("seat_id", []).append(seat["id"])
            known.setdefault("person", []).append(seat["person"])
            known["email"].append(seat["email"])
    return Asker(who, token, known)


@pytest.fixture
def asked_at_leisure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scanner asks more often than a program may."""
    monkeypatch.setenv("API_REQUESTS_A_MINUTE", "1000000")


def test_no_request_ends_in_a_server_error(asked_at_leisure: None, fresh_server: LiveServer) -> None:
    askers = [asker(fresh_server, who, token) for who, token in tokens_of(fresh_server).items()]
    told = scan(f"{fresh_server.url}/api/v1/openapi.json", askers, CASES, SEED)
    if REPORT:
        Path(REPORT).write_text(json.dumps(told.told(), indent=2), encoding="utf-8")
    assert told.findings == []
    assert told.cases >= CASES * 3 // 4
    assert told.chained > 0
    assert {200, 201, 204, 403, 404, 422} <= set(told.statuses), "what is open was opened"
