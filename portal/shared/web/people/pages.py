"""Who is what for the account at hand; both portals mount these pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from portal.shared.domain.money import Money
from portal.shared.domain.people.roles import GIVEN_HERE
from portal.shared.domain.requests import RequestKind
from portal.shared.domain.routing.visitor import Role
from portal.shared.services.approvals import limits as limit_service
from portal.shared.services.approvals import reading as approvals
from portal.shared.services.people import invitations, roster
from portal.shared.services.people.invitations import Invited, Wish
from portal.shared.services.people.roster import Member, RoleRefusedError, UnknownMemberError
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import format_long_date, language
from portal.shared.web.entrance.languages import LANGUAGES
from portal.shared.web.frame import layout
from portal.shared.web.mailing.material import LONGEST_NAME, one_line
from portal.shared.web.transactions import reading, writing
from portal.shared.web.typed.amounts import AmountProblem, amount_as_typed, amount_from_text, amount_sentence
from portal.shared.web.typed.people import is_address
from portal.shared.web.words import approvals as approval_words
from portal.shared.web.words import people as words

_FIELDS = ("name", "email", "role", "language")


def overview() -> str:
    """Who is what since when, and who is invited."""
    here = at_hand()
    mine, gives = _mine(), _gives()
    limits = limit_service.limits(reading(), here.account.id, here.account.currency)
    found = roster.members(reading(), here.account.id)
    return _page(
        "list",
        members=[_row(one, gives, limits.get(one.person_id)) for one in found],
        limited=bool(limits),
        waiting=[
            {
                "id": one.id,
                "name": one.name or one.email,
                "email": one.email if one.name else "",
                "role": str(words.ROLES[one.role]),
                "invited_by": one.invited_by,
                "sent_at": one.sent_at,
                "until": one.expires_at,
                "run_out": one.run_out,
                "mine": one.role in gives,
            }
            for one in invitations.waiting(reading(), here.account.id, here.now)
        ],
        zone=here.account.time_zone,
        may_invite=bool(gives),
        lonely=sum(1 for one in found if Role.BILLING_CONTACT in one.roles and one.enabled) == 1
        and Role.BILLING_CONTACT in mine,
        ask_url=None
        if Role.BILLING_CONTACT in mine
        else url_for(".new_request", kind=RequestKind.BILLING_CONTACT),
        corporate=here.account.type == "corporate",
    )


def invite() -> str:
    """The form in which somebody is invited."""
    typed = {field: request.args.get(field, "") for field in _FIELDS}
    return _invite_page({**typed, "language": typed["language"] or str(get_locale())}, {})


def send() -> ResponseReturnValue:
    """Send an invitation by mail."""
    here = at_hand()
    typed = {field: request.form.get(field, "").strip() for field in _FIELDS}
    errors = _problems(typed)
    if not errors:
        wish = Wish(one_line(typed["name"]), typed["email"], Role(typed["role"]), typed["language"])
        sent = invitations.invite(writing(), here.account.id, here.person.person_id, wish, here.now)
        if sent is Invited.SENT:
            flash(
                gettext("We have written to %(email)s. The link is good for 7 days.", email=wish.email),
                "success",
            )
            return redirect(url_for(".people"), 303)
        field = "role" if sent is Invited.NOT_YOURS_TO_GIVE else "email"
        errors = {field: words.not_invited(sent)}
    return _invite_page(typed, errors), 422


def send_again(invitation_id: int) -> ResponseReturnValue:
    """Write to an invited person once more."""
    here = at_hand()
    try:
        sent = invitations.send_again(
            writing(), here.account.id, here.person.person_id, invitation_id, here.now
        )
    except LookupError:
        abort(404)
    if sent is Invited.SENT:
        flash(gettext("The invitation is sent again. Only the newest link works."), "success")
    else:
        flash(words.not_invited(sent), "error")
    return redirect(url_for(".people"), 303)


def withdraw(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    here = at_hand()
    try:
        done = invitations.withdraw(
            writing(), here.account.id, here.person.person_id, invitation_id, here.now
        )
    except LookupError:
        abort(404)
    if done:
        flash(gettext("The invitation is withdrawn. Its link opens nothing any more."), "success")
    else:
        flash(words.not_invited(Invited.NOT_YOURS_TO_GIVE), "error")
    return redirect(url_for(".people"), 303)


def show(person_id: int) -> str:
    """One person with the roles that can be given and taken."""
    return _person_page(_found(person_id))


def change(person_id: int) -> ResponseReturnValue:
    """Give the person the roles that were ticked, and take the others."""
    here = at_hand()
    found = _found(person_id)
    wanted = {role for role in GIVEN_HERE if role in request.form.getlist("roles")}
    try:
        changed = roster.change_roles(
            writing(), here.account.id, here.person.person_id, person_id, wanted, here.now
        )
    except RoleRefusedError as refused:
        return _person_page(found, words.refused(refused.why)), 422
    if changed:
        flash(gettext("%(name)s has been told of the change.", name=found.name), "success")
    return redirect(url_for(".people"), 303)


def set_limit(person_id: int) -> ResponseReturnValue:
    """Set up to which total a billing contact orders without an approver; nothing typed is no limit."""
    here = at_hand()
    found = _found(person_id)
    typed = request.form.get("limit", "").strip()
    amount = amount_from_text(typed, here.account.currency, language()) if typed else None
    if isinstance(amount, AmountProblem):
        sentence = amount_sentence(amount, here.account.currency)
        return _person_page(found, limit_problem=sentence), 422
    try:
        changed = limit_service.set_limit(
            writing(), here.account.id, here.person.person_id, person_id, amount, here.now
        )
    except limit_service.LimitRefusedError:
        return _person_page(found, limit_problem=gettext("This limit is not yours to set.")), 422
    if changed:
        told = approval_words.limit_told(amount)
        flash(gettext("The limit of %(name)s: %(limit)s.", name=found.name, limit=told), "success")
    return redirect(url_for(".person", person_id=person_id), 303)


def remove(person_id: int) -> ResponseReturnValue:
    """Take every role from a person; from oneself: leave the account."""
    here = at_hand()
    found = _found(person_id)
    try:
        roster.remove(writing(), here.account.id, here.person.person_id, person_id, here.now)
    except RoleRefusedError as refused:
        return _person_page(found, words.refused(refused.why)), 422
    if person_id == here.person.person_id:
        flash(gettext("You have left %(account)s.", account=here.account.name), "success")
        return redirect(url_for("front.home"), 303)
    flash(gettext("%(name)s has been told of the change.", name=found.name), "success")
    return redirect(url_for(".people"), 303)


def _page(template: str, **values: Any) -> str:
    """The same in both portals but for what is around it."""
    return render_template(f"people/{template}.html", layout=layout(), **values)


def _mine() -> frozenset[Role]:
    here = at_hand()
    return roster.roles_of(reading(), here.account.id, here.person.person_id)


def _gives() -> frozenset[Role]:
    here = at_hand()
    return roster.gives(reading(), here.account.id, here.person.person_id)


def _found(person_id: int) -> Member:
    try:
        return roster.member(reading(), at_hand().account.id, person_id)
    except UnknownMemberError:
        abort(404)


def _row(one: Member, gives: frozenset[Role], limit: Money | None) -> dict[str, Any]:
    themselves = one.person_id == at_hand().person.person_id
    return {
        "name": one.name,
        "email": one.email,
        "roles": words.names_of(one.roles),
        "seat": one.holds_seat,
        "since": one.since,
        "enabled": one.enabled,
        "themselves": themselves,
        "url": url_for(".person", person_id=one.person_id) if themselves or gives else "",
        "limit": approval_words.limit_told(limit) if limit is not None else "",
    }


def _person_page(found: Member, problem: str | None = None, *, limit_problem: str | None = None) -> str:
    here = at_hand()
    gives = _gives()
    themselves = found.person_id == here.person.person_id
    offered = [role for role in GIVEN_HERE if role in gives]
    typed = request.form.getlist("roles") if problem and "roles" in request.form else None
    since = None
    if found.since is not None:
        since = format_long_date(found.since, language(), here.account.time_zone)
    return _page(
        "person",
        person_shown=found,
        roles=words.names_of(found.roles),
        since=since,
        themselves=themselves,
        offered=[
            {"value": role, "label": words.ROLES[role], "detail": words.HINTS[role]} for role in offered
        ],
        fixed=words.names_of(role for role in found.roles if role not in offered),
        values=typed if typed is not None else [role for role in found.roles if role in offered],
        removable=themselves or bool(set(found.roles) & set(offered)),
        problem=problem,
        limit=_limit(found, limit_problem),
        problems=[
            {"field": field, "text": text}
            for field, text in (("roles", problem), ("limit", limit_problem))
            if text
        ],
    )


def _limit(found: Member, problem: str | None) -> dict[str, Any] | None:
    """The limit of a billing contact, and whether the person at hand may set it; none for all others."""
    if Role.BILLING_CONTACT not in found.roles:
        return None
    here = at_hand()
    kept = limit_service.limits(reading(), here.account.id, here.account.currency).get(found.person_id)
    typed = request.form.get("limit", "") if problem else None
    shown = amount_as_typed(kept, language()) if kept is not None else ""
    return {
        "told": approval_words.limit_told(kept),
        "settable": limit_service.may_set(reading(), here.account.id, here.person.person_id, found.person_id),
        "value": typed if typed is not None else shown,
        "currency": here.account.currency,
        "error": problem,
        "approvers": ", ".join(approvals.approver_names(reading(), here.account.id, found.person_id)),
    }


def _invite_page(typed: Mapping[str, str], errors: dict[str, str]) -> str:
    offered = [role for role in GIVEN_HERE if role in _gives()]
    return _page(
        "invite",
        typed=typed,
        roles=[{"value": role, "name": words.ROLES[role], "text": words.HINTS[role]} for role in offered],
        languages_to_write=[{"value": code, "label": name} for code, name in LANGUAGES.items()],
        errors=errors,
        problems=[{"field": field, "text": text} for field, text in errors.items()],
    )


def _problems(typed: Mapping[str, str]) -> dict[str, str]:
    errors = {}
    if not typed["name"]:
        errors["name"] = gettext("Write the person's name.")
    elif len(typed["name"]) > LONGEST_NAME:
        errors["name"] = gettext("Write a name of up to %(most)d characters.", most=LONGEST_NAME)
    if not typed["email"]:
        errors["email"] = gettext("Write an email address.")
    elif not is_address(typed["email"]):
        errors["email"] = gettext("Write one email address, for example accounts@example.com.")
    if typed["role"] not in GIVEN_HERE:
        errors["role"] = gettext("Choose what the person is to be.")
    if typed["language"] not in LANGUAGES:
        errors["language"] = gettext("Choose a language.")
    return errors
