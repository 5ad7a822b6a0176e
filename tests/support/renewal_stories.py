"""Accounts of every kind whose periods end, by chance: plain ones, and ones with something to be looked at."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.money import Money
from portal.shared.domain.taxes import VatState
from portal.shared.records.accounts import Account
from portal.shared.records.invoice_recipients import InvoiceRecipient
from portal.shared.records.people import Person
from portal.shared.records.planned_changes import PlannedChange
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.records.tax_exemptions import TaxExemption
from portal.shared.records.webhooks import WebhookEndpoint
from tests.support import factories
from tests.support.factories import NOW, Catalogue

# The day that the stories lead to: what began on 1 March has ended.
DAY = date(2026, 4, 1)

_PLACES: tuple[Mapping[str, Any], ...] = (
    {"country": "PT", "currency": "EUR"},
    {"country": "DE", "currency": "EUR", "time_zone": "Europe/Berlin"},
    {"country": "ES", "currency": "EUR", "vat_state": VatState.VALID},
    {"country": "ES", "currency": "EUR", "vat_state": VatState.PENDING},
    {"country": "US", "currency": "USD", "time_zone": "America/New_York"},
    {"country": "BR", "currency": "BRL", "time_zone": "America/Sao_Paulo"},
    {"country": "JP", "currency": "JPY", "time_zone": "Asia/Tokyo"},
)


@dataclass(frozen=True, slots=True)
class _Here:
    """What a story works on."""

    session: Session
    account: Account
    rows: list[SubscriptionRow]
    person: Person
    catalogue: Catalogue

    def first(self) -> SubscriptionRow:
        return self.rows[0]


def _balance(here: _Here) -> None:
    factories.grant(here.session, here.account, Money(7000, here.account.currency))


def _planned(here: _Here) -> None:
    row = PlannedChange(
        account_id=here.account.id,
        subscription_id=here.first().id,
        seats=9,
        from_day=DAY,
        planned_by=here.person.id,
        planned_at=NOW,
    )
    here.session.add(row)


def _cancelled(here: _Here) -> None:
    here.first().pending_cancellation = True


def _past_due(here: _Here) -> None:
    for row in here.rows:
        row.past_due_since = row.period_start


def _one_of_two_past_due(here: _Here) -> None:
    here.first().past_due_since = here.first().period_start
    factories.a_monthly_subscription(here.session, here.account, here.catalogue.basic)


def _past_due_and_another_day(here: _Here) -> None:
    _past_due(here)
    _another_day(here)


def _past_due_before_another_day(here: _Here) -> None:
    _past_due(here)
    factories.a_monthly_subscription(here.session, here.account, here.catalogue.basic, began=date(2026, 3, 2))


def _past_due_with_a_later_one(here: _Here) -> None:
    _past_due(here)
    _with_a_later_one(here)


def _two_months_behind(here: _Here) -> None:
    row = here.first()
    row.anchor = row.period_start = date(2026, 1, 15)
    row.period_end = date(2026, 2, 15)


def _another_day(here: _Here) -> None:
    factories.a_monthly_subscription(
        here.session, here.account, here.catalogue.basic, began=date(2026, 2, 28)
    )


def _exempt(here: _Here) -> None:
    row = TaxExemption(
        account_id=here.account.id,
        document="EX-1",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        added_by=here.person.id,
        added_at=NOW,
    )
    here.session.add(row)


def _purchase_order(here: _Here) -> None:
    here.account.type, here.account.invoice_terms_days = "corporate", 30
    factories.a_purchase_order(here.session, here.account)


def _expired(here: _Here) -> None:
    here.account.expired_on = date(2026, 3, 30)


UNUSUAL: tuple[Callable[[_Here], None], ...] = (
    _balance,
    _planned,
    _cancelled,
    _one_of_two_past_due,
    _past_due_and_another_day,
    _two_months_behind,
    _another_day,
    _exempt,
    _purchase_order,
    _expired,
)


def _corporate(here: _Here) -> None:
    here.account.type, here.account.invoice_terms_days = "corporate", 30
    second = factories.a_contact(here.session, here.account)
    second.language = "pt_BR"
    gone = factories.a_contact(here.session, here.account)
    gone.disabled_at = NOW
    for email in ("books@example.org", second.email):
        here.session.add(
            InvoiceRecipient(account_id=here.account.id, name="Books", email=email, added_at=NOW)
        )


def _by_invoice(here: _Here) -> None:
    here.account.invoice_terms_days = 14


def _corporate_by_card(here: _Here) -> None:
    here.account.type = "corporate"


def _with_an_ended_one(here: _Here) -> None:
    row = factories.a_monthly_subscription(here.session, here.account, here.catalogue.basic)
    row.ended_on = date(2026, 3, 20)


def _with_a_trial(here: _Here) -> None:
    factories.a_trial(here.session, here.account, here.catalogue.pro)


def _with_a_later_one(here: _Here) -> None:
    factories.an_annual_subscription(here.session, here.account, here.catalogue.premium)


def _with_a_term(here: _Here) -> None:
    here.first().contract_end = date(2027, 3, 1)


def _listened_to(here: _Here) -> None:
    row = WebhookEndpoint(
        account_id=here.account.id, url="https://example.org/hook", events=[], salt="salt", created_at=NOW
    )
    here.session.add(row)


def _odd_words(here: _Here) -> None:
    here.account.name, here.account.city = 'Café "Ö" & Söhne\\ 100 %s\n', "東京\t{0}"


def _nothing_special(here: _Here) -> None:
    pass


PLAIN: tuple[Callable[[_Here], None], ...] = (
    _nothing_special,
    _odd_words,
    _corporate,
    _by_invoice,
    _corporate_by_card,
    _with_an_ended_one,
    _with_a_trial,
    _with_a_later_one,
    _with_a_term,
    _listened_to,
)


# All that is due first was not paid for last time: they wait, whichever way.
WAITING: tuple[Callable[[_Here], None], ...] = (
    _past_due,
    _past_due_with_a_later_one,
    _past_due_before_another_day,
)


def furnish(session: Session, catalogue: Catalogue, chance: random.Random) -> tuple[list[int], list[int]]:
    """An account for every story, in any order, each somewhere; gives the plain ones and the others that renew."""
    plain: list[int] = []
    others: list[int] = []
    waiting: list[int] = []
    stories = [
        (one, kept) for kind, kept in ((PLAIN, plain), (UNUSUAL, others), (WAITING, waiting)) for one in kind
    ]
    chance.shuffle(stories)
    for story, kept in stories:
        account = factories.an_online_account(session, **chance.choice(_PLACES))
        person = factories.a_contact(session, account)
        plans = chance.sample([catalogue.standard, catalogue.plus, catalogue.basic], chance.randint(1, 2))
        rows = [
            factories.a_monthly_subscription(session, account, plan, seats=chance.randint(1, 40))
            for plan in plans
        ]
        story(_Here(session, account, rows, person, catalogue))
        kept.append(account.id)
    # Not due yet, and due only where it is tomorrow already.
    for began in (DAY - timedelta(days=3), DAY - timedelta(days=20)):
        account = factories.an_online_account(session)
        factories.a_monthly_subscription(session, account, catalogue.standard, began=began)
    factories.a_price(session, catalogue.plus, Frequency.MONTHLY, 3900, valid_from=date(2026, 3, 20))
    if chance.random() < 0.5:
        session.add(
            WebhookEndpoint(
                product="meet",
                account_id=None,
                url="https://example.org/seller",
                events=[],
                salt="salt",
                created_at=NOW,
            )
        )
    session.flush()
    return plain, others
