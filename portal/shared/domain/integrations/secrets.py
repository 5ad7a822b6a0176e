"""What a token looks like: a beginning that leak scanners know, letters nobody guesses, and a check at the end."""

from __future__ import annotations

import re
import zlib

BEGINNING = "twd_live_"
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LENGTH, _CHECK_LENGTH = 40, 6
# What a scanner looks for.
PATTERN = re.compile(rf"{BEGINNING}[0-9A-Za-z]{{{LENGTH + _CHECK_LENGTH}}}", re.ASCII)


def written(number: int) -> str:
    """A token made of a number of chance (at least 240 bits)."""
    body = _base62(number, LENGTH)
    return f"{BEGINNING}{body}{_check(body)}"


def is_whole(text: str) -> bool:
    """Whether a text is a token at all: its form is right, and so is its check."""
    if not PATTERN.fullmatch(text):
        return False
    body, check = text[len(BEGINNING) : -_CHECK_LENGTH], text[-_CHECK_LENGTH:]
    return _check(body) == check


def _check(body: str) -> str:
    return _base62(zlib.crc32(body.encode("ascii")), _CHECK_LENGTH)


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, rest = divmod(number, len(_LETTERS))
        digits.append(_LETTERS[rest])
    return "".join(reversed(digits))
