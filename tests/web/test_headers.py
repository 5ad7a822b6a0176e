"""Every answer carries the headers, whatever it is."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from flask import Blueprint, render_template_string
from werkzeug.test import TestResponse

from portal.shared.web.statics import SHEETS
from tests.web.conftest import Shell, csrf_token

ANSWERS: dict[str, Callable[[Shell], TestResponse]] = {
    "a page": lambda shell: shell.browser().get("/sign-in"),
    "a page of somebody": lambda shell: shell.signed_in().get("/accounts"),
    "a redirect": lambda shell: shell.browser().get("/accounts"),
    "no such page": lambda shell: shell.browser().get("/nowhere"),
    "another method": lambda shell: shell.browser().put("/sign-in"),
    "a refused form": lambda shell: shell.browser().post("/sign-in"),
    "a static file": lambda shell: shell.browser().get("/static/css/base.css", buffered=True),
    "no such static file": lambda shell: shell.browser().get("/static/css/nothing.css"),
    "the seller's colour": lambda shell: shell.browser().get("/brand.css"),
    "health": lambda shell: shell.browser().get("/health"),
    "a bug": lambda shell: shell.browser().get("/probe/bug"),
    "too much": lambda shell: shell.browser().post("/sign-in", data={"a": "x" * 2_000_000}),
    "OPTIONS": lambda shell: shell.browser().options("/sign-in"),
}
PUBLIC = {"a static file", "the seller's colour"}


def bug() -> str:
    raise ZeroDivisionError


def scripted() -> str:
    return render_template_string('<script nonce="{{ csp_nonce() }}"></script>{{ csp_nonce() }}')


@pytest.fixture
def probed(build: Callable[..., Shell]) -> Shell:
    shell = build(https=True)
    pages = Blueprint("probe", __name__)
    pages.add_url_rule("/probe/bug", "bug", bug)
    pages.add_url_rule("/probe/scripted", "scripted", scripted)
    shell.app.register_blueprint(pages)
    shell.app.config["SESSION_COOKIE_SECURE"] = False  # the test's browser speaks plain HTTP
    return shell


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_is_protected(probed: Shell, name: str) -> None:
    answer = ANSWERS[name](probed)
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in str(policy)
    assert "http" not in str(policy)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert ("no-store" in answer.headers["Cache-Control"]) is (name not in PUBLIC)
    assert "Server" not in answer.headers


def test_without_https_no_browser_is_told_to_insist_on_it(shell: Shell) -> None:
    assert "Strict-Transport-Security" not in shell.browser().get("/sign-in").headers


def test_a_nonce_is_made_only_when_asked_for_and_never_twice_the_same(probed: Shell) -> None:
    assert "nonce" not in probed.browser().get("/sign-in").headers["Content-Security-Policy"]
    nonces = set()
    for _ in range(3):
        answer = probed.browser().get("/probe/scripted")
        nonce = answer.text.partition("</script>")[2]
        assert answer.text.startswith(f'<script nonce="{nonce}">')
        assert f"script-src 'self' 'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
        nonces.add(nonce)
    assert len(nonces) == 3


def test_a_refused_form_is_no_bug_for_want_of_a_nonce(probed: Shell) -> None:
    assert probed.browser().post("/sign-in").status_code == 400


@pytest.mark.parametrize("path", ["/sign-in", "/nowhere", "/accounts"])
def test_no_page_carries_inline_styles_or_handlers(probed: Shell, path: str) -> None:
    text = probed.signed_in().get(path).text
    assert " style=" not in text
    assert " onclick=" not in text
    assert "hx-on" not in text


@pytest.mark.parametrize("file", ["/static/css/all.css", "/static/icons/favicon.svg"])
def test_static_files_are_kept_for_ever_under_the_name_of_their_content(shell: Shell, file: str) -> None:
    page = shell.browser().get("/sign-in")
    address = next(part for part in page.text.split('"') if part.startswith(f"{file}?v="))
    known, other, bare = (
        shell.browser().get(one, buffered=True) for one in (address, f"{file}?v=other", file)
    )
    assert known.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (other.headers["Cache-Control"], bare.headers["Cache-Control"]) == ("no-cache", "no-cache")


def test_all_style_sheets_leave_as_one(shell: Shell) -> None:
    folder = Path(shell.app.static_folder or "") / "css"
    assert {one.stem for one in folder.glob("*.css")} == set(SHEETS)
    answer = shell.browser().get("/static/css/all.css")
    assert answer.mimetype == "text/css"
    assert all((folder / f"{name}.css").read_text() in answer.text for name in SHEETS)
    packed = shell.browser().get("/static/css/all.css", headers={"Accept-Encoding": "gzip, br, zstd"})
    assert packed.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert brotli.decompress(packed.data) == answer.data
    other = shell.browser().get("/static/css/all.css", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(other.data) == answer.data


def test_the_brand_is_the_sellers(shell: Shell) -> None:
    answer = shell.browser().get("/brand.css")
    assert answer.mimetype == "text/css"
    assert answer.text == ":root { --brand: #0b5c56; }\n"


def test_the_cookie_jar_of_a_public_file_stays_empty(shell: Shell) -> None:
    browser = shell.browser()
    csrf_token(browser.get("/sign-in"))
    for path in ("/static/css/base.css", "/brand.css", "/health"):
        assert "Set-Cookie" not in browser.get(path, buffered=True).headers
