"""The public page of a claim: what the claimant tells, and what they hear, which is the same for everybody."""

from __future__ import annotations

from collections.abc import Mapping

from flask import make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from portal.shared.domain.contact_change import DIGITS
from portal.shared.domain.people.claims import TO_CONFIRM, WAITING
from portal.shared.services.claims import filing
from portal.shared.services.claims.evidence import Told
from portal.shared.services.claims.filing import Filed, TooManyClaimsError
from portal.shared.services.sign_in.signing_in import AccountMembership
from portal.shared.web.entrance import identity
from portal.shared.web.house import house
from portal.shared.web.mailing.material import LONGEST_NAME, one_line
from portal.shared.web.transactions import reading, writing
from portal.shared.web.typed.people import is_address

A_DAY = 24 * 3600
_LONGEST = {
    "statement": 2000,
    **dict.fromkeys(
        ("name", "organisation", "invoice", "amount", "vat_number", "registration"), LONGEST_NAME
    ),
}
_FIELDS = (
    "account",
    "name",
    "email",
    "organisation",
    "statement",
    "invoice",
    "amount",
    "digits",
    "vat_number",
    "registration",
)


def claim() -> ResponseReturnValue:
    """The form of somebody whose organisation has no billing contact left."""
    typed = dict.fromkeys(_FIELDS, "")
    wanted = request.args.get("account", "")
    typed["account"] = wanted if wanted in {str(one.account_id) for one in _accounts()} else ""
    return _page(typed, {})


def file_claim() -> ResponseReturnValue:
    """Keep the claim; it has a number at once, whether or not we know the organisation."""
    typed = {field: request.form.get(field, "").strip() for field in _FIELDS}
    errors = _problems(typed)
    if errors:
        return _page(typed, errors), 422
    now, person = house().clock.now(), identity.current_person()
    told = Told(
        name=one_line(person.name if person else typed["name"]),
        email=person.email if person else typed["email"],
        language=str(get_locale()),
        organisation=one_line(typed["organisation"]),
        statement=typed["statement"],
        invoice=typed["invoice"],
        amount=typed["amount"],
        card=typed["digits"],
        vat_number=typed["vat_number"],
        registration=typed["registration"],
    )
    mark = filing.sender_mark(house().settings.secret_key, request.remote_addr or "", now)
    account_id = int(typed["account"]) if typed["account"] else None
    try:
        filed = filing.file(writing(), told, person.person_id if person else None, account_id, mark, now)
    except TooManyClaimsError:
        said = gettext("Too many claims came from here today. Please try again tomorrow, or write to us.")
        return make_response(_page(typed, {"name": said}), 429, {"Retry-After": str(A_DAY)})
    session["claim"] = [filed.number, "yes" if filed.to_confirm else ""]
    return redirect(url_for("front.claim_filed"), 303)


def claim_filed() -> ResponseReturnValue:
    """The number, and what happens next."""
    kept = session.get("claim")
    if not kept:
        return redirect(url_for("front.claim"))
    filed = Filed(str(kept[0]), bool(kept[1]))
    return render_template(
        "claims/filed.html", filed=filed, waiting=WAITING.days, hours=int(TO_CONFIRM.total_seconds() // 3600)
    )


def confirm_claim(token: str) -> ResponseReturnValue:
    """The link of the mail: one button, so that a program that reads mails does not press it."""
    number = filing.to_confirm(reading(), token, house().clock.now())
    body = render_template("claims/confirm.html", number=number, token=token)
    return make_response(body, 200 if number else 410, {"Referrer-Policy": "no-referrer"})


def send_confirmation(token: str) -> ResponseReturnValue:
    """The address is the claimant's: from now on the claim waits."""
    number = filing.confirm(writing(), token, house().clock.now())
    if number is None:
        return make_response(render_template("claims/confirm.html", number=None, token=token), 410)
    session["claim"] = [number, ""]
    return redirect(url_for("front.claim_filed"), 303)


def _accounts() -> tuple[AccountMembership, ...]:
    person = identity.current_person()
    if person is None:
        return ()
    return tuple(one for one in person.memberships if "billing_contact" not in one.roles)


def _problems(typed: Mapping[str, str]) -> dict[str, str]:
    return {**_who(typed), **_shown(typed)}


def _who(typed: Mapping[str, str]) -> dict[str, str]:
    errors = {}
    person = identity.current_person()
    if person is None and not typed["name"]:
        errors["name"] = gettext("Write your name.")
    if person is None and not is_address(typed["email"]):
        errors["email"] = gettext("Write one email address, for example accounts@example.com.")
    if typed["account"] not in {"", *(str(one.account_id) for one in _accounts())}:
        errors["account"] = gettext("Choose one of your accounts.")
    if not typed["account"] and not typed["organisation"]:
        errors["organisation"] = gettext(
            "Write the name of your organisation, as it stands on your invoices."
        )
    if not typed["statement"]:
        errors["statement"] = gettext("Write what has happened, and who you are there.")
    return errors


def _shown(typed: Mapping[str, str]) -> dict[str, str]:
    errors = {}
    digits = typed["digits"]
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) == DIGITS):
        errors["digits"] = gettext("Write the last four digits of the card, and never the whole number.")
    if typed["invoice"] and not typed["amount"]:
        errors["amount"] = gettext("Write the total of this invoice as well.")
    for field, most in _LONGEST.items():
        if len(typed[field]) > most:
            errors[field] = gettext("Write up to %(most)d characters.", most=most)
    return errors


def _page(typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    options = [{"value": "", "label": gettext("Another organisation")}]
    options += [{"value": str(one.account_id), "label": one.account_name} for one in _accounts()]
    return render_template(
        "claims/new.html",
        typed=typed,
        errors=errors,
        accounts=options if len(options) > 1 else [],
        problems=[{"field": field, "text": text} for field, text in errors.items()],
        waiting=WAITING.days,
    )
