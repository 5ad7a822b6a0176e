"""Which accounts renew in the plain way, and what it charges: the same pure rules, asked once for all that are alike.

An account is plain if nothing about it needs a look of its own: no balance, no change that is planned, no purchase
order, nothing on its way, nothing cancelled or past due, one day on which all that is due begins, and a charge.
Whatever is not known here is not plain, and is renewed by itself (`renewing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.domain.money import zero
from portal.shared.domain.renewals import is_due, renews_by_contract
from portal.shared.domain.summary import OrderSummary, Standpoint
from portal.shared.domain.taxes import SellerTaxes, TaxRate, TaxRule, decide
from portal.shared.domain.terms import Offer
from portal.shared.records.catalog import mark, tax_rates
from portal.shared.services import ledger
from portal.shared.services.catalog.reading import catalog
from portal.shared.services.invoices import issuing
from portal.shared.services.renewals.pricing import priced
from portal.shared.services.subscriptions.standing import as_value

MOST_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Plain:
    """What the periods of an account charge, whoever it is: only numbers are missing.

    `due` are the places of the subscriptions that renew among all of the account, in their order; everything else is
    as it goes into the books, so that it is made once for all accounts that are alike.
    """

    due: tuple[int, ...]
    summary: OrderSummary
    figures: Mapping[str, Any]
    lines: tuple[tuple[Any, ...], ...]
    moved: ledger.Moved


class Standstill:
    """Nothing of the account is due where it lives, or all that is due first was not paid for last time."""


class Unusual:
    """Something about the account is to be looked at."""


Decision = Plain | Standstill | Unusual
STANDSTILL, UNUSUAL = Standstill(), Unusual()


@dataclass(slots=True)
class Known:
    """What was decided before, by everything that it depends on; kept over the chunks of a run."""

    decisions: dict[Any, Decision] = field(default_factory=dict)


class Rules:
    """Prices and taxes as they stand in this transaction, each asked for once, and what follows from them."""

    def __init__(self, session: Session, seller: SellerTaxes, known: Known) -> None:
        """Begin with what was decided before by the same catalogue."""
        self._session, self._seller, self._mark = session, seller, mark(session)
        self._known = known.decisions if self._mark is not None else {}
        if len(self._known) > MOST_KEPT:
            self._known.clear()
        self._offers: dict[tuple[str, date], Mapping[str, Offer]] = {}
        self._all_rates = tax_rates(session)
        self._rates: dict[date, Mapping[str, TaxRate]] = {}
        self._taxes: dict[tuple[Any, ...], TaxRule | None] = {}
        # In this transaction nothing changes that a decision depends on but what it is asked about.
        self._just_now: dict[tuple[Any, ...], Decision] = {}

    def decide(self, account: Any, rows: Sequence[Any], today: date) -> Decision:
        """What becomes of an account with these subscriptions on a day; both are plain rows of the books."""
        # All of a subscription but whose it is, and its number.
        alike = tuple([row[2:] for row in rows])
        of = (account.type, account.currency, account.country, account.vat_state, today, alike)
        found = self._just_now.get(of)
        if found is None:
            found = self._just_now[of] = self._decided_before(account, rows, today, alike)
        return found

    def _decided_before(self, account: Any, rows: Sequence[Any], today: date, alike: Any) -> Decision:
        day = min((row.period_end for row in rows if row.ended_on is None and row.period_end), default=today)
        tax = self._tax(account, day)
        key = (self._mark, account.type, account.currency, today, tax, alike)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._decided(account, rows, today, day, tax)
        return found

    def _decided(
        self, account: Any, rows: Sequence[Any], today: date, day: date, tax: TaxRule | None
    ) -> Decision:
        going_on = [row for row in rows if row.ended_on is None]
        if any(row.pending_cancellation for row in going_on):
            return UNUSUAL
        values = [as_value(row, account.currency) for row in rows]
        due = [place for place, value in enumerate(values) if value.ended_on is None and is_due(value, today)]
        if any(row.past_due_since is not None for row in going_on):
            return STANDSTILL if _waits_for_money([rows[place] for place in due]) else UNUSUAL
        if not due:
            return STANDSTILL
        offers = self._offers_of(account.currency, day)
        if (
            tax is None
            or any(rows[place].period_end != day for place in due)
            or any(rows[place].anchor is None or rows[place].product not in offers for place in due)
        ):
            return UNUSUAL
        standpoint = Standpoint(account_id=0, today=day, balance=zero(account.currency), tax=tax, unpaid={})
        due_values = [(values[place], rows[place].anchor) for place in due]
        found = priced(standpoint, due_values, offers, renews_by_contract(account.type), {}, {}).summary
        behind = any(item.period.end <= today for item in found.items)
        if behind or found.total.minor <= 0 or found.total_due != found.total:
            return UNUSUAL
        return Plain(
            tuple(due),
            found,
            issuing.figures(found),
            tuple(tuple(issuing.told_by(line).values()) for line in found.lines),
            ledger.in_balance(issuing.PERIOD_BILLED, issuing.billed(found)),
        )

    def _offers_of(self, currency: str, day: date) -> Mapping[str, Offer]:
        if (currency, day) not in self._offers:
            self._offers[currency, day] = catalog(self._session, currency, day).offers
        return self._offers[currency, day]

    def _tax(self, account: Any, day: date) -> TaxRule | None:
        """The tax rule of an account without an exemption on a day; none where its rate is not known."""
        key = (account.country, account.vat_state, day)
        if key not in self._taxes:
            if day not in self._rates:
                # The last one that began holds, as `tax_rate_on` has it.
                self._rates[day] = {
                    row.country: TaxRate(row.name, row.millionths)
                    for row in self._all_rates
                    if row.valid_from <= day
                }
            try:
                self._taxes[key] = decide(self._seller, account.country, account.vat_state, self._rates[day])
            except KeyError:
                self._taxes[key] = None
        return self._taxes[key]


def _waits_for_money(due: Sequence[Any]) -> bool:
    """Whether all that is due on the first day waits to be paid, or to end with its grace; nothing goes on before."""
    first = min((row.period_end for row in due), default=None)
    return bool(due) and all(row.past_due_since is not None for row in due if row.period_end == first)
