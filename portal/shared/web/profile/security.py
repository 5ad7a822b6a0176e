"""Sign-in and security: a person's password, second factors and devices on one page."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from portal.shared.services.sign_in import devices, factors, password_changes
from portal.shared.services.sign_in.devices import Device
from portal.shared.services.sign_in.recovery_codes import HOW_MANY
from portal.shared.web.entrance import identity, keys
from portal.shared.web.house import house
from portal.shared.web.profile.person import zone_of
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import sign_in as words

HERE = "front.security"


def security() -> ResponseReturnValue:
    """Everything about how the person signs in."""
    person = identity.current_person()
    if person is None:
        return identity.to_sign_in()
    now, session = house().machine_clock.now(), reading()
    there = factors.factors_of(session, person.person_id)
    found = devices.devices_of(session, person, now)
    return render_template(
        "profile/security.html",
        email=person.email,
        zone=zone_of(person),
        password=password_changes.state_of(session, person.person_id),
        factors=there,
        staff=person.staff_role is not None,
        may_remove=there.any and not (person.staff_role is not None and there.is_single),
        offers_passkeys=keys.site() is not None,
        codes_at_first=HOW_MANY,
        devices=[_shown(one) for one in found],
        others=len(found) > 1,
    )


def end_session(session_id: int) -> ResponseReturnValue:
    """End one sign-in; this one ends by signing out."""
    person = identity.current_person()
    if person is None:
        return identity.to_sign_in()
    if session_id == person.session_id:
        abort(404)
    if not devices.end_one(writing(), person, session_id, house().machine_clock.now()):
        abort(404)
    flash(gettext("That device is signed out."), "success")
    return redirect(url_for(HERE), 303)


def end_other_sessions() -> ResponseReturnValue:
    """End every sign-in but this one."""
    person = identity.current_person()
    if person is None:
        return identity.to_sign_in()
    ended = devices.end_others(writing(), person, house().machine_clock.now())
    flash(
        ngettext("%(num)d other device is signed out.", "%(num)d other devices are signed out.", ended)
        if ended
        else gettext("You are signed in nowhere else."),
        "success",
    )
    return redirect(url_for(HERE), 303)


def _shown(one: Device) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": words.device(one.device),
        "network": one.network,
        "how": words.how(one.how, one.second_factor),
        "signed_in_at": one.signed_in_at,
        "seen_at": one.seen_at,
        "this": one.this,
    }
