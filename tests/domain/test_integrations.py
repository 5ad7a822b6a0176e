"""Tokens, signatures, targets and entitlements, as rules."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.calendar import Frequency, Period
from portal.shared.domain.integrations import events, secrets
from portal.shared.domain.integrations.entitlements import Closed, entitlement
from portal.shared.domain.integrations.targets import BadTarget, Target, is_public, target_of
from portal.shared.domain.money import Money
from portal.shared.domain.subscriptions import Subscription, standing
from portal.shared.domain.terms import Terms

TODAY = date(2026, 3, 10)


@given(st.integers(0, 2**256 - 1))
def test_every_token_is_whole_and_known_to_scanners(number: int) -> None:
    token = secrets.written(number)
    assert secrets.is_whole(token)
    assert secrets.PATTERN.fullmatch(token)


@given(st.integers(0, 2**240 - 1), st.integers(9, 54), st.sampled_from("019AZaz"))
def test_a_token_with_one_letter_changed_is_none(number: int, at: int, letter: str) -> None:
    token = secrets.written(number)
    changed = token[:at] + letter + token[at + 1 :]
    assert secrets.is_whole(changed) is (changed == token)


def test_two_numbers_make_two_tokens() -> None:
    assert len({secrets.written(number) for number in range(2000)}) == 2000


def test_the_signature_is_the_one_of_standard_webhooks() -> None:
    # From the reference implementation's own test.
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signed = events.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_during_a_change_both_secrets_sign() -> None:
    made = events.headers(["whsec_YWFh", "whsec_YmJi"], "msg_1", 5, "{}")["webhook-signature"].split()
    assert made == [events.signature(one, "msg_1", 5, "{}") for one in ("whsec_YWFh", "whsec_YmJi")]


def test_pauses_grow_and_reach_beyond_the_days_of_patience() -> None:
    pauses = [events.pause_after(number) for number in range(1, 11)]
    assert pauses == sorted(pauses, key=lambda one: one or timedelta())
    assert events.pause_after(11) is None
    assert sum(events.PAUSES, timedelta()) > events.PATIENCE


REFUSED = {
    "http://example.com/": BadTarget.NOT_HTTPS,
    "ftp://example.com/": BadTarget.NOT_AN_ADDRESS,
    "https://": BadTarget.NOT_AN_ADDRESS,
    "example.com": BadTarget.NOT_AN_ADDRESS,
    "https://user:word@example.com/": BadTarget.NOT_AN_ADDRESS,
    "https://example.com:99999/": BadTarget.NOT_AN_ADDRESS,
    "https://exa mple.com/": BadTarget.NOT_AN_ADDRESS,
    "https://example.com/\r\nHost: other": BadTarget.NOT_AN_ADDRESS,
    "https://[::1/": BadTarget.NOT_AN_ADDRESS,
    f"https://example.com/{'a' * 600}": BadTarget.NOT_AN_ADDRESS,
    "https://localhost/": BadTarget.PRIVATE,
    "https://printer.local/": BadTarget.PRIVATE,
    "https://metadata.google.internal/": BadTarget.PRIVATE,
    "https://127.0.0.1/": BadTarget.PRIVATE,
    "https://[::1]/": BadTarget.PRIVATE,
    "https://169.254.169.254/latest/meta-data": BadTarget.PRIVATE,
    "https://[::ffff:10.0.0.1]/": BadTarget.PRIVATE,
}


@pytest.mark.parametrize("url", REFUSED)
def test_nothing_is_sent_into_a_private_network(url: str) -> None:
    assert target_of(url, private=False) is REFUSED[url]


def test_a_public_address_is_taken_apart() -> None:
    assert target_of("https://example.com/hooks?a=1", private=False) == Target(
        True, "example.com", 443, "/hooks?a=1"
    )
    assert target_of("http://127.0.0.1:8080", private=True) == Target(False, "127.0.0.1", 8080, "/")


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "0.0.0.0", "100.64.0.1", "169.254.169.254",
        "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1",
        "2002:7f00:1::", "64:ff9b::7f00:1", "nonsense",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_an_address_that_is_public_is_known(address: str) -> None:
    assert is_public(address)


def bought(**changes: object) -> Subscription:
    values: dict[str, object] = {
        "id": 1,
        "account_id": 1,
        "product": "assist",
        "plan_id": 1,
        "seats": 5,
        "terms": Terms(1, 5, Frequency.MONTHLY, Money(2000, "EUR")),
        "period": Period(date(2026, 3, 1), date(2026, 4, 1)),
        "trial_end": None,
        "pending_cancellation": False,
        "past_due_since": None,
        "ended_on": None,
        "contract_end": None,
    }
    return Subscription(**{**values, **changes})  # type: ignore[arg-type]


TRIAL = {"terms": None, "period": None}
WORTH = {
    "active": (bought(), {}, None, None),
    "grace after a failed payment": (bought(past_due_since=date(2026, 3, 5)), {}, None, None),
    "pending cancellation": (bought(pending_cancellation=True), {}, None, date(2026, 4, 1)),
    "a trial that runs": (bought(**TRIAL, trial_end=date(2026, 3, 20)), {}, None, date(2026, 3, 20)),
    "a trial that ended": (bought(**TRIAL, trial_end=TODAY), {}, Closed.TRIAL, None),
    "ended": (bought(ended_on=TODAY), {}, Closed.SUBSCRIPTION, None),
    "an expired account": (bought(), {"account_expired": True}, Closed.ACCOUNT, None),
    "a disabled person": (bought(), {"person_disabled": True}, Closed.PERSON, None),
}


@pytest.mark.parametrize("name", WORTH)
def test_what_a_seat_is_worth(name: str) -> None:
    subscription, about, closed, until = WORTH[name]
    known = {"account_expired": False, "person_disabled": False, **about}
    found = entitlement(subscription, TODAY, **known)
    assert (found.closed, found.until, found.active) == (closed, until, closed is None)
    assert found.standing is standing(subscription, TODAY)
