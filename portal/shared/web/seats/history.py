"""Who held which seat when: for each person, each product, and on any day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.calendar import first_instant
from portal.shared.domain.seats import How, SpellWish
from portal.shared.services import seats as service
from portal.shared.services.seats import Spell, SpellPage
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import format_moment, language
from portal.shared.web.seats import framing
from portal.shared.web.transactions import reading
from portal.shared.web.typed.dates import DateProblem, date_from_text

_GIVEN: dict[How, LazyString] = {
    How.BEFORE: lazy_gettext("before this history began"),
    How.ASSIGNED: lazy_gettext("assigned"),
    How.MOVED: lazy_gettext("moved from somebody else"),
    How.IMPORTED: lazy_gettext("with a list"),
    How.ORDERED: lazy_gettext("with an order"),
}
_TAKEN: dict[How, LazyString] = {
    How.ASSIGNED: lazy_gettext("taken away"),
    How.MOVED: lazy_gettext("moved to somebody else"),
    How.ORDERED: lazy_gettext("with an order"),
}


def show() -> ResponseReturnValue:
    """The history, newest first; of one day where one is asked for."""
    here = at_hand()
    typed = {field: request.args.get(field, "").strip()[:100] for field in ("search", "product", "day")}
    person = framing.number_in(request.args.get("person"))
    wish, problem = _wish(typed, person)
    found = SpellPage((), None)
    if problem is None:
        found = service.page_of_history(reading(), here.account.id, wish)
    question: dict[str, Any] = {field: text for field, text in typed.items() if text}
    if person is not None:
        question["person"] = person
    cards = framing.subscription_cards()
    names = framing.product_names(cards)
    page = framing.shown(
        "history",
        rows=rows(found.spells),
        typed=typed,
        one_person=person,
        searched=bool(question),
        options=[{"value": "", "label": gettext("All products")}]
        + [{"value": card.id, "label": names[card.id]} for card in cards],
        older_url=framing.back_to("seat_history", **question, before=found.older) if found.older else None,
        newer_url=framing.back_to("seat_history", **question) if wish.before else None,
        problem=problem,
        problems=[{"field": "day", "text": problem}] if problem else [],
    )
    return page, 422 if problem else 200


def rows(spells: Iterable[Spell], *, with_person: bool = True) -> list[list[Any]]:
    """Spells as a table shows them."""
    names = at_hand().catalog.names
    shown = []
    for one in spells:
        product = names.product(one.product, language())
        url = framing.back_to("person_seats", person_id=one.person_id)
        who = [{"text": one.name, "detail": one.email, "url": url}] if with_person else []
        shown.append([*who, product, _given(one), _taken(one)])
    return shown


def _wish(typed: dict[str, str], person: int | None) -> tuple[SpellWish, str | None]:
    day = date_from_text(typed["day"])
    if isinstance(day, DateProblem) and day is not DateProblem.EMPTY:
        return SpellWish(), day.sentence
    since = until = None
    if not isinstance(day, DateProblem):
        zone = at_hand().account.time_zone
        since, until = first_instant(day, zone), first_instant(day + timedelta(days=1), zone)
    wish = SpellWish(
        text=typed["search"],
        person_id=person,
        subscription_id=framing.number_in(typed["product"]),
        since=since,
        until=until,
        before=framing.number_in(request.args.get("before")),
    )
    return wish, None


def _given(one: Spell) -> dict[str, str]:
    return _told(one.given_at, _GIVEN[one.given_how], one.given_by)


def _taken(one: Spell) -> dict[str, str] | str:
    if one.taken_at is None or one.taken_how is None:
        return str(gettext("Holds it now"))
    return _told(one.taken_at, _TAKEN.get(one.taken_how, _TAKEN[How.ASSIGNED]), one.taken_by)


def _told(at: Any, how: LazyString, by: str | None) -> dict[str, str]:
    detail = gettext("%(how)s, by %(name)s", how=how, name=by) if by else str(how)
    return {"text": format_moment(at, language(), at_hand().account.time_zone), "detail": str(detail)}
