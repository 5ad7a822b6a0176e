"""Credit notes by our own people: what one would do is shown first, and done as it was shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.shared.domain.credit_notes import (
    LONGEST_REASON,
    Allowance,
    CreditLimits,
    CreditProblem,
    correction,
)
from portal.shared.domain.money import Money
from portal.shared.domain.requests import RequestEvent
from portal.shared.domain.summary import OrderSummary, Standpoint
from portal.shared.domain.taxes import TaxRule
from portal.shared.domain.wishes import Dispute, from_plain
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.corrections import corrected_minor, is_written_off
from portal.shared.records.invoices import (
    Invoice,
    LineOnTheBooks,
    charged_lines_of,
    invoice_named,
    unpaid_amounts,
)
from portal.shared.records.on_its_way import charge_on_its_way
from portal.shared.services import accounts, activity, ledger
from portal.shared.services.corrections import pressing
from portal.shared.services.corrections.pressing import KeyReused, Press, Repeated
from portal.shared.services.desk import Staff
from portal.shared.services.invoice_payments.matching import account_at_desk
from portal.shared.services.invoices import issuing as invoicing
from portal.shared.services.orders.pricing import open_line
from portal.shared.services.payments import past_due
from portal.shared.services.requests.answering import answered
from portal.shared.services.requests.moving import for_staff


class Trouble(StrEnum):
    """Why no credit note can be written; nothing was."""

    NOTHING = "nothing"
    MORE_THAN_REST = "more_than_rest"
    NOT_AN_INVOICE = "not_an_invoice"
    WRITTEN_OFF = "written_off"
    ON_ITS_WAY = "on_its_way"
    REASON_MISSING = "reason_missing"
    REASON_TOO_LONG = "reason_too_long"
    BEYOND_LIMIT = "beyond_limit"


@dataclass(frozen=True, slots=True)
class CreditableLine:
    """A charged line and what is left of it, before tax and of the tax."""

    line: LineOnTheBooks
    amount: Money
    rest: Money


@dataclass(frozen=True, slots=True)
class Creditable:
    """An invoice as it can be corrected. `limit` is what is left of the limit of who asks; none: there is none."""

    name: str
    is_invoice: bool
    is_written_off: bool
    total: Money
    open: Money
    lines: tuple[CreditableLine, ...]
    limit: Money | None


@dataclass(frozen=True, slots=True)
class CreditWish:
    """Which lines are lowered by how much (before tax), and the reason the customer reads; from which press it came."""

    invoice: str
    amounts: Mapping[int, Money]
    reason: str
    press: Press | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What the credit note would do."""

    summary: OrderSummary
    lowers: Money
    kept: Money
    digest: str


@dataclass(frozen=True, slots=True)
class Written:
    """The credit note is in the books."""

    name: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What it does has changed since it was shown; nothing was written."""

    now: Plan


@dataclass(frozen=True, slots=True)
class DisputeAnswer:
    """The dispute that is carried out with the credit note, in the same transaction.

    `seen` is the last step of it that was looked at.
    """

    request_id: int
    text: str
    seen: int | None


def creditable(
    session: Session, staff: Staff, account_id: int, name: str, limits: CreditLimits
) -> Creditable | None:
    """A document of an account as it can be corrected; another account's is none.

    Raises:
        LookupError: the account is not theirs to work on.
    """
    account = account_at_desk(session, staff, account_id)
    invoice = invoice_named(session, account_id, name)
    if invoice is None:
        return None
    limit = limits.of(staff.role, account.currency)
    if limit is not None:
        used = corrected_minor(session, account_id, invoice.id)
        limit = Money(max(0, limit.minor - used), account.currency)
    rest = unpaid_amounts(session, account_id).get(invoice.id, 0)
    return Creditable(
        name=invoice.name,
        is_invoice=invoice.kind == "invoice",
        is_written_off=is_written_off(session, account_id, invoice.id),
        total=Money(invoice.total_minor, invoice.currency),
        open=Money(rest, invoice.currency),
        lines=tuple(
            CreditableLine(
                one,
                Money(one.line.amount_minor, invoice.currency),
                Money(one.line.amount_minor - one.credited_minor, invoice.currency),
            )
            for one in charged_lines_of(session, account_id, invoice.id)
        ),
        limit=limit,
    )


def plan(
    session: Session, staff: Staff, account_id: int, wish: CreditWish, limits: CreditLimits, now: datetime
) -> Plan | Trouble:
    """What a credit note would do; the very rules that writing it goes by.

    Raises:
        LookupError: the account is not theirs to work on, or has no such invoice.
    """
    account = account_at_desk(session, staff, account_id)
    return _plan(session, staff, account, _invoice(session, account, wish), wish, limits, now)


def write(
    session: Session,
    staff: Staff,
    account_id: int,
    wish: CreditWish,
    limits: CreditLimits,
    digest: str,
    now: datetime,
    answers: DisputeAnswer | None = None,
) -> Written | Moved | Trouble | Repeated | KeyReused:
    """Write the credit note as it was shown, once a press, and answer the dispute that asked for it.

    Raises:
        LookupError: the account is not theirs to work on, or has no such invoice; the dispute is of another one.
        AlreadyAnsweredError, TakenByColleagueError, ChangedMeanwhileError: something happened to the dispute.
    """
    account = lock_account(session, account_at_desk(session, staff, account_id).id)
    known = pressing.seen_before(session, account.id, wish.press)
    if known is not None:
        return known
    invoice = _invoice(session, account, wish)
    planned = _plan(session, staff, account, invoice, wish, limits, now)
    if isinstance(planned, Trouble):
        return planned
    if planned.digest != digest:
        return Moved(planned)
    pressing.keep(session, account.id, wish.press, now)
    note = invoicing.correct(session, account, planned.summary, invoice, wish.reason.strip(), now)
    past_due.clear(session, account, now)
    detail = {"name": note.name, "invoice": invoice.name, "total": -note.total_minor, "reason": wish.reason}
    activity.record(session, account.id, staff.person_id, "credit-note-written", detail, now)
    if answers is not None:
        _answer(session, account, invoice, note, staff, answers, now)
    return Written(note.name)


def _answer(
    session: Session,
    account: Account,
    invoice: Invoice,
    note: Invoice,
    staff: Staff,
    answers: DisputeAnswer,
    now: datetime,
) -> None:
    request, _ = for_staff(session, answers.request_id, staff.person_id, answers.seen)
    wanted = from_plain(request.kind, request.wanted, request.subscription_id)
    if request.account_id != account.id or not isinstance(wanted, Dispute) or wanted.invoice != invoice.name:
        raise LookupError(answers.request_id)
    told = {"credit_note": note.name}
    answered(session, request, account, RequestEvent.CARRY_OUT, staff.person_id, answers.text, now, told)


def _invoice(session: Session, account: Account, wish: CreditWish) -> Invoice:
    invoice = invoice_named(session, account.id, wish.invoice)
    if invoice is None:
        raise LookupError(wish.invoice)
    return invoice


def _plan(
    session: Session,
    staff: Staff,
    account: Account,
    invoice: Invoice,
    wish: CreditWish,
    limits: CreditLimits,
    now: datetime,
) -> Plan | Trouble:
    trouble = _trouble(session, account, invoice, wish)
    if trouble is not None:
        return trouble
    allowances = _allowances(account, charged_lines_of(session, account.id, invoice.id), wish)
    if isinstance(allowances, Trouble):
        return allowances
    unpaid = unpaid_amounts(session, account.id)
    taxed = max((one.line for one in allowances), key=lambda one: one.tax_rate.millionths)
    standpoint = Standpoint(
        account_id=account.id,
        today=accounts.today(account, now),
        balance=ledger.balance(session, account.id, account.currency),
        tax=TaxRule(taxed.tax_kind, taxed.tax_rate, taxed.exemption),
        unpaid={key: Money(rest, account.currency) for key, rest in unpaid.items()},
    )
    summary = correction(standpoint, allowances)
    used = Money(corrected_minor(session, account.id, invoice.id), account.currency)
    if not limits.allow(staff.role, used - summary.total):
        return Trouble.BEYOND_LIMIT
    # Two notes can look alike: the number of the last document tells one that was written from one that was not.
    told = [summary.digest, invoice.name, wish.reason.strip(), account.last_invoice_number]
    lowers = sum((one.amount for one in summary.reliefs), Money(0, account.currency))
    kept = summary.balance_after - summary.balance_before
    return Plan(summary, lowers, kept, hashlib.sha256(json.dumps(told).encode()).hexdigest())


def _trouble(session: Session, account: Account, invoice: Invoice, wish: CreditWish) -> Trouble | None:
    if invoice.kind != "invoice":
        return Trouble.NOT_AN_INVOICE
    if is_written_off(session, account.id, invoice.id):
        return Trouble.WRITTEN_OFF
    if not wish.reason.strip():
        return Trouble.REASON_MISSING
    if len(wish.reason.strip()) > LONGEST_REASON:
        return Trouble.REASON_TOO_LONG
    if charge_on_its_way(session, account.id):
        return Trouble.ON_ITS_WAY  # it counts with what is open, and with the balance, as they are now
    return None


def _allowances(
    account: Account, lines: Sequence[LineOnTheBooks], wish: CreditWish
) -> list[Allowance] | Trouble:
    known = {one.line.id: one for one in lines}
    if not wish.amounts.keys() <= known.keys():
        return Trouble.MORE_THAN_REST
    found = []
    for line_id in sorted(wish.amounts):
        entry, amount = known[line_id], wish.amounts[line_id]
        one = Allowance(
            entry.line.subscription_id, entry.line.product, open_line(account.currency, entry), amount
        )
        if one.problem is CreditProblem.MORE_THAN_REST:
            return Trouble.MORE_THAN_REST
        if one.problem is None:
            found.append(one)
    return found or Trouble.NOTHING
