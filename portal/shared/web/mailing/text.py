"""The plain version of a mail: amounts stand below each other in any mail program, sentences break where they must."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Any

from flask_babel import gettext
from markupsafe import Markup

from portal.shared.web.display import labelled
from portal.shared.web.mailing.material import MailContent

# Characters a line of the summary takes: what a phone shows without breaking it.
WIDTH = 42


def plain_text(content: MailContent, closing: Sequence[str]) -> str:
    """The mail as text; `closing` are the lines that say who writes."""
    parts = [content.heading, content.greeting, *content.sentences]
    if content.facts:
        parts.append("\n".join(labelled(label, value) for label, value in content.facts))
    if content.quote:
        parts.append("\n".join(f"> {line}".rstrip() for line in content.quote.splitlines()))
    if content.summary is not None:
        parts.append("\n".join([gettext("Order summary"), "", *_table(content.summary)]))
        parts.append("\n".join(f"* {_without_tags(note['text'])}" for note in content.summary["notes"]))
    if content.action is not None:
        label, url = content.action
        parts.append(f"{labelled(label, '').rstrip()}\n{url}")
    parts.append("\n".join(["-- ", *closing]))
    return "\n\n".join(parts) + "\n"


def _table(summary: Mapping[str, Any]) -> Iterator[str]:
    for number, row in enumerate(summary["rows"]):
        if row["tone"] == "heading" and number:
            yield ""
        yield from _row(row["label"], row.get("amount", ""))
        if row.get("detail"):
            yield from textwrap.wrap(row["detail"], WIDTH, initial_indent="  ", subsequent_indent="  ")
    yield "-" * WIDTH
    yield from _row(gettext("Total due"), summary["total"])


def _row(label: str, amount: str) -> Iterator[str]:
    """A label with its amount at the end of the line; a label that leaves no room has its amount below."""
    if len(label) + 2 + len(amount) <= WIDTH:
        yield f"{label}{amount.rjust(WIDTH - len(label))}".rstrip()
    else:
        yield from textwrap.wrap(label, WIDTH)
        if amount:
            yield amount.rjust(WIDTH)


def _without_tags(text: str) -> str:
    """A note as it is read; the spaces that do not break stay."""
    return unescape(re.sub(r"<[^>]+>", "", text)) if isinstance(text, Markup) else str(text)
