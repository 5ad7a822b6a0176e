"""Why did this person land here? What the account router decided, newest first."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.desk.staff import current_staff
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.tasks import task_named
from portal.shared.services.catalog import reading as catalog
from portal.shared.services.catalog.reading import Names
from portal.shared.services.desk import arrivals as service
from portal.shared.services.desk.arrivals import Arrival
from portal.shared.web.display import language
from portal.shared.web.house import house
from portal.shared.web.transactions import reading
from portal.shared.web.words import arrivals as arrival_words
from portal.shared.web.words import router as router_words

LONGEST_SEARCH = 100
HERE = "corporate.desk_arrivals"


def show() -> ResponseReturnValue:
    """Who came for what, where they were led, and why."""
    staff = current_staff()
    search = request.args.get("search", "").strip()[:LONGEST_SEARCH]
    before = request.args.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    found = service.arrivals(reading(), staff, search, number)
    names = catalog.names(reading())
    kept: dict[str, Any] = {"search": search} if search else {}
    return render_template(
        "corporate/desk/arrivals.html",
        rows=[_row(one, names) for one in found.rows],
        search=search,
        days=house().settings.arrivals_days,
        older_url=url_for(HERE, before=found.older, **kept) if found.older else None,
        newer_url=url_for(HERE, **kept) if number is not None else None,
    )


def _row(one: Arrival, names: Names) -> dict[str, Any]:
    task = task_named(one.task)
    return {
        "at": one.at,
        "zone": one.time_zone,
        "person": {"text": one.person, "detail": one.email},
        "account": {
            "text": one.account,
            "url": url_for("corporate.desk_account", account_id=one.account_id),
        }
        if one.account
        else None,
        "wanted": {
            "text": router_words.task_name(task) if task else gettext("A link we do not know"),
            "detail": names.product(one.product, language())
            if one.product in names.products
            else one.product,
        },
        "page": {
            "text": arrival_words.page_name(one.endpoint),
            "detail": arrival_words.portal_name(one.endpoint),
        },
        "why": arrival_words.told_to_staff(one.reason),
        "simply": one.reason == Reason.PAGE_DOES_IT,
    }
