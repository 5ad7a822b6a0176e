"""The demo's clock, for everybody who is signed in there: move it forward, and read what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from portal.shared.services import rehearsal
from portal.shared.services.catalog import reading as catalog
from portal.shared.services.rehearsal import LONGEST_DAYS, DemoClock, Document, Move, Refused
from portal.shared.services.sign_in import signing_in as signin
from portal.shared.services.sign_in.signing_in import SignedIn
from portal.shared.web.display import format_long_date, format_moment, language
from portal.shared.web.entrance import identity
from portal.shared.web.house import house
from portal.shared.web.transactions import reading, writing
from portal.shared.web.typed.dates import DateProblem, date_from_text

HERE, MOVING = "front.demo_clock", "front.demo_clock_moving"
_DIGITS = 4  # of a number of days
_SHOWN = 20


@dataclass(slots=True)
class _Wish:
    """Where somebody wants the clock to stand, or what is wrong with what was typed, by field."""

    until: datetime | None = None
    account_id: int | None = None
    errors: dict[str, str] = field(default_factory=dict)


def demo_clock() -> ResponseReturnValue:
    """What time it is in the demo, the ways to move on, and what came of the newest move."""
    clock = _clock()
    person = identity.current_person()
    if person is None:
        return identity.to_sign_in()
    move = clock.move()
    if move is not None and not move.done:
        return redirect(url_for(MOVING))
    return _page(clock, person)


def move_demo_clock() -> ResponseReturnValue:
    """Keep the wish to move the clock, and show how far it is."""
    clock = _clock()
    person = identity.current_person()
    if person is None:
        return identity.to_sign_in()
    wish = _wished(clock, person)
    if wish.until is None:
        return _page(clock, person, wish.errors), 422
    refused = rehearsal.wish(reading(), clock, wish.until, wish.account_id)
    if refused is not None:
        name = next((name for name in ("days", "date") if name in request.form), "renewal")
        return _page(clock, person, {name: _refusal(refused)}), 422
    token = identity.current_token()
    if wish.account_id is not None and token is not None:
        # The document that comes of it is read as this account's.
        signin.choose_account(writing(), token, wish.account_id, house().machine_clock.now())
    return redirect(url_for(MOVING), 303)


def demo_clock_moving() -> ResponseReturnValue:
    """How far the clock is; once it stands, on to the document that came of it."""
    clock = _clock()
    person = identity.current_person()
    if person is None:
        return identity.to_sign_in()
    move = clock.move()
    asked_by_script = bool(request.headers.get("HX-Request"))
    if move is None or move.done:
        target = _outcome(person, move)
        return make_response("", 200, {"HX-Redirect": target}) if asked_by_script else redirect(target)
    template = "front/_clock_progress.html" if asked_by_script else "front/clock_moving.html"
    return render_template(template, **_progress(clock, move, person))


def _clock() -> DemoClock:
    found = rehearsal.movable(house().clock) if house().settings.demo else None
    if found is None:
        abort(404)
    return found


def _wished(clock: DemoClock, person: SignedIn) -> _Wish:
    form, now = request.form, clock.now()
    if "days" in form:
        text = form["days"].strip()
        if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS and int(text) > 0):
            return _Wish(errors={"days": gettext("Enter a whole number of days, 1 or more.")})
        return _Wish(now + timedelta(days=int(text)))
    if "date" in form:
        day = date_from_text(form["date"])
        if isinstance(day, DateProblem):
            return _Wish(errors={"date": day.sentence})
        return _Wish(rehearsal.morning_of(day, rehearsal.zone_of(reading(), person)))
    ahead = rehearsal.next_renewals(reading(), person, now)
    wanted = next((one for one in ahead if str(one.account_id) == form.get("account")), None)
    if wanted is None:
        return _Wish(errors={"renewal": gettext("This account has no renewal ahead.")})
    return _Wish(wanted.instant, wanted.account_id)


def _page(clock: DemoClock, person: SignedIn, errors: dict[str, str] | None = None) -> str:
    errors, now = errors or {}, clock.now()
    zone, move = rehearsal.zone_of(reading(), person), clock.move()
    names = catalog.names(reading())
    return render_template(
        "front/clock.html",
        now=format_moment(now, language(), zone),
        zone=zone,
        ahead=_ahead(clock),
        today=now.date(),
        longest=LONGEST_DAYS,
        renewals=[
            {
                "account_id": one.account_id,
                "name": one.account_name,
                "on": format_long_date(one.on, language()),
                "products": ", ".join(names.product(code, language()) for code in one.products),
            }
            for one in rehearsal.next_renewals(reading(), person, now)
        ],
        documents=[_shown(person, one) for one in _documents(person, move)[-_SHOWN:]],
        moved=move is not None,
        typed=request.form,
        errors=errors,
        problems=[{"field": name, "text": text} for name, text in errors.items()],
    )


def _ahead(clock: DemoClock) -> str | None:
    """How far the demo is ahead, in words; nothing when it never moved."""
    days = (clock.ahead + timedelta(hours=12)) // timedelta(days=1)
    if not clock.ahead:
        return None
    if not days:
        return str(gettext("Less than a day ahead of the real time"))
    return str(ngettext("%(num)d day ahead of the real time", "%(num)d days ahead of the real time", days))


def _progress(clock: DemoClock, move: Move, person: SignedIn) -> dict[str, Any]:
    zone = rehearsal.zone_of(reading(), person)
    whole, gone = move.until - move.began, clock.now() - move.began
    return {
        "until": format_long_date(move.until, language(), zone),
        "now": format_long_date(clock.now(), language(), zone),
        "share": min(100, 100 * gone // whole) if whole else 100,
    }


def _documents(person: SignedIn, move: Move | None) -> list[Document]:
    if move is None or not move.done:
        return []
    return list(rehearsal.came_of(reading(), move, rehearsal.accounts_of(reading(), person)))


def _outcome(person: SignedIn, move: Move | None) -> str:
    """The invoice of the renewal that was wanted, or the page that lists what came."""
    of_account = [one for one in _documents(person, move) if move and one.account_id == move.account_id]
    invoices = [one for one in of_account if one.kind == "invoice"]
    return _address(person, invoices[-1]) if invoices else url_for(HERE)


def _shown(person: SignedIn, one: Document) -> dict[str, Any]:
    return {
        "name": one.name,
        "url": _address(person, one),
        "account": one.account_name,
        "kind": gettext("Credit note") if one.kind == "credit_note" else gettext("Invoice"),
        "on": format_long_date(one.issued_on, language()),
    }


def _address(person: SignedIn, one: Document) -> str:
    if person.staff_role is not None:
        return url_for("corporate.desk_invoice", account_id=one.account_id, name=one.name)
    portal = "corporate" if one.account_type == "corporate" else "self_service"
    return url_for(f"{portal}.invoice", name=one.name)


def _refusal(refused: Refused) -> str:
    sentences = {
        Refused.BACKWARD: gettext("The clock only moves forward. Choose a later day."),
        Refused.TOO_FAR: ngettext(
            "The clock moves %(num)d day at most at once.",
            "The clock moves %(num)d days at most at once.",
            LONGEST_DAYS,
        ),
        Refused.MOVING: gettext("The clock is moving already. Wait until it stands."),
    }
    return str(sentences[refused])
