"""Whom a provider lets in: by issuer and subject; by an address only once, and only where everything fits."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from portal.shared.domain.sign_in.provider_addresses import is_issuer, is_usable
from portal.shared.domain.sign_in.vouching import Known, Outcome, Vouched, decide, must_use_it

HERS = "ana@horizonte.example"
DOMAINS = frozenset({"horizonte.example"})
VOUCHED = Vouched("https://login.example", "1", HERS, email_verified=True)
ANA = Known(HERS, member=True)

FIRST_TIME: dict[str, tuple[Vouched, Known | None, Outcome]] = {
    "everything fits": (VOUCHED, ANA, Outcome.LINK),
    "no address": (replace(VOUCHED, email=None), ANA, Outcome.NO_ADDRESS),
    "an empty address": (replace(VOUCHED, email=""), ANA, Outcome.NO_ADDRESS),
    "not verified": (replace(VOUCHED, email_verified=False), ANA, Outcome.NOT_VERIFIED),
    "of another domain": (replace(VOUCHED, email="ana@evil.example"), ANA, Outcome.OTHER_DOMAIN),
    "of a part of the domain": (replace(VOUCHED, email="a@x.horizonte.example"), ANA, Outcome.OTHER_DOMAIN),
    "nobody has it": (VOUCHED, None, Outcome.UNKNOWN),
    "no member": (VOUCHED, replace(ANA, member=False), Outcome.UNKNOWN),
    "one of our own people": (VOUCHED, replace(ANA, staff=True), Outcome.STAFF),
    "disabled": (VOUCHED, replace(ANA, disabled=True), Outcome.DISABLED),
    "came under another subject": (VOUCHED, replace(ANA, other_subject=True), Outcome.OTHER_SUBJECT),
}
KNOWN: dict[str, tuple[Known, Outcome]] = {
    "a member": (ANA, Outcome.WELCOME),
    "no member any more": (replace(ANA, member=False), Outcome.UNKNOWN),
    "one of our own people now": (replace(ANA, staff=True), Outcome.STAFF),
    "disabled": (replace(ANA, disabled=True), Outcome.DISABLED),
    "with an address elsewhere now": (replace(ANA, email="ana@elsewhere.example"), Outcome.OTHER_DOMAIN),
}


@pytest.mark.parametrize("case", FIRST_TIME)
def test_the_first_time(case: str) -> None:
    vouched, addressed, outcome = FIRST_TIME[case]
    assert decide(vouched, DOMAINS, None, addressed) is outcome


@pytest.mark.parametrize("case", KNOWN)
def test_every_other_time_the_subject_counts_and_no_address(case: str) -> None:
    person, outcome = KNOWN[case]
    for vouched in (VOUCHED, replace(VOUCHED, email=None), replace(VOUCHED, email="x@evil.example")):
        assert decide(vouched, DOMAINS, person, None) is outcome


def test_nobody_is_let_in_unless_they_are_a_member_with_an_address_of_the_organisation() -> None:
    for member, staff, disabled, linked, verified, known in product((True, False), repeat=6):
        for email, domains in product((HERS, "ana@evil.example"), (DOMAINS, frozenset[str]())):
            person = Known(email, member=member, staff=staff, disabled=disabled, other_subject=linked)
            vouched = replace(VOUCHED, email_verified=verified)
            outcome = decide(vouched, domains, person if known else None, None if known else person)
            if outcome in (Outcome.WELCOME, Outcome.LINK):
                assert (member, staff, disabled, email, domains) == (True, False, False, HERS, DOMAINS)
                assert known or (verified and not linked)


@pytest.mark.parametrize(
    ("email", "required", "enabled", "must"),
    [
        (HERS, True, True, True),
        (HERS, False, True, False),
        (HERS, True, False, False),
        ("books@elsewhere.example", True, True, False),
    ],
    ids=["required", "not required", "switched off", "somebody from outside"],
)
def test_who_must_use_the_provider(email: str, required: bool, enabled: bool, must: bool) -> None:
    assert must_use_it(email, DOMAINS, required=required, enabled=enabled) is must


@pytest.mark.parametrize(
    ("address", "usable"),
    [
        ("https://login.example/tenant", True),
        ("https://login.example:8443/", True),
        ("http://login.example", False),
        ("http://127.0.0.1:8080", False),
        ("javascript:alert(1)", False),
        ("https://user:secret@login.example", False),
        ("https://login.example/#x", False),
        ("https://login.example\\@evil.example", False),
        ("https:///path", False),
        ("https://login.example:99999", False),
        ("https://[::1", False),
        ("//login.example", False),
        ("", False),
        (None, False),
        ("https://login.example/" + "a" * 2000, False),
    ],
)
def test_a_provider_is_asked_over_https_only(address: object, usable: bool) -> None:
    assert is_usable(address) is usable


def test_on_this_machine_one_may_try_things_out() -> None:
    assert is_usable("http://127.0.0.1:8080", plain_loopback=True)
    assert is_usable("http://[::1]:8080", plain_loopback=True)
    assert is_usable("http://localhost/", plain_loopback=True)
    assert not is_usable("http://127.0.0.1.evil.example", plain_loopback=True)
    assert not is_usable("http://10.0.0.1", plain_loopback=True)
    assert is_issuer("https://login.example/a")
    assert not is_issuer("https://login.example/a?b")
