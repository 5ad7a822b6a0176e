"""What those who keep watch are told, on both databases: how many of what, and never whose."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from portal.shared.domain.order_states import OrderState
from portal.shared.records.jobs import SweepRow
from portal.shared.records.orders import Order
from portal.shared.records.outbox import GIVEN_UP, OutboxMail
from portal.shared.records.webhooks import WebhookEndpoint
from portal.shared.services import notifications
from portal.shared.services.jobs.enqueueing import enqueue
from portal.shared.services.orders.place import resume
from portal.shared.services.watching import MEANINGS, figures_of
from tests.support.factories import NOW
from tests.support.faults import FaultyProcessor
from tests.support.shop import Shop, want

Told = dict[tuple[str, ...], float]


def told(shop: Shop) -> Told:
    with shop.database.read() as session:
        found = figures_of(session, ["charges", "mails"], shop.clock.now())
    assert {one.name for one in found} <= MEANINGS.keys()
    return {(one.name, *(value for _, value in one.labels)): one.value for one in found}


def test_a_new_house_has_figures_of_nothing(shop: Shop) -> None:
    found = told(shop)
    assert {name[1] for name in found if name[0] == "orders"} == {str(state) for state in OrderState}
    assert set(found.values()) == {0}


def test_orders_and_charges_without_an_answer_are_counted(shop: Shop) -> None:
    mute = FaultyProcessor(shop.processor, lose_charge=True, lose_status=True)
    for processor in (None, mute):
        who = shop.customer()
        seen = shop.look(who, want(shop.trial(who), shop.catalogue.plus, 5))
        shop.confirm(who, seen, processor=processor)
    shop.clock.advance(timedelta(minutes=10))
    found = told(shop)
    assert (found["orders", "placed"], found["orders", "checking"]) == (1, 1)
    assert found["charges_unanswered",] == 1
    assert found["charges_unanswered_oldest_seconds",] == 600
    assert resume(shop.database, shop.processor, shop.clock.now, open_reference(shop)) is OrderState.PLACED
    assert told(shop)["charges_unanswered",] == 0


def test_jobs_mails_and_sweeps_are_counted(shop: Shop) -> None:
    with shop.database.write() as session:
        enqueue(session, "renew-account", {"account_id": 17}, NOW)
        for name in ("one", "two"):
            to = f"{name}@example.org"
            notifications.enqueue_mail(session, "seat-assigned", to, "en", {}, name, NOW)
        session.add(SweepRow(name="charges", began_at=NOW, ended_at=NOW))
        session.add(SweepRow(name="mails", began_at=NOW, ended_at=None, failures=3))
    with shop.database.write() as session:
        mail = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id).limit(1)).one()
        mail.next_attempt_at = GIVEN_UP
    shop.clock.advance(timedelta(minutes=5))
    found = told(shop)
    assert (found["mails_waiting",], found["mails_given_up",]) == (1, 1)
    assert (found["jobs", "waiting", "renew-account"], found["jobs", "waiting", "deliver-mail"]) == (1, 2)
    assert found["jobs", "failed", "renew-account"] == 0
    assert found["sweep_age_seconds", "charges"] == 300
    assert (found["sweep_failures", "charges"], found["sweep_failures", "mails"]) == (0, 3)
    assert ("sweep_age_seconds", "mails") not in found  # it never ended well


def test_a_webhook_that_does_not_answer_is_counted_until_it_is_switched_off(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        endpoint = WebhookEndpoint(
            account_id=who.id,
            url="https://example.org/hook",
            events=[],
            salt="s",
            created_at=NOW,
            failing_since=NOW,
        )
        session.add(endpoint)
    assert told(shop)["webhooks_failing",] == 1
    with shop.database.write() as session:
        session.get_one(WebhookEndpoint, endpoint.id).disabled_at = NOW
    assert told(shop)["webhooks_failing",] == 0


def open_reference(shop: Shop) -> str:
    return next(str(one.reference) for one in shop.rows(Order) if one.state is OrderState.CHECKING)
