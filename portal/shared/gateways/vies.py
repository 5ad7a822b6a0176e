"""VIES, the tax registry of the European Union: asked over its REST service, with a time limit, failing soft."""

from __future__ import annotations

import re
from typing import Any

import requests

from portal.shared.domain.patience import NOT_NEEDED
from portal.shared.domain.taxes import EU_COUNTRIES
from portal.shared.gateways.bounded import bound
from portal.shared.gateways.clock import Clock, SystemClock
from portal.shared.gateways.patience import Line, NoAnswer
from portal.shared.gateways.tax_registry import RegistryAnswer, RegistryState

ADDRESS = "https://ec.europa.eu/taxation_customs/vies/rest-api/check-vat-number"
CONNECT_SECONDS = 2.0

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
        patience_seconds: float = NOT_NEEDED,
    ) -> None:
        """Ask in the name of the seller (`requester`: VAT number with its country), who then gets a reference."""
        self._clock = clock or SystemClock()
        self._address = address
        self._requester = re.sub(r"[^0-9A-Z]", "", requester.upper())
        self._patience = patience_seconds
        self._line = Line()

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
            told: Any = self._line.call(lambda: self._ask(wanted), self._patience)
        except (NoAnswer, requests.RequestException, ValueError):
            return silent
        valid = told.get("valid") if isinstance(told, dict) else None
        if not isinstance(valid, bool):
            return silent
        reference = told.get("requestIdentifier")
        kept = reference if isinstance(reference, str) and reference else None
        return RegistryAnswer(RegistryState.VALID if valid else RegistryState.INVALID, now, kept)

    def _ask(self, wanted: dict[str, str]) -> Any:
        with requests.Session() as session:
            bound(session, CONNECT_SECONDS, self._patience)
            answer = session.post(self._address, json=wanted)
            answer.raise_for_status()
            return answer.json()
