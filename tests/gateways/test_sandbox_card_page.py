from __future__ import annotations

import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.gateways.cards import Card
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.card_form import luhn_holds
from portal.shared.gateways.sandbox.known_cards import KNOWN_CARDS
from tests.gateways.shop import Shop

GOOD = {
    "card_number": "4242 4242 4242 4242",
    "expiry": "04/30",
    "security_code": "123",
    "card_holder": "Ana Souza",
}


@pytest.fixture
def path(shop: Shop) -> str:
    return shop.processor.open_card_session(
        key="A1", return_path="/billing/checkout?step=2", language="en"
    ).path


def reference_of(path: str) -> str:
    return path.rpartition("/")[2]


def kept(shop: Shop, path: str) -> Card | None:
    return shop.processor.card_of_session(reference_of(path))


def error_of(page: str, field: str) -> str:
    found = re.search(rf'id="{field}-error">([^<]*)<', page)
    return "" if found is None else found[1]


def test_the_page_says_that_it_is_a_sandbox_and_lists_every_card(visitor: FlaskClient, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    page = answer.text
    assert "Sandbox card processor – no real money" in page
    assert page.count("<h1>") == 1
    for card in KNOWN_CARDS:
        assert card.spaced in page
    for name in ("cc-number", "cc-exp", "cc-csc", "cc-name"):
        assert f'autocomplete="{name}"' in page
    assert page.count('inputmode="numeric"') == 3
    assert "<script" not in page
    assert "style=" not in page


def test_looking_writes_nothing(visitor: FlaskClient, shop: Shop, path: str, tmp_path: Path) -> None:
    def everything() -> list[bytes]:
        return [file.read_bytes() for file in sorted(tmp_path.glob("*.sqlite*")) if "-shm" not in file.name]

    charge = shop.charge("A1", shop.card("needs_confirmation"))
    before = everything()
    visitor.get(path)
    visitor.get(charge.confirmation_path or "")
    assert everything() == before
    assert kept(shop, path) is None
    assert (shop.saved, shop.settled) == ([], [])


def test_a_typed_card_is_kept_as_a_token_and_the_browser_comes_back(
    visitor: FlaskClient, shop: Shop, path: str
) -> None:
    answer = visitor.post(path, data=GOOD)
    assert (answer.status_code, answer.location) == (303, "/billing/checkout?step=2")
    card = kept(shop, path)
    assert card is not None
    assert (card.brand, card.last4, card.expiry_month, card.expiry_year) == ("Visa", "4242", 4, 2030)
    assert shop.saved == [reference_of(path)]


@pytest.mark.parametrize("known", KNOWN_CARDS, ids=lambda known: known.name)
def test_every_known_card_may_be_typed(visitor: FlaskClient, shop: Shop, path: str, known: object) -> None:
    card = next(card for card in KNOWN_CARDS if card is known)
    code = "1234" if card.brand == "American Express" else "123"
    assert luhn_holds(card.number)
    answer = visitor.post(path, data={**GOOD, "card_number": card.spaced, "security_code": code})
    assert answer.status_code == 303
    saved = kept(shop, path)
    assert saved is not None
    assert (saved.brand, saved.last4) == (card.brand, card.last4)


@pytest.mark.parametrize(
    "number",
    [
        "4242424242424242",
        " 4242-4242-4242-4242 ",
        "4242\N{NO-BREAK SPACE}4242\N{NARROW NO-BREAK SPACE}42424242",
        "4242–4242–4242–4242",
    ],
)
def test_a_number_may_be_typed_with_blanks_and_dashes(
    visitor: FlaskClient, shop: Shop, path: str, number: str
) -> None:
    assert visitor.post(path, data={**GOOD, "card_number": number}).status_code == 303


@pytest.mark.parametrize(
    "expiry", ["04/30", "4/30", "04/2030", "04 / 30", "0430", "042030", "04-30", "04 30"]
)
def test_an_expiry_date_may_be_typed_in_many_ways(
    visitor: FlaskClient, shop: Shop, path: str, expiry: str
) -> None:
    assert visitor.post(path, data={**GOOD, "expiry": expiry}).status_code == 303
    card = kept(shop, path)
    assert card is not None
    assert (card.expiry_month, card.expiry_year) == (4, 2030)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("card_number", "", "Type the card number."),
        ("card_number", "   ", "Type the card number."),
        ("card_number", "٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢", "with the digits 0 to 9"),
        ("card_number", "４２４２４２４２４２４２４２４２", "with the digits 0 to 9"),
        ("card_number", "4242 4242 4242 424x", "with the digits 0 to 9"),
        ("card_number", "4242 4242 4242 4243", "not right"),
        ("card_number", "4242", "12 to 19 digits"),
        ("card_number", "4" * 5000, "12 to 19 digits"),
        ("card_number", "4111 1111 1111 1111", "Only the test cards"),
        ("expiry", "", "Type the expiry date"),
        ("expiry", "13/30", "month and year"),
        ("expiry", "00/30", "month and year"),
        ("expiry", "04/1930", "month and year"),
        ("expiry", "٠٤/٣٠", "month and year"),
        ("expiry", "April 2030", "month and year"),
        ("expiry", "10/26", "has expired"),
        ("security_code", "", "Type the security code."),
        ("security_code", "12", "3 digits"),
        ("security_code", "1234", "3 digits"),
        ("security_code", "١٢٣", "digits 0 to 9"),
        ("card_holder", "  ", "Type the name"),
        ("card_holder", "a" * 101, "at most 100"),
        ("card_holder", "Ana\x00", "as it is on the card"),
    ],
)
def test_bad_input_gets_a_sentence_beside_its_field_and_is_kept(
    visitor: FlaskClient, shop: Shop, path: str, field: str, typed: str, sentence: str
) -> None:
    answer = visitor.post(path, data={**GOOD, field: typed})
    assert answer.status_code == 422
    assert sentence in error_of(answer.text, field)
    assert answer.text.count('-error">') == 1, "the other fields are fine"
    assert f'href="#{field}"' in answer.text
    others = {name: value for name, value in GOOD.items() if name not in (field, "security_code")}
    assert all(f'value="{value}"' in answer.text for value in others.values())
    assert 'value="123"' not in answer.text, "the security code is never sent back"
    assert kept(shop, path) is None
    assert shop.saved == []


def test_an_empty_form_names_every_field(visitor: FlaskClient, path: str) -> None:
    page = visitor.post(path, data={}).text
    assert all(error_of(page, field) for field in GOOD)


def test_what_was_typed_is_text_not_markup(visitor: FlaskClient, path: str) -> None:
    page = visitor.post(path, data={**GOOD, "expiry": '"><script>alert(1)</script>'}).text
    assert "<script>" not in page


def test_this_month_is_still_good(visitor: FlaskClient, path: str) -> None:
    assert visitor.post(path, data={**GOOD, "expiry": "11/26"}).status_code == 303


def test_number_and_security_code_are_neither_stored_nor_logged(
    visitor: FlaskClient, shop: Shop, path: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    visitor.post(path, data={**GOOD, "security_code": "987", "card_holder": ""})
    visitor.post(path, data={**GOOD, "security_code": "987", "card_holder": "Zulmira Quaresma"})
    assert kept(shop, path) is not None
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for secret in ("4242424242424242", "4242 4242", "987", "Zulmira"):
        assert secret not in caplog.text
        if secret != "987":  # three digits are found in any file by chance
            assert secret.encode() not in stored


def test_a_double_click_keeps_one_card_and_tells_again(visitor: FlaskClient, shop: Shop, path: str) -> None:
    visitor.post(path, data=GOOD)
    first = kept(shop, path)
    again = visitor.post(path, data=GOOD)
    assert (again.status_code, again.location) == (303, "/billing/checkout?step=2")
    assert kept(shop, path) == first
    assert shop.saved == [reference_of(path)] * 2


def test_another_card_on_a_used_page_is_not_taken_in_silence(
    visitor: FlaskClient, shop: Shop, path: str
) -> None:
    visitor.post(path, data=GOOD)
    answer = visitor.post(path, data={**GOOD, "card_number": "5555 5555 5555 4444"})
    assert answer.status_code == 409
    assert "Visa ending in 4242 was saved" in answer.text
    card = kept(shop, path)
    assert card is not None
    assert card.last4 == "4242"


def test_a_used_page_says_so_and_leads_back(visitor: FlaskClient, path: str) -> None:
    visitor.post(path, data=GOOD)
    page = visitor.get(path).text
    assert "Visa ending in 4242 was saved" in page
    assert 'href="/billing/checkout?step=2"' in page
    assert "<form" not in page


def test_a_page_left_open_for_a_day_has_expired(
    visitor: FlaskClient, shop: Shop, clock: FixedClock, path: str
) -> None:
    clock.advance(timedelta(hours=23, minutes=59))
    assert visitor.get(path).status_code == 200
    clock.advance(timedelta(minutes=1))
    assert visitor.get(path).status_code == 410
    assert visitor.post(path, data=GOOD).status_code == 410
    assert kept(shop, path) is None
    assert shop.saved == []


def test_the_same_key_opens_the_same_session(shop: Shop, path: str) -> None:
    again = shop.processor.open_card_session(
        key="A1", return_path="/billing/checkout?step=2", language="pt-BR"
    )
    assert again.path == path
    with pytest.raises(ValueError, match="another return path"):
        shop.processor.open_card_session(key="A1", return_path="/billing/", language="en")
    other = shop.processor.open_card_session(key="A2", return_path="/billing/checkout?step=2", language="en")
    assert other.path != path


def test_the_page_speaks_the_language_of_the_session(visitor: FlaskClient, shop: Shop) -> None:
    session = shop.processor.open_card_session(key="A1", return_path="/billing/checkout", language="pt-BR")
    assert '<html lang="pt-BR">' in visitor.get(session.path).text
    assert '<html lang="pt-BR">' in visitor.post(session.path, data={}).text


@pytest.mark.parametrize("language", ["", "klingon", "../en"])
def test_a_session_needs_a_language(shop: Shop, language: str) -> None:
    with pytest.raises(ValueError, match="language"):
        shop.processor.open_card_session(key="A1", return_path="/billing/checkout", language=language)


@pytest.mark.parametrize("reference", ["cs_unknown", "%00", "'; DROP TABLE card; --"])
def test_an_unknown_session_is_not_found(visitor: FlaskClient, reference: str) -> None:
    assert visitor.get(f"/sandbox-processor/cards/{reference}").status_code == 404
    assert visitor.post(f"/sandbox-processor/cards/{reference}", data=GOOD).status_code == 404


def test_a_post_without_csrf_token_is_refused(site: Flask, shop: Shop, path: str) -> None:
    site.config["WTF_CSRF_ENABLED"] = True
    visitor = site.test_client()
    assert visitor.post(path, data=GOOD).status_code == 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get(path).text)
    assert token is not None
    assert visitor.post(path, data={**GOOD, "csrf_token": token[1]}).status_code == 303
    assert shop.saved == [reference_of(path)]


def test_a_card_can_be_charged_with_the_token_from_the_page(
    visitor: FlaskClient, shop: Shop, path: str
) -> None:
    visitor.post(path, data={**GOOD, "card_number": "4000 0000 0000 9995"})
    card = kept(shop, path)
    assert card is not None
    assert shop.charge("A1", card).reason == "insufficient_funds"


def test_the_stylesheet_is_served(visitor: FlaskClient, path: str) -> None:
    found = re.search(r'<link rel="stylesheet"\s+href="([^"]+)"', visitor.get(path).text)
    assert found is not None
    with visitor.get(found[1]) as answer:
        assert answer.status_code == 200


@given(st.text(alphabet="0123456789", min_size=11, max_size=18))
def test_exactly_one_check_digit_is_right(number: str) -> None:
    assert sum(luhn_holds(number + digit) for digit in "0123456789") == 1
