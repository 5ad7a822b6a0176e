"""Countries stand where a reader looks for them."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from portal.shared.web.countries import countries, country_name, in_a_dictionary


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    Babel(app)
    return app


@pytest.mark.parametrize(
    ("language", "in_this_order"),
    [
        ("pt_BR", ["Afeganistão", "África do Sul", "Albânia", "Zâmbia"]),
        ("en", ["Åland Islands", "Albania", "Austria", "Zambia"]),
        ("es", ["España", "Estados Unidos", "Níger", "Noruega", "Túnez"]),
        ("fr", ["Espagne", "Estonie", "États-Unis", "Éthiopie", "Fidji"]),
        ("de", ["Afghanistan", "Ägypten", "Ålandinseln", "Oman", "Österreich", "Portugal"]),
        ("it", ["Germania", "Spagna", "Svezia", "Zambia"]),
    ],
)
def test_countries_stand_as_in_a_dictionary_of_the_language(
    app: Flask, language: str, in_this_order: list[str]
) -> None:
    with app.test_request_context(), force_locale(language):
        names = [name for _, name in countries()]
        assert [name for name in names if name in in_this_order] == in_this_order
        assert country_name("PT") == "Portugal" or language == "it"
        assert country_name("QQ") == "QQ"


def test_what_is_no_country_is_not_offered(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        codes = {code for code, _ in countries()}
    assert {"PT", "BR", "DE", "FR", "IT", "ES", "GB"} <= codes
    assert not codes & {"EU", "EZ", "UN", "ZZ"}


def test_accents_only_decide_between_equal_words_and_spanish_has_one_letter_more() -> None:
    words = ["ñu", "nz", "na", "Öl", "ol", "o"]
    assert sorted(words, key=lambda word: in_a_dictionary(word, "de")) == ["na", "ñu", "nz", "o", "ol", "Öl"]
    assert sorted(words, key=lambda word: in_a_dictionary(word, "es")) == ["na", "nz", "ñu", "o", "ol", "Öl"]
