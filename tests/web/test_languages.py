"""In which language a page speaks."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from babel import Locale
from flask import Blueprint
from flask_babel import force_locale, get_locale
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from portal.shared.records.people import Person
from portal.shared.web.entrance.languages import LANGUAGES, best_language
from tests.web.conftest import Shell, csrf_token


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("pt-BR", "pt_BR"),
        ("pt", "pt_BR"),
        ("pt-PT,pt;q=0.9", "pt_BR"),
        ("en-GB,en;q=0.8", "en"),
        ("en-US;q=0.1,pt;q=0.9", "pt_BR"),
        ("fr,en;q=0.5,pt;q=0.4", "fr"),
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("es-419,es;q=0.9", "es"),
        ("de-CH,de;q=0.9,fr;q=0.8", "de"),
        ("de-AT", "de"),
        ("it-CH;q=0.7,rm;q=0.9", "it"),
        ("nl,de;q=0.3,en;q=0.2", "de"),
        ("nl", "pt_BR"),
        ("nl,en;q=0", "pt_BR"),
        ("ita", "pt_BR"),
        ("*", "pt_BR"),
        ("", "pt_BR"),
        ("EN", "en"),
        ("x;q=nonsense,,;", "pt_BR"),
    ],
)
def test_the_browsers_wish_is_met_as_well_as_we_can(header: str, language: str) -> None:
    assert best_language(parse_accept_header(header, LanguageAccept)) == language


def spoken(page: str) -> str:
    return page.partition('<html lang="')[2].partition('"')[0]


def test_the_browser_is_asked_first(shell: Shell) -> None:
    assert spoken(shell.browser("en").get("/sign-in").text) == "en"
    assert spoken(shell.browser("pt").get("/sign-in").text) == "pt-BR"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_offered_by_its_own_name_and_can_be_chosen(shell: Shell, language: str) -> None:
    browser = shell.browser("en")
    page = browser.get("/sign-in")
    code = language.replace("_", "-")
    offered = re.search(rf'value="{code}" lang="{code}"[^>]*>\s*([^<]+)', page.text)
    assert offered
    assert offered[1].strip() == LANGUAGES[language]
    browser.post("/language", data={"csrf_token": csrf_token(page), "language": code, "next": "/sign-in"})
    assert spoken(browser.get("/sign-in").text) == code


def test_a_language_names_itself_as_cldr_does() -> None:
    own = {language: str(Locale.parse(language).get_display_name()).casefold() for language in LANGUAGES}
    assert {language: name.casefold() for language, name in LANGUAGES.items()} == own


def test_a_choice_in_this_browser_beats_what_it_asks_for(shell: Shell) -> None:
    browser = shell.browser("en")
    page = browser.get("/sign-in?next=/accounts")
    answer = browser.post(
        "/language",
        data={"csrf_token": csrf_token(page), "language": "pt-BR", "next": "/sign-in?next=/accounts"},
    )
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/accounts")
    assert spoken(browser.get("/sign-in").text) == "pt-BR"


def test_a_persons_own_choice_beats_both_and_goes_with_them(shell: Shell) -> None:
    browser = shell.browser("en")
    email = shell.person(language=None)
    shell.sign_in(browser, email)
    token = csrf_token(browser.get("/accounts"))
    browser.post("/language", data={"csrf_token": token, "language": "pt-BR", "next": "/accounts"})
    with shell.database.read() as session:
        assert session.scalars(sa.select(Person.language)).one() == "pt_BR"
    elsewhere = shell.browser("en")
    elsewhere.set_cookie("language", "en")
    shell.sign_in(elsewhere, email)
    assert spoken(elsewhere.get("/accounts").text) == "pt-BR"


@pytest.mark.parametrize("language", ["", "nl", "../../etc", "pt_BR\n"])
def test_a_language_we_do_not_speak_is_refused(shell: Shell, language: str) -> None:
    browser = shell.browser()
    token = csrf_token(browser.get("/sign-in"))
    assert browser.post("/language", data={"csrf_token": token, "language": language}).status_code == 400


def test_a_strange_cookie_changes_nothing(shell: Shell) -> None:
    browser = shell.browser("en")
    browser.set_cookie("language", "xx")
    assert spoken(browser.get("/sign-in").text) == "en"


def test_mails_are_written_in_the_language_of_their_reader_without_a_request(shell: Shell) -> None:
    with shell.app.app_context(), force_locale("en"):
        assert str(get_locale()) == "en"
    with shell.app.app_context():
        assert str(get_locale()) == "pt_BR"


def test_every_page_names_its_language_in_the_form_of_html(shell: Shell) -> None:
    pages = Blueprint("probe", __name__)
    pages.add_url_rule("/probe", "probe", lambda: str(get_locale()))
    shell.app.register_blueprint(pages)
    assert shell.browser("pt").get("/probe").text == "pt_BR"
    assert spoken(shell.browser("pt").get("/accounts", follow_redirects=True).text) == "pt-BR"
