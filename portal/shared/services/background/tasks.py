"""The tasks that jobs may name.

Each finds what it works on by a number or a reference, and is harmless to repeat: what it asks for outside carries an
idempotency key, and what it writes is written once, under the account's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog

from portal.shared.records.database import is_passing
from portal.shared.services.background.tools import Tools
from portal.shared.services.charges import answers as charges
from portal.shared.services.corrections import refunds
from portal.shared.services.jobs.enqueueing import enqueue
from portal.shared.services.notifications import DELIVER, deliver_mail
from portal.shared.services.rehearsal import machines
from portal.shared.services.renewals import collecting, renewing, running
from portal.shared.services.sign_in.password_changes import SEND_LINK, answer_request
from portal.shared.services.webhooks import delivering
from portal.shared.services.webhooks.telling import SPREAD

SETTLE, REFUND, RENEW, COLLECT = "settle-charge", "finish-refund", "renew-account", "collect"
RENEW_MANY = "renew-accounts"

_log = structlog.stdlib.get_logger("portal.worker")


def _deliver(tools: Tools, mail_id: int) -> None:
    deliver_mail(tools.database, tools.mailer, tools.render, tools.clock.now(), mail_id)


def _settle(tools: Tools, reference: str) -> None:
    state = charges.resume(tools.database, tools.processor, tools.clock.now, reference)
    _log.info("charge", charge=reference, state=str(state))


def _refund(tools: Tools, reference: str) -> None:
    state = refunds.resume(tools.database, tools.processor, tools.clock.now, reference)
    _log.info("refund", refund=reference, state=str(state))


def _renew(tools: Tools, account_id: int) -> None:
    for one in renewing.renew_account(tools.database, account_id, tools.seller, tools.clock.now()):
        _log.info("renewals", outcome=type(one).__name__, account=one.account_id)


def _renew_many(tools: Tools, first: int, last: int) -> None:
    """Renew what is due from an account to an account; one that fails is left to a job of its own."""
    database, now = tools.database, tools.clock.now()
    done = running.renew_piece(database, tools.seller, now, first, last)
    _log.info("renewals", first=first, last=last, renewed=len(done.renewed), others=len(done.others))
    for account_id in (*done.others, *done.busy):
        try:
            _renew(tools, account_id)
        except Exception as error:
            if is_passing(error):
                raise
            _log.warning("an account could not be renewed", account=account_id, exc_info=True)
            with database.write() as session:
                key = f"{RENEW}:{account_id}:{now:%Y-%m-%d}"
                enqueue(session, RENEW, {"account_id": account_id}, now, dedupe_key=key)


def _collect(tools: Tools, collection_id: int) -> None:
    one = collecting.collect(tools.database, tools.processor, tools.clock.now, collection_id)
    if one is not None:
        _log.info("collected", state=one.state, account=one.account_id, invoice=one.invoice)


def _spread(tools: Tools, account_id: int) -> None:
    delivering.spread(tools.database, account_id, tools.clock.now())


def _deliver_webhook(tools: Tools, delivery_id: int) -> None:
    now = tools.clock.now()
    if delivering.deliver(tools.database, tools.sender, tools.webhook_key, now, delivery_id):
        _log.info("webhook", delivery=delivery_id)


def _send_link(tools: Tools, request_id: int) -> None:
    with tools.database.write() as session:
        answer_request(session, request_id, machines(tools.clock).now())


# The name of a task is kept with its jobs: it may be given to another function, but never changed while jobs wait.
TASKS: Mapping[str, Callable[..., None]] = {
    DELIVER: _deliver,
    SETTLE: _settle,
    REFUND: _refund,
    RENEW: _renew,
    RENEW_MANY: _renew_many,
    COLLECT: _collect,
    SEND_LINK: _send_link,
    SPREAD: _spread,
    delivering.DELIVER: _deliver_webhook,
}
