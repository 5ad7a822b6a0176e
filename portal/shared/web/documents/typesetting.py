"""Sets a document as PDF: a template of ours and plain data give the same bytes, every time and everywhere.

The data is never markup: it travels as JSON and is printed as text. The compiler may read the folder of the templates
and our own fonts, nothing else, and it asks neither the clock nor the network.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

FONTS = Path(__file__).parent / "fonts"
# Readable by everybody's software (PDF/UA-1), and by the software of the years to come, with room for an attached
# e-invoice (PDF/A-3).
STANDARDS: tuple[Literal["ua-1"], Literal["a-3a"]] = ("ua-1", "a-3a")
_NO_SHAPE = "\N{WHITE SQUARE}"


def typeset(
    folder: Path, template: str, data: Mapping[str, Any], *, on: date, attached: bytes | None = None
) -> bytes:
    """The PDF of a template in a folder; `on` is the day the document bears inside, not the day it is set.

    `attached` is a file in UTF-8 that the template puts inside, as it is.
    """
    inputs = {"data": json.dumps(printable(data), ensure_ascii=False)}
    if attached is not None:
        inputs["attached"] = attached.decode()
    return typst.compile(
        folder / template,
        root=folder,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs=inputs,
        pdf_standards=list(STANDARDS),
        timestamp=datetime.combine(on, time(), UTC),
    )


def printable(value: Any) -> Any:
    """Plain data in which every letter has a shape in our fonts."""
    if isinstance(value, str):
        return "".join(_shown(letter) for letter in unicodedata.normalize("NFC", value))
    if isinstance(value, Mapping):
        return {key: printable(one) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [printable(one) for one in value]
    return value


def _shown(letter: str) -> str:
    if unicodedata.category(letter) in {
        "Cc",
        "Cf",
        "Cs",
        "Zl",
        "Zp",
    }:  # some of these are forbidden in archives
        return " " if letter in "\n\r\t\v\f\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}" else ""
    if letter in _letters():
        return letter
    simpler = unicodedata.normalize("NFKC", letter)
    return simpler if all(one in _letters() for one in simpler) else _NO_SHAPE


@cache
def _letters() -> frozenset[str]:
    """What both weights of our font can show."""
    ranges = (line.split("-") for line in (FONTS / "letters.txt").read_text(encoding="ascii").split())
    return frozenset(
        chr(point) for first, last in ranges for point in range(int(first, 16), int(last, 16) + 1)
    )


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
