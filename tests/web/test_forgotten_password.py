"""A forgotten password, from the sign-in page through the mail to a new one."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from portal.shared.records.outbox import OutboxMail
from tests.support.demo_house import DemoHouse
from tests.support.visitor import Page, Visitor

NEW = "seven herons over the weir"


def asked(house: DemoHouse, email: str) -> Page:
    visitor = house.visitor()
    return visitor.send(visitor.get("/forgotten-password"), "/forgotten-password", {"email": email})


def mailed(house: DemoHouse) -> str:
    """The link of the mail, before it leaves."""
    (mail,) = [one for one in house.rows(OutboxMail, kind="password-link") if one.sent_at is None]
    return f"/set-password/{mail.payload['secret_token']}"


def choose(visitor: Visitor, path: str, password: str) -> Page:
    page = visitor.get(path)
    return visitor.send(page, path, {"new_password": password})


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_the_answer_is_the_same_whoever_asks(house: DemoHouse, known: bool) -> None:
    page = asked(house, house.email("monthly") if known else "nobody@example.org")
    assert (page.status, page.path) == (200, "/forgotten-password/on-its-way")
    assert "If somebody with this address signs in here" in page.text


def test_the_link_of_the_mail_sets_a_password_and_the_old_one_is_dead(house: DemoHouse) -> None:
    before = house.contact("monthly")
    asked(house, house.email("monthly"))
    house.work()
    house.work()
    (mail,) = house.rows(OutboxMail, kind="password-link")
    assert mail.sent_at is not None
    assert "secret_token" not in mail.payload, "what was sent is forgotten here"
    visitor = house.visitor()
    page = visitor.get("/demo/mail")
    found = re.search(r"/demo/mail/[^\"]+", page.html)
    assert found is not None
    text = visitor.get(found[0]).text
    assert "Choose a new password" in text
    assert before.get("/billing/").path == "/billing/", "asking alone changes nothing"


def test_the_page_of_the_link_refuses_poor_passwords_and_takes_a_good_one_once(house: DemoHouse) -> None:
    device, visitor = house.contact("monthly"), house.visitor()
    asked(house, house.email("monthly"))
    leave_the_mail_waiting(house)
    path = mailed(house)
    for poor, why in (
        ("short", "Use at least 12 characters."),
        ("ManchesterUnited", "on a list of passwords that were stolen elsewhere"),
        (f"{house.app.extensions['twodoor'].settings.seller.name} 2026", "made of our name"),
    ):
        page = choose(visitor, path, poor)
        assert page.status == 422
        assert why in (page.problem("new_password") or ""), poor
    page = choose(visitor, path, NEW)
    assert page.path == "/sign-in"
    assert "Your password is set." in page.all_text
    assert visitor.get(path).status == 410
    assert device.get("/billing/").path == "/sign-in"
    typed = {"email": house.email("monthly"), "password": NEW}
    assert visitor.send(visitor.get("/sign-in"), "/sign-in", typed).path == "/billing/"


def leave_the_mail_waiting(house: DemoHouse) -> None:
    """A worker answers the question, and the mail has not left yet."""
    from portal.shared.records.sign_ins import PasswordRequest  # noqa: PLC0415  # here alone
    from portal.shared.services.sign_in.password_changes import answer_request  # noqa: PLC0415

    (wish,) = house.rows(PasswordRequest)
    with house.database.write() as session:
        answer_request(session, wish.id, house.clock.now())


def test_a_link_is_dead_after_half_an_hour(house: DemoHouse) -> None:
    asked(house, house.email("monthly"))
    leave_the_mail_waiting(house)
    house.clock.advance(timedelta(minutes=30))
    assert house.visitor().get(mailed(house)).status == 410


def test_the_sixth_question_is_too_many(house: DemoHouse) -> None:
    assert [asked(house, "nobody@example.org").status for _ in range(6)] == [200] * 5 + [429]


def test_an_address_that_is_none_is_told_at_the_field(house: DemoHouse) -> None:
    page = asked(house, "nobody")
    assert (page.status, page.problem("email") is not None) == (422, True)
    assert page.value("email") == "nobody"
