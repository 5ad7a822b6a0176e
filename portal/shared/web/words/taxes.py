"""Why a tax is charged or not, in words: the same on pages, documents and e-invoices."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.summary import LineKind, SummaryLine
from portal.shared.domain.taxes import TaxKind
from portal.shared.services.taxes.exemptions import Exemption
from portal.shared.web.display import format_long_date, language

_WHY: dict[TaxKind, LazyString] = {
    TaxKind.REVERSE_CHARGE: lazy_gettext("Reverse charge: you account for the VAT yourself."),
    TaxKind.OUTSIDE_SCOPE: lazy_gettext("Outside the scope of VAT."),
}


_SHORT: dict[TaxKind, LazyString] = {
    TaxKind.REVERSE_CHARGE: lazy_gettext("Reverse charge"),
    TaxKind.OUTSIDE_SCOPE: lazy_gettext("Outside the scope of VAT"),
    TaxKind.EXEMPT: lazy_gettext("Exempt from tax"),
}


def untaxed(kind: TaxKind) -> str:
    """The name of a row without tax in a table of taxes; nothing for a kind that is taxed."""
    return str(_SHORT.get(kind, ""))


def exempt(document: str) -> str:
    """That somebody is exempt, by a document where it is known."""
    if not document:
        return str(gettext("Exempt from tax."))
    return str(gettext("Exempt from tax, by the document %(document)s.", document=document))


def exempt_until(exemption: Exemption | None) -> str:
    """That the account at hand is exempt today, and until when; nothing where it is not."""
    if exemption is None:
        return ""
    return str(
        gettext(
            "Exempt from tax until %(day)s, by the document %(document)s",
            day=format_long_date(exemption.valid_to, language()),
            document=exemption.document,
        )
    )


def why_untaxed(line: SummaryLine) -> str:
    """Why a line carries no tax; nothing where it does."""
    if line.tax_kind is TaxKind.EXEMPT:
        return exempt(line.exemption)
    return str(_WHY.get(line.tax_kind, ""))


def notes(lines: Iterable[SummaryLine]) -> list[str]:
    """What a reader of a document has to know of its taxes: each reason once.

    Sales outside the scope need no sentence on paper, and get none.
    """
    found = []
    for line in lines:
        if line.tax_kind in (TaxKind.REVERSE_CHARGE, TaxKind.EXEMPT):
            found.append(why_untaxed(line))
        elif line.tax_kind is TaxKind.PENDING and line.kind is LineKind.CHARGE:
            found.append(
                str(
                    gettext(
                        "Your VAT number was not confirmed yet, so VAT is charged. Once the tax registry confirms the "
                        "number, the VAT is given back by itself."
                    )
                )
            )
    return list(dict.fromkeys(found))
