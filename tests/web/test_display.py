"""How amounts, dates and numbers look to readers of every language."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from babel.numbers import get_currency_precision, list_currencies
from flask import render_template_string
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.money import Money, exponent
from portal.shared.web.display import (
    format_count,
    format_long_date,
    format_moment,
    format_money,
    format_percent,
    format_short_date,
)
from portal.shared.web.entrance.languages import LANGUAGES
from tests.web.conftest import Shell


def plain(text: str) -> str:
    """With ordinary spaces: CLDR puts no-break ones between figure and sign."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("minor", "currency", "portuguese", "english"),
    [
        (123456, "BRL", "R$ 1.234,56", "R$1,234.56"),
        (123456, "EUR", "€ 1.234,56", "€1,234.56"),
        (123456, "USD", "US$ 1.234,56", "$1,234.56"),
        (1200, "JPY", "JP¥ 1.200", "¥1,200"),
        (1234567, "KWD", "KWD 1.234,567", "KWD 1,234.567"),
        (1500, "IQD", "IQD 1,500", "IQD 1.500"),
        (0, "BRL", "R$ 0,00", "R$0.00"),
        (5, "EUR", "€ 0,05", "€0.05"),
        (-1005, "EUR", "−€ 10,05", "−€10.05"),
        (-1, "JPY", "−JP¥ 1", "−¥1"),
        (2**63 - 1, "USD", "US$ 92.233.720.368.547.758,07", "$92,233,720,368,547,758.07"),
        (10**40 + 1, "USD", None, "$" + "100," + "000," * 11 + "000.01"),
    ],
)
def test_an_amount_is_written_the_readers_way(
    minor: int, currency: str, portuguese: str | None, english: str
) -> None:
    amount = Money(minor, currency)
    assert plain(format_money(amount, "en")) == english
    if portuguese is not None:
        assert plain(format_money(amount, "pt_BR")) == portuguese


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("es", ["1234,56 €", "12.345,67 €", "−10,05 €", "1200 JPY", "1.234.567,89 BRL"]),
        ("fr", ["1 234,56 €", "12 345,67 €", "−10,05 €", "1 200 JPY", "1 234 567,89 R$"]),
        ("de", ["1.234,56 €", "12.345,67 €", "−10,05 €", "1.200 ¥", "1.234.567,89 R$"]),
        ("it", ["1234,56 €", "12.345,67 €", "−10,05 €", "1200 JPY", "1.234.567,89 BRL"]),
    ],
)
def test_an_amount_is_written_as_cldr_says(language: str, written: list[str]) -> None:
    amounts = [(123456, "EUR"), (1234567, "EUR"), (-1005, "EUR"), (1200, "JPY"), (123456789, "BRL")]
    assert [plain(format_money(Money(*amount), language)) for amount in amounts] == written


def test_what_is_apart_in_french_does_not_break() -> None:
    assert format_money(Money(123456, "EUR"), "fr") == "1\N{NARROW NO-BREAK SPACE}234,56\N{NO-BREAK SPACE}€"


@given(
    minor=st.integers(-(10**30), 10**30), currency=st.sampled_from(["BRL", "EUR", "USD", "JPY", "KWD", "CLF"])
)
def test_no_minor_unit_is_lost_on_the_way_to_the_page(minor: int, currency: str) -> None:
    for locale in LANGUAGES:
        written = format_money(Money(minor, currency), locale)
        digits = int(re.sub(r"\D", "", written))
        assert digits == abs(minor)
        assert written.startswith("−") is (minor < 0)


def test_decimals_are_iso_s_where_shops_use_fewer() -> None:
    differing = {code for code in list_currencies() if get_currency_precision(code) != exponent(code)}
    assert "IQD" in differing, "CLDR hides the fils of Iraq, ISO 4217 has three decimals"
    assert not differing & {"BRL", "EUR", "USD", "GBP", "JPY", "CHF", "CAD", "AUD", "MXN", "KWD"}


def test_days_are_written_out() -> None:
    day = date(2026, 11, 2)
    assert format_long_date(day, "pt_BR") == "2 de novembro de 2026"
    assert format_long_date(day, "en") == "November 2, 2026"
    assert format_short_date(day, "pt_BR") == "2 de nov. de 2026"
    assert format_short_date(day, "en") == "Nov 2, 2026"
    assert {language: format_long_date(day, language) for language in ("es", "fr", "de", "it")} == {
        "es": "2 de noviembre de 2026",
        "fr": "2 novembre 2026",
        "de": "2. November 2026",
        "it": "2 novembre 2026",
    }
    assert [format_short_date(day, language) for language in ("es", "fr", "de", "it")] == [
        "2 nov 2026",
        "2 nov. 2026",
        "02.11.2026",
        "2 nov 2026",
    ]


def test_the_day_of_an_instant_is_the_zones() -> None:
    late = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
    assert format_long_date(late, "en", "America/Sao_Paulo") == "November 1, 2026"
    assert format_long_date(late, "en", "Europe/Lisbon") == "November 2, 2026"
    with pytest.raises(ValueError, match="time zone"):
        format_long_date(late, "en")


def test_a_moment_has_its_time_without_seconds() -> None:
    instant = datetime(2026, 11, 2, 16, 5, 9, tzinfo=UTC)
    assert plain(format_moment(instant, "pt_BR", "America/Sao_Paulo")) == "2 de novembro de 2026, 13:05"
    assert plain(format_moment(instant, "en", "America/Sao_Paulo")) == "November 2, 2026, 1:05 PM"


@pytest.mark.parametrize(
    ("rate", "portuguese", "english"),
    [
        (230_000, "23%", "23%"),
        (55_000, "5,5%", "5.5%"),
        (200_500, "20,05%", "20.05%"),
        (0, "0%", "0%"),
        (Fraction(1, 8), "12,5%", "12.5%"),
        (Decimal("-0.1"), "−10%", "−10%"),
    ],
)
def test_a_rate_is_exact(rate: int | Fraction | Decimal, portuguese: str, english: str) -> None:
    assert format_percent(rate, "pt_BR") == portuguese
    assert format_percent(rate, "en") == english
    for language in ("es", "fr", "de"):
        assert format_percent(rate, language) == portuguese.replace("%", "\N{NO-BREAK SPACE}%")
    assert format_percent(rate, "it") == portuguese


def test_thousands_are_set_apart() -> None:
    assert format_count(1234567, "pt_BR") == "1.234.567"
    assert format_count(-1234, "en") == "−1,234"
    assert [plain(format_count(1234, language)) for language in ("es", "fr", "de", "it")] == [
        "1234",
        "1 234",
        "1.234",
        "1234",
    ]
    assert format_count(-12345, "es") == "−12.345"


@pytest.mark.parametrize(
    "template",
    ["{{ 1234|count }}", "{{ 230000|percent }}", "{% set n = 1234 %}{{ n|count }}", "{{ amount|money }}"],
)
def test_a_template_compiled_for_one_reader_serves_the_next_in_their_language(
    shell: Shell, template: str
) -> None:
    written: dict[str, str] = {}
    for language in ("pt", "en", "pt"):
        with shell.app.test_request_context("/", headers={"Accept-Language": language}):
            text = render_template_string(template, amount=Money(123456, "EUR"))
        assert written.setdefault(language, text) == text
    if "percent" not in template:
        assert written["pt"] != written["en"]


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ day|long_date }}", "November 2, 2026"),
        ("{{ day|short_date }}", "Nov 2, 2026"),
        ("{{ now|long_date('America/Sao_Paulo') }}", "November 1, 2026"),
        ("{{ 7|count }}", "7"),
    ],
)
def test_the_filters_speak_the_language_of_the_page(shell: Shell, template: str, text: str) -> None:
    values = {"day": date(2026, 11, 2), "now": datetime(2026, 11, 2, 1, tzinfo=UTC)}
    with shell.app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert render_template_string(template, **values) == text
