"""Standard VAT rates as a kept package has them: of one day, without history, taken over by command only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.metadata import version

import eu_vat_rates_data

from portal.shared.domain.taxes import MILLION, TaxRate

_PACKAGE = "eu-vat-rates-data"


@dataclass(frozen=True, slots=True)
class KeptRates:
    """The standard rate of each country on a day, and where they were taken from."""

    source: str
    day: date
    rates: dict[str, TaxRate]


def kept_rates() -> KeptRates:
    """The rates of the installed package; countries are ISO 3166 codes, and XI is Northern Ireland."""
    return KeptRates(
        source=f"{_PACKAGE} {version(_PACKAGE)}",
        day=date.fromisoformat(eu_vat_rates_data.data_version),
        rates={
            country: TaxRate(rate["vat_abbr"], int(Decimal(str(rate["standard"])) * MILLION / 100))
            for country, rate in eu_vat_rates_data.get_all_rates().items()
        },
    )
