"""The frame around every page: what stands in its header, and which portal's it is."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from flask import request

from portal.shared.web.pieces import remembered, rendered


def layout() -> str:
    """The template that surrounds a page that both portals show: that of the portal whose page was asked for."""
    return f"layouts/portal_{request.blueprint}.html"


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A way to a page; `current` is true there, and a word on pages that belong to it."""

    label: str
    url: str
    current: bool | str | None = False
    icon: str | None = None


@dataclass(frozen=True, slots=True)
class CartLink:
    """The way to the cart, and how much is in it."""

    url: str
    count: int


@dataclass(frozen=True, slots=True)
class AccountShown:
    """Whose pages these are; the balance, written out, for those who may see it."""

    name: str
    balance: str | None = None


@dataclass(frozen=True, slots=True)
class Language:
    """A language to choose, by the name it has for itself."""

    code: str
    name: str
    current: bool


@dataclass(frozen=True, slots=True)
class Demo:
    """The ways to what only a demo has; `day`, written out, once its clock was moved."""

    mailbox_url: str
    clock_url: str | None
    day: str | None


@remembered
def site_header(**shown: Hashable) -> str:
    """The header; what it shows is told in its template."""
    return rendered("layouts/header.html", **shown)


@remembered
def assets() -> str:
    """The icon, the font and the style sheets of every page."""
    return rendered("layouts/assets.html")
