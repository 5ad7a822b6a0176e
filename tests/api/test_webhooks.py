"""Webhooks: told with what they are about or not at all, signed, numbered, tried again, and given up in the end."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from portal.shared.domain.integrations.events import OFFERED, EventType
from portal.shared.gateways import webhooks as gateway
from portal.shared.gateways.webhooks import HttpSender
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.people import Person
from portal.shared.records.subscriptions import Seat
from portal.shared.records.webhooks import WebhookDelivery, WebhookEndpoint, WebhookEvent
from portal.shared.services.integrations import external_ids
from portal.shared.services.seats import Newcomer, assign, take_away
from portal.shared.services.webhooks import delivering, managing
from tests.support.programs import Station
from tests.support.receiver import Receiver, receiver
from tests.support.shop import Customer, want
from tests.support.source_files import ROOT

KEY = b"not a secret"
# Which language somebody reads opens and closes nothing.
LANGUAGE = "update(Person).where(Person.id == person_id).values(language=language))"
ADA = Newcomer("Ada", "ada@example.com")


@pytest.fixture
def ears() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def listen(
    station: Station, who: Customer, ears: Receiver, events: Iterable[EventType] = OFFERED
) -> tuple[int, str]:
    """An address that hears of an account; gives its number and its secret."""
    with station.shop.database.write() as session:
        number = managing.add(
            session, who.id, ears.url, events, who.person_id, station.shop.clock.now(), private=True
        )
        return number, managing.secret(session, who.id, number, KEY)


def give_seat(station: Station, who: Customer, number: int, *people: Newcomer) -> None:
    with station.shop.database.write() as session:
        now = station.shop.clock.now()
        assign(session, who.id, number, people or (ADA,), who.person_id, now, notify=False)


def work(station: Station) -> None:
    """Let everything be told that is due."""
    station.deliver()


def test_what_happens_is_told_in_order_and_signed(station: Station, ears: Receiver) -> None:
    shop = station.shop
    who = shop.customer()
    number = shop.monthly(who)
    _, secret = listen(station, who, ears)
    give_seat(station, who, number)
    shop.order(who, want(number, shop.catalogue.standard, 8))
    work(station)

    assert all(one.is_signed_with(secret) for one in ears.heard)
    assert not any(one.is_signed_with("whsec_" + "A" * 44) for one in ears.heard)
    assert [one.said["sequence"] for one in ears.heard] == list(range(1, len(ears.heard) + 1))
    assert len({one.headers["webhook-id"] for one in ears.heard}) == len(ears.heard)
    kinds = [one.said["type"] for one in ears.heard]
    assert kinds[:2] == ["seat.assigned", "entitlement.changed"]
    assert set(kinds[2:]) == {
        "subscription.changed", "entitlement.changed", "order.placed", "invoice.issued", "invoice.paid",
    }  # fmt: skip
    assert {one.said["account"] for one in ears.heard} == {who.id}
    assert ADA.email not in "".join(one.body for one in ears.heard), "people are numbers"


def test_an_event_is_written_with_what_it_tells_of_or_not_at_all(station: Station, ears: Receiver) -> None:
    shop = station.shop
    who = shop.customer()
    number = shop.monthly(who)
    listen(station, who, ears)

    def fail_halfway() -> None:
        with shop.database.write() as session:
            assign(session, who.id, number, (ADA,), who.person_id, shop.clock.now(), notify=False)
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert shop.rows(WebhookEvent) == []
    work(station)
    assert ears.heard == []


def test_who_does_not_listen_costs_no_event(station: Station, ears: Receiver) -> None:
    who, other = station.shop.customer(), station.shop.customer()
    listen(station, other, ears)
    give_seat(station, who, station.shop.monthly(who))
    assert station.shop.rows(WebhookEvent) == []


def test_only_what_was_chosen_is_told(station: Station, ears: Receiver) -> None:
    who = station.shop.customer()
    number = station.shop.monthly(who)
    listen(station, who, ears, [EventType.SEAT_RELEASED])
    give_seat(station, who, number)
    work(station)
    assert ears.heard == []


def test_the_seller_hears_of_a_product_across_accounts(station: Station, ears: Receiver) -> None:
    shop = station.shop
    one, other = shop.customer(), shop.customer()
    assist, meet = shop.monthly(one), shop.monthly(other, shop.catalogue.basic)
    with shop.database.write() as session:
        secret = managing.add_for_product(session, "assist", ears.url, KEY, shop.clock.now(), private=True)
    give_seat(station, one, assist)
    give_seat(station, other, meet)
    work(station)
    assert [(heard.said["type"], heard.said["account"]) for heard in ears.heard] == [
        ("seat.assigned", one.id),
        ("entitlement.changed", one.id),
    ]
    assert all(heard.is_signed_with(secret) for heard in ears.heard)


def test_a_product_hears_its_own_names(station: Station, ears: Receiver) -> None:
    shop = station.shop
    who = shop.customer()
    number, now = shop.monthly(who), shop.clock.now()
    with shop.database.write() as session:
        managing.add_for_product(session, "assist", ears.url, KEY, now, private=True)
    listen(station, who, ears, [EventType.SEAT_RELEASED])
    give_seat(station, who, number)
    (seat,) = shop.rows(Seat)
    with shop.database.write() as session:
        external_ids.call_account(session, "assist", who.id, "org_1", now)
        external_ids.call_person(session, "assist", seat.person_id, "usr_1", now)
    with shop.database.write() as session:
        take_away(session, who.id, number, [seat.id], who.person_id, now, notify=False)
    work(station)
    released = [one.said for one in ears.heard if one.said["type"] == "seat.released"]
    named = {(one.get("account_external_id"), one.get("person_external_id")) for one in released}
    assert named == {("org_1", "usr_1"), (None, None)}, "others do not learn how the product calls somebody"


def test_who_is_disabled_is_told_of(station: Station, ears: Receiver) -> None:
    who = station.shop.customer()
    number = station.shop.monthly(who)
    give_seat(station, who, number)
    listen(station, who, ears, [EventType.ENTITLEMENT_CHANGED])
    (seat,) = station.shop.rows(Seat)
    with station.shop.database.write() as session:
        session.get_one(Person, seat.person_id).disabled_at = station.shop.clock.now()
    work(station)
    (heard,) = ears.heard
    assert heard.said["data"] == {"subscription": number, "product": "assist", "person": seat.person_id}


def test_an_account_that_ends_and_comes_back_is_told_of(station: Station, ears: Receiver) -> None:
    who = station.shop.customer()
    number = station.shop.monthly(who)
    listen(station, who, ears, [EventType.ENTITLEMENT_CHANGED])
    for day in (station.shop.clock.now().date(), None):
        with station.shop.database.write() as session:
            session.get_one(Account, who.id).expired_on = day
    work(station)
    assert [one.said["data"]["subscription"] for one in ears.heard] == [number, number]


def test_no_change_of_many_rows_slips_by() -> None:
    """What no session sees, nobody would be told of: such statements call `tell` themselves, and are named here."""
    watched = (
        r"(?:(?:insert|update|delete)\(|insert_(?:rows|row|unless_there)\(\s*session,)"
        r"\s*(?:Seat|SubscriptionRow|Order|Invoice|Settlement|Person|Account)\b"
    )
    found = [
        f"{file.relative_to(ROOT)}: {hit}"
        for file in sorted((ROOT / "portal").rglob("*.py"))
        for hit in re.findall(watched + r".*", file.read_text(encoding="utf-8"))
    ]
    assert found == [
        # The last number of an invoice is told with the invoice.
        "portal/shared/records/renewal_chunks.py: update(Account)",
        # It tells of each settlement itself.
        "portal/shared/services/invoices/issuing.py: insert_rows(session, Settlement, _OF_A_SETTLEMENT, rows)",
        # An order that has only begun is told of when it is placed.
        "portal/shared/services/orders/place.py: insert_row(session, Order, row)",
        # Told by the chunk itself: tests/services/test_renewing_many.py compares what both ways tell.
        "portal/shared/services/renewals/chunks.py: insert_rows(\n        session,\n        Invoice,",
        "portal/shared/services/sign_in/signing_in.py: " + LANGUAGE,
    ]


def test_what_fails_is_tried_again_under_the_same_name(station: Station, ears: Receiver) -> None:
    who = station.shop.customer()
    number = station.shop.monthly(who)
    listen(station, who, ears, [EventType.SEAT_ASSIGNED])
    ears.status = 500
    give_seat(station, who, number)
    work(station)
    work(station)  # nothing is due
    (delivery,) = station.shop.rows(WebhookDelivery)
    assert (delivery.attempts, delivery.last_status) == (1, 500)
    assert delivery.next_attempt_at == station.shop.clock.now() + timedelta(seconds=5)
    station.later(timedelta(seconds=5))
    ears.status = 204
    work(station)
    assert len({one.headers["webhook-id"] for one in ears.heard}) == 1
    first, second = (int(one.headers["webhook-timestamp"]) for one in ears.heard)
    assert second == first + 5, "an old message cannot be played again later"
    (delivery,) = station.shop.rows(WebhookDelivery)
    assert delivery.delivered_at == station.shop.clock.now()
    assert station.shop.rows(WebhookEndpoint)[0].failing_since is None


def test_an_address_that_fails_for_days_is_switched_off_and_its_people_are_told(
    station: Station, ears: Receiver
) -> None:
    who = station.shop.customer()
    number = station.shop.monthly(who)
    endpoint, _ = listen(station, who, ears, [EventType.SEAT_ASSIGNED])
    ears.status = 503
    give_seat(station, who, number)
    work(station)
    (delivery,) = station.shop.rows(WebhookDelivery)
    while delivery.next_attempt_at is not None:
        station.shop.clock.advance(delivery.next_attempt_at - station.shop.clock.now())
        work(station)
        (delivery,) = station.shop.rows(WebhookDelivery)
    assert delivery.next_attempt_at is None
    assert delivery.attempts > 8
    assert station.shop.rows(WebhookEndpoint)[0].disabled_at is not None
    assert len(station.shop.rows(OutboxMail, kind="webhook-failed")) == 1
    assert "webhook-failed" in {row.action for row in station.shop.rows(Activity, account_id=who.id)}

    give_seat(station, who, number, Newcomer("", "grace@example.com"))
    assert len(station.shop.rows(WebhookEvent)) == 2, "who is switched off hears nothing"
    with station.shop.database.write() as session:
        now = station.shop.clock.now()
        managing.switch(session, who.id, endpoint, who.person_id, now, on=True)
        managing.send_again(session, who.id, endpoint, delivery.id, who.person_id, now)
    ears.status = 200
    work(station)
    assert station.shop.rows(WebhookDelivery)[0].delivered_at is not None


def test_who_says_that_it_is_gone_is_told_nothing_more(station: Station, ears: Receiver) -> None:
    who = station.shop.customer()
    number = station.shop.monthly(who)
    listen(station, who, ears, [EventType.SEAT_ASSIGNED])
    ears.status = 410
    give_seat(station, who, number)
    work(station)
    assert station.shop.rows(WebhookEndpoint)[0].disabled_at is not None


def test_no_redirect_is_followed(station: Station, ears: Receiver) -> None:
    who = station.shop.customer()
    number = station.shop.monthly(who)
    listen(station, who, ears, [EventType.SEAT_ASSIGNED])
    with receiver() as elsewhere:
        ears.status, ears.leads_to = 307, elsewhere.url
        give_seat(station, who, number)
        work(station)
        assert len(ears.heard) == 1
        assert elsewhere.heard == []
    assert station.shop.rows(WebhookDelivery)[0].delivered_at is None


def test_a_new_secret_and_the_one_before_are_both_good_for_a_day(station: Station, ears: Receiver) -> None:
    who = station.shop.customer()
    number = station.shop.monthly(who)
    endpoint, before = listen(station, who, ears, [EventType.SEAT_ASSIGNED])
    with station.shop.database.write() as session:
        managing.change_secret(session, who.id, endpoint, who.person_id, station.shop.clock.now())
        after = managing.secret(session, who.id, endpoint, KEY)
    give_seat(station, who, number)
    work(station)
    assert before != after
    assert ears.heard[0].is_signed_with(before)
    assert ears.heard[0].is_signed_with(after)
    station.later(timedelta(hours=25))
    give_seat(station, who, number, Newcomer("", "grace@example.com"))
    work(station)
    assert not ears.heard[1].is_signed_with(before)
    assert ears.heard[1].is_signed_with(after)


def test_a_test_and_a_repetition_can_be_asked_for(station: Station, ears: Receiver) -> None:
    who = station.shop.customer()
    endpoint, _ = listen(station, who, ears, [EventType.INVOICE_PAID])
    with station.shop.database.write() as session:
        managing.send_test(session, who.id, endpoint, who.person_id, station.shop.clock.now())
    work(station)
    (delivery,) = station.shop.rows(WebhookDelivery)
    with station.shop.database.write() as session:
        now = station.shop.clock.now()
        managing.send_again(session, who.id, endpoint, delivery.id, who.person_id, now)
    work(station)
    assert [one.said["type"] for one in ears.heard] == ["webhook.test"] * 2
    assert len({one.headers["webhook-id"] for one in ears.heard}) == 1


def test_another_accounts_address_is_nobodys(station: Station, ears: Receiver) -> None:
    who, other = station.shop.customer(), station.shop.customer()
    endpoint, _ = listen(station, who, ears)
    now = station.shop.clock.now()
    with station.shop.database.write() as session:
        for deed in (managing.change_secret, managing.remove, managing.send_test):
            with pytest.raises(LookupError):
                deed(session, other.id, endpoint, other.person_id, now)


@pytest.mark.parametrize(
    "database_url", ["sqlite"], indirect=True
)  # the engine of PostgreSQL runs in tests/worker
def test_the_jobs_of_the_engine_do_it(station: Station, ears: Receiver) -> None:
    who = station.shop.customer()
    number = station.shop.monthly(who)
    listen(station, who, ears, [EventType.SEAT_ASSIGNED])
    give_seat(station, who, number)
    station.work()
    assert len(ears.heard) == 1


def test_old_events_are_let_go(station: Station, ears: Receiver) -> None:
    who = station.shop.customer()
    listen(station, who, ears)
    give_seat(station, who, station.shop.monthly(who))
    work(station)
    station.later(timedelta(days=31))
    delivering.forget(station.shop.database, station.shop.clock.now())
    assert station.shop.rows(WebhookEvent) == []
    assert station.shop.rows(WebhookDelivery) == []


# --- the way out ---


def test_a_name_that_leads_into_a_private_network_is_not_called() -> None:
    told = HttpSender().post("https://localtest.example.invalid/", "{}", {})
    assert told.status is None
    with receiver() as mine:
        assert HttpSender().post(mine.url.replace("http:", "https:"), "{}", {}).error == "private"
        assert mine.heard == []


def test_every_address_of_a_name_must_be_public(monkeypatch: pytest.MonkeyPatch) -> None:
    def two(*asked: object, **more: object) -> list[object]:
        return [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.7", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    assert HttpSender().post("https://rebinding.example.com/", "{}", {}).error == "private"


def test_a_receiver_that_dribbles_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "WHOLE_SECONDS", 0.5)
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def dribble() -> None:
            caller, _ = server.accept()
            with closing(caller):
                for _ in range(100):
                    try:
                        caller.sendall(b"H")
                    except OSError:
                        return
                    threading.Event().wait(0.05)

        thread = threading.Thread(target=dribble, daemon=True)
        thread.start()
        told = HttpSender(private=True).post(f"http://127.0.0.1:{server.getsockname()[1]}/", "{}", {})
        thread.join(5)
    assert (told.status, told.error) == (None, "timeout")


def test_nobody_at_home_is_a_failure_like_any_other() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    assert (
        HttpSender(private=True).post(f"http://127.0.0.1:{port}/", "{}", {}).error == "ConnectionRefusedError"
    )
