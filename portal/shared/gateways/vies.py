"""VIES, the tax registry of the European Union: asked over its REST service, with a time limit, failing soft."""

from __future__ import annotations

import re
from typing import Any

import requests

from portal.shared.domain.taxes import EU_COUNTRIES
from portal.shared.gateways.clock import Clock, SystemClock
from portal.shared.gateways.tax_registry import RegistryAnswer, RegistryState

ADDRESS = "https://ec.europa.eu/taxation_customs/vies/rest-api/check-vat-number"
PATIENCE_SECONDS = 8.0

# VIES has names of its own for Greece, and Monaco is looked up in France.
_NAMES = {"GR": "EL", "MC": "FR"}
_COUNTRIES = EU_COUNTRIES | {"MC", "XI"}


class ViesRegistry:
    """A `TaxRegistry` for numbers of the European Union; of other countries it says nothing."""

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        address: str = ADDRESS,
        requester: str = "",
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """Ask in the name of the seller (`requester`: VAT number with its country), who then gets a reference."""
        self._clock = clock or SystemClock()
        self._address = address
        self._requester = re.sub(r"[^0-9A-Z]", "", requester.upper())
        self._patience = patience_seconds

    def knows(self, country: str) -> bool:
        """Member states, Monaco and Northern Ireland; see `TaxRegistry`."""
        return country in _COUNTRIES

    def check(self, country: str, number: str) -> RegistryAnswer:
        """Look up a number; see `TaxRegistry`."""
        now = self._clock.now()
        silent = RegistryAnswer(RegistryState.NO_ANSWER, now, None)
        if not self.knows(country):
            return silent
        wanted = {
            "countryCode": _NAMES.get(country, country),
            "vatNumber": re.sub(r"[^0-9A-Z]", "", number.upper()),
        }
        if len(self._requester) > len("PT"):
            wanted["requesterMemberStateCode"] = self._requester[:2]
            wanted["requesterNumber"] = self._requester[2:]
        try:
            answer = requests.post(self._address, json=wanted, timeout=self._patience)
            told: Any = answer.json() if answer.status_code == requests.codes.ok else {}
        except (requests.RequestException, ValueError):
            return silent
        valid = told.get("valid") if isinstance(told, dict) else None
        if not isinstance(valid, bool):
            return silent
        reference = told.get("requestIdentifier")
        kept = reference if isinstance(reference, str) and reference else None
        return RegistryAnswer(RegistryState.VALID if valid else RegistryState.INVALID, now, kept)
