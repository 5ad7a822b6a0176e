"""Reading the seller's files: TOML into the values of a catalogue or of tax rates."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from cattrs import Converter
from cattrs.errors import BaseValidationError
from cattrs.v import transform_error

Text = TypeVar("Text")


class CatalogError(ValueError):
    """The file cannot be loaded; the message says where and why, a line each."""


@dataclass(frozen=True, slots=True)
class RateText:
    """A standard tax rate, in per cent."""

    country: str
    name: str
    valid_from: date
    percent: str


@dataclass(frozen=True, slots=True)
class RatesText:
    """The whole file of tax rates."""

    rates: tuple[RateText, ...]


def read_file(path: Path, kind: type[Text]) -> Text:
    """The values of a file.

    Raises:
        CatalogError: it cannot be read, is not TOML, or holds too little, too much or the wrong kind of values.
    """
    try:
        plain: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return _converter().structure(plain, kind)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogError(f"{path.name}: {error}") from error
    except BaseValidationError as error:
        told = "\n".join(_in_its_place(one) for one in transform_error(error))
        raise CatalogError(f"{path.name}: {told}") from error


def _in_its_place(told: str) -> str:
    """A fault with its place in front, counted from one: `products[2].plans[1]: required field missing`."""
    what, _, place = told.partition(" @ $")
    counted = re.sub(r"\[(\d+)\]", lambda found: f"[{int(found[1]) + 1}]", place)
    return f"{counted.lstrip('.') or 'the file'}: {what}"


def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    converter.register_structure_hook(date, _date)
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(int, _whole)
    return converter


def _date(value: object, _: object) -> date:
    if type(value) is not date:
        raise TypeError("a date is written 2026-01-31")
    return value


def _text(value: object, _: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text, or an amount, is written in quotes")
    return value


def _whole(value: object, _: object) -> int:
    if type(value) is not int:
        raise TypeError("a whole number is written without quotes and decimals")
    return value
