"""Named questions of those who keep watch: how many of what, over all accounts, and never whose."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.order_states import OrderState
from portal.shared.records.orders import Order
from portal.shared.records.outbox import GIVEN_UP, OutboxMail
from portal.shared.records.payments import PaymentAttempt
from portal.shared.records.webhooks import WebhookDelivery, WebhookEndpoint

_UNANSWERED = (OrderState.STARTED, OrderState.CHECKING)


def orders_by_state(session: Session) -> dict[OrderState, int]:
    """How many orders stand where?"""
    question = sa.select(Order.state, sa.func.count()).group_by(Order.state)
    return dict(session.execute(question).all())


def charges_unanswered(session: Session) -> tuple[int, datetime | None]:
    """How many charges has the processor not answered, of orders and of invoices, and since when the oldest?"""
    number = 0
    oldest: list[datetime] = []
    for table in (Order, PaymentAttempt):
        question = sa.select(sa.func.count(), sa.func.min(table.created_at)).where(
            table.state.in_(_UNANSWERED)
        )
        found, first = session.execute(question).one()
        number += found
        if found:
            oldest.append(first)
    return number, min(oldest, default=None)


def mails_waiting_and_given_up(session: Session) -> tuple[int, int]:
    """How many mails have not left yet, and how many never will?"""
    gone = OutboxMail.next_attempt_at >= GIVEN_UP
    question = sa.select(
        sa.func.count().filter(sa.not_(gone)),
        sa.func.count().filter(gone),
    ).where(OutboxMail.sent_at.is_(None))
    waiting, given_up = session.execute(question).one()
    return waiting, given_up


def webhooks_failing_and_waiting(session: Session) -> tuple[int, int]:
    """How many addresses that hear of us do not answer, and how many deliveries wait?"""
    failing = sa.select(sa.func.count()).where(
        WebhookEndpoint.failing_since.is_not(None),
        WebhookEndpoint.disabled_at.is_(None),
        WebhookEndpoint.removed_at.is_(None),
    )
    waiting = sa.select(sa.func.count()).where(WebhookDelivery.next_attempt_at.is_not(None))
    return session.scalar(failing) or 0, session.scalar(waiting) or 0
