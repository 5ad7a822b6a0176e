"""Mails: what the outbox keeps as plain values becomes a letter in the reader's language, as text and as HTML."""

from __future__ import annotations

from collections.abc import Callable
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

from flask import Flask
from flask_babel import force_locale

from portal.config import Seller
from portal.shared.domain.summary import OrderSummary
from portal.shared.services.catalog import reading as catalog
from portal.shared.services.equipment import Session
from portal.shared.services.invoices import reading as invoices
from portal.shared.services.invoices.reading import InvoiceWhole
from portal.shared.services.orders.reading import invoice_names
from portal.shared.web.colours import readable_on
from portal.shared.web.documents.invoices import file_name, invoice_pdf
from portal.shared.web.entrance.languages import DEFAULT, LANGUAGES, html_lang
from portal.shared.web.house import house
from portal.shared.web.mailing.contents import KINDS
from portal.shared.web.mailing.material import Attachment, MailContent, Material, one_line
from portal.shared.web.mailing.text import plain_text
from portal.shared.web.mailing.threads import thread_of

Render = Callable[[str, str, str, dict[str, Any]], EmailMessage]

_NEED_QUOTES = frozenset('()<>[]:;@\\,"')  # RFC 5322, specials; a dot alone is understood everywhere


class UnknownMail(LookupError):
    """The outbox holds a kind of mail nobody has written."""


def render_mail(app: Flask) -> Render:
    """What writes the mails of the outbox for `deliver_mails`; needs no request.

    The function it gives takes kind, recipient, language and payload, and raises UnknownMail for a kind without
    words.
    """

    def render(kind: str, recipient: str, language: str, payload: dict[str, Any]) -> EmailMessage:
        write = KINDS.get(kind)
        if write is None:
            raise UnknownMail(kind)
        with app.app_context(), force_locale(language if language in LANGUAGES else DEFAULT):
            with house().database.read() as session:
                content = write(_material(app, session, payload))
            message = _message(app, content, recipient, str(payload.get("name", "")))
            thread = thread_of(kind, payload)
            if thread is not None:
                first = f"<{thread}@{house().settings.seller.email.rpartition('@')[2]}>"
                message["In-Reply-To"], message["References"] = first, first
            return message

    return render


def _material(app: Flask, session: Session, payload: dict[str, Any]) -> Material:
    base_url = house().settings.base_url

    def link(endpoint: str, **values: Any) -> str:
        path = app.url_map.bind("localhost").build(endpoint, values)
        return f"{base_url}{path}" if base_url else ""

    def names_of_invoices(summary: OrderSummary) -> dict[int, str]:
        return invoice_names(session, summary)

    names = catalog.names(session)

    def document(name: str) -> InvoiceWhole:
        account_id = int(payload["account_id"])
        view = invoices.invoice_of(session, account_id, name, house().clock.now())
        if view is None:
            raise LookupError(f"there is no document {name}")
        return view

    def pdf(view: InvoiceWhole) -> Attachment:
        return Attachment(file_name(view), invoice_pdf(view, names))

    return Material(payload, names, names_of_invoices, link, document, pdf)


def _message(app: Flask, content: MailContent, recipient: str, name: str) -> EmailMessage:
    seller = house().settings.seller
    message = EmailMessage()
    message["From"] = Address(name_in_header(seller.name), addr_spec=seller.email)
    message["To"] = Address(name_in_header(name), addr_spec=recipient)
    message["Subject"] = one_line(content.subject)
    if content.reply_to is not None:
        message["Reply-To"] = Address(name_in_header(content.reply_to[0]), addr_spec=content.reply_to[1])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers it
    text = plain_text(content, _closing(seller))
    html = app.jinja_env.get_template("emails/mail.html").render(
        mail=content,
        seller=seller,
        closing=_closing(seller),
        html_lang=html_lang(),
        on_brand=readable_on(seller.brand_colour),
    )
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    for one in content.attachments:
        message.add_attachment(one.content, "application", "pdf", filename=one.file_name)
    message["Content-Language"] = html_lang()  # last: the parts would take it with them
    return message


def name_in_header(name: str) -> str:
    """A person's name that needs no quotation marks in a header.

    The standard library loses those marks where it folds a long line, and what stood between them becomes addresses.
    """
    return one_line("".join(" " if one in _NEED_QUOTES else one for one in name))


def _closing(seller: Seller) -> list[str]:
    return [seller.legal_name or seller.name, ", ".join(seller.address), seller.care_email or seller.email]
