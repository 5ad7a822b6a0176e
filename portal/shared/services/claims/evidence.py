"""Which account a claim is about, and which of what was shown fits. Nothing of it is kept but yes or no."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.payment_methods import MethodKind
from portal.shared.domain.people.claims import Evidence, domain_of, same_amount, same_name, same_number
from portal.shared.records.accounts import Account
from portal.shared.records.invoice_reading import invoice_named
from portal.shared.records.payments import methods_of
from portal.shared.records.people import Membership, Person

# An account is taken for the one that is meant only when something more than the domain fits.
_NAMES_THE_ACCOUNT = (Evidence.INVOICE, Evidence.VAT_NUMBER, Evidence.CARD, Evidence.REGISTRATION)


@dataclass(frozen=True, slots=True)
class Told:
    """What a claimant writes: who they are, and what they can show; what is empty was not shown."""

    name: str
    email: str
    language: str
    organisation: str
    statement: str
    invoice: str = ""
    amount: str = ""
    card: str = ""
    vat_number: str = ""
    registration: str = ""


def account_meant(session: Session, told: Told) -> int | None:
    """The one account that somebody with this address can be meant to speak of; none when there is doubt."""
    domain = domain_of(told.email)
    if domain is None:
        return None
    question = (
        sa.select(Account.id)
        .join(Membership, Membership.account_id == Account.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.email.endswith(f"@{domain}", autoescape=True))
        .order_by(Account.id)
        .distinct()
    )
    fitting = [
        one
        for one in session.scalars(question)
        if any(matched(session, one, told).get(kind, False) for kind in _NAMES_THE_ACCOUNT)
    ]
    return fitting[0] if len(fitting) == 1 else None


def matched(session: Session, account_id: int | None, told: Told) -> dict[Evidence, bool]:
    """Which of what was shown fits the account; what was not shown is not in it. No account: nothing fits."""
    shown = {
        Evidence.INVOICE: told.invoice,
        Evidence.CARD: told.card,
        Evidence.VAT_NUMBER: told.vat_number,
        Evidence.REGISTRATION: told.registration,
        Evidence.DOMAIN: told.email,
    }
    account = session.get(Account, account_id) if account_id is not None else None
    fits = {} if account is None else _fits(session, account, told)
    return {kind: fits.get(kind, False) for kind, text in shown.items() if text.strip()}


def _fits(session: Session, account: Account, told: Told) -> dict[Evidence, bool]:
    invoice = invoice_named(session, account.id, told.invoice.strip()) if told.invoice.strip() else None
    cards = {one.last4 for one in methods_of(session, account.id) if one.kind == MethodKind.CARD}
    return {
        Evidence.INVOICE: invoice is not None and same_amount(told.amount, invoice.total_minor),
        Evidence.CARD: told.card.strip() in cards,
        Evidence.VAT_NUMBER: same_number(told.vat_number, account.vat_number),
        Evidence.REGISTRATION: same_name(told.registration, f"{account.name}, {account.city}")
        or same_name(told.registration, account.name),
        Evidence.DOMAIN: _at_the_domain(session, account.id, told.email),
    }


def _at_the_domain(session: Session, account_id: int, email: str) -> bool:
    domain = domain_of(email)
    if domain is None:
        return False
    question = sa.select(
        sa.exists().where(
            Membership.account_id == account_id,
            Membership.person_id == Person.id,
            Person.email.endswith(f"@{domain}", autoescape=True),
        )
    )
    return bool(session.scalar(question))
