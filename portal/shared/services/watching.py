"""What those who keep watch are told: figures about the whole house, without a person, an account or an amount."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.shared.domain.order_states import OrderState
from portal.shared.records import figures
from portal.shared.services.jobs import overview
from portal.shared.services.jobs.overview import Standing

# The name of every figure, and what it says; the name without `twodoor_` is told by `figures_of`.
MEANINGS = {
    "orders": "Orders by the state they are in.",
    "charges_unanswered": "Charges the card processor has not answered yet, of orders and of invoices.",
    "charges_unanswered_oldest_seconds": "Since when the oldest of them waits for its answer.",
    "jobs": "Background work that has not ended well, by task and standing.",
    "job_oldest_seconds": "Since when the oldest job of a standing has not moved.",
    "mails_waiting": "Mails that have not left yet.",
    "mails_given_up": "Mails that nobody will try again by itself.",
    "webhooks_failing": "Addresses of webhooks that do not answer.",
    "webhook_deliveries_waiting": "Deliveries of webhooks that wait for their next try.",
    "sweep_age_seconds": "How long ago regular work ended well the last time.",
    "sweep_failures": "How often regular work failed since.",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its name, what tells it from its siblings, and its value."""

    name: str
    labels: tuple[tuple[str, str], ...]
    value: float


class Background(StrEnum):
    """Whether background work is done."""

    WORKING = "working"
    STUCK = "stuck"
    SILENT = "silent"


def figures_of(session: Session, sweep_names: Sequence[str], now: datetime) -> list[Figure]:
    """Every figure, at this instant."""
    return [
        *_money(session, now),
        *_jobs(session, now),
        *_sweeps(session, sweep_names, now),
        *_outbound(session),
    ]


def background(session: Session, sweep_names: Sequence[str], now: datetime) -> Background:
    """Whether a worker looked after regular work within half an hour, and no job is stuck."""
    ended = [one.ended_at for one in overview.sweeps(session, sweep_names, now) if one.ended_at is not None]
    if not ended or max(ended) < now - overview.SWEEP_OVERDUE:
        return Background.SILENT
    stuck = overview.counts(overview.jobs(session, now))[Standing.STUCK]
    return Background.STUCK if stuck else Background.WORKING


def _money(session: Session, now: datetime) -> Iterator[Figure]:
    counted = figures.orders_by_state(session)
    for state in OrderState:
        yield Figure("orders", (("state", str(state)),), counted.get(state, 0))
    number, oldest = figures.charges_unanswered(session)
    yield Figure("charges_unanswered", (), number)
    yield Figure("charges_unanswered_oldest_seconds", (), _age(oldest, now))


def _jobs(session: Session, now: datetime) -> Iterator[Figure]:
    found = [one for one in overview.jobs(session, now) if not one.name.startswith(overview.MAIL)]
    counted = Counter((one.task, one.standing) for one in found)
    for task in sorted({one.task for one in found}):
        for standing in Standing:
            yield Figure("jobs", (("standing", str(standing)), ("task", task)), counted[task, standing])
    for standing in Standing:
        # One that waits for its time on purpose is not old.
        moved = [
            one.run_at or one.since
            for one in found
            if one.standing is standing and (one.run_at is None or one.run_at <= now)
        ]
        oldest = min((one for one in moved if one is not None), default=None)
        yield Figure("job_oldest_seconds", (("standing", str(standing)),), _age(oldest, now))


def _sweeps(session: Session, names: Sequence[str], now: datetime) -> Iterator[Figure]:
    for one in overview.sweeps(session, names, now):
        yield Figure("sweep_failures", (("sweep", one.name),), one.failures)
        if one.ended_at is not None:
            yield Figure("sweep_age_seconds", (("sweep", one.name),), _age(one.ended_at, now))


def _outbound(session: Session) -> Iterator[Figure]:
    waiting, given_up = figures.mails_waiting_and_given_up(session)
    yield Figure("mails_waiting", (), waiting)
    yield Figure("mails_given_up", (), given_up)
    failing, deliveries = figures.webhooks_failing_and_waiting(session)
    yield Figure("webhooks_failing", (), failing)
    yield Figure("webhook_deliveries_waiting", (), deliveries)


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since is not None else 0.0
