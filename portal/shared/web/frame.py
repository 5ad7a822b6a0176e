"""The frame around a page that both portals show: that of the portal whose page was asked for."""

from __future__ import annotations

from flask import request


def layout() -> str:
    """The template that surrounds the page."""
    return f"layouts/portal_{request.blueprint}.html"
