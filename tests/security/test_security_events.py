"""What concerns security leaves a line in the log, and the line names nobody."""

from __future__ import annotations

import io
import json
from typing import Any

from portal.shared.records.people import person_with_email
from tests.web.conftest import PASSWORD, Shell


def events(lines: io.StringIO, name: str) -> list[dict[str, Any]]:
    return [one for one in map(json.loads, lines.getvalue().splitlines()) if one["event"] == name]


def test_how_a_sign_in_ended_stands_in_the_log(shell: Shell, lines: io.StringIO) -> None:
    email, browser = shell.person(), shell.browser()
    for _ in range(5):
        shell.sign_in(browser, email, "wrong")
    shell.sign_in(browser, email)
    shell.sign_in(shell.browser(), shell.person())
    told = [one["outcome"] for one in events(lines, "sign-in")]
    assert told == ["wrong"] * 5 + ["too_many", "welcome"]
    assert all(one["request"] and one["how"] == "password" for one in events(lines, "sign-in"))
    assert email not in lines.getvalue()
    assert PASSWORD not in lines.getvalue()


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
