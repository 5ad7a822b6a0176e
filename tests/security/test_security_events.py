"""What concerns security leaves a line in the log, and the line names nobody."""

from __future__ import annotations

import io
import json
from typing import Any

import pyotp
from werkzeug.test import TestResponse

from portal.shared.records.people import person_with_email
from portal.shared.records.second_factors import OneTimeCodes
from tests.support.authenticator import Authenticator
from tests.support.factories import NOW
from tests.support.world import World, token_of
from tests.web.conftest import PASSWORD, Shell, csrf_token


def events(lines: io.StringIO, name: str) -> list[dict[str, Any]]:
    return [one for one in map(json.loads, lines.getvalue().splitlines()) if one["event"] == name]


def test_how_a_sign_in_ended_stands_in_the_log(shell: Shell, lines: io.StringIO) -> None:
    email, browser = shell.person(), shell.browser()
    for _ in range(5):
        shell.sign_in(browser, email, "wrong")
    shell.sign_in(browser, email)
    other = shell.person()
    shell.sign_in(shell.browser(), other)
    told = [(one["outcome"], one.get("person")) for one in events(lines, "sign-in")]
    came_in = shell.number_of(other)
    assert told == [("wrong", None)] * 5 + [("too_many", None), ("welcome", came_in)], (
        "tried names are nobody's"
    )
    assert all(one["request"] and one["how"] == "password" for one in events(lines, "sign-in"))
    assert email not in lines.getvalue()
    assert PASSWORD not in lines.getvalue()


def test_a_second_factor_stands_in_the_log_as_well(world: World, lines: io.StringIO) -> None:
    someone, key = world.person((world.account(), "billing_contact")), pyotp.random_base32()
    house = world.app.extensions["twodoor"]
    object.__setattr__(house.settings, "base_url", "https://portal.example")
    phone = Authenticator("https://portal.example")
    with world.database.write() as session:
        sealed = house.code_book.close(key)
        session.add(OneTimeCodes(person_id=someone, secret=sealed, last_step=0, created_at=NOW))
        session.add(phone.row(someone, NOW))
    right = pyotp.TOTP(key).at(NOW)
    browser = world.browser(someone, factor=None)
    asks = "/sign-in/second-factor"

    def send(way: str, **typed: str) -> TestResponse:
        token = token_of(browser.get(asks))
        return browser.post(f"{asks}{way}", data={"csrf_token": token, **typed})

    send("", code="000000" if right != "000000" else "111111")
    send("/passkey", passkey="{}")
    send("/passkey", passkey=phone.answer(send("/passkey/question").text))
    browser = world.browser(someone, factor=None)
    send("", code=right)
    told = [(one["how"], one["outcome"], one["person"]) for one in events(lines, "sign-in")]
    assert told == [
        ("code", "wrong", someone),
        ("passkey", "wrong", someone),
        ("passkey", "welcome", someone),
        ("code", "welcome", someone),
    ]


def test_who_changes_something_stands_in_the_log_by_number_and_who_reads_does_not(
    shell: Shell, lines: io.StringIO
) -> None:
    email, browser = shell.person(accounts=2), shell.browser()
    shell.sign_in(browser, email)
    number, token = shell.number_of(email), csrf_token(browser.get("/accounts"))
    browser.post("/language", data={"csrf_token": token, "language": "en"})
    browser.post("/accounts/999", data={"csrf_token": token})
    browser.get("/billing/invoices/9999-000001")
    shell.browser().get("/accounts")
    told = [(one["method"], one["route"], one.get("person")) for one in events(lines, "answered")]
    assert told == [
        ("GET", "/sign-in", None),
        ("POST", "/sign-in", None),  # the line of the sign-in says it
        ("GET", "/accounts", None),
        ("POST", "/language", number),
        ("POST", "/accounts/<int:account_id>", number),
        ("GET", "/billing/invoices/<name>", None),  # led to choose an account
        ("GET", "/accounts", None),
    ]
    assert email not in lines.getvalue()


def test_who_asks_for_what_is_not_theirs_stands_in_the_log_by_number(
    shell: Shell, lines: io.StringIO
) -> None:
    email, browser = shell.person(), shell.browser()
    shell.sign_in(browser, email)
    assert browser.get("/billing/invoices/9999-000001").status_code == 404
    (line,) = events(lines, "refused")
    assert (line["level"], line["route"], line["status"]) == ("warning", "/billing/invoices/<name>", 404)
    with shell.database.read() as session:
        person = person_with_email(session, email)
        assert person is not None
        assert line["person"] == person.id
    shell.browser().get("/billing/invoices/9999-000001")
    browser.get("/no-such-page")
    assert len(events(lines, "refused")) == 1, "neither somebody unknown nor a page that never was"
    assert email not in lines.getvalue()


def test_a_form_from_elsewhere_stands_in_the_log(shell: Shell, lines: io.StringIO) -> None:
    shell.browser().post(
        "/sign-in", data={"email": "a@b.example"}, headers={"Origin": "https://evil.example"}
    )
    (line,) = events(lines, "a form was refused")
    assert (line["level"], line["route"]) == ("warning", "/sign-in")
    assert "evil" not in lines.getvalue()
