"""What other systems rely on: words, headers, secrets, days and hours that must not change by accident."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest

from portal.shared.domain.integrations import events, external_ids, scopes, secrets
from portal.shared.domain.integrations.events import EventType
from portal.shared.domain.integrations.scopes import Scope, scope_named
from portal.shared.domain.integrations.targets import BadTarget, Target, is_public, target_of
from portal.shared.domain.routing.tasks import Task

# Scope, the task whose people may be given it, whether it is offered, whether a product's own token has it.
SCOPES = """
    account:read         subscriptions    offered  -
    subscriptions:read   subscriptions    offered  -
    orders:write         change-plan      offered  -
    seats:read           assign-seats     offered  -
    seats:write          assign-seats     offered  -
    invoices:read        invoices         offered  -
    quotes:read          quotes           offered  -
    quotes:write         quotes           offered  -
    requests:read        contact          offered  -
    requests:write       contact          offered  -
    entitlements:read    billing-contact  offered  product
    external-ids:write   billing-contact  -        product
"""
ROWS = [line.split() for line in SCOPES.strip().splitlines()]


@pytest.mark.parametrize(("name", "task", "offered", "product"), ROWS, ids=[row[0] for row in ROWS])
def test_a_scope_is_for_whom_the_table_says(name: str, task: str, offered: str, product: str) -> None:
    scope = scope_named(name)
    assert scope is Scope(name)
    assert scopes.TASKS[scope] is Task(task)
    assert (scope not in scopes.NOT_OFFERED) is (offered == "offered")
    assert (scope in scopes.OF_A_PRODUCT) is (product == "product")


def test_every_scope_stands_in_the_table_and_nothing_else_is_one() -> None:
    assert [row[0] for row in ROWS] == [*Scope]
    assert set(scopes.TASKS) == set(Scope)
    assert set(Scope) >= scopes.NOT_OFFERED
    assert scope_named("everything") is None
    assert scope_named("") is None


def test_a_token_lives_a_month_a_quarter_or_a_year() -> None:
    assert scopes.LIFETIMES == (30, 90, 365)


def test_a_token_is_as_leak_scanners_know_it() -> None:
    token = secrets.written(0)
    assert token.startswith("twd_live_" + "0" * 40)
    assert len(token) == 55
    assert secrets.is_whole(token)


@pytest.mark.parametrize("text", ["", "twd_live_", secrets.written(0)[:-1], secrets.written(0) + "0"])
def test_what_is_shorter_or_longer_is_no_token(text: str) -> None:
    assert not secrets.is_whole(text)


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("user-4711", True),
        ("A.b_c:d~e", True),
        ("1" * 100, True),
        ("1" * 101, False),
        ("", False),
        ("ana@example.net", False),
        ("a/b", False),
        ("a b", False),
    ],
)
def test_a_product_may_call_somebody_by_what_an_address_of_the_web_can_hold(name: str, *, good: bool) -> None:
    assert (re.fullmatch(external_ids.PATTERN, name) is not None) is good


def test_an_account_can_ask_for_every_kind_of_event_but_a_test() -> None:
    assert [one.value for one in events.OFFERED] == [
        *("seat.assigned", "seat.released", "entitlement.changed", "subscription.changed"),
        *("order.placed", "invoice.issued", "invoice.paid", "credit_note.issued"),
    ]
    assert EventType.TEST not in events.OFFERED


def test_a_product_hears_only_who_may_come_in() -> None:
    assert {one.value for one in events.OF_A_PRODUCT} == {
        *("seat.assigned", "seat.released", "entitlement.changed"),
    }


SECONDS, MINUTES, HOURS = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
PAUSES = [
    *(5 * SECONDS, 1 * MINUTES, 5 * MINUTES, 30 * MINUTES),
    *(2 * HOURS, 5 * HOURS, 10 * HOURS, 14 * HOURS, 20 * HOURS, 24 * HOURS),
]


@pytest.mark.parametrize(("attempts", "pause"), list(enumerate([*PAUSES, None], start=1)))
def test_after_each_failure_it_waits_longer_and_at_last_gives_up(
    attempts: int, pause: timedelta | None
) -> None:
    assert events.pause_after(attempts) == pause


def test_days_and_hours_that_receivers_are_told() -> None:
    assert timedelta(days=3) == events.PATIENCE
    assert timedelta(hours=24) == events.FORMER_SECRET
    assert timedelta(days=30) == events.KEPT


def test_a_secret_is_made_of_key_and_salt_alone_and_stays_the_same_for_receivers() -> None:
    secret = events.secret_of(b"key", "salt")
    assert secret == "whsec_yG+xBzQS/IjtoFGy7IM2CYRuuq+CY3yuCsdpCFPSXJ8="
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    others = {events.secret_of(b"key", "pepper"), events.secret_of(b"lock", "salt")}
    assert len({secret, *others}) == 3


def test_a_delivery_has_the_three_headers_of_standard_webhooks() -> None:
    signed = [events.signature(one, "msg_1", 5, "{}") for one in ("whsec_YWFh", "whsec_YmJi")]
    assert events.headers(["whsec_YWFh", "whsec_YmJi"], "msg_1", 5, "{}") == {
        "webhook-id": "msg_1",
        "webhook-timestamp": "5",
        "webhook-signature": f"{signed[0]} {signed[1]}",
    }


TARGETS = {
    "https://93.184.216.34/": Target(https=True, host="93.184.216.34", port=443, path="/"),
    "https://192.168.1.1/": BadTarget.PRIVATE,
    "https://example.com": Target(https=True, host="example.com", port=443, path="/"),
    "https://example.com:8443/a?b=c&d": Target(https=True, host="example.com", port=8443, path="/a?b=c&d"),
    "https://example.com?b": Target(https=True, host="example.com", port=443, path="/?b"),
    "https://intranet/": BadTarget.PRIVATE,
    "https://intranet./": BadTarget.PRIVATE,
    "https://a.localhost/": BadTarget.PRIVATE,
    "https://a.internal/": BadTarget.PRIVATE,
    "https://a.local/": BadTarget.PRIVATE,
    "https://exämple.com/": BadTarget.NOT_AN_ADDRESS,
}


@pytest.mark.parametrize("url", TARGETS)
def test_where_a_webhook_may_go(url: str) -> None:
    assert target_of(url, private=False) == TARGETS[url]


def test_in_a_closed_network_plain_addresses_have_their_own_port() -> None:
    assert target_of("http://intranet/x", private=True) == Target(
        https=False, host="intranet", port=80, path="/x"
    )
    assert target_of("https://10.0.0.1/", private=True) == Target(
        https=True, host="10.0.0.1", port=443, path="/"
    )
    assert target_of("ftp://intranet/", private=True) is BadTarget.NOT_AN_ADDRESS


@pytest.mark.parametrize(("letters", "fits"), [(500, True), (501, False)])
def test_an_address_has_at_most_five_hundred_letters(letters: int, *, fits: bool) -> None:
    url = "https://example.com/".ljust(letters, "a")
    assert isinstance(target_of(url, private=False), Target) is fits


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("2606:2800:220:1:248:1893:25c8:1946%eth0", True),
        ("2002:5db8:d822::1", True),
        ("2002:a00:1::1", False),
        ("2606:2800:220:1::a00:1", True),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::808:808", False),  # whatever hides there: reserved as a whole
        ("2001:0:a00:1::f5ff:fffe", False),
        ("2001:0:808:808::f7f7:f7f7", False),  # and these are private
        ("198.18.0.1", False),
        ("240.0.0.1", False),
        ("8.8.8.8", True),
        ("%", False),
        ("", False),
    ],
)
def test_an_address_is_public_only_if_what_it_hides_is_public_too(address: str, *, public: bool) -> None:
    assert is_public(address) is public
