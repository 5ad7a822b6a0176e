"""What concerns security leaves a line in the log, and the line names nobody."""

from __future__ import annotations

import io
import json
from typing import Any

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


def test_a_form_from_elsewhere_stands_in_the_log(shell: Shell, lines: io.StringIO) -> None:
    shell.browser().post(
        "/sign-in", data={"email": "a@b.example"}, headers={"Origin": "https://evil.example"}
    )
    (line,) = events(lines, "a form was refused")
    assert (line["level"], line["route"]) == ("warning", "/sign-in")
    assert "evil" not in lines.getvalue()
