"""Regular work: what a worker looks for again and again, in one table (`SWEEPS`).

A sweep either does its work itself, or finds errands and leaves each of them to a job, so that one that fails keeps no
other back, and many are done at once. `live` does the same in person, without queue, as the demo's clock needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from portal.shared.services.background.tasks import COLLECT, REFUND, RENEW, RENEW_MANY, SETTLE, TASKS
from portal.shared.services.background.tools import Tools
from portal.shared.services.charges import answers as charges
from portal.shared.services.claims import filing as claims
from portal.shared.services.corrections import refunds
from portal.shared.services.corrections.tax_rechecks import recheck_due
from portal.shared.services.desk import arrivals, viewing
from portal.shared.services.integrations import repeating
from portal.shared.services.jobs.enqueueing import enqueue
from portal.shared.services.mailbox import mailbox_of
from portal.shared.services.notifications import DELIVER, due_mails, mail_key
from portal.shared.services.orders import approving
from portal.shared.services.privacy import erasing, retention
from portal.shared.services.purchase_orders.warnings import warn
from portal.shared.services.quotes import answering
from portal.shared.services.rehearsal import machines
from portal.shared.services.renewals import collecting, renewing
from portal.shared.services.renewals.running import A_CHUNK
from portal.shared.services.sign_in import password_changes
from portal.shared.services.sign_in.password_changes import SEND_LINK, request_key
from portal.shared.services.subscriptions.reminders import remind
from portal.shared.services.webhooks import delivering
from portal.shared.services.webhooks.telling import SPREAD

ENQUEUED_AT_ONCE = 100
# Where no more accounts than these are due, each has a job of its own.
FEW_RENEWALS = 20

_log = structlog.stdlib.get_logger("portal.worker")


@dataclass(frozen=True, slots=True)
class Errand:
    """A task with its arguments, and the key by which it is in the queue once."""

    task: str
    arguments: dict[str, Any]
    key: str


@dataclass(frozen=True, slots=True)
class Sweep:
    """Regular work: its name, how often, and what it does; what it gives back is left to jobs.

    `every` is a part of an hour in whole minutes, or a part of a day in whole hours. Repeating a sweep is harmless.
    """

    name: str
    every: timedelta
    look: Callable[[Tools], Iterable[Errand] | None]


def _charges(tools: Tools) -> list[Errand]:
    with tools.database.read() as session:
        found = charges.due(session, tools.clock.now())
    return [_today(tools, SETTLE, reference=one) for one in found]


def _refunds(tools: Tools) -> list[Errand]:
    with tools.database.read() as session:
        found = refunds.due(session, tools.clock.now())
    return [_today(tools, REFUND, reference=one) for one in found]


def _quotes(tools: Tools) -> None:
    answering.expire_due(tools.database, tools.clock.now())


def _approvals(tools: Tools) -> None:
    approving.sweep(tools.database, tools.seller, tools.clock.now())


def _renewals(tools: Tools) -> list[Errand]:
    """One errand for each account, or where many are due for each piece of them, whose plain ones renew together."""
    with tools.database.read() as session:
        found = renewing.due_now(session, tools.clock.now())
    if len(found) <= FEW_RENEWALS:
        return [_today(tools, RENEW, account_id=one) for one in found]
    pieces = [found[first : first + A_CHUNK] for first in range(0, len(found), A_CHUNK)]
    return [_today(tools, RENEW_MANY, first=one[0], last=one[-1]) for one in pieces]


def _collections(tools: Tools) -> list[Errand]:
    with tools.database.read() as session:
        found = collecting.due_now(session, tools.clock.now())
    return [_today(tools, COLLECT, collection_id=one) for one in found]


def _reminders(tools: Tools) -> None:
    remind(tools.database, tools.clock.now())


def _purchase_orders(tools: Tools) -> None:
    warn(tools.database, tools.clock.now())


def _tax_numbers(tools: Tools) -> None:
    for one in recheck_due(tools.database, tools.tax_registry, tools.seller, tools.clock.now):
        _log.info("VAT number", state=str(one.state), account=one.account_id, corrections=one.corrections)


def _viewings(tools: Tools) -> None:
    viewing.end_run_out(tools.database, tools.clock.now())


def _arrivals(tools: Tools) -> None:
    arrivals.forget(tools.database, tools.clock.now(), tools.arrivals_days)


def _personal_data(tools: Tools) -> None:
    now, mailbox = tools.clock.now(), mailbox_of(tools.mailer)
    erasing.erase_due(tools.database, mailbox, now)
    # Sign-ins go by the machine's clock: moving a demo's must end none.
    retention.let_go_of_secrets(tools.database, machines(tools.clock).now())
    retention.let_go_of_mails(tools.database, mailbox, now, tools.mails_days)


def _claims(tools: Tools) -> None:
    with tools.database.write() as session:
        claims.remind(session, tools.clock.now())


def _mails(tools: Tools) -> list[Errand]:
    """Each mail has a job since it was written, and so has each question for a link: these were lost, or go again."""
    with tools.database.read() as session:
        asked = password_changes.requests_waiting(session)
        found = due_mails(session, tools.clock.now())
    links = [Errand(SEND_LINK, {"request_id": one}, request_key(one)) for one in asked]
    return [*links, *(Errand(DELIVER, {"mail_id": one}, mail_key(one)) for one in found)]


def _webhooks(tools: Tools) -> list[Errand]:
    """Each event and each attempt has a job: these are those whose job was lost."""
    now = tools.clock.now()
    with tools.database.read() as session:
        accounts, deliveries = delivering.waiting(session, now)
    errands = [Errand(SPREAD, {"account_id": one}, f"{SPREAD}:{one}:{now:%Y%m%d%H%M}") for one in accounts]
    late = [(one, f"{delivering.DELIVER}:{one}:late:{now:%Y%m%d%H%M}") for one in deliveries]
    return [*errands, *(Errand(delivering.DELIVER, {"delivery_id": one}, key) for one, key in late)]


def _old_events(tools: Tools) -> None:
    delivering.forget(tools.database, tools.clock.now())
    repeating.forget(tools.database, tools.clock.now())


# In the order of a day; the mails of a day leave at its end. Whoever brings new regular work adds a line here, and, if
# it leaves errands, a task to TASKS in tasks.py: both engines, `twodoor jobs` and the demo's clock read these tables.
SWEEPS = (
    Sweep("charges", timedelta(minutes=1), _charges),
    Sweep("refunds", timedelta(minutes=1), _refunds),
    Sweep("quotes", timedelta(minutes=5), _quotes),
    Sweep("approvals", timedelta(minutes=5), _approvals),
    Sweep("renewals", timedelta(minutes=1), _renewals),  # periods end at midnight of some place on earth
    Sweep("collections", timedelta(minutes=1), _collections),
    Sweep("reminders", timedelta(minutes=5), _reminders),
    Sweep("purchase orders", timedelta(minutes=5), _purchase_orders),
    Sweep("tax numbers", timedelta(minutes=5), _tax_numbers),
    Sweep("arrivals", timedelta(hours=12), _arrivals),
    Sweep("personal data", timedelta(hours=1), _personal_data),
    Sweep("webhooks", timedelta(minutes=1), _webhooks),
    Sweep("old events", timedelta(hours=12), _old_events),
    Sweep("viewings", timedelta(minutes=1), _viewings),
    Sweep("claims", timedelta(hours=1), _claims),
    Sweep("mails", timedelta(minutes=1), _mails),
)


def leave_to_jobs(tools: Tools, sweep: Sweep) -> None:
    """Do a sweep, and leave what it found to jobs; what is in the queue already stays there once."""
    found = list(sweep.look(tools) or ())
    for first in range(0, len(found), ENQUEUED_AT_ONCE):
        with tools.database.write() as session:
            for one in found[first : first + ENQUEUED_AT_ONCE]:
                enqueue(session, one.task, one.arguments, tools.clock.now(), dedupe_key=one.key)


def live(tools: Tools) -> None:
    """Do in person, one after the other, whatever is due now; what goes wrong is noted and keeps nothing else back."""
    for sweep in SWEEPS:
        try:
            found = list(sweep.look(tools) or ())
        except Exception:  # noqa: BLE001  # whatever it is, the others are not its fault
            _log.warning("a sweep failed", sweep=sweep.name, exc_info=True)
            continue
        for one in found:
            try:
                TASKS[one.task](tools, **one.arguments)
            except Exception:  # noqa: BLE001  # the same
                _log.warning("an errand failed", task=one.task, exc_info=True)


def _today(tools: Tools, task: str, **arguments: Any) -> Errand:
    """An errand that is in the queue once a day: one that has failed for good has another chance the next day."""
    key = ":".join([task, *map(str, arguments.values()), f"{tools.clock.now():%Y-%m-%d}"])
    return Errand(task, arguments, key)
