"""What every document of ours carries, whatever it says: the seller, its colour, the foot of the page."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext

from portal.shared.web.colours import readable_on_white
from portal.shared.web.documents.parties import seller_party
from portal.shared.web.documents.typesetting import typeset
from portal.shared.web.entrance.languages import html_lang
from portal.shared.web.house import house

_INK = "#1b1c1f"


def frame() -> dict[str, Any]:
    """The data that all templates ask for, in the language of the moment."""
    seller = house().settings.seller
    foot = [seller.legal_name or seller.name, seller.email, seller.phone, seller.website]
    return {
        "language": html_lang(),
        "brand": seller.brand_colour,
        "accent": seller.brand_colour if readable_on_white(seller.brand_colour) else _INK,
        "seller": seller_party(seller),
        "columns": {"description": gettext("Description"), "amount": gettext("Amount")},
        "footer": " · ".join(part for part in foot if part),
        # Translators: {page} and {pages} stay as they are.
        "page-words": gettext("Page {page} of {pages}"),
        "e-invoice": gettext("The invoice as data (Factur-X, EN 16931)"),
        "taxes": None,
        "sections": [],
    }


def pdf(template: str, data: dict[str, Any], *, on: date, attached: bytes | None = None) -> bytes:
    """The document of a template of ours; `attached` is the e-invoice that goes inside."""
    folder = Path(current_app.root_path, str(current_app.template_folder), "documents")
    return typeset(folder, template, data, on=on, attached=attached)
