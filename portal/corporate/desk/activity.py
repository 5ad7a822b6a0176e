"""The activity of an account, at the desk."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.corporate.desk.staff import account_of_staff
from portal.shared.domain.activity import Kind
from portal.shared.services.accounts import account_view
from portal.shared.web.activity import pages
from portal.shared.web.house import house
from portal.shared.web.transactions import reading


def show(account_id: int) -> ResponseReturnValue:
    """Everything that was done for the account, newest first."""
    return pages.page_of(_place(account_id))


def as_csv(account_id: int) -> ResponseReturnValue:
    """The same, for a spreadsheet."""
    return pages.csv_of(_place(account_id))


def as_json(account_id: int) -> ResponseReturnValue:
    """The same, to be checked."""
    return pages.json_of(_place(account_id))


def _place(account_id: int) -> pages.Place:
    account_of_staff(account_id)
    return pages.Place(
        account_view(reading(), account_id, house().clock.now()),
        "corporate.desk_activity",
        "layouts/portal_desk.html",
        {"account_id": account_id},
        tuple(Kind),
        url_for("corporate.desk_account", account_id=account_id),
    )
