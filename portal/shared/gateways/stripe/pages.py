"""Our own pages around Stripe's: on to it, back from it, and the address it writes to (webhooks).

The browser is led on by a page of ours, not by a redirect: pages may send their forms to ourselves only
(`form-action 'self'`), and browsers hold redirects after a form to that as well. It comes back to a page whose one
button brings in what happened, because a GET writes nothing; the page presses it by itself where scripts run.

Like the pages of the sandbox they are open to whoever holds a reference that nobody can guess.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from portal.shared.gateways.card_messages import ForgedMessageError, Message
from portal.shared.gateways.cards import ProcessorUnavailable
from portal.shared.gateways.own_paths import own_path
from portal.shared.gateways.stripe.addresses import MOUNTED_AT, WEBHOOKS
from portal.shared.gateways.stripe.processor import StripeProcessor

_log = structlog.stdlib.get_logger("portal.stripe")


@dataclass(frozen=True, slots=True)
class Ears:
    """What our application does with what Stripe says; all of it may be told more than once."""

    knows_card_page: Callable[[str], bool]
    card_typed: Callable[[str], object]
    charge_settled: Callable[[str], object]
    take_message: Callable[[Message], object]


def stripe_pages(processor: StripeProcessor, ears: Ears) -> Blueprint:
    """The pages around this processor, for `app.register_blueprint`."""
    pages = Blueprint("stripe", __name__)

    @pages.get(f"{MOUNTED_AT}/cards/<reference>")
    def card_page(reference: str) -> ResponseReturnValue:
        _known(ears.knows_card_page(reference))
        return _onward(processor.card_page_address(reference), is_bank=False)

    @pages.get(f"{MOUNTED_AT}/confirmations/<key>")
    def confirmation(key: str) -> ResponseReturnValue:
        _known(processor.knows_charge(key))
        return _onward(processor.bank_address(key), is_bank=True)

    @pages.route(f"{MOUNTED_AT}/cards/<reference>/back", methods=["GET", "POST"])
    def card_back(reference: str) -> ResponseReturnValue:
        _known(ears.knows_card_page(reference))
        return _back(lambda: ears.card_typed(reference))

    @pages.route(f"{MOUNTED_AT}/confirmations/<key>/back", methods=["GET", "POST"])
    def confirmation_back(key: str) -> ResponseReturnValue:
        _known(processor.knows_charge(key))
        return _back(lambda: ears.charge_settled(key))

    @pages.post(WEBHOOKS)
    def webhook() -> ResponseReturnValue:
        try:
            message = processor.read_message(request.get_data(), request.headers.get("Stripe-Signature"))
        except ForgedMessageError as trouble:
            _log.warning("a message that is not stripe's", why=str(trouble))
            return "", 400
        try:
            ears.take_message(message)
        except Exception:  # noqa: BLE001  # whatever it is, Stripe must say it again
            _log.warning("a message could not be taken in", kind=message.kind, exc_info=True)
            return "", 500
        return "", 200

    @pages.errorhandler(ProcessorUnavailable)
    def unavailable(trouble: ProcessorUnavailable) -> Response:
        answer = _page("unavailable", 503)
        answer.headers["Retry-After"] = "5"
        return answer

    @pages.record
    def exempt(state: BlueprintSetupState) -> None:
        # Stripe's computers have no session and no form of ours; the signature proves who they are.
        state.app.extensions["csrf"].exempt(webhook)

    return pages


def _onward(address: str | None, *, is_bank: bool) -> Response:
    """A page that goes on by itself, or says that there is nothing to go to any more."""
    if address is None or not address.startswith(("https://", "http://127.0.0.1:")):
        return _page("over", 410, is_bank=is_bank)
    return _page("onward", address=address, is_bank=is_bank)


def _back(bring_in: Callable[[], object]) -> ResponseReturnValue:
    if request.method != "POST":
        return _page("back", here=request.full_path)
    there = _return_path()
    try:
        bring_in()
    except LookupError:
        abort(404)
    return redirect(there, 303)


def _page(name: str, status: int = 200, **values: object) -> Response:
    answer = make_response(
        render_template(f"stripe/{name}.html", return_path=_return_path(), **values), status
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _return_path() -> str:
    """Where the person came from, as the address says; the front page where it leads to another site."""
    try:
        return own_path(request.args.get("to", "/"))
    except ValueError:
        current_app.logger.info("a return path that is not ours")
        return "/"


def _known(known: bool) -> None:  # noqa: FBT001  # reads as a sentence
    if not known:
        abort(404)
