"""Passwords: argon2id, and the same work for a person who does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# A password of the demo cast is printed on a screen: its hash is marked, and only demo mode takes it.
_DEMO = "demo:"
# How this product calls itself; its operator's names come with the settings.
_PRODUCT = ("twodoor",)
LONGEST = 1024  # characters; hashing a novel would only keep the machine busy


class Passwords:
    """Makes and checks hashes with one cost for all."""

    def __init__(
        self, *, memory_kib: int = 65536, rounds: int = 3, demo: bool = False, ours: Sequence[str] = ()
    ) -> None:
        """Fix the cost; `demo` says whether passwords of the demo cast are taken, `ours` are words for who we are."""
        self.ours = (*_PRODUCT, *ours)
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1)
        self._demo = demo

    def hash(self, password: str, *, demo_only: bool = False) -> str:
        """The hash to keep; with `demo_only` it opens nothing outside demo mode."""
        return (_DEMO if demo_only else "") + self._hasher.hash(password)

    def fits(self, password: str, kept: str | None) -> bool:
        """Say whether the password belongs to the hash; takes as long when there is no hash."""
        if kept is None or (kept.startswith(_DEMO) and not self._demo):
            kept, usable = self._nobodys, False
        else:
            usable = len(password) <= LONGEST
        try:
            self._hasher.verify(kept.removeprefix(_DEMO), password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
        return usable

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("a password that nobody has")
