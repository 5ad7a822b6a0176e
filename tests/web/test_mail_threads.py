"""Which mails stand together in a mailbox, and which stand alone."""

from __future__ import annotations

import pytest

from portal.shared.web.mailing.contents import KINDS
from portal.shared.web.mailing.threads import ALONE, thread_of

PAYLOAD = {
    "account": "Padaria Aurora",
    "reference": "3RWBARQHPH",
    "invoice": "1005-000002",
    "invoices": [{"name": "1005-000002"}],
    "product": "assist",
    "number": 7,
    "card": "Visa •••• 4242",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_mail_belongs_to_a_thread_or_stands_alone(kind: str) -> None:
    assert (thread_of(kind, PAYLOAD) is None) == (kind in ALONE)


def test_nothing_stands_alone_that_nobody_sends() -> None:
    assert set(KINDS) >= ALONE


def test_failed_tries_and_the_payment_that_ends_them_are_one_thread() -> None:
    kinds = ("payment-failed", "payment-not-made", "subscription-expired", "payment-received")
    assert len({thread_of(kind, PAYLOAD) for kind in kinds}) == 1


@pytest.mark.parametrize(
    "other",
    [{"invoice": "1005-000003"}, {"account": "Serra Alta"}],
    ids=["another invoice", "another account"],
)
def test_what_is_about_something_else_is_another_thread(other: dict[str, str]) -> None:
    assert thread_of("payment-failed", PAYLOAD | other) != thread_of("payment-failed", PAYLOAD)


def test_the_same_number_of_another_thing_is_another_thread() -> None:
    assert thread_of("quote-sent", PAYLOAD) != thread_of("request-made", PAYLOAD)


@pytest.mark.parametrize("invoices", [[], [{"name": "1"}, {"name": "2"}]], ids=["none", "two"])
def test_a_payment_of_several_invoices_belongs_to_no_thread(invoices: list[dict[str, str]]) -> None:
    assert thread_of("payment-received", PAYLOAD | {"invoices": invoices}) is None
