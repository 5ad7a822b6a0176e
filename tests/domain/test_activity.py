"""The chain of the activity: what a digest covers, what is sealed, and which fault is told."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.activity import (
    FIRST,
    KINDS,
    Broken,
    Checkpoint,
    Entry,
    Fault,
    Kind,
    canonical,
    detail_text,
    digest_of,
    first_fault,
    kind_of,
    names_nobody,
    opened,
    seal_of,
    sealed,
    texts_of_alike,
)

AT = datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=UTC)
CHAIN = "account:7"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
details = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts | st.just("email"), inner, max_size=3),
    max_leaves=12,
)


def a_chain(length: int = 5) -> list[Entry]:
    links: list[Entry] = []
    for number in range(1, length + 1):
        previous = links[-1].digest if links else FIRST
        plain = Entry(CHAIN, number, previous, AT, 3, "desk", "renewed", {"step": number})
        links.append(replace(plain, digest=digest_of(plain)))
    return links


def test_a_digest_covers_exactly_these_bytes() -> None:
    entry = Entry(CHAIN, 1, FIRST, AT, None, "worker", "renewed", {"b": "é", "a": [1, None, True]})
    told = (
        '{"action":"renewed","at":"2026-03-04T05:06:07.000089Z","chain":"account:7",'
        '"detail":{"a":[1,null,true],"b":"é"},"person":null,"portal":"worker","previous":"' + FIRST + '",'
        '"sequence":1}'
    )
    assert canonical(entry) == told.encode()
    assert digest_of(entry) == hashlib.sha256(told.encode()).hexdigest()


def test_an_instant_has_six_decimals_even_where_they_are_nothing_and_the_first_link_follows_zeros() -> None:
    entry = replace(a_chain(1)[0], at=AT.replace(microsecond=0))
    told = json.loads(canonical(entry))
    assert (told["at"], told["previous"]) == ("2026-03-04T05:06:07.000000Z", "0" * 64)


def test_the_same_instant_has_the_same_digest_in_every_zone() -> None:
    entry = a_chain(1)[0]
    elsewhere = replace(entry, at=AT.astimezone(timezone(timedelta(hours=-3))))
    assert digest_of(elsewhere) == digest_of(entry)


@given(
    st.integers(1, 10**9),
    st.integers(1, 10**6),
    st.none() | st.integers(1, 99),
    texts,
    texts,
    st.dictionaries(texts, details, max_size=4),
)
def test_entries_that_are_alike_are_digested_by_the_same_bytes(
    account: int, sequence: int, person: int | None, portal: str, action: str, detail: dict[str, Any]
) -> None:
    entry = Entry(f"account:{account}", sequence, "ab" * 32, AT, person, portal, action, detail)
    other = replace(entry, chain="account:1", sequence=1, previous=FIRST, detail={"another": 1})
    text = texts_of_alike(other)
    assert text(entry.chain, sequence, entry.previous, detail_text(detail)).encode() == canonical(entry)


@given(st.dictionaries(texts | st.just("email"), details | st.floats(), max_size=4))
def test_what_names_nobody_has_no_seals_and_no_floats(detail: dict[str, Any]) -> None:
    if names_nobody(detail):
        assert sealed(detail, lambda: "salt") == (detail, [])


def test_numbers_and_words_name_nobody_unless_their_name_says_so() -> None:
    assert names_nobody({"invoice": "A-000001", "subscriptions": [1, 2]})
    refused: list[dict[str, Any]] = [
        {"email": "a@example.org"},
        {"step": 0.5},
        {"parts": [0.5]},
        {"of": {"email": "a"}},
    ]
    assert not any(names_nobody(one) for one in refused)


@given(st.dictionaries(texts | st.just("email"), details, max_size=4))
def test_what_is_sealed_can_be_opened_again(detail: dict[str, Any]) -> None:
    salts = count(1)
    kept, seals = sealed(detail, lambda: str(next(salts)))
    values = {one.seal: one.value for one in seals}
    assert json.dumps(opened(kept, values, None)) == json.dumps(detail)
    assert all(seal_of(one.salt, one.value) == one.seal for one in seals)


def test_addresses_and_typed_words_do_not_enter_the_chain() -> None:
    detail = {"email": {"old": "a@b.example", "new": ""}, "note": "Call Ann", "number": 4}
    kept, seals = sealed(detail, lambda: "salt")
    assert "example" not in json.dumps(kept)
    assert "Ann" not in json.dumps(kept)
    assert kept["number"] == 4
    assert {one.value for one in seals} == {"a@b.example", "Call Ann"}
    assert opened([kept["note"], [kept["note"]]], {}, "gone") == ["gone", ["gone"]]
    assert opened(kept, {}, "gone") == {"email": {"old": "gone", "new": ""}, "note": "gone", "number": 4}


def test_a_float_is_refused() -> None:
    with pytest.raises(TypeError):
        sealed({"share": 0.1}, lambda: "salt")


def test_a_whole_chain_holds_and_so_does_its_beginning_against_an_earlier_checkpoint() -> None:
    chain = a_chain()
    assert first_fault(CHAIN, []) is None
    assert first_fault(CHAIN, chain) is None
    assert first_fault(CHAIN, chain, Checkpoint(3, chain[2].digest)) is None
    assert first_fault(CHAIN, chain, Checkpoint(5, chain[4].digest)) is None


def following(entry: Entry, previous: str) -> Entry:
    """An entry that names another one before it, its digest right."""
    plain = replace(entry, previous=previous)
    return replace(plain, digest=digest_of(plain))


def rewritten(chain: list[Entry]) -> list[Entry]:
    """Everything made anew from the second link on, every digest right."""
    links = chain[:1]
    for entry in chain[1:]:
        plain = replace(entry, previous=links[-1].digest, detail={"step": 0})
        links.append(replace(plain, digest=digest_of(plain)))
    return links


@pytest.mark.parametrize(
    ("tampered", "number", "fault"),
    [
        pytest.param(lambda c: [c[0], replace(c[1], detail={}), *c[2:]], 2, Fault.CHANGED, id="changed"),
        pytest.param(lambda c: [*c[:2], *c[3:]], 3, Fault.MISSING, id="removed in the middle"),
        pytest.param(lambda c: c[1:], 1, Fault.MISSING, id="removed at the beginning"),
        pytest.param(lambda c: c[:3], 4, Fault.CUT_OFF, id="removed at the end"),
        pytest.param(lambda c: c[:0], 1, Fault.CUT_OFF, id="all of it removed"),
        pytest.param(
            lambda c: [c[0], replace(c[2], sequence=2), replace(c[1], sequence=3), *c[3:]],
            2,
            Fault.CHANGED,
            id="swapped",
        ),
        pytest.param(lambda c: [*c[:2], c[1], *c[2:]], 3, Fault.MISSING, id="told twice"),
        pytest.param(
            lambda c: [*c[:2], *a_chain(3)[2:], *(replace(one, sequence=one.sequence + 1) for one in c[2:])],
            4,
            Fault.CHANGED,
            id="inserted",
        ),
        pytest.param(
            lambda c: [*c[:2], following(c[2], "1" * 64), *c[3:]], 3, Fault.UNLINKED, id="follows another one"
        ),
        pytest.param(lambda c: [following(c[0], "0" * 63), *c[1:]], 1, Fault.UNLINKED, id="follows no zeros"),
        pytest.param(rewritten, 5, Fault.REWRITTEN, id="made anew with right digests"),
    ],
)
def test_the_first_broken_link_is_named(tampered: Any, number: int, fault: Fault) -> None:
    chain = a_chain()
    checkpoint = Checkpoint(5, chain[-1].digest)
    assert first_fault(CHAIN, tampered(chain), checkpoint) == Broken(CHAIN, number, fault)


def test_no_action_belongs_to_two_kinds() -> None:
    beginnings = [(one, kind) for kind, several in KINDS.items() for one in several]
    for one, kind in beginnings:
        others = {of for other, of in beginnings if one.startswith(other) and other != one}
        assert others <= {kind} or kind_of(one) is kind, one
    assert kind_of("seat-assigned") is Kind.SEATS
    assert kind_of("billing-contact-changed") is Kind.PEOPLE
    assert kind_of("something-new") is Kind.ACCOUNT
