"""The sandbox processor's own pages, which stand for another company's site.

They know no sign-in: they are open to whoever holds the reference, which nobody can guess. They write the processor's
book first and then tell our application, as a webhook would. A GET writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response
from flask_babel import gettext as _

from portal.shared.gateways.cards import ProcessorUnavailable
from portal.shared.gateways.sandbox.answers import message
from portal.shared.gateways.sandbox.card_page import add_card_page
from portal.shared.gateways.sandbox.challenge_page import add_challenge_page
from portal.shared.gateways.sandbox.processor import MOUNTED_AT, SandboxProcessor


def sandbox_pages(
    processor: SandboxProcessor,
    on_card_saved: Callable[[str], None],
    on_charge_settled: Callable[[str], None],
) -> Blueprint:
    """The pages of this processor, for `app.register_blueprint`.

    `on_card_saved` gets the reference of a card session, `on_charge_settled` the key of a charge. As with webhooks, the
    same thing may be told more than once, and a charge may turn out declined.
    """
    pages = Blueprint("sandbox_processor", __name__, url_prefix=MOUNTED_AT, static_folder="static")
    add_card_page(pages, processor, on_card_saved)
    add_challenge_page(pages, processor, on_charge_settled)

    @pages.errorhandler(ProcessorUnavailable)
    def unavailable(trouble: ProcessorUnavailable) -> Response:
        text = _("Nothing was saved and nothing was charged. Try again in a moment.")
        answer = message(_("The card processor does not answer"), text, None, 503)
        answer.headers["Retry-After"] = "5"
        return answer

    return pages
