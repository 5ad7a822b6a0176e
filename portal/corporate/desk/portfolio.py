"""The front page of the desk: what waits, and whose accounts these are."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.corporate.desk.requests import shown
from portal.corporate.desk.staff import current_staff
from portal.shared.services import desk, requests
from portal.shared.web.transactions import reading


def show() -> ResponseReturnValue:
    """What waits, and whose accounts these are."""
    staff = current_staff()
    accounts = desk.portfolio(reading(), staff)
    mine = {account.id for account in accounts}
    waiting = [view for view in requests.waiting(reading()) if view.account_id in mine]
    return render_template(
        "corporate/desk/portfolio.html", accounts=accounts, requests=[shown(view) for view in waiting]
    )
