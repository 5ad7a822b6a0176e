"""The product's words: one word per thing, the same on every screen and inside every sentence."""

from __future__ import annotations

import csv
import re
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from typing import NamedTuple

import pytest

from portal.shared.web.translations import catalogues
from tests.support.source_files import ROOT

LANGUAGE = "pt_BR"

# Labels of pages that are still to come; a label leaves this list with the page that says it.
USED_BY_A_LATER_PAGE = {
    "billing_center_faqs": "the help centre",
    "corporate_billing_portal_faqs": "the help centre",
    "manage_product_seats": "the help centre: an article's title",
    "seats": "the help centre: the word explained at its first use",
    "close": "the result of cancelling, once it is a window",
    "suspended": "the state of an account whose payment stays away",
}

# A thing has one name inside sentences too: whoever says the first in English says the second in translation.
INSIDE_SENTENCES = {
    r"\bseats?\b": r"\bestaç(ão|ões)\b",
    r"\bseat count\b": r"\bcontagem de estações\b",
    r"\bbilling contacts?\b": r"\bcontatos? de cobrança\b",
    r"\bbilling frequency\b": r"\bfrequência de cobrança\b",
    r"\bbilling period\b": r"\bperíodo de cobrança\b",
    r"\bpayment method\b": r"\bmétodo de pagamento\b",
    r"\bpending cancellation\b": r"\bcancelamento pendente\b",
    r"\bsubscriptions?\b": r"\bassinaturas?\b",
    r"\border summary\b": r"\bresumo do pedido\b",
    r"\bplace (an |the |this )?order\b": r"\befetu\w+ (\w+ )?pedido\b",
    r"\bcart\b": r"\bcarrinho\b",
    r"\bcustomer care\b": r"\bAtendimento ao Cliente\b",
    r"\bcorporate account services\b": r"\bServiços de Conta Corporativa\b",
    r"\bbilling center\b": r"\bCentro de faturamento\b",
    r"\bcorporate billing portal\b": r"\bPortal de Cobrança Corporativa\b",
    r"\bvat number\b": r"\bNúmero de IVA\b",
    r"“edit subscription”": r"“Editar assinatura”",
    r"\bfree trial\b": r"\bavaliação gratuita\b",
    r"\brepresentative\b": r"\brepresentante\b",
    r"\binvoices?\b": r"\bfaturas?\b",
}

# Words of other houses for the same things.
NEVER = r"\b(assentos?|licenças?|lugares|cesta|sacola|suporte|faturação|subscriç(ão|ões)|NIF|CNPJ|utilizador(es)?)\b"


class Label(NamedTuple):
    """A word of the product, in English and in translation."""

    key: str
    english: str
    translation: str


@cache
def labels() -> tuple[Label, ...]:
    """The product's words."""
    with (ROOT / "tests" / "data" / "labels.csv").open(encoding="utf-8", newline="") as reading:
        return tuple(Label(row["key"], row["en"], row[LANGUAGE]) for row in csv.DictReader(reading))


@cache
def said() -> frozenset[str]:
    """Every sentence of code and templates that has no plural."""
    return frozenset(
        message.id for message in catalogues.extract() if isinstance(message.id, str) and message.id
    )


@cache
def portuguese() -> GNUTranslations:
    """The translations as the application reads them."""
    return GNUTranslations(BytesIO(catalogues.compiled(LANGUAGE)))


def on_screen(label: Label) -> tuple[str, str]:
    """A label as a screen begins with it: what is written small stands there with a capital, too."""
    if label.english in said():
        return label.english, label.translation
    return _capital(label.english), _capital(label.translation)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


USED = [label for label in labels() if label.key not in USED_BY_A_LATER_PAGE]


def test_a_label_has_a_key_of_its_own_and_a_word_in_both_languages() -> None:
    assert len({label.key for label in labels()}) == len(labels()) > 0
    assert [label for label in labels() if not (label.english and label.translation)] == []


@pytest.mark.parametrize("label", USED, ids=lambda label: label.key)
def test_a_label_is_said_in_english_as_it_stands_in_the_list(label: Label) -> None:
    assert on_screen(label)[0] in said()


@pytest.mark.parametrize("label", USED, ids=lambda label: label.key)
def test_a_label_is_translated_as_it_stands_in_the_list(label: Label) -> None:
    english, translation = on_screen(label)
    assert portuguese().gettext(english) == translation


def test_labels_of_later_pages_are_labels_and_not_used_yet() -> None:
    later = [label for label in labels() if label.key in USED_BY_A_LATER_PAGE]
    assert len(later) == len(USED_BY_A_LATER_PAGE)
    assert [label.key for label in later if on_screen(label)[0] in said()] == []


def test_no_sentence_says_a_label_in_other_capitals() -> None:
    meant = {on_screen(label)[0].lower(): on_screen(label)[0] for label in USED}
    assert [one for one in said() if one.lower() in meant and one != meant[one.lower()]] == []


@pytest.mark.parametrize("english", INSIDE_SENTENCES, ids=lambda pattern: re.sub(r"\\b|[^\w ]", "", pattern))
def test_a_thing_has_one_name_inside_sentences(english: str) -> None:
    translation = INSIDE_SENTENCES[english]
    wrong = [
        string
        for original, string in _strings()
        if re.search(english, original, re.IGNORECASE) and not re.search(translation, string, re.IGNORECASE)
    ]
    assert wrong == []


def test_no_translation_uses_a_word_of_another_house() -> None:
    assert [string for _, string in _strings() if re.search(NEVER, string, re.IGNORECASE)] == []


@pytest.mark.parametrize(("count", "words"), [(0, "0 estação"), (1, "1 estação"), (2, "2 estações")])
def test_seats_are_counted_as_portuguese_counts(count: int, words: str) -> None:
    assert portuguese().ngettext("%(num)d seat", "%(num)d seats", count) % {"num": count} == words


def _strings() -> list[tuple[str, str]]:
    """What is said and how it is translated, without the names of values."""
    found: list[tuple[str, str]] = []
    for message in catalogues.read(LANGUAGE):
        if message.id:
            originals = [message.id] if isinstance(message.id, str) else list(message.id)
            strings = [message.string] if isinstance(message.string, str) else list(message.string)
            found += zip(map(_without_values, originals), map(_without_values, strings), strict=True)
    return [(original, string) for original, string in found if string]


def _without_values(text: str) -> str:
    return re.sub(r"%\(\w+\)\w", "…", text)
