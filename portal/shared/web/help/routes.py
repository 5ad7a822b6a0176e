"""The help centre, in the order a reader meets its pages. It is open to everybody, so no guard stands before it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, has_request_context, request, url_for
from flask_babel import gettext

from portal.shared.domain.routing.pages import PAGES
from portal.shared.web.help import answering, pages, search

help_centre = Blueprint("help", __name__, url_prefix="/help")

help_centre.add_url_rule("/", "index", pages.index)
help_centre.add_url_rule("/search", "search", search.search)
help_centre.add_url_rule("/billing-center-faqs", "faqs", pages.faqs)
help_centre.add_url_rule("/corporate-billing-portal-faqs", "corporate_faqs", pages.corporate_faqs)
help_centre.add_url_rule("/<name>", "page", pages.page)
help_centre.add_url_rule("/<name>/answer", "send_answer", answering.send, methods=["POST"])

RESUME_PAGES = {"help.send_answer": "help.page"}


@help_centre.context_processor
def _frame() -> dict[str, Any]:
    return {"portal_name": gettext("Help")}


@help_centre.app_context_processor
def _help_of_this_page() -> dict[str, Any]:
    """`help_url`: the page on the task of the screen at hand, or the index where there is none."""
    screen = PAGES.get(request.endpoint or "") if has_request_context() else None
    if screen is None:
        return {"help_url": url_for("help.index")}
    return {"help_url": url_for("help.page", name=str(screen.task))}
