"""Which tax a line carries: seller's registrations, buyer's country and VAT number decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.shared.domain.money import Money

# Member states for value added tax (Directive 2006/112/EC, article 5), and Monaco, which counts as France (article 7).
EU_COUNTRIES = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MC MT NL PL PT RO SK SI ES SE".split()
)
_COUNTS_AS = {"MC": "FR"}
MILLION = 1_000_000


class VatState(StrEnum):
    """What is known of an account's VAT number."""

    NONE = "none"
    PENDING = "pending"
    VALID = "valid"
    INVALID = "invalid"


class TaxKind(StrEnum):
    """Why a line carries the tax that it carries."""

    CHARGED = "charged"  # as it was kept before the three that follow were told apart
    DOMESTIC = "domestic"
    CUSTOMER_COUNTRY = "customer_country"
    PENDING = "pending"  # as in the customer's country, until a registry confirms the number
    REVERSE_CHARGE = "reverse_charge"
    OUTSIDE_SCOPE = "outside_scope"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A named rate in millionths: 5 % is 50,000."""

    name: str
    millionths: int


@dataclass(frozen=True, slots=True)
class TaxRule:
    """The decision for an account on a day."""

    kind: TaxKind
    rate: TaxRate
    exemption: str = ""  # the document that frees from a tax that would be due

    def on(self, amount: Money) -> Money:
        """The tax on a net amount, rounded once."""
        return amount.share(self.rate.millionths, MILLION)


@dataclass(frozen=True, slots=True)
class SellerTaxes:
    """Where the seller sits, and where else it is registered for tax."""

    country: str
    registrations: frozenset[str]


NO_RATE = TaxRate("", 0)
OUTSIDE = TaxRule(TaxKind.OUTSIDE_SCOPE, NO_RATE)
REVERSE_CHARGED = TaxRule(TaxKind.REVERSE_CHARGE, NO_RATE)
# A tax is due; a rate may still be zero.
DUE = frozenset({TaxKind.CHARGED, TaxKind.DOMESTIC, TaxKind.CUSTOMER_COUNTRY, TaxKind.PENDING})


def decide(
    seller: SellerTaxes,
    country: str,
    vat: VatState,
    rates: Mapping[str, TaxRate],
    *,
    exemption: str | None = None,
) -> TaxRule:
    """The tax rule for a buyer in a country; an exemption that our staff have checked frees from a tax that is due.

    `rates` holds the standard rate of each country on the day, `exemption` the document that staff have seen. A number
    that no registry confirmed yet counts as none, so that tax is charged; its later confirmation is corrected by a
    credit note.

    Raises:
        KeyError: tax is due in a country whose rate is unknown.
    """
    rule = _by_place(seller, country, vat, rates)
    if exemption is None or rule.kind not in DUE:
        return rule
    return TaxRule(TaxKind.EXEMPT, NO_RATE, exemption)


def _by_place(seller: SellerTaxes, country: str, vat: VatState, rates: Mapping[str, TaxRate]) -> TaxRule:
    place, home = _COUNTS_AS.get(country, country), _COUNTS_AS.get(seller.country, seller.country)
    if place == home:
        return TaxRule(TaxKind.DOMESTIC, rates[country])
    if place in EU_COUNTRIES and home in EU_COUNTRIES:
        if vat is VatState.VALID:
            return REVERSE_CHARGED
        unsure = vat is VatState.PENDING
        return TaxRule(TaxKind.PENDING if unsure else TaxKind.CUSTOMER_COUNTRY, rates[country])
    if place in seller.registrations:
        return TaxRule(TaxKind.CUSTOMER_COUNTRY, rates[country])
    return OUTSIDE


def reverse_charged(seller_country: str, buyer_country: str) -> bool:
    """Whether a document without tax between these countries is without it because the buyer accounts for it."""
    place, home = (_COUNTS_AS.get(one, one) for one in (buyer_country, seller_country))
    return place != home and place in EU_COUNTRIES and home in EU_COUNTRIES
