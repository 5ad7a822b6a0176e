"""What mails are made of: what somebody did, the names of things, and the form every mail takes."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext

from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.summary import OrderSummary
from portal.shared.services.catalog.reading import Names
from portal.shared.services.invoices.reading import InvoiceWhole
from portal.shared.web.display import format_long_date, language

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that goes with a mail."""

    file_name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class MailContent:
    """A mail before it has a form. `action` is a label and an address; `reply_to` a name and an address of mail."""

    subject: str
    heading: str
    greeting: str
    sentences: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    summary: Mapping[str, Any] | None = None
    quote: str = ""
    action: tuple[str, str] | None = None
    reply_to: tuple[str, str] | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """What a mail is made of; `link` gives the full address of one of our pages, or "" when we do not know ours.

    `invoice` is the document that the payload names, `document` another one of the same account; `pdf` sets one.
    """

    payload: Mapping[str, Any]
    names: Names
    invoice_names: Callable[[OrderSummary], Mapping[int, str]]
    link: Callable[..., str]
    document: Callable[[str], InvoiceWhole]
    pdf: Callable[[InvoiceWhole], Attachment]

    def invoice(self) -> InvoiceWhole:
        """The document that the payload names."""
        return self.document(str(self.payload["invoice"]))

    def said(self, key: str) -> str:
        """Something of the payload that somebody else may have typed, as one harmless line."""
        return one_line(str(self.payload.get(key, "")))

    @property
    def product(self) -> str:
        """The product's name, or "" when the mail is about none."""
        code = self.payload["product"]
        return self.names.product(code, language()) if code else ""

    @property
    def greeting(self) -> str:
        """How the mail begins."""
        name = self.said("name")
        return str(gettext("Hello %(name)s,", name=name) if name else gettext("Hello,"))

    def action(self, label: str, endpoint: str, **values: Any) -> tuple[str, str] | None:
        """A button, if we know the address it leads to."""
        url = self.link(endpoint, **values)
        return (label, url) if url else None

    def to_task(self, label: str, task: Task, product: str | None = None) -> tuple[str, str] | None:
        """A button to wherever the reader does a task."""
        return self.action(label, "front.go_to_task", task=str(task), product=product)


def long_day(day: str) -> str:
    """A day of a payload (ISO 8601), written out in the reader's language."""
    return format_long_date(date.fromisoformat(day), language())


def one_line(text: str) -> str:
    """A text without line breaks and invisible characters, so that it can pretend to be nothing else."""
    visible = (" " if unicodedata.category(one) in {"Cc", "Zl", "Zp"} else one for one in text)
    kept = "".join(one for one in visible if unicodedata.category(one) not in {"Cf", "Cs", "Co", "Cn"})
    line = " ".join(kept.split())
    return line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - 1]}…"


def quoted(text: str) -> str:
    """What somebody wrote, line by line, without empty ones at its ends."""
    return "\n".join(one_line(line) for line in text.strip().splitlines())
