"""What the desk knows of an account's taxes: its number, what registries said of it, and its exemptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.shared.domain.taxes import VatState
from portal.shared.records.accounts import account_by_id
from portal.shared.records.vat_checks import vat_checks_of
from portal.shared.services import accounts
from portal.shared.services.taxes import exemptions as tax_exemptions
from portal.shared.services.taxes.exemptions import Exemption

MOST_CHECKS = 20


@dataclass(frozen=True, slots=True)
class Consultation:
    """One answer of a registry; `reference` proves it, where there is one."""

    number: str
    state: str
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TaxFile:
    """An account's taxes. `next_check_at` tells when a registry that was silent is asked again."""

    vat_number: str
    vat_state: VatState
    next_check_at: datetime | None
    consultations: tuple[Consultation, ...]
    exemptions: tuple[Exemption, ...]
    today: date


def tax_file(session: Session, account_id: int, now: datetime) -> TaxFile:
    """Everything of one account, the newest first.

    Raises:
        UnknownAccountError: there is no such account.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise accounts.UnknownAccountError(account_id)
    pending = account.vat_state is VatState.PENDING
    return TaxFile(
        vat_number=account.vat_number,
        vat_state=account.vat_state,
        next_check_at=account.vat_next_check_at if pending else None,
        consultations=tuple(
            Consultation(row.number, row.state, row.reference, row.at)
            for row in vat_checks_of(session, account_id)[:MOST_CHECKS]
        ),
        exemptions=tuple(tax_exemptions.of_account(session, account_id)),
        today=accounts.today(account, now),
    )
