"""Requests of a corporate account: what only its representative can do."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from portal.shared.web.requests import pages as request_pages

_DOOR = request_pages.Door("corporate", "corporate/account")


def overview() -> ResponseReturnValue:
    """Everything the account asked for."""
    return request_pages.overview(_DOOR)


def new() -> ResponseReturnValue:
    """What can be asked for, or the form of one kind."""
    return request_pages.new(_DOOR)


def send() -> ResponseReturnValue:
    """Send a request to the representative."""
    return request_pages.send(_DOOR)


def show(number: int) -> ResponseReturnValue:
    """One request with its answer."""
    return request_pages.show(_DOOR, number)


def withdraw(number: int) -> ResponseReturnValue:
    """Take a request back."""
    return request_pages.withdraw(_DOOR, number)


def dispute(name: str) -> ResponseReturnValue:
    """Say what is wrong with an invoice."""
    return request_pages.dispute(_DOOR, name)


def send_dispute(name: str) -> ResponseReturnValue:
    """Send the dispute to the representative."""
    return request_pages.send_dispute(_DOOR, name)
