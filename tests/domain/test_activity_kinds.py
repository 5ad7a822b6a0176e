"""Under which kind the activity shows each action, and what in it is personal: a row for every beginning."""

from __future__ import annotations

import json

import pytest

from portal.shared.domain.activity import (
    KINDS,
    PEOPLE,
    SEALED,
    Kind,
    chain_of_account,
    chain_of_person,
    kind_of,
    sealed,
)

ACTIONS: dict[Kind, str] = {
    Kind.SUBSCRIPTIONS: """
        account-expired auto-renew-off cancellation-explained cart-emptied order-placed quote-accepted reminded
        renewed subscription-ended trial-started
        """,
    Kind.MONEY: """
        bank-account-added card-added credit-note-written invoice-written-off payment-received period-billed
        purchase-order-added refunded refund-refused tax-corrected terms-changed vat-number-set
        """,
    Kind.PEOPLE: """
        admin-added approver-added billing-contact-changed claim-filed contact-changed identity-linked
        invitation-withdrawn mail-domain-confirmed member-left membership-ended organisation-joined person-invited
        personal-data-exported provider-added role-changed sign-in-limited viewer-added viewing-started
        """,
    Kind.SEATS: "seat-assigned seats-assigned",
    Kind.REQUESTS: "request-made representative-changed",
    Kind.ACCOUNT: "account-moved api-token-created billing-details-changed demo-seeded token-used webhook-added",
}
ROWS = [(action, kind) for kind, actions in ACTIONS.items() for action in actions.split()]


@pytest.mark.parametrize(("action", "kind"), ROWS, ids=[action for action, _ in ROWS])
def test_an_action_is_found_under_its_kind(action: str, kind: Kind) -> None:
    assert kind_of(action) is kind
    assert action.startswith(KINDS[kind])


def test_every_beginning_has_an_action_in_this_table() -> None:
    for kind, beginnings in KINDS.items():
        for beginning in beginnings:
            assert any(one.startswith(beginning) for one in ACTIONS[kind].split()), beginning


@pytest.mark.parametrize(
    "name",
    ["email", "person_name", "phone", "street", "postal_code", "city", "region", "note", "text", "answer"],
)
def test_what_says_who_somebody_is_or_what_they_typed_is_sealed_however_deep(name: str) -> None:
    kept, seals = sealed({name: ["Ana Lima", {"new": "Bo Lund"}]}, lambda: "salt")
    assert "Ana" not in json.dumps(kept)
    assert [one.value for one in seals] == ["Ana Lima", "Bo Lund"]


def test_a_seal_stands_under_a_name_that_kept_entries_have() -> None:
    kept, [seal] = sealed({"email": "ana@example.org"}, lambda: "salt")
    assert kept == {"email": {"sealed": seal.seal}}
    assert SEALED == "sealed"


def test_these_names_hold_the_number_of_a_person() -> None:
    assert {
        *("person", "contact", "no_longer", "asked_by", "old_person", "new_person"),
        *("staff", "invited_by", "actor"),
    } == PEOPLE


def test_an_account_and_a_person_of_one_number_have_chains_of_their_own() -> None:
    assert (chain_of_account(7), chain_of_person(7)) == ("account:7", "person:7")
