"""The tax registry: does a VAT number of correct form belong to a business today?"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from portal.shared.gateways.clock import Clock, SystemClock

_FORM = re.compile(r"[0-9A-Z]{4,20}")


class RegistryState(StrEnum):
    """What the registry said."""

    VALID = "valid"
    INVALID = "invalid"
    NO_ANSWER = "no_answer"  # down, or too slow: ask again later, and let nobody wait for it


@dataclass(frozen=True, slots=True)
class RegistryAnswer:
    """An answer and when it was given (UTC); `reference` proves the consultation, where there was one."""

    state: RegistryState
    consulted_at: datetime
    reference: str | None


class TaxRegistry(Protocol):
    """Looks VAT numbers up."""

    def knows(self, country: str) -> bool:
        """Say whether numbers of a country (ISO 3166, two letters) are looked up at all; of others it says nothing."""
        ...

    def check(self, country: str, number: str) -> RegistryAnswer:
        """Look up a number (without country prefix) in a country (ISO 3166, two letters). Trouble is NO_ANSWER."""
        ...


class SandboxRegistry:
    """A `TaxRegistry` for the demo: the number decides. It ends in 00: no answer; in 99: invalid; else valid."""

    def __init__(self, clock: Clock | None = None) -> None:
        """Date the answers by the given clock."""
        self._clock = clock or SystemClock()

    def knows(self, country: str) -> bool:
        """Every country; see `TaxRegistry`."""
        return True

    def check(self, country: str, number: str) -> RegistryAnswer:
        """Look up a number; see `TaxRegistry`. Blanks, dots, dashes and slashes do not count."""
        now = self._clock.now()
        plain = re.sub(r"[\s./-]", "", number).upper()
        if plain.endswith("00"):
            return RegistryAnswer(RegistryState.NO_ANSWER, now, None)
        valid = _FORM.fullmatch(plain) is not None and not plain.endswith("99")
        seal = (
            hashlib.sha256(f"{country.upper()} {plain} {now.isoformat()}".encode()).hexdigest()[:12].upper()
        )
        return RegistryAnswer(RegistryState.VALID if valid else RegistryState.INVALID, now, f"SANDBOX-{seal}")
