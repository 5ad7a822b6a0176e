"""The sentences Python code asks the catalogue for, and the ones it forgets to ask for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.source_files import walk

# Name of the function: where its context and its sentences stand among the arguments.
CONTEXT, SENTENCE, PLURAL = "context", "sentence", "plural"
SHAPES = {
    "_": (SENTENCE,),
    "gettext": (SENTENCE,),
    "ngettext": (SENTENCE, PLURAL),
    "pgettext": (CONTEXT, SENTENCE),
    "npgettext": (CONTEXT, SENTENCE, PLURAL),
}
SHAPES |= {f"lazy_{name}": shape for name, shape in SHAPES.items() if name != "_"}

# What pages show under these names is meant for people.
SHOWN = {
    "button",
    "detail",
    "heading",
    "hint",
    "label",
    "legend",
    "note",
    "reason",
    "sentence",
    "text",
    "title",
}

Sentence = tuple[str | None, str | tuple[str, str]]


def asked_for(path: Path) -> Iterator[Sentence | str]:
    """(context, sentence) of every call for a translation; where it is not written out, the place it stands in."""
    for node in walk(path):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SHAPES):
            continue
        shape = SHAPES[node.func.id]
        texts = dict(zip(shape, map(_text, node.args), strict=False))
        if len(texts) < len(shape) or None in texts.values():
            yield f"{path}:{node.lineno}"
            continue
        sentence, plural = texts[SENTENCE] or "", texts.get(PLURAL)
        yield texts.get(CONTEXT), (sentence, plural) if plural else sentence


def forgotten(path: Path) -> Iterator[str]:
    """Words that go to a page as they stand in the code: flashed, or under a name that is shown."""
    for node in walk(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "flash":
            yield from _words(path, node.args[0])
        elif isinstance(node, ast.keyword) and node.arg in SHOWN:
            yield from _words(path, node.value)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in SHOWN:
                    yield from _words(path, value)


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _words(path: Path, node: ast.expr) -> Iterator[str]:
    """The letters of a text, or of the fixed parts of a formatted one."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    for part in parts:
        if any(map(str.isalpha, _text(part) or "")):
            yield f"{path}:{node.lineno}: {_text(part)}"
