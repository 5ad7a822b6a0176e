"""The catalogues of translated sentences: gather, compile and check them.

    python -m portal.shared.web.translations.catalogues update     after writing or changing a sentence
    python -m portal.shared.web.translations.catalogues compile    after translating (the project's script does it too)
    python -m portal.shared.web.translations.catalogues missing    lists what is not translated yet

The sentences in code and templates are English; they are their own catalogue.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
LANGUAGES = ("pt_BR", "es", "fr", "de", "it")
# Each folder has its own patterns: Babel reads them from the folder, not from the root.
SOURCES = (("portal", [("**.py", "python")]), ("templates", [("**.html", "jinja2"), ("**.txt", "jinja2")]))
KEYWORDS = DEFAULT_KEYWORDS | {"lazy_gettext": None, "lazy_ngettext": (1, 2), "lazy_pgettext": ((1, "c"), 2)}


def po_file(language: str) -> Path:
    """The catalogue of a language, to be read and written by people."""
    return HERE / language / "LC_MESSAGES" / "messages.po"


def extract() -> Catalog:
    """Every sentence of the code and the templates, with the files it stands in."""
    catalogue = Catalog(project="Twodoor")
    for folder, patterns in SOURCES:
        found = extract_from_dir(
            ROOT / folder,
            patterns,
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            strip_comment_tags=True,
        )
        for name, line, sentence, comments, context in found:
            place = (f"{folder}/{Path(name).as_posix()}", line)
            catalogue.add(sentence, None, [place], auto_comments=comments, context=context)
    return catalogue


def read(language: str) -> Catalog:
    """The catalogue as it stands, or an empty one."""
    if not po_file(language).exists():
        return Catalog(
            locale=language, project="Twodoor", copyright_holder="Twodoor contributors", fuzzy=False
        )
    with po_file(language).open("rb") as reading:
        return read_po(reading, locale=language)


def updated(language: str) -> bytes:
    """The catalogue with every sentence of today: new ones empty, those no longer said left out."""
    catalogue, template = read(language), extract()
    template.creation_date = catalogue.creation_date  # a date would change the file at every run
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    target = BytesIO()
    write_po(target, catalogue, width=110, sort_output=True, include_lineno=False)
    return target.getvalue()


def compiled(language: str) -> bytes:
    """The catalogue as the application reads it."""
    target = BytesIO()
    write_mo(target, read(language))
    return target.getvalue()


def missing(language: str) -> Iterator[str]:
    """Every sentence without a translation, half-translated plurals included (Babel counts those as done)."""
    for message in read(language):
        if message.id and not _is_whole(message):
            yield message.id if isinstance(message.id, str) else message.id[0]


def _is_whole(message: Message) -> bool:
    strings = [message.string] if isinstance(message.string, str) else list(message.string)
    return not message.fuzzy and bool(strings) and all(strings)


def main(command: str) -> int:
    """Do what is asked for all languages; `missing` fails when something is."""
    left = 0
    for language in LANGUAGES:
        file = po_file(language)
        if command == "update":
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(updated(language))
        elif command == "compile":
            file.with_suffix(".mo").write_bytes(compiled(language))
        elif command == "missing":
            for sentence in missing(language):
                left += 1
                sys.stdout.write(f"{language}: {sentence}\n")
        else:
            raise SystemExit(__doc__)
    return 1 if left else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) == 2 else ""))
