"""Forgetting a person: nothing of them is found afterwards but what the law keeps, and the books are as they were."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.shared.domain.erasure import GRACE, Obstacle
from portal.shared.gateways.demo_mail import DemoMailer
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.people import Membership, Person, person_with_email
from portal.shared.records.privacy import Erasure
from portal.shared.records.requests import Request
from portal.shared.services import activity, notifications, seats
from portal.shared.services.activity.verifying import verify
from portal.shared.services.people import contacts
from portal.shared.services.privacy import asking, erasing, exporting, retention
from portal.shared.services.privacy.register import PERSONAL
from portal.shared.services.privacy.treatment import Fate
from tests.support import factories
from tests.support.factories import NOW
from tests.support.planting import EMAIL, MARKS, NAME, Planted, books_of, plant, traces
from tests.support.shop import Shop

LATER = NOW + GRACE + timedelta(hours=1)


def mail(recipient: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "shop@example.org", recipient, "News"
    message.set_content(text)
    return message


def forget(shop: Shop, person_id: int, folder: Path | None = None) -> int:
    """Ask, wait, and let the sweep come by; gives the number of the wish."""
    with shop.database.write() as session:
        assert asking.ask_to_erase(session, person_id, person_id, "", NOW) == []
        number = session.scalars(sa.select(Erasure.id).where(Erasure.done_at.is_(None))).all()[-1]
    mailbox = DemoMailer(folder).mailbox() if folder else None
    erasing.erase_due(shop.database, mailbox, LATER)
    return number


@pytest.fixture
def planted(shop: Shop) -> Planted:
    return plant(shop)


def test_something_of_the_person_stands_wherever_the_register_says(shop: Shop, planted: Planted) -> None:
    with shop.database.read() as session:
        found = traces(session)
    told = {
        f"{name}.{column}"
        for name, held in PERSONAL.items()
        for column, one in held.columns.items()
        if name in planted.tables and one.fate in (Fate.EMPTY, Fate.TAKE_OUT)
    }
    assert told <= found.keys(), "the story plants a mark there"
    assert len(found) > 30


def test_nothing_is_found_afterwards_but_what_the_law_keeps(
    shop: Shop, planted: Planted, tmp_path: Path
) -> None:
    mailer = DemoMailer(tmp_path / "mail")
    mailer.send(mail(EMAIL, "Your invoice"), key="1")
    mailer.send(mail("other@example.org", f"{EMAIL} asks you"), key="2")
    mailer.send(mail("other@example.org", "About something else"), key="3")
    with shop.database.read() as session:
        books = books_of(session)
    forget(shop, planted.person_id, tmp_path / "mail")
    with shop.database.write() as session:  # the last mail leaves
        last = session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == "erasure-done")).one()
        assert (last.recipient, last.sent_at) == (EMAIL, None)
        last.sent_at = LATER
    retention.let_go_of_mails(shop.database, None, LATER + timedelta(hours=2), 400)
    kept = {
        f"{name}.{column}"
        for name, held in PERSONAL.items()
        for column, one in held.columns.items()
        if one.fate is Fate.KEEP
    }
    with shop.database.read() as session:
        found = traces(session)
        assert books_of(session) == books
        assert verify(session) == [], "the chains of the activity hold without the values that went"
    assert found.keys() <= kept, found
    assert {"accounts.name", "invoices.buyer"} <= found.keys()
    left = [file for file in tmp_path.rglob("*") if file.is_file() and file.suffix != ".sqlite3"]
    told = {file.name: file.read_bytes().lower() for file in left if "twodoor" not in file.name}
    assert not [
        name for name, content in told.items() if any(mark.lower().encode() in content for mark in MARKS)
    ]
    assert len(list((tmp_path / "mail" / "new").iterdir())) == 1


def test_the_person_cannot_sign_in_and_somebody_new_may_have_the_address(
    shop: Shop, planted: Planted
) -> None:
    forget(shop, planted.person_id)
    with shop.database.write() as session:
        gone = session.get_one(Person, planted.person_id)
        assert gone.name == f"Erased person {gone.id}"
        assert gone.disabled_at == LATER
        assert gone.password_hash is None
        assert person_with_email(session, EMAIL) is None
        for table in (
            "sign_in_sessions",
            "passkeys",
            "one_time_codes",
            "recovery_codes",
            "identities",
            "seats",
        ):
            count = sa.text(f"SELECT count(*) FROM {table} WHERE person_id = {gone.id}")
            assert session.scalar(count) == 0, table
        new = contacts.find_or_add(session, "Somebody new", EMAIL)
        assert new.id != gone.id
        found = asking.with_address(session, EMAIL)
        assert found is not None
        assert found.person_id == new.id
        assert asking.asker(session, gone.id) is None


def test_an_account_reads_that_somebody_left_and_a_free_seat(shop: Shop, planted: Planted) -> None:
    forget(shop, planted.person_id)
    with shop.database.read() as session:
        question = sa.text("SELECT action FROM activity WHERE account_id = :id ORDER BY sequence")
        actions = session.scalars(question, {"id": planted.who.id}).all()
        assert actions[-2:] == ["seat-released", "person-erased"]
        assert seats.holders(session, planted.who.id, planted.subscription_id) == []
        left = session.scalar(sa.select(sa.func.count()).where(Membership.person_id == planted.person_id))
        assert left == 0


def test_nobody_is_mailed_any_more_at_the_address_of_somebody_erased(shop: Shop, planted: Planted) -> None:
    forget(shop, planted.person_id)
    with shop.database.write() as session:
        person = session.get_one(Person, planted.person_id)
        before = session.scalar(sa.select(sa.func.count(OutboxMail.id)))
        contacts_mail = contacts.recipient(session, person.id, "en")
        notifications.enqueue_mail(session, "news", contacts_mail.email, "en", {}, "a-key", LATER)
        assert session.scalar(sa.select(sa.func.count(OutboxMail.id))) == before


def test_a_wish_can_be_taken_back_until_its_day(shop: Shop, planted: Planted) -> None:
    with shop.database.write() as session:
        assert asking.ask_to_erase(session, planted.person_id, planted.person_id, "", NOW) == []
        assert asking.due_at(session, planted.person_id) == NOW + GRACE
    erasing.erase_due(shop.database, None, NOW + GRACE - timedelta(seconds=1))
    with shop.database.write() as session:
        assert session.get_one(Person, planted.person_id).name == NAME
        assert asking.take_back(session, planted.person_id, planted.person_id, LATER)
        assert not asking.take_back(session, planted.person_id, planted.person_id, LATER)
    erasing.erase_due(shop.database, None, LATER)
    with shop.database.read() as session:
        assert session.get_one(Person, planted.person_id).name == NAME
        kinds = session.scalars(sa.select(OutboxMail.kind).where(OutboxMail.recipient == EMAIL)).all()
        assert {"erasure-asked", "erasure-taken-back"} <= set(kinds)


def test_asking_twice_is_one_wish_and_one_mail(shop: Shop, planted: Planted) -> None:
    for _ in range(2):
        with shop.database.write() as session:
            asking.ask_to_erase(session, planted.person_id, planted.person_id, "", NOW)
    with shop.database.read() as session:
        wishes = session.scalars(sa.select(Erasure).where(Erasure.taken_back_at.is_(None))).all()
        assert len(wishes) == 1
    assert len(shop.mails("erasure-asked")) == 1


def test_a_sweep_that_comes_by_twice_erases_once(shop: Shop, planted: Planted) -> None:
    number = forget(shop, planted.person_id)
    assert erasing.erase(shop.database, None, number, LATER) == ()
    erasing.erase_due(shop.database, None, LATER)
    assert len(shop.mails("erasure-done")) == 1


def test_the_last_contact_of_an_account_that_runs_is_told_so(shop: Shop) -> None:
    who = shop.customer()
    shop.monthly(who)
    with shop.database.write() as session:
        (found,) = asking.ask_to_erase(session, who.person_id, who.person_id, "", NOW)
        assert found.obstacle is Obstacle.LAST_CONTACT
        assert asking.due_at(session, who.person_id) is None


def test_the_last_contact_of_an_account_without_anything_may_go(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        assert asking.ask_to_erase(session, who.person_id, who.person_id, "", NOW) == []


def test_who_waits_for_an_answer_waits_for_it_first(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        session.add(
            Request(
                account_id=who.id, number=7, kind="other", wanted={}, created_by=who.person_id, created_at=NOW
            )
        )
        session.flush()
        (found,) = asking.ask_to_erase(session, who.person_id, who.person_id, "", NOW)
        assert (found.obstacle, found.about) == (Obstacle.OPEN_REQUEST, "#7")


def test_our_own_people_are_forgotten_elsewhere(shop: Shop) -> None:
    with shop.database.write() as session:
        rep = factories.a_person(session, staff_role="rep")
        (found,) = asking.ask_to_erase(session, rep.id, rep.id, "", NOW)
        assert found.obstacle is Obstacle.OUR_STAFF


def test_what_comes_in_the_way_meanwhile_is_told_once_and_waited_for(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        assert asking.ask_to_erase(session, who.person_id, who.person_id, "", NOW) == []
    subscription = shop.monthly(who)
    for _ in range(2):
        erasing.erase_due(shop.database, None, LATER)
    assert len(shop.mails("erasure-hindered")) == 1
    with shop.database.write() as session:
        session.execute(
            sa.text("UPDATE subscriptions SET ended_on = :day, period_end = :day WHERE id = :id"),
            {"day": NOW.date(), "id": subscription},
        )
    erasing.erase_due(shop.database, None, LATER)
    assert len(shop.mails("erasure-done")) == 1


def test_a_namesake_elsewhere_keeps_their_name(shop: Shop, planted: Planted) -> None:
    other = shop.customer()
    with shop.database.write() as session:
        session.get_one(Person, other.person_id).name = NAME
        session.add(
            Request(
                account_id=other.id,
                number=1,
                kind="other",
                state="done",
                wanted={},
                note=f"{NAME} wrote this",
                created_by=other.person_id,
                created_at=NOW,
            )
        )
    forget(shop, planted.person_id)
    (request,) = shop.rows(Request, account_id=other.id)
    assert request.note == f"{NAME} wrote this"


def test_an_export_gives_everything_but_secrets(shop: Shop, planted: Planted) -> None:
    with shop.database.read() as session:
        copy = exporting.copy_of(session, planted.person_id)
    found = {name for name, rows in copy.items() if rows}
    silent = {"sign_in_attempts", "help_answers"}
    assert planted.tables - found - silent <= {
        name for name, held in PERSONAL.items() if not (held.whose or held.addressed)
    }
    (person,) = copy["people"]
    assert (person["name"], person["email"]) == (NAME, EMAIL)
    assert "password_hash" not in person
    for name, rows in copy.items():
        secret = {column for column, one in PERSONAL[name].columns.items() if one.secret}
        assert not any(secret & row.keys() for row in rows), name


def test_an_export_hides_the_addresses_of_others(shop: Shop, planted: Planted) -> None:
    with shop.database.write() as session:
        activity_of = {"email": "somebody.else@example.org"}
        activity.record(
            session, planted.who.id, planted.person_id, "invoice-recipient-added", activity_of, NOW
        )
    with shop.database.read() as session:
        copy = exporting.copy_of(session, planted.person_id)
    assert "somebody.else" not in str(copy)
    assert any(EMAIL in str(entry["detail"]) for entry in copy["activity"])


def test_a_link_is_good_once_for_its_owner_and_for_a_short_time(shop: Shop) -> None:
    who, other = shop.customer(), shop.customer()
    with shop.database.write() as session:
        token = exporting.ask_for_export(session, who.person_id, NOW)
        late = NOW + exporting.ON_THE_PAGE
        assert exporting.link(session, other.person_id, token, NOW) is None
        assert exporting.take_export(session, other.person_id, token, NOW) is None
        assert exporting.link(session, who.person_id, token, late) is None
        assert exporting.take_export(session, who.person_id, token, late) is None
        assert exporting.take_export(session, who.person_id, token, NOW) is not None
        assert exporting.take_export(session, who.person_id, token, NOW) is None


def test_old_mails_are_emptied_and_not_sent_again(shop: Shop) -> None:
    with shop.database.write() as session:
        for number, age in enumerate((401, 399)):
            session.add(
                OutboxMail(
                    dedupe_key=f"invoice-issued:{number}:{EMAIL}",
                    kind="invoice-issued",
                    recipient=EMAIL,
                    language="en",
                    payload={"name": NAME},
                    created_at=NOW,
                    next_attempt_at=NOW,
                    sent_at=NOW - timedelta(days=age),
                )
            )
    retention.let_go_of_mails(shop.database, None, NOW, 400)
    old, young = shop.rows(OutboxMail)
    assert (old.recipient, old.payload) == ("", {})
    assert "@" not in old.dedupe_key
    assert young.recipient == EMAIL
