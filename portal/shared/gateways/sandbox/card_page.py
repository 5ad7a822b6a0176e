"""The page where a card or a bank account is typed: the only place where such a number is ever seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Blueprint, Response, redirect, request
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.shared.domain.payment_methods import MethodKind
from portal.shared.gateways.cards import Card
from portal.shared.gateways.sandbox.account_form import ACCOUNT_FIELDS, read_account
from portal.shared.gateways.sandbox.answers import found, message, page
from portal.shared.gateways.sandbox.card_file import OpenedSession
from portal.shared.gateways.sandbox.card_form import CARD_FIELDS, read_card
from portal.shared.gateways.sandbox.known_accounts import accounts_of
from portal.shared.gateways.sandbox.known_cards import KNOWN_CARDS
from portal.shared.gateways.sandbox.processor import SandboxProcessor

SESSION_TIME = timedelta(hours=24)


def add_card_page(
    pages: Blueprint, processor: SandboxProcessor, on_card_saved: Callable[[str], None]
) -> None:
    """Put the page on the blueprint; `on_card_saved` is told the session's reference after the card was kept."""

    @pages.get("/cards/<reference>")
    def card_page(reference: str) -> Response:
        session = found(processor.session(reference))
        with force_locale(session.language):
            if session.card is not None:
                return _used(session, session.card)
            if _has_expired(session, processor.now()):
                return _expired(session)
            return _form(session, {}, {}, bank=_is_bank(session, request.args.get("way")))

    @pages.post("/cards/<reference>")
    def save_card(reference: str) -> AnyResponse:
        session = found(processor.session(reference))
        with force_locale(session.language):
            if _has_expired(session, processor.now()):
                return _expired(session)
            if session.scheme and _is_bank(session, request.form.get("way")):
                account, errors = read_account(request.form, session.scheme)
                if account is None:
                    return _form(session, request.form.to_dict(), errors, bank=True)
                kept = processor.save_account(reference, account)
                is_this = (kept.kind, kept.last4) == (MethodKind.DIRECT_DEBIT, account.last4)
            else:
                details, errors = read_card(request.form, processor.now())
                if details is None:
                    return _form(session, request.form.to_dict(), errors)
                kept = processor.save_card(reference, details)
                is_this = details.are_of(kept)
            on_card_saved(reference)
            if not is_this:  # another one came first, from another tab
                return _used(session, kept, 409)
            return redirect(session.return_path, 303)


def _is_bank(session: OpenedSession, way: str | None) -> bool:
    return session.scheme is not None and (way == "bank" or not session.takes_cards)


def _has_expired(session: OpenedSession, now: datetime) -> bool:
    return session.card is None and now - session.opened_at >= SESSION_TIME


def _used(session: OpenedSession, card: Card, status: int = 200) -> Response:
    if card.kind is MethodKind.DIRECT_DEBIT:
        text = _(
            "The bank account ending in %(last4)s was saved on this page. To use another one, go back and add it "
            "there.",
            last4=card.last4,
        )
        return message(_("A bank account is already saved"), text, session.return_path, status)
    text = _(
        "%(brand)s ending in %(last4)s was saved on this page. To use another card, go back and add it there.",
        brand=card.brand,
        last4=card.last4,
    )
    return message(_("A card is already saved"), text, session.return_path, status)


def _expired(session: OpenedSession) -> Response:
    text = _("No card was saved. Go back and choose to add a card again.")
    return message(_("This page has expired"), text, session.return_path, 410)


def _form(
    session: OpenedSession, typed: dict[str, str], errors: dict[str, str], *, bank: bool = False
) -> Response:
    """The form with what was typed before, except the security code."""
    status = 422 if errors else 200
    if bank and session.scheme:
        return page(
            "account",
            status,
            typed={name: typed.get(name, "") for name in ACCOUNT_FIELDS},
            errors=errors,
            return_path=session.return_path,
            scheme=str(session.scheme),
            takes_cards=session.takes_cards,
            known_accounts=accounts_of(session.scheme),
        )
    return page(
        "card",
        status,
        scheme=session.scheme and str(session.scheme),
        typed={name: typed.get(name, "") for name in CARD_FIELDS if name != "security_code"},
        errors=errors,
        return_path=session.return_path,
        known_cards=KNOWN_CARDS,
    )
