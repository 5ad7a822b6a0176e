from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from portal.shared.domain.payment_methods import DebitScheme, MethodKind
from portal.shared.gateways.cards import Card, DeclineReason, Outcome
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.known_accounts import KNOWN_ACCOUNTS, KnownAccount
from tests.gateways.shop import Shop

EUROS = {"account_holder": "Marta Figueiredo", "iban": "DE89 3704 0044 0532 0130 00", "way": "bank"}
DOLLARS = {
    "account_holder": "Dana Brooks",
    "routing_number": "110000000",
    "account_number": "000123456789",
    "way": "bank",
}
LATER = timedelta(seconds=20)
BOTH = tuple(MethodKind)


def opened(shop: Shop, currency: str, *kinds: MethodKind) -> str:
    return shop.processor.open_card_session(
        key="D1", return_path="/corp-billing/", language="en", kinds=kinds, currency=currency
    ).path


def kept(shop: Shop, path: str) -> Card | None:
    return shop.processor.card_of_session(path.rpartition("/")[2])


@pytest.mark.parametrize(
    ("currency", "typed", "scheme", "last4"),
    [("EUR", EUROS, DebitScheme.SEPA, "3000"), ("USD", DOLLARS, DebitScheme.ACH, "6789")],
    ids=["iban", "routing-and-account"],
)
def test_a_typed_bank_account_is_kept_as_a_token_without_expiry(
    visitor: FlaskClient, shop: Shop, currency: str, typed: dict[str, str], scheme: DebitScheme, last4: str
) -> None:
    path = opened(shop, currency, MethodKind.DIRECT_DEBIT)
    page = visitor.get(path).text
    assert page.count("<h1>") == 1
    assert all((known.spaced in page) == (known.scheme is scheme) for known in KNOWN_ACCOUNTS)
    answer = visitor.post(path, data=typed)
    assert (answer.status_code, answer.location) == (303, "/corp-billing/")
    account = kept(shop, path)
    assert account is not None
    assert (account.kind, account.brand, account.last4) == (MethodKind.DIRECT_DEBIT, scheme, last4)
    assert (account.expiry_month, account.expiry_year) == (None, None)
    assert shop.saved == [path.rpartition("/")[2]]
    assert "A bank account is already saved" in visitor.get(path).text


def test_both_ways_may_be_offered_and_the_first_one_counts(visitor: FlaskClient, shop: Shop) -> None:
    path = opened(shop, "EUR", *BOTH)
    assert "Use a bank account instead" in visitor.get(path).text
    assert "Use a card instead" in visitor.get(f"{path}?way=bank").text
    assert visitor.post(path, data=EUROS).status_code == 303
    card = {"card_number": "4242424242424242", "expiry": "04/30", "security_code": "123", "card_holder": "M"}
    assert visitor.post(path, data=card).status_code == 409
    account = kept(shop, path)
    assert account is not None
    assert account.brand == "SEPA"


def test_a_page_for_cards_takes_no_bank_account(visitor: FlaskClient, shop: Shop) -> None:
    path = opened(shop, "EUR", MethodKind.CARD)
    assert "bank account" not in visitor.get(f"{path}?way=bank").text
    assert visitor.post(path, data=EUROS).status_code == 422
    assert kept(shop, path) is None


def test_a_bank_account_is_refused_where_it_cannot_be_debited(shop: Shop) -> None:
    with pytest.raises(ValueError, match="cannot be typed"):
        opened(shop, "BRL", MethodKind.DIRECT_DEBIT)
    assert tuple(shop.processor.kinds("BRL")) == (MethodKind.CARD,)


@pytest.mark.parametrize(
    ("currency", "change", "field", "sentence"),
    [
        ("EUR", {"iban": ""}, "iban", "Type the IBAN."),
        ("EUR", {"iban": "DE89 3704 0044 0532 0130 01"}, "iban", "This IBAN is not right."),
        ("EUR", {"iban": "DE8937040044053201300"}, "iban", "This IBAN is not right."),
        ("EUR", {"iban": "DE89370400440532013٠00"}, "iban", "with the letters A to Z"),
        ("EUR", {"iban": "GB82 WEST 1234 5698 7654 32"}, "iban", "Only the test accounts"),
        ("EUR", {"account_holder": " "}, "account_holder", "Type the name of the account holder."),
        ("USD", {"routing_number": "110000001"}, "routing_number", "This routing number is not right."),
        ("USD", {"routing_number": "1100"}, "routing_number", "A routing number has 9 digits"),
        ("USD", {"account_number": "12a4"}, "account_number", "An account number has 4 to 17 digits"),
        ("USD", {"account_number": "000999999999"}, "account_number", "Only the test accounts"),
    ],
    ids=[
        "no-iban",
        "iban-check-digits",
        "iban-short",
        "iban-foreign-digit",
        "iban-unknown",
        "no-holder",
        "routing-check-digit",
        "routing-short",
        "account-letters",
        "account-unknown",
    ],
)
def test_a_bank_account_typed_wrongly_is_not_kept(
    visitor: FlaskClient, shop: Shop, currency: str, change: dict[str, str], field: str, sentence: str
) -> None:
    path = opened(shop, currency, MethodKind.DIRECT_DEBIT)
    answer = visitor.post(path, data={**(EUROS if currency == "EUR" else DOLLARS), **change})
    assert answer.status_code == 422
    assert f'id="{field}-error">' in answer.text
    assert sentence in answer.text
    assert kept(shop, path) is None


@pytest.mark.parametrize("known", KNOWN_ACCOUNTS, ids=lambda known: known.name)
def test_a_direct_debit_is_answered_later_and_once(
    shop: Shop, clock: FixedClock, known: KnownAccount
) -> None:
    account = shop.processor.issue_account(known.name)
    currency = "EUR" if known.scheme is DebitScheme.SEPA else "USD"
    for _again in range(3):
        assert shop.charge("A1", account, currency=currency).outcome is Outcome.NO_ANSWER
    assert shop.processor.charge_status("A1").outcome is Outcome.NO_ANSWER
    clock.advance(LATER)
    status = shop.processor.charge_status("A1")
    assert (status.outcome, status.reason) == (known.outcome, known.reason)
    assert shop.charge("A1", account, currency=currency).outcome is known.outcome
    paid = known.outcome is Outcome.APPROVED
    assert paid or status.reason is DeclineReason.INSUFFICIENT_FUNDS
    assert shop.processor.book.totals() == ({currency: 63000} if paid else {})


@pytest.mark.parametrize("name", ["sepa_pays", "sepa_returned"])
def test_a_direct_debit_that_is_cancelled_in_time_is_never_made(
    shop: Shop, clock: FixedClock, name: str
) -> None:
    shop.charge("A1", shop.processor.issue_account(name), currency="EUR")
    assert shop.processor.cancel("A1").outcome is Outcome.CANCELLED
    clock.advance(LATER)
    assert shop.processor.charge_status("A1").outcome is Outcome.CANCELLED
    assert shop.processor.book.totals() == {}
