"""Who sells and who buys, as documents name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from portal.config import Seller
from portal.shared.domain.einvoice.facts import vat_identifier
from portal.shared.web.countries import country_name


def seller_party(seller: Seller) -> dict[str, Any]:
    """The seller's name, and the lines below it."""
    lines = [*seller.address]
    if seller.tax_number:
        lines.append(gettext("VAT number: %(number)s", number=seller.tax_number))
    return {"name": seller.legal_name or seller.name, "lines": lines}


def buyer_party(buyer: Mapping[str, Any]) -> dict[str, Any]:
    """The buyer's name, and the lines below it; what is not known leaves no empty line."""
    place = " ".join(part for part in (buyer.get("postal_code"), buyer.get("city")) if part)
    town = ", ".join(part for part in (place, buyer.get("region")) if part)
    country = str(buyer.get("country") or "")
    lines = [
        buyer.get("street"),
        town,
        country_name(country),
    ]
    number = str(buyer.get("vat_number") or "")
    if number:
        # On a document the number begins with its country (Directive 2006/112/EC, articles 215 and 226).
        lines.append(gettext("VAT number: %(number)s", number=vat_identifier(country, number) or number))
    return {"name": str(buyer.get("name") or ""), "lines": [str(line) for line in lines if line]}
