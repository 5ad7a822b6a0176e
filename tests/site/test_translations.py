"""Nothing a person reads stays untranslated, and no translation is left over, half done or damaged.

Babel's own statistics count an empty plural as done and know nothing of text that was never handed to it, so the
catalogues, the templates and the code are read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from portal.shared.web.translations import catalogues
from tests.support.code_words import asked_for, forgotten
from tests.support.source_files import python_files, text_of, tracked_files
from tests.support.template_words import bare_words, hidden_sentences

UPDATE = (
    "run `python -m portal.shared.web.translations.catalogues update`, then translate what `missing` lists"
)

every_language = pytest.mark.parametrize("language", catalogues.LANGUAGES)

TEMPLATES = [
    path for path in tracked_files() if path.parts[0] == "templates" and path.suffix in {".html", ".txt"}
]

# Text of templates that is the same in every language, with what it is.
SAME_EVERYWHERE = {
    ("templates/components/forms.html", "button"): "a class, written by a macro of its own",
    ("templates/components/forms.html", 'aria-describedby=" " aria-invalid="true"'): "attributes, by a macro",
    ("templates/layouts/plain.html", "plain"): "a class, in a block of its own",
    ("templates/help/_frame.html", "help"): "a class, in a block of its own",
    ("templates/layouts/portal_desk.html", "desk"): "a class, in a block of its own",
    ("templates/profile/security.html", "security"): "a class, in a block of its own",
    ("templates/claims/new.html", "wide"): "a class, in a block of its own",
    ("templates/corporate/desk/claim.html", "stack card"): "classes of a form",
    ("templates/profile/copy_readme.txt", "summary.html – data/ – – ( )"): "names of files",
    ("templates/seats/_parts.html", "Ana Lima <ana@example.com>"): "a name as an example",
    ("templates/self_service/edit.html", "Ana Lima <ana@example.com>"): "a name as an example",
}

# Sentences that end as their own language ends them.
ENDS_DIFFERENTLY = {
    ("es", "Hello,"): "Spanish letters greet with a colon",
    ("es", "Hello %(name)s,"): "Spanish letters greet with a colon",
    ("de", "VAT number"): "the German word is an abbreviation",
}

_TAG = re.compile(r"</?\w+>")
_ENDS = re.compile(r"[.:,?!…]*$")  # not a bracket: a translation may explain a word in one


def translated(language: str) -> list[Message]:
    """The sentences of a catalogue, without its header."""
    return [message for message in catalogues.read(language) if message.id]


def strings(message: Message) -> list[str]:
    """What a message is translated to, one for each plural."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def pairs(message: Message) -> Iterator[tuple[str, str]]:
    """What a message says in English and in translation, singular with singular, the rest with plural."""
    originals = [message.id] if isinstance(message.id, str) else list(message.id)
    for index, string in enumerate(strings(message)):
        if string:
            yield originals[min(index, len(originals) - 1)], string


def checked(catalogue: Catalog) -> list[str]:
    """What Babel's own checkers have to say: placeholders, number of plurals."""
    return [f"{message.id}: {trouble}" for message, troubles in catalogue.check() for trouble in troubles]


# --- the catalogues ---------------------------------------------------------------------------------------------------


@every_language
def test_the_catalogue_is_up_to_date_with_code_and_templates(language: str) -> None:
    def compared(po: bytes) -> list[bytes]:
        return [line for line in po.splitlines() if not line.startswith(b'"Generated-By:')]

    assert compared(catalogues.updated(language)) == compared(catalogues.po_file(language).read_bytes()), (
        UPDATE
    )


@every_language
def test_every_sentence_is_translated_with_all_its_plurals(language: str) -> None:
    forms = catalogues.read(language).num_plurals
    empty = [
        message.id
        for message in translated(language)
        if not all(map(str.strip, strings(message)))
        or len(strings(message)) != (1 if isinstance(message.id, str) else forms)
    ]
    assert empty == [], UPDATE


@every_language
def test_no_translation_is_a_guess(language: str) -> None:
    assert [message.id for message in translated(language) if message.fuzzy] == []


@every_language
def test_no_translation_is_left_over(language: str) -> None:
    catalogue = catalogues.read(language)
    assert list(catalogue.obsolete) == [], UPDATE
    said = {(one.context, one.id) for one in catalogues.extract() if one.id}
    assert {(one.context, one.id) for one in translated(language)} - said == set(), UPDATE


@every_language
def test_values_stand_in_the_translation_as_in_the_sentence(language: str) -> None:
    assert checked(catalogues.read(language)) == []
    named = re.compile(r"%\(\w+\)\w|%%")
    for message in translated(language):
        for original, string in pairs(message):
            assert sorted(named.findall(string)) == sorted(named.findall(original)), string
            assert "%" not in named.sub("", string), "a lone % breaks the page that formats the sentence"


@every_language
def test_tags_stand_in_the_translation_as_in_the_sentence(language: str) -> None:
    for message in translated(language):
        for original, string in pairs(message):
            assert _TAG.findall(string) == _TAG.findall(original), string
            assert "<" not in _TAG.sub("", string), "the translation is put into the page as it is"


@every_language
def test_a_translation_begins_and_ends_like_its_sentence(language: str) -> None:
    for message in translated(language):
        for original, string in pairs(message):
            assert string == string.strip(), string
            if (language, original) in ENDS_DIFFERENTLY:
                continue
            assert _ENDS.findall(string)[0] == _ENDS.findall(original)[0], string


def test_damage_is_found() -> None:
    header = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
    damaged = header + '#, python-format\nmsgid "%(num)d seat"\nmsgstr "%(number)d estação"\n'
    assert len(checked(read_po(BytesIO(damaged.encode()), locale="pt_BR"))) == 1


# --- what the catalogues never get to see -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_a_template_shows_no_words_of_its_own(path: Path) -> None:
    source, name = text_of(path), path.as_posix()
    bare = bare_words(source, is_html=name.endswith(".html"))
    assert [text for text in bare if (name, text) not in SAME_EVERYWHERE] == []
    assert hidden_sentences(source) == [], "lines that translate a value instead of a sentence"


def test_what_is_the_same_everywhere_still_stands_there() -> None:
    found = {(path.as_posix(), text) for path in TEMPLATES for text in bare_words(text_of(path))}
    assert found >= SAME_EVERYWHERE.keys()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<p>{{ _("Hello") }} – {{ name }}, 7</p>', []),
        ('<img alt="A seat" class="wide">', ["A seat"]),
        ('<a aria-label="{{ name }} seats">{{ name }}</a>', ["seats"]),
        ('<input type="submit" value="Send"><input value="seats">', ["Send"]),
        ("<style>p { color: red }</style><script>let seats</script>", []),
        ('{{ submit("Save") }}', ["Save"]),
        ('{{ submit(_("Save"), "danger", attrs={"hx-trigger": "input delay:1s, change delay:2s"}) }}', []),
        ('{{ _("Save") if new else "Save again" }}', ["Save again"]),
        ('{% call notice("warn", "Not enough seats") %}{% endcall %}', ["Not enough seats"]),
        ('{{ field(_("Street"), autocomplete="billing street-address") }}', []),
        ('{{ ngettext("%(num)d seat", "%(num)d seats", count) }}', []),
        (
            "{% if a %}<p>Few</p>{% elif b %}<p>Some</p>{% else %}<p>Many</p>{% endif %}",
            ["Few", "Some", "Many"],
        ),
        ('{% set word = "Seats" %}', ["Seats"]),
    ],
)
def test_bare_words_are_found(source: str, words: list[str]) -> None:
    assert bare_words(source) == words


def test_sentences_that_are_not_written_out_are_found() -> None:
    assert hidden_sentences('{{ _(word) }}\n{{ _("Save") }}\n{{ _("Sa" ~ "ve") }}') == [1, 3]


def test_every_sentence_the_code_asks_for_is_in_the_catalogue() -> None:
    """A call inside an f-string is not seen by every version of Babel's extraction, for one."""
    asked = [one for path in python_files("portal") for one in asked_for(path)]
    said = {(message.context, message.id) for message in catalogues.extract() if message.id}
    assert [one for one in asked if isinstance(one, str)] == [], "translate a sentence, not a value"
    assert [one for one in asked if one not in said] == []


def test_code_hands_no_words_of_its_own_to_a_page() -> None:
    rooms = [path for path in python_files("portal") if "demo" not in path.parts and path.name != "cli.py"]
    assert [words for path in rooms for words in forgotten(path)] == []
