"""How values look to a reader: amounts, dates and numbers in the language of the page.

The filters ask for the context although they do not use it: Jinja would otherwise compute a filtered constant
when it compiles the template, and keep the first reader's format for everybody.
"""

from __future__ import annotations

import re
from copy import copy
from datetime import date, datetime, tzinfo
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import NumberPattern, format_decimal, get_currency_symbol, parse_pattern
from flask import Flask
from flask_babel import get_locale, gettext
from jinja2 import pass_context

from portal.shared.domain.money import Money, exponent

MILLION = 1_000_000
_MINUS = "\N{MINUS SIGN}"
# Languages that leave four digits together, `1234,56` but `12.345,67` (CLDR: minimumGroupingDigits 2). Babel does
# not know that rule.
_FOUR_DIGITS_TOGETHER = frozenset({"es", "it"})


def format_money(amount: Money, locale: Locale | str) -> str:
    """An amount with its currency, exact to the minor unit: `R$ 1.234,50`, `−€10.00`, `¥1,200`."""
    locale = Locale.parse(locale) if isinstance(locale, str) else locale
    decimals = exponent(amount.currency)
    with localcontext() as exact:
        exact.prec = max(28, len(str(amount.minor)) + 4)
        value = Decimal(amount.minor).scaleb(-decimals)
        text = _money_pattern(str(locale), decimals).apply(
            value,
            locale,
            amount.currency,
            currency_digits=False,
            group_separator=has_thousands(value, locale),
        )
    symbol = get_currency_symbol(amount.currency, locale)
    if symbol[
        -1
    ].isalpha():  # CLDR sets a code of letters apart from the figure; Babel does not know that rule
        text = re.sub(rf"(?<={re.escape(symbol)})(?=\d)", "\N{NO-BREAK SPACE}", text)
    return text.replace("-", _MINUS)


def format_long_date(day: date, locale: Locale | str, zone: str | tzinfo | None = None) -> str:
    """A day written out: `22 de novembro de 2026`. An instant needs the zone whose day is meant."""
    return format_date(_day(day, zone), "long", locale=locale)


def format_short_date(day: date, locale: Locale | str, zone: str | tzinfo | None = None) -> str:
    """A day in little room, still unmistakable: `22 de nov. de 2026`. An instant needs a zone."""
    return format_date(_day(day, zone), "medium", locale=locale)


def format_moment(instant: datetime, locale: Locale | str, zone: str | tzinfo) -> str:
    """A day and its time, in the given zone."""
    local = instant.astimezone(_zone(zone))
    return f"{format_date(local, 'long', locale=locale)}, {format_time(local, 'short', locale=locale)}"


def format_percent(millionths: int | Fraction | Decimal, locale: Locale | str) -> str:
    """A rate: an integer is in millionths (230000 is 23 %), a fraction or decimal is a share of one."""
    share = Fraction(millionths, MILLION) if isinstance(millionths, int) else Fraction(millionths)
    locale = Locale.parse(locale) if isinstance(locale, str) else locale
    value = Decimal(share.numerator) / Decimal(share.denominator)
    return _percent_pattern(str(locale)).apply(value, locale).replace("-", _MINUS)


def format_count(number: int, locale: Locale | str) -> str:
    """A whole number with its thousands set apart."""
    written = format_decimal(number, locale=locale, group_separator=has_thousands(number, locale))
    return str(written).replace("-", _MINUS)


def has_thousands(number: int | Decimal, locale: Locale | str) -> bool:
    """Whether the language sets the thousands of this number apart."""
    language = str(locale).partition("_")[0]
    first = 10_000 if language in _FOUR_DIGITS_TOGETHER else 1_000
    return not -first < number < first


def labelled(label: str, value: str) -> str:
    """A value behind the word that says what it is; French sets the colon apart from both."""
    return str(gettext("%(label)s: %(value)s", label=label, value=value))


@lru_cache(maxsize=256)
def _money_pattern(locale: str, decimals: int) -> NumberPattern:
    # The currency's decimals are ISO's, as in our sums; CLDR hides those that shops do not use.
    pattern = copy(parse_pattern(Locale.parse(locale).currency_formats["standard"]))
    pattern.frac_prec = (decimals, decimals)
    return pattern


@lru_cache(maxsize=16)
def _percent_pattern(locale: str) -> NumberPattern:
    pattern = copy(parse_pattern(Locale.parse(locale).percent_formats[None]))
    pattern.frac_prec = (0, 4)
    return pattern


def _zone(zone: str | tzinfo) -> tzinfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def _day(day: date, zone: str | tzinfo | None) -> date:
    if not isinstance(day, datetime):
        return day
    if zone is None:
        raise ValueError("The day of an instant depends on a time zone: give one.")
    return day.astimezone(_zone(zone)).date()


def language() -> str:
    """The reader's language, as the catalogue writes it."""
    return str(get_locale() or "pt_BR")


def money(amount: Money) -> str:
    """An amount as the reader writes it."""
    return format_money(amount, language())


def _language() -> Locale:
    return get_locale() or Locale.parse("pt_BR")


@pass_context
def _money(context: Any, amount: Money) -> str:
    """Filter: an amount of money."""
    return format_money(amount, _language())


@pass_context
def _long_date(context: Any, day: date, zone: str | None = None) -> str:
    """Filter: a day written out."""
    return format_long_date(day, _language(), zone)


@pass_context
def _short_date(context: Any, day: date, zone: str | None = None) -> str:
    """Filter: a day in little room."""
    return format_short_date(day, _language(), zone)


@pass_context
def _moment(context: Any, instant: datetime, zone: str) -> str:
    """Filter: a day and its time in a zone."""
    return format_moment(instant, _language(), zone)


@pass_context
def _percent(context: Any, rate: int | Fraction | Decimal) -> str:
    """Filter: a rate."""
    return format_percent(rate, _language())


@pass_context
def _count(context: Any, number: int) -> str:
    """Filter: a whole number."""
    return format_count(number, _language())


def install(app: Flask) -> None:
    """Give the filters to the templates; `count` takes the place of Jinja's other name for `length`."""
    filters = {
        "money": _money,
        "long_date": _long_date,
        "short_date": _short_date,
        "moment": _moment,
        "percent": _percent,
        "count": _count,
    }
    app.jinja_env.filters.update(filters)
