"""The words a template shows by itself, without asking the catalogue for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment, nodes

# Functions that translate, with the number of their arguments that the catalogue is asked for.
TRANSLATING = {"_": 1, "gettext": 1, "ngettext": 2, "pgettext": 2, "npgettext": 3}

# Where a reader, or a reader's software, meets text that stands inside a tag.
SPOKEN = {
    "alt",
    "aria-description",
    "aria-label",
    "aria-roledescription",
    "data-label",
    "placeholder",
    "title",
}
SILENT_TAGS = {"script", "style"}

_VALUE = "\N{OBJECT REPLACEMENT CHARACTER}"  # stands for whatever an expression gives
_LETTER = re.compile(r"[^\W\d_]")
# A sentence has a blank between two words; a label begins with a capital. Names that machines read do neither.
_SENTENCE = re.compile(r"[^\W\d_]{2,}[,.:;]? [^\W\d_]{2,}|\A[^\W\d_a-z][a-z]")
_environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def bare_words(source: str, *, is_html: bool = True) -> list[str]:
    """Every text that stays as it is in every language: on the page, in a tag, or inside an expression."""
    tree = _environment.parse(source)
    page = "".join(_flat(tree))
    on_page = _words_of_page(page) if is_html else [" ".join(page.replace(_VALUE, " ").split())]
    return [text for text in on_page if _LETTER.search(text)] + list(_words_of_expressions(tree))


def hidden_sentences(source: str) -> list[int]:
    """The lines that translate something which is not written out there, so that no catalogue can hold it."""
    calls = _environment.parse(source).find_all(nodes.Call)
    return [call.lineno for call in calls if not all(map(_is_text, call.args[: _asked(call)]))]


def _asked(node: nodes.Node) -> int:
    """How many arguments of a call are looked up in the catalogue; 0 for whatever translates nothing."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
        return TRANSLATING.get(node.node.name, 0)
    return 0


def _is_text(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, str)


def _flat(node: nodes.Node) -> Iterator[str]:
    """The page with all its branches one after the other; values are left out."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.TemplateData):
            yield child.data
        elif not isinstance(child, nodes.Expr):
            yield from _flat(child)
        elif isinstance(node, nodes.Output):
            yield _VALUE


def _words_of_expressions(node: nodes.Node) -> Iterator[str]:
    """Constants that read like words for people and are handed to no translating function."""
    if isinstance(node, nodes.Const):
        yield from _words_of_constant(node.value)
    elif not _is_for_htmx(node) and not _is_for_the_browser(node):
        for child in node.iter_child_nodes():
            if not (_asked(node) and isinstance(child, nodes.Const)):
                yield from _words_of_expressions(child)


def _words_of_constant(value: object) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("<"):
        yield from _words_of_page(value)
    elif isinstance(value, str) and _SENTENCE.search(value):
        yield value


def _is_for_the_browser(node: nodes.Node) -> bool:
    """What a field is called by the browser that fills it in."""
    return isinstance(node, nodes.Keyword) and node.key == "autocomplete"


def _is_for_htmx(node: nodes.Node) -> bool:
    """An attribute of htmx with its value, which has words of its own."""
    return (
        isinstance(node, nodes.Pair)
        and isinstance(node.key, nodes.Const)
        and str(node.key.value).startswith("hx-")
    )


def _words_of_page(html: str) -> list[str]:
    page = _Page()
    page.feed(html)
    page.close()
    return page.found


class _Page(HTMLParser):
    """Collects what stands between tags, and in the attributes people hear."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT_TAGS
        named = dict(attrs)
        spoken = sorted(SPOKEN & named.keys())
        if tag == "input" and named.get("type") in {"button", "reset", "submit"}:
            spoken.append("value")
        if tag == "meta" and named.get("name") == "description":
            spoken.append("content")
        for name in spoken:
            self._keep(named.get(name) or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT_TAGS

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._keep(data)

    def _keep(self, text: str) -> None:
        words = " ".join(text.replace(_VALUE, " ").split())
        if _LETTER.search(words):
            self.found.append(words)
