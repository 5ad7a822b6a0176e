"""What people are told before it happens: a trial that ends, a card or an exemption that expires. Each is said once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.expiring_cards import NOTICE_DAYS, last_good_day, notice
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.database import Database
from portal.shared.records.outbox import mail_exists
from portal.shared.records.payments import PaymentMethod
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.records.tax_exemptions import (
    EXEMPTION_NOTICE_DAYS,
    accounts_with_exemptions_ending,
    exemptions_between,
)
from portal.shared.services import accounts, activity, notifications
from portal.shared.services.people import contacts as people

# Days before the end of a trial on which the billing contacts are told.
TRIAL_NOTICE_DAYS = 3
# What ended longer ago than this is no news any more, for example when no worker ran.
LATE_DAYS = 3


@dataclass(frozen=True, slots=True)
class _Reminder:
    """A mail to the billing contacts, and the words that make it the only one of its kind."""

    kind: str
    key: str
    payload: dict[str, Any]


def remind(database: Database, now: datetime) -> int:
    """Write every mail that is due, account by account, and say how many these were. Repeating it is harmless."""
    with database.read() as session:
        found = sorted(
            {*_with_trials(session, now), *_with_cards(session, now), *_with_exemptions(session, now)}
        )
        waiting = [number for number in found if _due(session, session.get_one(Account, number), now)]
    return sum(_remind_account(database, number, now) for number in waiting)


def _remind_account(database: Database, account_id: int, now: datetime) -> int:
    with database.write() as session:
        account = lock_account(session, account_id)
        due = _due(session, account, now)
        for one, reader in due:
            payload = {"name": reader.name, "account": account.name, **one.payload}
            notifications.enqueue_mail(
                session,
                one.kind,
                reader.email,
                reader.language,
                payload,
                f"{one.key}:{reader.person_id}",
                now,
            )
        for key in sorted({one.key for one, _ in due}):
            activity.record(session, account_id, None, "reminded", {"of": key}, now)
        return len(due)


def _due(session: Session, account: Account, now: datetime) -> list[tuple[_Reminder, people.Recipient]]:
    """What is to be said today, each with who was not told yet."""
    today = accounts.today(account, now)
    readers = people.billing_contacts(session, account.id, account.language)
    reminders = [
        *_trials(session, account.id, today),
        *_cards(session, account.id, today),
        *_exemptions(session, account.id, today),
    ]
    return [
        (one, reader)
        for one in reminders
        for reader in readers
        if not mail_exists(session, f"{one.key}:{reader.person_id}")
    ]


def _trials(session: Session, account_id: int, today: date) -> Iterator[_Reminder]:
    question = sa.select(SubscriptionRow).where(
        SubscriptionRow.account_id == account_id,
        SubscriptionRow.frequency.is_(None),
        SubscriptionRow.ended_on.is_(None),
        SubscriptionRow.trial_end.is_not(None),
    )
    for row in session.scalars(question.order_by(SubscriptionRow.id)):
        assert row.trial_end is not None, "the question asks for it"
        left = (row.trial_end - today).days
        payload = {"product": row.product, "ends_on": row.trial_end.isoformat(), "days_left": left}
        if 0 < left <= TRIAL_NOTICE_DAYS:
            yield _Reminder("trial-ends-soon", f"trial-ends-soon:{row.id}:{row.trial_end}", payload)
        elif -LATE_DAYS <= left <= 0:
            yield _Reminder("trial-ended", f"trial-ended:{row.id}:{row.trial_end}", payload)


def _cards(session: Session, account_id: int, today: date) -> Iterator[_Reminder]:
    question = sa.select(PaymentMethod).where(
        PaymentMethod.account_id == account_id,
        PaymentMethod.is_default,
        PaymentMethod.removed_at.is_(None),
        PaymentMethod.kind == "card",
    )
    for row in session.scalars(question):
        assert row.expiry_year is not None, "a card has a last month"
        assert row.expiry_month is not None, "a card has a last month"
        last_day = last_good_day(date(row.expiry_year, row.expiry_month, 1))
        days = notice(last_day, today)
        if days is not None:
            payload = {"card": f"{row.brand} •••• {row.last4}", "last_day": last_day.isoformat()}
            yield _Reminder("card-expires", f"card-expires:{row.id}:{last_day}:{days}", payload)


def _exemptions(session: Session, account_id: int, today: date) -> Iterator[_Reminder]:
    """An exemption that ends soon, unless another one follows it without a gap."""
    soon = today + timedelta(days=EXEMPTION_NOTICE_DAYS)
    for row in exemptions_between(session, account_id, today, soon):
        after = row.valid_to + timedelta(days=1)
        if row.valid_to <= soon and not exemptions_between(session, account_id, after, after):
            payload = {"document": row.document, "last_day": row.valid_to.isoformat()}
            yield _Reminder("exemption-ends", f"exemption-ends:{row.id}", payload)


def _with_exemptions(session: Session, now: datetime) -> Sequence[int]:
    """Accounts with an exemption that may end soon, wherever on earth they live."""
    last = now.date() + timedelta(days=EXEMPTION_NOTICE_DAYS + 1)
    return accounts_with_exemptions_ending(session, now.date() - timedelta(days=1), last)


def _with_trials(session: Session, now: datetime) -> Sequence[int]:
    """Accounts that may have a trial to be told of, wherever on earth they live."""
    question = sa.select(SubscriptionRow.account_id).where(
        SubscriptionRow.frequency.is_(None),
        SubscriptionRow.trial_end.between(
            now.date() - timedelta(days=LATE_DAYS + 1), now.date() + timedelta(days=TRIAL_NOTICE_DAYS + 1)
        ),
    )
    return session.scalars(question.distinct()).all()


def _with_cards(session: Session, now: datetime) -> Sequence[int]:
    """Accounts whose default card expires in a month that is near, wherever on earth they live."""
    first, last = now.date() - timedelta(days=1), now.date() + timedelta(days=max(NOTICE_DAYS) + 1)
    month = PaymentMethod.expiry_year * 12 + PaymentMethod.expiry_month
    question = sa.select(PaymentMethod.account_id).where(
        PaymentMethod.is_default,
        PaymentMethod.kind == "card",
        PaymentMethod.expiry_year.between(first.year, last.year),
        month.between(first.year * 12 + first.month, last.year * 12 + last.month),
    )
    return session.scalars(question.distinct()).all()
