"""Percentages as somebody types them, in the reader's own way of writing; what could mean two things is refused."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from babel import Locale
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.taxes import MILLION
from portal.shared.web.display import language as readers_language

MOST_DECIMALS = 2
_FIGURE = re.compile(r"([0-9]{1,9})(?:([.,])([0-9]+))?", re.ASCII)
_ONE_PERCENT = MILLION // 100


class PercentProblem(StrEnum):
    """Why what was typed is no percentage we may act on."""

    EMPTY = "empty"
    NEGATIVE = "negative"
    OTHER_DIGITS = "other_digits"
    OTHER_DECIMAL_SIGN = "other_decimal_sign"
    TOO_MANY_DECIMALS = "too_many_decimals"
    TOO_LARGE = "too_large"
    NO_PERCENTAGE = "no_percentage"


def percent_from_text(text: str, language: str) -> int | PercentProblem:
    """The share somebody typed, 0 to 100 %, in millionths, or why it is none. The sign itself may be left out."""
    if any(not letter.isascii() and unicodedata.category(letter) in {"Nd", "Nl", "No"} for letter in text):
        return PercentProblem.OTHER_DIGITS
    figure = " ".join(text.split()).removesuffix("%").rstrip()
    if not figure:
        return PercentProblem.EMPTY
    if figure.startswith(("-", "\N{MINUS SIGN}", "\N{EN DASH}")):
        return PercentProblem.NEGATIVE
    found = _FIGURE.fullmatch(figure)
    if found is None:
        return PercentProblem.NO_PERCENTAGE
    whole, sign, decimals = found.groups(default="")
    if sign and sign != _decimal_sign(language):
        return PercentProblem.OTHER_DECIMAL_SIGN
    if len(decimals) > MOST_DECIMALS:
        return PercentProblem.TOO_MANY_DECIMALS
    hundredths = int(whole + decimals.ljust(MOST_DECIMALS, "0"))
    millionths = hundredths * _ONE_PERCENT // 100
    return millionths if millionths <= MILLION else PercentProblem.TOO_LARGE


def percent_as_typed(millionths: int, language: str) -> str:
    """A share for an input field: `12,5`."""
    whole, rest = divmod(millionths, _ONE_PERCENT)
    decimals = f"{rest * 100 // _ONE_PERCENT:02d}".rstrip("0")
    return f"{whole}{_decimal_sign(language)}{decimals}" if decimals else str(whole)


def percent_sentence(problem: PercentProblem) -> str:
    """What to tell the person, with an example in their own way of writing."""
    if problem in {PercentProblem.EMPTY, PercentProblem.NO_PERCENTAGE, PercentProblem.OTHER_DECIMAL_SIGN}:
        example = f"12{_decimal_sign(readers_language())}5"
        return str(gettext("Write the discount in percent, for example %(example)s.", example=example))
    return str(_SENTENCES[problem])


_SENTENCES: dict[PercentProblem, LazyString] = {
    PercentProblem.NEGATIVE: lazy_gettext("A discount cannot be negative. Write it without a minus sign."),
    PercentProblem.OTHER_DIGITS: lazy_gettext("Write the discount with the digits 0 to 9."),
    PercentProblem.TOO_MANY_DECIMALS: lazy_gettext("A discount has two decimals at most."),
    PercentProblem.TOO_LARGE: lazy_gettext("No discount is more than 100 percent."),
}


def _decimal_sign(language: str) -> str:
    symbols = Locale.parse(language).number_symbols
    return str(symbols.get("latn", symbols)["decimal"])
