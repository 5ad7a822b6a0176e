"""Amounts as people type them: the reader's own signs are understood, what could mean two things is refused."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.money import Money
from portal.shared.web.display import format_money
from portal.shared.web.entrance.languages import LANGUAGES
from portal.shared.web.typed.amounts import (
    LARGEST,
    AmountProblem,
    amount_as_typed,
    amount_example,
    amount_from_text,
    amount_sentence,
)

READERS = sorted({*LANGUAGES, "pt_BR", "en", "es", "fr", "de", "it"})
CURRENCIES = ["BRL", "EUR", "JPY", "KWD"]


@given(minor=st.integers(0, LARGEST), currency=st.sampled_from(CURRENCIES), language=st.sampled_from(READERS))
def test_what_we_write_is_what_we_read(minor: int, currency: str, language: str) -> None:
    amount = Money(minor, currency)
    assert amount_from_text(format_money(amount, language), currency, language) == amount
    assert amount_from_text(amount_as_typed(amount, language), currency, language) == amount


@given(
    minor=st.integers(0, LARGEST),
    currency=st.sampled_from(CURRENCIES),
    writer=st.sampled_from(READERS),
    reader=st.sampled_from(READERS),
)
def test_an_amount_written_another_way_is_never_read_as_another_amount(
    minor: int, currency: str, writer: str, reader: str
) -> None:
    amount = Money(minor, currency)
    for text in (format_money(amount, writer), amount_as_typed(amount, writer)):
        read = amount_from_text(text, currency, reader)
        assert isinstance(read, AmountProblem) or read == amount, text


@given(text=st.text(max_size=80), currency=st.sampled_from(CURRENCIES), language=st.sampled_from(READERS))
def test_any_text_gives_an_amount_or_a_problem(text: str, currency: str, language: str) -> None:
    read = amount_from_text(text, currency, language)
    if isinstance(read, Money):
        assert 0 <= read.minor <= LARGEST
        assert amount_from_text(format_money(read, language), currency, language) == read


@pytest.mark.parametrize(
    ("language", "currency", "text", "minor"),
    [
        pytest.param("pt_BR", "BRL", "1.234,56", 123456, id="grouped in Portuguese"),
        pytest.param("pt_BR", "BRL", "1234,56", 123456, id="without grouping"),
        pytest.param("pt_BR", "BRL", "R$ 1.234,5", 123450, id="one decimal is filled up"),
        pytest.param("pt_BR", "BRL", "r$1.234", 123400, id="thousands only, sign in small letters"),
        pytest.param("pt_BR", "BRL", "  100 BRL ", 10000, id="code behind, spaces around"),
        pytest.param("es", "EUR", "1.234,56 €", 123456, id="grouped in Spanish"),
        pytest.param("es", "EUR", "1234,56", 123456, id="as Spanish writes four digits"),
        pytest.param("it", "EUR", "1.234,56", 123456, id="grouped in Italian"),
        pytest.param("de", "EUR", "1.234,56 €", 123456, id="grouped in German"),
        pytest.param("fr", "EUR", "1 234,56 €", 123456, id="grouped in French by a space of the keyboard"),
        pytest.param(
            "fr",
            "EUR",
            "1\N{NARROW NO-BREAK SPACE}234,56\N{NO-BREAK SPACE}€",
            123456,
            id="grouped in French as printed",
        ),
        pytest.param(
            "fr", "EUR", "1\N{NO-BREAK SPACE}234,5", 123450, id="grouped in French by the older space"
        ),
        pytest.param("en", "BRL", "1,234.56", 123456, id="grouped in English"),
        pytest.param("en", "USD", "$0.05", 5, id="five cents"),
        pytest.param("en", "JPY", "1,234", 1234, id="yen have no decimals"),
        pytest.param("en", "KWD", "1.234", 1234, id="dinars have three"),
        pytest.param("en", "KWD", "1,234.000", 1234000, id="grouped dinars with their decimals"),
        pytest.param("fr", "EUR", "1 234,56 €", 123456, id="French with an ordinary space"),
        pytest.param("fr", "EUR", "1\N{NO-BREAK SPACE}234,56", 123456, id="French with a no-break space"),
        pytest.param("de", "EUR", "EUR 1.234.567,89", 123456789, id="German millions"),
        pytest.param("it", "BRL", "R$ 10", 1000, id="the currency's own sign where CLDR has none"),
        pytest.param("en", "EUR", "0", 0, id="nothing is an amount"),
    ],
)
def test_an_amount_is_understood(language: str, currency: str, text: str, minor: int) -> None:
    assert amount_from_text(text, currency, language) == Money(minor, currency)


P = AmountProblem


@pytest.mark.parametrize(
    ("language", "currency", "text", "problem"),
    [
        pytest.param("pt_BR", "BRL", "1234.56", P.OTHER_DECIMAL_SIGN, id="a point for cents in Portuguese"),
        pytest.param("pt_BR", "BRL", "1,234.56", P.OTHER_DECIMAL_SIGN, id="written in English"),
        pytest.param("pt_BR", "BRL", "1,234,567", P.OTHER_DECIMAL_SIGN, id="English millions"),
        pytest.param("pt_BR", "BRL", "0.500", P.OTHER_DECIMAL_SIGN, id="a fraction that looks grouped"),
        pytest.param("pt_BR", "BRL", "1.23", P.OTHER_DECIMAL_SIGN, id="two digits behind a point"),
        pytest.param("pt_BR", "BRL", "1.2345", P.OTHER_DECIMAL_SIGN, id="a group of four"),
        pytest.param("pt_BR", "BRL", "12,", P.OTHER_DECIMAL_SIGN, id="nothing behind the comma"),
        pytest.param("pt_BR", "BRL", "1 234,56", P.OTHER_DECIMAL_SIGN, id="a space is no grouping sign here"),
        pytest.param("fr", "EUR", "1.234,56", P.OTHER_DECIMAL_SIGN, id="points between thousands in French"),
        pytest.param("de", "EUR", "1’234.56", P.OTHER_DECIMAL_SIGN, id="written as in Zurich"),
        pytest.param("es", "EUR", "1.5", P.OTHER_DECIMAL_SIGN, id="a point for cents in Spanish"),
        pytest.param("en", "USD", "1.234,56", P.OTHER_DECIMAL_SIGN, id="written in Portuguese"),
        pytest.param("en", "USD", "1234,56", P.OTHER_DECIMAL_SIGN, id="a comma for cents in English"),
        pytest.param("fr", "EUR", "1234.56", P.OTHER_DECIMAL_SIGN, id="a point for cents in French"),
        pytest.param("en", "KWD", "1,234", P.AMBIGUOUS, id="thousands or three decimals"),
        pytest.param("pt_BR", "BRL", "1,234", P.TOO_MANY_DECIMALS, id="a tenth of a cent"),
        pytest.param("en", "JPY", "1.5", P.TOO_MANY_DECIMALS, id="half a yen"),
        pytest.param("en", "KWD", "1.2345", P.TOO_MANY_DECIMALS, id="four decimals of a dinar"),
        pytest.param("en", "USD", "-5", P.NEGATIVE, id="a minus"),
        pytest.param("en", "USD", "\N{MINUS SIGN}$5.00", P.NEGATIVE, id="the real minus, before the sign"),
        pytest.param("en", "USD", "$-5.00", P.NEGATIVE, id="a minus behind the sign"),
        pytest.param("en", "USD", "(5.00)", P.NEGATIVE, id="brackets of a bookkeeper"),
        pytest.param("en", "USD", "", P.EMPTY, id="nothing"),
        pytest.param("en", "USD", " \N{NO-BREAK SPACE} ", P.EMPTY, id="spaces"),
        pytest.param("en", "USD", "١٢٣", P.OTHER_DIGITS, id="Arabic digits"),
        pytest.param("en", "USD", "１２", P.OTHER_DIGITS, id="wide digits"),
        pytest.param("en", "USD", "1½", P.OTHER_DIGITS, id="a half"),
        pytest.param("en", "USD", "€5", P.OTHER_CURRENCY, id="another sign"),
        pytest.param("en", "BRL", "$5", P.OTHER_CURRENCY, id="dollars on an account in reais"),
        pytest.param("en", "USD", "EUR 5", P.OTHER_CURRENCY, id="another code"),
        pytest.param("en", "USD", "five", P.NO_AMOUNT, id="a word"),
        pytest.param("en", "USD", "$", P.NO_AMOUNT, id="a sign alone"),
        pytest.param("en", "USD", "1e9", P.NO_AMOUNT, id="a power"),
        pytest.param("en", "USD", "1_000", P.NO_AMOUNT, id="a programmer's grouping"),
        pytest.param("en", "USD", "1\n2", P.NO_AMOUNT, id="two lines"),
        pytest.param("en", "USD", "5" * 20, P.TOO_LARGE, id="too large"),
        pytest.param("en", "USD", "5" * 2000, P.NO_AMOUNT, id="a page of digits"),
    ],
)
def test_what_is_no_clear_amount_is_refused(
    language: str, currency: str, text: str, problem: AmountProblem
) -> None:
    assert amount_from_text(text, currency, language) is problem


@pytest.mark.parametrize("currency", ["BRL", "JPY", "KWD"])
@pytest.mark.parametrize("problem", AmountProblem)
def test_every_problem_has_a_sentence_with_a_good_example(problem: AmountProblem, currency: str) -> None:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context(), force_locale("en"):
        sentence = amount_sentence(problem, currency)
        example = {"BRL": "1,234.56", "JPY": "1,234", "KWD": "1,234.567"}[currency]
        assert sentence.endswith(".")
        assert "%(" not in sentence
        assert example in sentence or "example" not in sentence
        assert isinstance(amount_from_text(example, currency, "en"), Money)


@pytest.mark.parametrize("language", READERS)
@pytest.mark.parametrize("currency", CURRENCIES)
def test_the_example_is_read_in_the_language_it_is_given_in(language: str, currency: str) -> None:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context(), force_locale(language):
        assert isinstance(amount_from_text(amount_example(currency), currency, language), Money)
