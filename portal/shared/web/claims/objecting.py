"""Objecting to a claim: by the link of a notice, or signed in as somebody of the account."""

from __future__ import annotations

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.people.claims import Closed, State
from portal.shared.services.claims import objecting, reading
from portal.shared.services.claims.reading import ClaimView
from portal.shared.web import transactions
from portal.shared.web.entrance import identity
from portal.shared.web.house import house
from portal.shared.web.words import claims as words

LONGEST = 1000


def claim_notice(token: str) -> ResponseReturnValue:
    """Who claims which account, and the button that ends it."""
    found = objecting.objectionable(transactions.reading(), token)
    if found is None:
        return make_response(render_template("claims/objection.html", view=None), 410)
    return _page(found, url_for("front.object_by_link", token=token))


def object_by_link(token: str) -> ResponseReturnValue:
    """End the claim; whoever holds the link got it by mail."""
    found = objecting.object_by_link(transactions.writing(), token, _why(), house().clock.now())
    if found is None:
        abort(404)
    _say(found)
    return redirect(url_for("front.claim_notice", token=token), 303)


def claim_seen(claim_number: str) -> ResponseReturnValue:
    """A claim as its claimant, or somebody of the account, sees it."""
    person = identity.current_person()
    if person is None:
        return identity.to_sign_in()
    found = reading.for_reader(transactions.reading(), claim_number, person.person_id)
    if found is None:
        abort(404)
    mine = found.claimant_id == person.person_id
    return _page(found, None if mine else url_for("front.object_to_claim", claim_number=claim_number))


def object_to_claim(claim_number: str) -> ResponseReturnValue:
    """End a claim to one's own account."""
    person = identity.current_person()
    if person is None:
        return identity.to_sign_in()
    now = house().clock.now()
    found = objecting.object_signed_in(transactions.writing(), claim_number, person.person_id, _why(), now)
    if found is None:
        abort(404)
    _say(found)
    return redirect(url_for("front.claim_seen", claim_number=claim_number), 303)


def _why() -> str:
    return request.form.get("why", "").strip()[:LONGEST]


def _say(found: ClaimView) -> None:
    if found.state is State.OBJECTED:
        flash(gettext("The claim has ended. Nothing changes for the account."), "success")
    else:
        flash(words.CLOSED[Closed.ENDED], "info")


def _page(found: ClaimView, action: str | None) -> ResponseReturnValue:
    word, tone = words.state(found.state)
    body = render_template(
        "claims/objection.html",
        view=found,
        word=word,
        tone=tone,
        action=action if found.state is State.WAITING else None,
    )
    return make_response(body, 200, {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"})
