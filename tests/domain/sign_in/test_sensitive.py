"""Which pages ask again who somebody is: the table fails closed."""

from __future__ import annotations

import pytest

from portal.shared.domain.sign_in.sensitive import ASKED_BEFORE_SHOWN, ORDINARY, ROOMS, asks_again

# Each of them moves money, opens a door, or says who may: none may ever become ordinary.
NEVER_ORDINARY = [
    "front.set_up_codes",
    "front.new_passkey",
    "front.end_sign_ins",
    "self_service.save_card",
    "self_service.invite_person",
    "corporate.desk_record_payment",
    "corporate.desk_credit_note",
    "corporate.desk_write_off",
    "corporate.desk_refund",
]


@pytest.mark.parametrize(
    "endpoint",
    [
        *NEVER_ORDINARY,
        *("front.whatever_comes_next", "corporate.new", "self_service.new", "corporate.room.new"),
    ],
)
def test_what_writes_asks_unless_somebody_decided_that_it_is_ordinary(endpoint: str) -> None:
    assert asks_again(endpoint, writes=True)


@pytest.mark.parametrize("endpoint", sorted(ORDINARY))
def test_what_is_ordinary_asks_neither_before_it_is_shown_nor_when_it_is_sent(endpoint: str) -> None:
    assert not asks_again(endpoint, writes=True)
    assert not asks_again(endpoint, writes=False)
    assert endpoint.partition(".")[0] in ROOMS


@pytest.mark.parametrize(
    "endpoint",
    [
        "front.set_up_codes",
        "front.new_passkey",
        "corporate.desk_record_payment",
        "corporate.desk_credit_note",
        "corporate.desk_write_off",
        "corporate.desk_refund",
    ],
)
def test_secrets_and_money_are_asked_about_before_their_form_is_shown(endpoint: str) -> None:
    assert asks_again(endpoint, writes=False)
    assert not ASKED_BEFORE_SHOWN & ORDINARY


@pytest.mark.parametrize("endpoint", ["api.place_order", "processor.charge", ""])
def test_rooms_without_a_session_of_ours_are_never_asked(endpoint: str) -> None:
    assert not asks_again(endpoint, writes=True)
