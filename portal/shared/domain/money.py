"""Money: an integer number of minor units and a currency, and the one rounding rule of the house."""

from __future__ import annotations

from dataclasses import dataclass

# ISO 4217 minor units where they are not two (List One, amendment 176). A test compares this with CLDR.
_EXPONENTS = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(),
        0,
    ),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}


class CurrencyMismatchError(ValueError):
    """Two amounts of different currencies met in one sum."""


def exponent(currency: str) -> int:
    """How many decimals the currency has (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


def half_up(numerator: int, denominator: int) -> int:
    """The integer nearest to a fraction; a half goes away from zero (law 1).

    Raises:
        ValueError: the denominator is not positive.
    """
    if denominator <= 0:
        raise ValueError("a share needs a positive denominator")
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units (cents, yen, fils) of one currency. Never a float."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("money is a whole number of minor units")
        if len(self.currency) != 3 or not self.currency.isupper():
            raise ValueError("a currency is an ISO 4217 code of three capital letters")

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency} do not add")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> Money:
        return Money(self.minor * count, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def share(self, numerator: int, denominator: int) -> Money:
        """This amount times a fraction, rounded once, half up."""
        return Money(half_up(self.minor * numerator, denominator), self.currency)


def zero(currency: str) -> Money:
    """Nothing, in the given currency."""
    return Money(0, currency)
