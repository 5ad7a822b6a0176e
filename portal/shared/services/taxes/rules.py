"""Which tax an account pays today, and its VAT number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import stdnum
import stdnum.exceptions
import stdnum.gb.vat
import stdnum.util
from sqlalchemy.orm import Session

from portal.shared.domain.taxes import SellerTaxes, TaxRate, TaxRule, VatState, decide
from portal.shared.domain.vat_rechecks import pause_after
from portal.shared.gateways.tax_registry import RegistryAnswer, RegistryState, TaxRegistry
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.catalog import tax_rate_on
from portal.shared.records.database import Database
from portal.shared.records.tax_exemptions import exemption_on
from portal.shared.records.vat_checks import VatCheck
from portal.shared.services import activity


class VatProblem(StrEnum):
    """Why a VAT number was not taken."""

    WRONG_FORM = "wrong_form"
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    NOT_REGISTERED = "not_registered"


@dataclass(frozen=True, slots=True)
class VatResult:
    """What became of a VAT number that was entered."""

    state: VatState
    problem: VatProblem | None = None


def tax_rule(session: Session, account: Account, seller: SellerTaxes, day: date) -> TaxRule:
    """The tax rule for an account on a day."""
    rate = tax_rate_on(session, account.country, day)
    rates = {account.country: TaxRate(*rate)} if rate else {}
    exemption = exemption_on(session, account.id, day)
    document = exemption.document if exemption else None
    return decide(seller, account.country, account.vat_state, rates, exemption=document)


def compact_vat_number(country: str, text: str) -> tuple[str, VatProblem | None]:
    """The number in its one spelling, and what is wrong with it by form and check digits.

    Countries without a known form take 4 to 20 letters and digits.
    """
    country = {"MC": "FR"}.get(country, country)
    module = stdnum.gb.vat if country == "GB" else stdnum.util.get_cc_module(country.lower(), "vat")
    if module is None:
        plain = "".join(character for character in text.upper() if character not in " .-/")
        fine = plain.isascii() and plain.isalnum() and 4 <= len(plain) <= 20
        return plain, None if fine else VatProblem.WRONG_FORM
    try:
        return str(module.validate(text)), None
    except stdnum.exceptions.InvalidChecksum:
        return text.strip(), VatProblem.WRONG_CHECK_DIGIT
    except stdnum.exceptions.ValidationError:
        return text.strip(), VatProblem.WRONG_FORM


def set_vat_number(
    database: Database, registry: TaxRegistry, account_id: int, person_id: int, text: str, now: datetime
) -> VatResult:
    """Check a VAT number, ask the registry outside of any transaction, and keep it with what the registry said.

    A registry that does not answer leaves the number pending; one that does not know it refuses it. An empty text
    removes the number.
    """
    with database.read() as session:
        country = session.get_one(Account, account_id).country
    number, state, reference, consulted = "", VatState.NONE, "", None
    answer: RegistryAnswer | None = None
    if text.strip():
        number, problem = compact_vat_number(country, text)
        if problem is not None:
            return VatResult(VatState.INVALID, problem)
        answer = registry.check(country, number)
        if answer.state is RegistryState.INVALID:
            return VatResult(VatState.INVALID, VatProblem.NOT_REGISTERED)
        state = VatState.VALID if answer.state is RegistryState.VALID else VatState.PENDING
        reference, consulted = answer.reference or "", answer.consulted_at
    with database.write() as session:
        account = lock_account(session, account_id)
        before = account.vat_number
        account.vat_number, account.vat_state = number, state
        account.vat_reference, account.vat_checked_at = reference, consulted
        tries = 1 if state is VatState.PENDING else 0
        account.vat_tries, account.vat_next_check_at = tries, now + pause_after(tries) if tries else None
        if answer is not None:
            session.add(check_of(account, number, answer))
        activity.record(
            session,
            account_id,
            person_id,
            "vat-number-set",
            {"before": before, "after": number, "state": state},
            now,
        )
    return VatResult(state)


def check_of(account: Account, number: str, answer: RegistryAnswer) -> VatCheck:
    """A consultation of the registry, to be kept."""
    return VatCheck(
        account_id=account.id,
        country=account.country,
        number=number,
        state=answer.state,
        reference=answer.reference or "",
        at=answer.consulted_at,
    )
