"""Amounts of money as somebody types them, in the reader's own way of writing; what could mean two things is refused.

A wrong reading here is a wrong payment, so nothing is guessed: `1234.56` in Portuguese is neither 1,234.56 nor
123,456 but a question back to the person.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from babel import Locale
from babel.numbers import get_currency_symbol
from flask_babel import gettext

from portal.shared.domain.money import Money, exponent
from portal.shared.web.display import format_count
from portal.shared.web.display import language as readers_language

LARGEST = 10**13  # minor units; far above any invoice, far below what a column of 64 bits holds
LONGEST = 60

_MINUS = "-\N{MINUS SIGN}\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{FULLWIDTH HYPHEN-MINUS}"
_NUMBER = re.compile(r"[0-9., ’']*[0-9][0-9., ’']*")


class AmountProblem(StrEnum):
    """Why what was typed is no amount we may act on."""

    EMPTY = "empty"
    NEGATIVE = "negative"
    OTHER_DIGITS = "other_digits"
    OTHER_CURRENCY = "other_currency"
    OTHER_DECIMAL_SIGN = "other_decimal_sign"
    AMBIGUOUS = "ambiguous"
    TOO_MANY_DECIMALS = "too_many_decimals"
    TOO_LARGE = "too_large"
    NO_AMOUNT = "no_amount"


@dataclass(frozen=True, slots=True)
class _Signs:
    decimal: str
    group: str


def amount_from_text(text: str, currency: str, language: str) -> Money | AmountProblem:
    """The amount somebody typed, by the decimal and grouping signs of their language (CLDR), or why it is none.

    A sign or code of the currency before or after the figure is fine, grouping may be left out, and fewer decimals
    than the currency has are filled up. Nothing at all (0) is an amount: whether it will do is the caller's rule.
    """
    tidy = _with_plain_spaces(text)
    if not tidy:
        return AmountProblem.EMPTY
    if len(tidy) > LONGEST:
        return AmountProblem.NO_AMOUNT
    if any(not letter.isascii() and unicodedata.category(letter) in {"Nd", "Nl", "No"} for letter in tidy):
        return AmountProblem.OTHER_DIGITS
    figure = _without_currency(tidy, currency, language)
    if figure.startswith(tuple(_MINUS + "(")) or figure.endswith(tuple(_MINUS)):
        return AmountProblem.NEGATIVE
    if not _NUMBER.fullmatch(figure):
        return _no_figure(figure)
    return _read(figure, currency, _signs(language))


def amount_sentence(problem: AmountProblem, currency: str) -> str:
    """What to tell the person, with an example in their own way of writing."""
    example = amount_example(currency)
    sentences = {
        AmountProblem.EMPTY: gettext("Enter an amount, for example %(example)s.", example=example),
        AmountProblem.NEGATIVE: gettext("An amount cannot be negative. Enter it without a minus sign."),
        AmountProblem.OTHER_DIGITS: gettext("Write the amount with the digits 0 to 9."),
        AmountProblem.OTHER_CURRENCY: gettext(
            "This amount is in %(currency)s. Enter it without the sign of another currency, for example %(example)s.",
            currency=currency,
            example=example,
        ),
        AmountProblem.OTHER_DECIMAL_SIGN: gettext(
            "This could be read as another amount. Write it the way amounts are written here, "
            "for example %(example)s.",
            example=example,
        ),
        AmountProblem.AMBIGUOUS: gettext(
            "This could be thousands or decimals. Write the amount with all its decimals, "
            "for example %(example)s.",
            example=example,
        ),
        AmountProblem.TOO_MANY_DECIMALS: gettext(
            "That is more decimals than %(currency)s has. Write the amount like this: %(example)s.",
            currency=currency,
            example=example,
        ),
        AmountProblem.TOO_LARGE: gettext("That amount is too large to be right. Check it, please."),
        AmountProblem.NO_AMOUNT: gettext(
            "That is not an amount. Enter one like this: %(example)s.", example=example
        ),
    }
    return str(sentences[problem])


def amount_example(currency: str) -> str:
    """An amount as the reader writes it, without its currency: `1.234,56`."""
    decimals = exponent(currency)
    figure = format_count(1234, readers_language())
    return figure + (_signs(readers_language()).decimal + "567"[:decimals] if decimals else "")


def amount_as_typed(amount: Money, language: str) -> str:
    """An amount for an input field: no grouping, no currency, all decimals, the reader's decimal sign."""
    decimals = exponent(amount.currency)
    digits = str(amount.minor).rjust(decimals + 1, "0")
    if not decimals:
        return digits
    return f"{digits[:-decimals]}{_signs(language).decimal}{digits[-decimals:]}"


def _with_plain_spaces(text: str) -> str:
    spaced = "".join(" " if unicodedata.category(letter) == "Zs" else letter for letter in text)
    return spaced.strip()


def _without_currency(text: str, currency: str, language: str) -> str:
    signs = {currency, *(get_currency_symbol(currency, locale) for locale in (language, "en"))}
    known = "|".join(re.escape(sign) for sign in sorted(signs, key=len, reverse=True))
    # A minus stands on either side of the sign; it is told apart afterwards.
    minus = f"[{re.escape(_MINUS)}(]?"
    text = re.sub(rf"^({minus})\s*(?:{known})\s*", r"\1", text, flags=re.IGNORECASE)
    stripped: str = re.sub(rf"\s*(?:{known})\s*({minus})$", r"\1", text, flags=re.IGNORECASE)
    return stripped.strip()


def _no_figure(figure: str) -> AmountProblem:
    """Letters or signs are left: of another currency, or of anything else."""
    rest = "".join(letter for letter in figure if letter not in "0123456789., ’'")
    has_sign = any(unicodedata.category(letter) == "Sc" for letter in rest)
    is_code = re.fullmatch(r"[A-Z]{3}", rest) is not None
    with_figure = any(letter in "0123456789" for letter in figure)
    return AmountProblem.OTHER_CURRENCY if with_figure and (has_sign or is_code) else AmountProblem.NO_AMOUNT


def _read(figure: str, currency: str, signs: _Signs) -> Money | AmountProblem:
    decimals = exponent(currency)
    whole, found, part = figure.partition(signs.decimal)
    if not _is_whole(whole, signs.group) or (found and not re.fullmatch(r"[0-9]+", part)):
        # Any other order of points, commas and spaces may mean a different amount to whoever typed it.
        return AmountProblem.OTHER_DECIMAL_SIGN
    if not found and decimals == 3 and whole.count(signs.group) == 1 and signs.group in ".,":
        return AmountProblem.AMBIGUOUS
    if len(part) > decimals:
        return AmountProblem.TOO_MANY_DECIMALS
    minor = int(whole.replace(signs.group, "") + part.ljust(decimals, "0"))
    return Money(minor, currency) if minor <= LARGEST else AmountProblem.TOO_LARGE


def _is_whole(whole: str, group: str) -> bool:
    """Digits without grouping, or grouped by threes; `0.500` is somebody's fraction, not five hundred."""
    return re.fullmatch(rf"[0-9]+|[1-9][0-9]{{0,2}}({re.escape(group)}[0-9]{{3}})+", whole) is not None


def _signs(language: str) -> _Signs:
    symbols = Locale.parse(language).number_symbols
    plain = symbols.get("latn", symbols)
    return _Signs(str(plain["decimal"]), _with_plain_spaces_kept(str(plain["group"])))


def _with_plain_spaces_kept(sign: str) -> str:
    """French sets thousands apart by a narrow space that no keyboard has; any space will do."""
    return " " if unicodedata.category(sign) == "Zs" else sign
