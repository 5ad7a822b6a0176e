"""How values look to a reader: amounts, dates and numbers in the language of the page.

The filters ask for the context although they do not use it: Jinja would otherwise compute a filtered constant
when it compiles the template, and keep the first reader's format for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import copy
from datetime import date, datetime, tzinfo
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import NumberPattern, format_decimal, get_currency_symbol, parse_pattern
from flask import Flask
from flask_babel import gettext
from jinja2 import pass_context
from markupsafe import Markup

from portal.shared.domain.money import Money, exponent
from portal.shared.web.sentences import code

MILLION = 1_000_000
_MINUS = "\N{MINUS SIGN}"
# Languages that leave four digits together, `1234,56` but `12.345,67` (CLDR: minimumGroupingDigits 2). Babel does
# not know that rule.
_FOUR_DIGITS_TOGETHER = frozenset({"es", "it"})


def format_money(amount: Money, locale: Locale | str) -> str:
    """An amount with its currency, exact to the minor unit: `R$ 1.234,50`, `−€10.00`, `¥1,200`."""
    return _money_text(amount.minor, amount.currency, _code(locale))


@lru_cache(maxsize=4096)
def _money_text(minor: int, currency: str, language: str) -> str:
    locale = Locale.parse(language)
    decimals = exponent(currency)
    with localcontext() as exact:
        exact.prec = max(28, len(str(minor)) + 4)
        value = Decimal(minor).scaleb(-decimals)
        text = _money_pattern(language, decimals).apply(
            value,
            locale,
            currency,
            currency_digits=False,
            group_separator=has_thousands(value, locale),
        )
    symbol = get_currency_symbol(currency, locale)
    if symbol[
        -1
    ].isalpha():  # CLDR sets a code of letters apart from the figure; Babel does not know that rule
        text = re.sub(rf"(?<={re.escape(symbol)})(?=\d)", "\N{NO-BREAK SPACE}", text)
    return text.replace("-", _MINUS)


def format_long_date(day: date, locale: Locale | str, zone: str | tzinfo | None = None) -> str:
    """A day written out: `22 de novembro de 2026`. An instant needs the zone whose day is meant."""
    return _date_text(_day(day, zone), "long", _code(locale))


def format_short_date(day: date, locale: Locale | str, zone: str | tzinfo | None = None) -> str:
    """A day in little room, still unmistakable: `22 de nov. de 2026`. An instant needs a zone."""
    return _date_text(_day(day, zone), "medium", _code(locale))


def format_moment(instant: datetime, locale: Locale | str, zone: str | tzinfo) -> str:
    """A day and its time, in the given zone."""
    local = instant.astimezone(_zone(zone))
    return f"{format_date(local, 'long', locale=locale)}, {format_time(local, 'short', locale=locale)}"


def format_percent(millionths: int | Fraction | Decimal, locale: Locale | str) -> str:
    """A rate: an integer is in millionths (230000 is 23 %), a fraction or decimal is a share of one."""
    share = Fraction(millionths, MILLION) if isinstance(millionths, int) else Fraction(millionths)
    return _percent_text(share, _code(locale))


def format_count(number: int, locale: Locale | str) -> str:
    """A whole number with its thousands set apart."""
    return _count_text(number, _code(locale))


def has_thousands(number: int | Decimal, locale: Locale | str) -> bool:
    """Whether the language sets the thousands of this number apart."""
    language = str(locale).partition("_")[0]
    first = 10_000 if language in _FOUR_DIGITS_TOGETHER else 1_000
    return not -first < number < first


def labelled(label: str, value: str) -> str:
    """A value behind the word that says what it is; French sets the colon apart from both."""
    return str(gettext("%(label)s: %(value)s", label=label, value=value))


# What follows is asked for hundreds of times a page, of few different values: the same price, the same renewal day.


@lru_cache(maxsize=64)
def _code(locale: Locale | str) -> str:
    return str(locale)


@lru_cache(maxsize=2048)
def _date_text(day: date, length: Literal["long", "medium"], language: str) -> str:
    return format_date(day, length, locale=language)


@lru_cache(maxsize=512)
def _percent_text(share: Fraction, language: str) -> str:
    value = Decimal(share.numerator) / Decimal(share.denominator)
    return _percent_pattern(language).apply(value, Locale.parse(language)).replace("-", _MINUS)


@lru_cache(maxsize=2048)
def _count_text(number: int, language: str) -> str:
    written = format_decimal(number, locale=language, group_separator=has_thousands(number, language))
    return str(written).replace("-", _MINUS)


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
    return code()


def money(amount: Money) -> str:
    """An amount as the reader writes it."""
    return format_money(amount, language())


@pass_context
def _money(context: Any, amount: Money) -> str:
    """Filter: an amount of money."""
    return format_money(amount, language())


@pass_context
def _long_date(context: Any, day: date, zone: str | None = None) -> str:
    """Filter: a day written out."""
    return format_long_date(day, language(), zone)


@pass_context
def _short_date(context: Any, day: date, zone: str | None = None) -> str:
    """Filter: a day in little room."""
    return format_short_date(day, language(), zone)


@pass_context
def _moment(context: Any, instant: datetime, zone: str) -> str:
    """Filter: a day and its time in a zone."""
    return format_moment(instant, language(), zone)


@pass_context
def _percent(context: Any, rate: int | Fraction | Decimal) -> str:
    """Filter: a rate."""
    return format_percent(rate, language())


@pass_context
def _count(context: Any, number: int) -> str:
    """Filter: a whole number."""
    return format_count(number, language())


def _unbroken(number: str) -> Markup:
    """Filter: the number of a document, which no line breaks at its hyphen."""
    return Markup('<span class="unbroken">{}</span>').format(number)


def _icons(drawings: Mapping[str, str]) -> Callable[[str], Markup]:
    """Filter: the function that gives a drawing its frame. A page shows some sixty, so each is put together once."""

    def framed(drawing: str) -> Markup:
        frame = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>'
        return Markup(frame.format(drawing))  # noqa: S704  # our own drawings

    ready, nothing = {name: framed(drawing) for name, drawing in drawings.items()}, framed("")
    return lambda name: ready.get(name, nothing)


def install(app: Flask) -> None:
    """Give the filters to the templates; `count` takes the place of Jinja's other name for `length`."""
    filters = {
        "money": _money,
        "long_date": _long_date,
        "short_date": _short_date,
        "moment": _moment,
        "percent": _percent,
        "count": _count,
        "unbroken": _unbroken,
    }
    app.jinja_env.filters.update(filters, icons=_icons)
