"""A request as lists and pages show it, at both doors and at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from portal.shared.domain.changes import Wanted
from portal.shared.domain.wishes import (
    Dispute,
    NewContact,
    OtherCountry,
    OtherFrequency,
    OtherProduct,
)
from portal.shared.services.catalog.reading import Names
from portal.shared.services.requests import RequestView, StepView
from portal.shared.web.countries import country_name
from portal.shared.web.display import format_moment, labelled, language
from portal.shared.web.orders import display as order_display
from portal.shared.web.words import requests as request_words
from portal.shared.web.words import vocabulary as words

LONGEST_EXCERPT = 90


def matter(view: RequestView, names: Names) -> str:
    """What a request is about, in one line: its kind, and the product if there is one."""
    kind = str(request_words.KINDS[view.kind])
    product = _product(view, names)
    return labelled(kind, product) if product else kind


def wanted(view: RequestView, names: Names) -> str:
    """What is wanted, in one line."""
    match view.wish:
        case Wanted(terms=terms):
            frequency = str(words.FREQUENCIES[terms.frequency]).lower()
            return f"{order_display.plan_and_seats(terms.plan_id, terms.seats, names)}, {frequency}"
        case NewContact(name=name, email=email):
            return f"{name} ({email})"
        case Dispute(invoice=invoice):
            return str(gettext("Invoice %(name)s", name=invoice))
        case OtherFrequency(frequency=frequency):
            return str(words.FREQUENCIES[frequency])
        case OtherProduct(seats=seats):
            return words.seat_count(seats)
        case OtherCountry(country=country):
            return country_name(country)
    return excerpt(view.note)


def excerpt(text: str) -> str:
    """The beginning of what somebody wrote."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_EXCERPT else f"{line[: LONGEST_EXCERPT - 1]}…"


def facts(view: RequestView, names: Names, zone: str, *, nobody: str = "") -> list[dict[str, str]]:
    """What stands on top of a request's page; `nobody` is the owner of one that nobody has taken."""
    rows = [{"label": gettext("What it is about"), "value": str(request_words.KINDS[view.kind])}]
    if product := _product(view, names):
        rows.append({"label": gettext("Product"), "value": product})
    short = wanted(view, names)
    if short and short != excerpt(view.note):
        rows.append({"label": gettext("What is wanted"), "value": short})
    asked = format_moment(view.asked_at, language(), zone)
    rows.append({"label": gettext("Asked by"), "value": view.asked_by, "detail": asked})
    owner = view.owner or nobody or request_words.desk_name(view.account_type)
    rows.append({"label": gettext("Owner"), "value": owner})
    return rows


def reason(view: RequestView) -> str:
    """What the customer wrote about it."""
    if isinstance(view.wish, NewContact | Dispute):
        return view.wish.reason
    return view.note


def story(view: RequestView, steps: Sequence[StepView]) -> list[dict[str, Any]]:
    """Everything that has happened to a request, from the beginning."""
    asked = {"sentence": request_words.happened("ask", view.asked_by), "at": view.asked_at, "text": ""}
    return [
        {**asked, "by_staff": False},
        *(
            {
                "sentence": request_words.happened(step.event, step.person),
                "at": step.at,
                "text": step.text,
                "by_staff": step.by_staff,
            }
            for step in steps
        ),
    ]


def customers_page(view: RequestView, steps: Sequence[StepView], names: Names, zone: str) -> dict[str, Any]:
    """What the customer's page of a request shows."""
    word, tone = request_words.state(view.state, view.account_type)
    return {
        "view": view,
        "number": view.number,
        "zone": zone,
        "word": word,
        "tone": tone,
        "facts": facts(view, names, zone),
        "reason": reason(view),
        "story": story(view, steps),
    }


def customers_row(view: RequestView, names: Names) -> dict[str, Any]:
    """A line of the customer's list."""
    word, tone = request_words.state(view.state, view.account_type)
    return {
        "number": view.number,
        "matter": matter(view, names),
        "wanted": wanted(view, names),
        "word": word,
        "tone": tone,
        "owner": view.owner,
        "asked_at": view.asked_at,
    }


def _product(view: RequestView, names: Names) -> str:
    return names.product(view.product, language()) if view.product in names.products else ""
