"""What a browser is told, and left with: cookies, other sites, passwords, what stays after signing out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.site.actors import actor
from tests.site.matrix import CARE, CONTACT, CORPORATE_CONTACT
from tests.support.demo_house import DemoHouse
from tests.support.html import read_html
from tests.support.source_files import ROOT
from tests.web.conftest import Shell, csrf_token


def test_every_cookie_is_tied_to_this_host(build: Callable[..., Shell]) -> None:
    shell = build(https=True)
    shell.app.config["SESSION_COOKIE_SECURE"] = False  # the test's browser speaks plain HTTP
    browser = shell.browser()
    token = csrf_token(browser.get("/sign-in"))
    shell.app.config["SESSION_COOKIE_SECURE"] = True
    told = browser.post("/language", data={"language": "en", "csrf_token": token}).headers.getlist(
        "Set-Cookie"
    )
    told += shell.browser().get("/sign-in").headers.getlist("Set-Cookie")
    assert {one.split("=")[0] for one in told} == {"__Host-session", "__Host-language"}
    for cookie in told:
        parts = {part.strip() for part in cookie.split(";")}
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts, cookie
        assert not any(part.startswith("Domain") for part in parts), cookie


def test_a_language_that_was_chosen_behind_https_is_spoken(build: Callable[..., Shell]) -> None:
    browser = build(https=True).browser("fr")
    browser.set_cookie("__Host-language", "it")
    assert '<html lang="it"' in browser.get("/sign-in").text


def test_no_answer_lets_other_sites_read_it(shell: Shell) -> None:
    for path in ("/sign-in", "/static/css/base.css", "/api/v1/account", "/nowhere"):
        answer = shell.browser().get(path, headers={"Origin": "https://evil.example"}, buffered=True)
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_text_says_how_it_is_written(shell: Shell) -> None:
    for path in ("/sign-in", "/static/css/base.css", "/brand.css", "/nowhere", "/"):
        answer = shell.browser().get(path, buffered=True)
        assert answer.headers["Content-Type"].lower().endswith("charset=utf-8"), path


def test_a_password_is_hidden_and_may_be_pasted(shell: Shell) -> None:
    page = read_html(shell.browser().get("/sign-in").text)
    (field,) = page.all("input", name="password")
    assert field.get("type") == "password"
    assert field.get("autocomplete") == "current-password"
    assert "onpaste" not in field.attributes
    assert not any("paste" in script.read_text() for script in scripts())


def test_signing_out_is_on_every_page_of_somebody(shared_house: DemoHouse) -> None:
    for who in (CONTACT, CORPORATE_CONTACT, CARE):
        page = actor(shared_house, who).get("/")
        assert page.has_form("/sign-out"), who


def test_signing_out_empties_the_browser(house: DemoHouse) -> None:
    visitor = actor(house, CONTACT)
    page = visitor.get("/billing/")
    answer = visitor.send(page, "/sign-out", follow=False).answer
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_no_script_keeps_anything_in_the_browser() -> None:
    keeping = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie")
    assert [one.name for one in scripts() if "htmx" not in one.name and keeping.search(one.read_text())] == []


def test_a_folder_is_no_page(shell: Shell) -> None:
    for path in ("/static/", "/static/css/", "/static/css", "/static/../portal/"):
        assert shell.browser().get(path).status_code in (404, 308), path


def test_trace_is_refused(shell: Shell) -> None:
    assert shell.browser().open("/sign-in", method="TRACE").status_code in (400, 405)


def scripts() -> list[Path]:
    return sorted((ROOT / "portal" / "shared" / "web" / "static").rglob("*.js"))
