"""What a customer writes on a transfer: a creditor reference (ISO 11649) that names an invoice, or the account.

It begins with RF and two check digits, so that a digit typed wrongly names nothing instead of somebody else's invoice.
Behind them stand the account's invoice series and a letter: `N` and the invoice's number, or `A` for the account.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum import iso11649
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

LONGEST = 21  # letters and digits behind the check digits, by the standard

_MEANING = re.compile(r"([A-Z0-9]+)(?:N([1-9][0-9]{0,8})|(A))")
_NAME = re.compile(r"\b([A-Z0-9]+)-([0-9]{6,9})\b")
_WORD = re.compile(r"[A-Z0-9]+")


@dataclass(frozen=True, slots=True, order=True)
class PaymentReference:
    """An account, by its invoice series, and one of its invoices, or none."""

    series: str
    number: int | None = None

    @property
    def text(self) -> str:
        """The reference as it is printed, in groups of four: `RF81 1001 N12`.

        Raises:
            ValueError: the series or the number does not fit.
        """
        meaning = f"{self.series}A" if self.number is None else f"{self.series}N{self.number}"
        if len(meaning) > LONGEST or not _MEANING.fullmatch(meaning):
            raise ValueError("a creditor reference cannot hold this series and number")
        check: str = mod_97_10.calc_check_digits(f"{meaning}RF")
        return str(iso11649.format(f"RF{check}{meaning}"))

    @property
    def invoice_name(self) -> str | None:
        """The name of the invoice, as documents are named."""
        return None if self.number is None else f"{self.series}-{self.number:06d}"


def reference_from_text(text: str) -> PaymentReference | None:
    """What a creditor reference names, in groups or in one piece; none where its check digits are wrong."""
    try:
        compact = str(iso11649.validate(text))
    except ValidationError:
        return None
    meaning = _MEANING.fullmatch(compact[4:]) if compact.isascii() else None
    if meaning is None:
        return None
    series, number, _account = meaning.groups()
    return PaymentReference(series, int(number) if number else None)


def references_in(text: str) -> list[PaymentReference]:
    """Everything a line of a bank statement may name: creditor references and plain names of invoices, as they come.

    What it gives need not exist; whoever asks compares it with the books.
    """
    capitals = text.upper()
    found = [
        PaymentReference(series, int(number)) for series, number in _NAME.findall(capitals) if int(number)
    ]
    return list(dict.fromkeys([*_creditor_references(capitals), *found]))


def _creditor_references(capitals: str) -> Iterator[PaymentReference]:
    """A reference may be cut into words anywhere, so the words behind an RF are joined one after the other."""
    words = _WORD.findall(capitals)
    for start, word in enumerate(words):
        if not word.startswith("RF"):
            continue
        joined = ""
        for part in words[start:]:
            joined += part
            if len(joined) > LONGEST + 4:
                break
            found = reference_from_text(joined)
            if found is not None:
                yield found
