"""What an electronic invoice says, as plain values: EN 16931 names its terms BT-1, BT-2 and so on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from portal.shared.domain.calendar import Period
from portal.shared.domain.money import Money, exponent
from portal.shared.domain.taxes import DUE, EU_COUNTRIES, TaxKind

# Monaco's numbers are French ones, Greece writes EL (Directive 2006/112/EC, article 215).
_PREFIXES = {"MC": "FR", "GR": "EL"}
_FRENCH_DIGITS = 11


class Category(StrEnum):
    """Why a line carries its tax (BT-151)."""

    CHARGED = "S"
    ZERO_RATED = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    OUTSIDE = "O"


@dataclass(frozen=True, slots=True)
class Party:
    """A seller or a buyer; `vat_number` with its country, `number` any other one it is known by."""

    name: str
    country: str
    street: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    region: str = ""
    vat_number: str = ""
    number: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line. Amount and tax have the sign that the payer sees: what is given back is negative."""

    name: str
    detail: str
    seats: int
    unit: Money
    amount: Money
    tax: Money
    service: Period
    category: Category
    millionths: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """Where money is sent to, and what has to stand on it (BG-17)."""

    beneficiary: str
    reference: str
    iban: str = ""
    account: str = ""
    bic: str = ""


@dataclass(frozen=True, slots=True)
class EInvoice:
    """A document as issued. `total` and `paid` with the sign that the payer sees.

    `preceding` names the documents it corrects, `terms` says how it is paid, `reasons` why a category carries no
    tax, `other_tax` names a tax that is no VAT.
    """

    number: str
    is_credit_note: bool
    issued_on: date
    due_on: date
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    total: Money
    paid: Money
    other_tax: str
    reasons: dict[Category, str]
    notes: tuple[str, ...] = ()
    terms: str = ""
    purchase_order: str = ""
    preceding: tuple[str, ...] = ()
    transfer: Transfer | None = None
    card: str = ""  # its last four digits


def is_expected(seller_country: str, seller_number: str, currency: str) -> bool:
    """Whether documents of this seller carry an e-invoice.

    The seller sits in the European Union and has a number for VAT; the amounts fit: EN 16931 knows two decimals.
    """
    return seller_country in EU_COUNTRIES and bool(seller_number.strip()) and exponent(currency) <= 2


def vat_identifier(country: str, number: str) -> str:
    """A VAT number with the country it begins with (BT-31, BT-48); nothing for countries without VAT of the Union."""
    plain = "".join(one for one in number.upper() if one.isascii() and one.isalnum())
    if not plain or country not in EU_COUNTRIES:
        return ""
    prefix = _PREFIXES.get(country, country)
    # A French number of full length may begin with FR by chance.
    has_it = plain.startswith(prefix) and not (prefix == "FR" and len(plain) == _FRENCH_DIGITS)
    return plain if has_it else prefix + plain


def category_of(buyer: Party, kind: TaxKind, millionths: int) -> Category:
    """The category of a line. A tax of a country outside the Union is no VAT, whatever its name."""
    if buyer.country not in EU_COUNTRIES or kind is TaxKind.OUTSIDE_SCOPE:
        return Category.OUTSIDE
    if kind is TaxKind.REVERSE_CHARGE and buyer.vat_number:
        return Category.REVERSE_CHARGE
    if kind in DUE:
        return Category.CHARGED if millionths else Category.ZERO_RATED
    return Category.EXEMPT  # and reverse charge where the number was taken away since (BR-AE-03)


def beside_each_other(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines in categories that one document can hold.

    What is outside the scope may stand beside nothing else (BR-O-11): where it has to, because the buyer has moved, it
    is said as exempt.
    """
    if {line.category for line in lines} <= {Category.OUTSIDE}:
        return lines
    return tuple(
        replace(line, category=Category.EXEMPT) if line.category is Category.OUTSIDE else line
        for line in lines
    )
