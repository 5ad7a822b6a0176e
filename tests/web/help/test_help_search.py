"""Looking for a help page."""

from __future__ import annotations

import pytest

from portal.shared.web.help.search import Text, best, words_of
from tests.support.demo_house import DemoHouse
from tests.support.visitor import Page

PAGES = (
    Text("cancel", "Como cancelo uma assinatura?", "", "Escolha Opções e depois Cancelar assinatura."),
    Text("card", "Como altero meu método de pagamento?", "", "Digite o cartão. Você recebe a fatura."),
    Text("invoices", "Onde posso ver minhas faturas?", "", "As 20 últimas estão ali."),
)


def names(asked: str) -> list[str]:
    return [one.name for one in best(asked, PAGES)]


def found(house: DemoHouse, asked: str, language: str = "en") -> list[str]:
    page = house.visitor(language=language).get("/help/search?search=" + asked)
    return [one.all("a")[0].get("href") for one in page.root.all("main")[0].all("h2") if one.all("a")]


@pytest.mark.parametrize("asked", ["metodo", "MÉTODO", "método", "pagamento alterar"])
def test_accents_capitals_and_endings_make_no_difference(asked: str) -> None:
    assert names(asked) == ["card"]


def test_a_word_of_the_title_weighs_more_than_one_of_the_text() -> None:
    assert names("fatura") == ["invoices", "card"]


def test_the_pages_with_most_of_the_words_are_found() -> None:
    assert names("cartão assinatura opções") == ["cancel"]


@pytest.mark.parametrize("asked", ["", "  ", "?!", "xylophone"])
def test_what_stands_nowhere_is_not_found(asked: str) -> None:
    assert names(asked) == []


def test_words_are_told_apart_by_letters_and_digits_only() -> None:
    assert words_of("Opções: “Nº 20”, e-mail!") == ["opcoes", "no", "20", "e", "mail"]


@pytest.mark.parametrize(
    ("language", "asked", "first"),
    [
        ("en", "change plan", "/help/change-plan"),
        ("en", "cancel", "/help/cancel"),
        ("en", "vat", "/help/vat-number"),
        ("en", "purchase order", "/help/purchase-orders"),
        ("pt_BR", "metodo de pagamento", "/help/payment-method"),
        ("pt_BR", "adicionar estacoes", "/help/add-seats"),
        ("pt_BR", "tipos de conta", "/help/account-types"),
    ],
)
def test_a_page_is_found_in_the_language_of_the_reader(
    shared_house: DemoHouse, language: str, asked: str, first: str
) -> None:
    assert found(shared_house, asked, language)[0] == first


def shown(house: DemoHouse, asked: str) -> Page:
    return (
        house.visitor().get("/help/search", headers={})
        if not asked
        else house.visitor().get("/help/search?search=" + asked)
    )


@pytest.mark.parametrize(
    ("asked", "heading"), [("", "What are you looking for?"), ("xylophone", "Nothing found")]
)
def test_nothing_found_says_what_to_do(shared_house: DemoHouse, asked: str, heading: str) -> None:
    page = shown(shared_house, asked)
    assert page.status == 200
    assert [one.text for one in page.root.all("main")[0].all("h2")] == [heading]
    assert "/help/" in [one.get("href") for one in page.root.all("main")[0].all("a")]


def test_what_was_typed_is_shown_as_it_was_typed(shared_house: DemoHouse) -> None:
    page = shown(shared_house, "%3Cscript%3Ealert(1)%3C/script%3E")
    assert page.status == 200
    assert page.value("search") == "<script>alert(1)</script>"


def test_a_long_question_is_cut(shared_house: DemoHouse) -> None:
    page = shown(shared_house, "x" * 5000)
    assert len(page.value("search") or "") == 120
