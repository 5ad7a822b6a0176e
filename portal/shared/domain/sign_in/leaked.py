"""Passwords that leaked elsewhere, as a table of fingerprints: small, quick to ask, and no list that anybody can read.

A fingerprint has five bytes: of a billion passwords that never leaked, about fifty are taken for one that did.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from hashlib import blake2b

_SIZE = 5


class _Rows:
    """The rows of a table, for bisecting."""

    def __init__(self, table: bytes) -> None:
        self._table = table

    def __len__(self) -> int:
        return len(self._table) // _SIZE

    def __getitem__(self, number: int) -> bytes:
        return self._table[number * _SIZE : (number + 1) * _SIZE]


def table_of(passwords: Iterable[str]) -> bytes:
    """The table that knows these passwords, in whatever case they are written."""
    return b"".join(sorted({_fingerprint(one) for one in passwords}))


def is_in(table: bytes, password: str) -> bool:
    """Whether a table knows this password."""
    rows, mark = _Rows(table), _fingerprint(password)
    place = bisect_left(rows, mark)
    return place < len(rows) and rows[place] == mark


def _fingerprint(password: str) -> bytes:
    plain = unicodedata.normalize("NFC", password).casefold()
    return blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=_SIZE).digest()
