"""What an ID token must say: every claim that is left out or bent makes it worthless."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.sign_in.id_tokens import (
    Expected,
    TokenProblem,
    access_token_hash,
    problem,
    usable_algorithms,
)

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)
SECONDS = NOW.timestamp()
EXPECTED = Expected("https://login.example", "twodoor", "a-nonce", "an-access-token")
GOOD: dict[str, Any] = {
    "iss": "https://login.example",
    "sub": "248289761001",
    "aud": "twodoor",
    "exp": SECONDS + 300,
    "iat": SECONDS,
    "nonce": "a-nonce",
}

BENT: dict[str, tuple[dict[str, Any], TokenProblem]] = {
    "another issuer": ({"iss": "https://login.example.evil"}, TokenProblem.ISSUER),
    "the issuer with a slash": ({"iss": "https://login.example/"}, TokenProblem.ISSUER),
    "no subject": ({"sub": None}, TokenProblem.SUBJECT),
    "an empty subject": ({"sub": ""}, TokenProblem.SUBJECT),
    "a number as subject": ({"sub": 248289761001}, TokenProblem.SUBJECT),
    "an endless subject": ({"sub": "x" * 256}, TokenProblem.SUBJECT),
    "another audience": ({"aud": "somebody"}, TokenProblem.AUDIENCE),
    "no audience": ({"aud": None}, TokenProblem.AUDIENCE),
    "a longer audience": ({"aud": "twodoor2"}, TokenProblem.AUDIENCE),
    "several audiences, no authorised party": ({"aud": ["twodoor", "b"]}, TokenProblem.AUTHORISED_PARTY),
    "another authorised party": ({"azp": "b"}, TokenProblem.AUTHORISED_PARTY),
    "another of several": ({"aud": ["twodoor", "b"], "azp": "b"}, TokenProblem.AUTHORISED_PARTY),
    "expired": ({"exp": SECONDS - 61}, TokenProblem.EXPIRED),
    "expired just now": ({"exp": SECONDS - 60}, TokenProblem.EXPIRED),
    "no end": ({"exp": None}, TokenProblem.EXPIRED),
    "an end in words": ({"exp": "tomorrow"}, TokenProblem.EXPIRED),
    "yes as an end": ({"exp": True}, TokenProblem.EXPIRED),
    "endless": ({"exp": float("inf")}, TokenProblem.EXPIRED),
    "made tomorrow": ({"iat": SECONDS + 61}, TokenProblem.NOT_YET),
    "made at no instant": ({"iat": 0}, TokenProblem.NOT_YET),
    "yes as the instant it was made": ({"iat": True}, TokenProblem.NOT_YET),
    "never made": ({"iat": None}, TokenProblem.NOT_YET),
    "not before tomorrow": ({"nbf": SECONDS + 61}, TokenProblem.NOT_YET),
    "made eleven minutes ago": ({"iat": SECONDS - 600.5}, TokenProblem.TOO_OLD),
    "made an hour ago": ({"iat": SECONDS - 3600}, TokenProblem.TOO_OLD),
    "another nonce": ({"nonce": "another"}, TokenProblem.NONCE),
    "a nonce of half a letter": ({"nonce": "\ud800"}, TokenProblem.NONCE),
    "no nonce": ({"nonce": None}, TokenProblem.NONCE),
    "another access token": ({"at_hash": "AAAA"}, TokenProblem.ACCESS_TOKEN),
}


def test_a_good_token_is_believed() -> None:
    assert problem(GOOD, "RS256", EXPECTED, NOW) is None
    whole = {
        **GOOD,
        "aud": ["twodoor", "b"],
        "azp": "twodoor",
        "nbf": SECONDS,
        "at_hash": access_token_hash("an-access-token", "ES384"),
    }
    assert problem(whole, "ES384", EXPECTED, NOW) is None


@pytest.mark.parametrize(
    "said",
    [
        {"sub": "x" * 255},
        {"sub": "x"},
        {"iat": SECONDS - 600},
        {"exp": SECONDS - 59},
        {"iat": SECONDS + 60},
        {"nbf": SECONDS + 60},
    ],
    ids=[
        "longest subject",
        "shortest subject",
        "oldest",
        "ended a moment ago",
        "a clock that is fast",
        "begins a moment later",
    ],
)
def test_a_token_at_the_edge_is_still_believed(said: dict[str, Any]) -> None:
    assert problem({**GOOD, **said}, "RS256", EXPECTED, NOW) is None


@pytest.mark.parametrize(
    ("algorithm", "length"), [("RS256", 22), ("ES384", 32), ("PS512", 43), ("EdDSA", 43), ("Ed25519", 43)]
)
def test_the_hash_of_the_access_token_is_as_long_as_half_of_its_algorithms(
    algorithm: str, length: int
) -> None:
    assert len(access_token_hash("an-access-token", algorithm)) == length


@pytest.mark.parametrize("case", BENT)
def test_a_bent_token_is_not(case: str) -> None:
    bent, said = BENT[case]
    assert problem({**GOOD, **bent}, "RS256", EXPECTED, NOW) is said


def test_the_hash_of_the_access_token_is_that_of_the_standard() -> None:
    # The example of OpenID Connect Core 1.0, A.3.
    told = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
    assert access_token_hash(told, "RS256") == "77QmUPtjPfzWtF2AnpK9RQ"


@pytest.mark.parametrize(
    ("signed_in", "said"),
    [
        (SECONDS, None),
        (SECONDS - 60, None),
        (SECONDS - 61, TokenProblem.SIGNED_IN_LONG_AGO),
        (SECONDS - 3600, TokenProblem.SIGNED_IN_LONG_AGO),
        (None, TokenProblem.SIGNED_IN_LONG_AGO),
        ("now", TokenProblem.SIGNED_IN_LONG_AGO),
    ],
    ids=[
        "just now",
        "at the end of the leeway",
        "a second before it",
        "an hour ago",
        "does not say",
        "in words",
    ],
)
def test_who_confirms_has_signed_in_just_now(signed_in: object, said: TokenProblem | None) -> None:
    expected = Expected("https://login.example", "twodoor", "a-nonce", asked_at=NOW)
    assert problem({**GOOD, "auth_time": signed_in}, "RS256", expected, NOW + timedelta(seconds=30)) is said


@given(
    name=st.sampled_from(sorted(GOOD)),
    value=st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()) | st.just({}),
)
def test_whatever_stands_in_a_token_it_is_refused_or_equal_in_what_counts(name: str, value: Any) -> None:
    found = problem({**GOOD, name: value}, "RS256", EXPECTED, NOW)
    if found is None:
        assert value == GOOD[name] or name in ("sub", "exp", "iat") or value == ["twodoor"]


@pytest.mark.parametrize(
    ("announced", "usable"),
    [
        (None, {"RS256"}),
        (["RS256", "HS256", "none"], {"RS256"}),
        (["ES256", "EdDSA", "RS1"], {"ES256", "EdDSA"}),
        (["HS256"], set()),
        (["none"], set()),
        ([], set()),
        ("RS256", set()),
        (7, set()),
        ([["RS256"], 7], set()),
    ],
)
def test_only_signatures_that_nobody_else_can_make_are_taken(announced: object, usable: set[str]) -> None:
    assert usable_algorithms(announced) == usable
