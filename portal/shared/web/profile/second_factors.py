"""Second factors: setting up an app or a passkey, taking one away, and recovery codes."""

from __future__ import annotations

import io

import segno
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from portal.shared.services.sign_in import factors, one_time_codes, passkeys, password_changes, recovery_codes
from portal.shared.services.sign_in.passkeys import LONGEST_NAME
from portal.shared.services.sign_in.password_changes import Proof
from portal.shared.services.sign_in.signing_in import SecondFactor
from portal.shared.web.entrance import confirming, identity, keys
from portal.shared.web.entrance.own_paths import next_path
from portal.shared.web.house import house
from portal.shared.web.profile.person import Here, here
from portal.shared.web.profile.security import HERE
from portal.shared.web.transactions import database, reading, writing
from portal.shared.web.words import sign_in as words

CODES, PASSKEY, RECOVERY = "front.set_up_codes", "front.new_passkey", "front.recovery_codes"


def set_up_second_factor() -> ResponseReturnValue:
    """Choose a second factor; our own people come here before anything else."""
    found = here()
    if found is None:
        return identity.to_sign_in()
    if factors.factors_of(reading(), found.person.person_id).any and found.person.two_factors:
        return redirect(next_path() or url_for(HERE), 303)
    return render_template(
        "profile/set_up_second_factor.html",
        staff=found.person.staff_role is not None,
        offers_passkeys=keys.site() is not None,
        next=next_path(),
    )


def set_up_codes() -> ResponseReturnValue:
    """Show a secret as a picture and in letters, and keep it once the app has shown a right code."""
    found = here()
    if found is None:
        return identity.to_sign_in()
    book = house().code_book
    if request.method != "POST":
        return _codes_page(found, book.new_secret())
    # The secret travels sealed in the form: a page that is looked at writes nothing down.
    secret = book.open(request.form.get("sealed", ""))
    if secret is None:
        return redirect(url_for(CODES, next=next_path()), 303)
    typed, now = "".join(request.form.get("code", "").split()), house().machine_clock.now()
    if not typed:
        return _codes_page(found, secret, gettext("Type the code that your app shows.")), 422
    if not one_time_codes.begin(writing(), book, found.person.person_id, secret, typed, now):
        said = gettext(
            "This code is not right. Look whether the clock of your device is right, and type the next one."
        )
        return _codes_page(found, secret, said), 422
    return _added(found, "code", gettext("One-time codes are set up."))


def remove_codes() -> ResponseReturnValue:
    """Take the app away, once the password was given."""
    found = here()
    if found is None:
        return identity.to_sign_in()
    if factors.factors_of(reading(), found.person.person_id).codes_since is None:
        abort(404)
    heading = gettext("Remove one-time codes")
    refused = _refused(found, heading, url_for("front.remove_codes"))
    if refused is not None:
        return refused
    if not factors.remove_codes(writing(), found.person.person_id, house().machine_clock.now()):
        return _last_one()
    flash(gettext("One-time codes are removed."), "success")
    return redirect(url_for(HERE), 303)


def new_passkey() -> ResponseReturnValue:
    """Name a passkey and make it; the browser does the making."""
    found, site = here(), keys.site()
    if found is None:
        return identity.to_sign_in()
    if site is None:
        abort(404)
    if request.method != "POST":
        return _passkey_page()
    name, now = " ".join(request.form.get("name", "").split())[:LONGEST_NAME], house().machine_clock.now()
    if not name:
        return _passkey_page(name, {"name": gettext("Give it a name, so that you know it again.")}), 422
    answer = request.form.get("passkey", "")
    if not passkeys.add(writing(), site, found.person.person_id, answer, name, now):
        said = gettext("The passkey could not be made. Try again, or use another device.")
        return _passkey_page(name, {"passkey": said}), 422
    return _added(found, "passkey", gettext("The passkey is added."))


def new_passkey_question() -> ResponseReturnValue:
    """What the browser is asked to make a passkey with (JSON)."""
    found, site = here(), keys.site()
    if found is None:
        return identity.to_sign_in()
    if site is None:
        abort(404)
    now = house().machine_clock.now()
    return keys.as_json(passkeys.question_for_new(writing(), site, found.person.person_id, now))


def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Take a passkey away, once the password was given."""
    found = here()
    if found is None:
        return identity.to_sign_in()
    there = factors.factors_of(reading(), found.person.person_id)
    kept = next((one for one in there.passkeys if one.id == passkey_id), None)
    if kept is None:
        abort(404)
    heading = gettext("Remove the passkey %(name)s", name=kept.name)
    refused = _refused(found, heading, url_for("front.remove_passkey", passkey_id=passkey_id))
    if refused is not None:
        return refused
    if not factors.remove_passkey(writing(), found.person.person_id, passkey_id, house().machine_clock.now()):
        return _last_one()
    flash(gettext("The passkey is removed."), "success")
    return redirect(url_for(HERE), 303)


def new_recovery_codes() -> ResponseReturnValue:
    """Offer ten codes for the day the device is lost; made by pressing, and shown in the answer, this once."""
    found = here()
    if found is None:
        return identity.to_sign_in()
    there = factors.factors_of(reading(), found.person.person_id)
    if not there.any:
        return redirect(url_for(HERE), 303)
    codes: list[str] = []
    if request.method == "POST":
        # Nothing but this answer holds them: a redirect would have to keep them somewhere.
        codes = recovery_codes.make(writing(), found.person.person_id, house().machine_clock.now())
    return render_template(
        "profile/recovery_codes.html", codes=codes, left=there.recovery_codes, next=next_path()
    )


def _added(found: Here, factor: SecondFactor, said: str) -> ResponseReturnValue:
    """The session is worth more now and gets a new secret; with a first factor, recovery codes are offered."""
    now = house().machine_clock.now()
    fresh, first = factors.after_adding(writing(), found.person, found.token, factor, now)
    if fresh is not None:
        identity.renew_session(fresh)
    flash(said, "success")
    return redirect(url_for(RECOVERY, next=next_path()) if first else next_path() or url_for(HERE), 303)


def _codes_page(found: Here, secret: str, problem: str = "") -> str:
    address = one_time_codes.address_for_apps(secret, found.person.email, house().settings.seller.name)
    return render_template(
        "profile/set_up_codes.html",
        picture=_picture(address),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        sealed=house().code_book.close(secret),
        error=problem,
        problems=[{"field": "code", "text": problem}] if problem else [],
        next=next_path(),
    )


def _picture(text: str) -> Markup:
    """A QR code as an inline drawing without styles; dark on light in both colour schemes, as cameras want it."""
    drawn = io.BytesIO()
    segno.make(text, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=True, border=4, light="#fff", dark="#000", omitsize=True,
        svgclass="qr", lineclass=None,
    )  # fmt: skip
    return Markup(drawn.getvalue().decode())  # noqa: S704  # drawn by us: squares alone


def _passkey_page(name: str = "", errors: dict[str, str] | None = None) -> str:
    errors = errors or {}
    return render_template(
        "profile/new_passkey.html",
        name=name,
        longest=LONGEST_NAME,
        errors=errors,
        problems=[{"field": field, "text": text} for field, text in errors.items()],
        next=next_path(),
    )


def _refused(found: Here, heading: str, action: str) -> ResponseReturnValue | None:
    """The page that asks for the password before a factor goes; nothing once it was right."""
    has_password = password_changes.has_password(reading(), found.person.person_id)
    if not has_password and confirming.is_due(found.person):
        return identity.to_front(confirming.HERE)
    if request.method != "POST":
        return _remove_page(heading, action, has_password=has_password)
    if not has_password:
        return None
    proof = password_changes.prove(
        database(),
        house().passwords,
        found.person,
        request.form.get("password", ""),
        request.remote_addr or "",
        house().machine_clock.now(),
    )
    if proof is Proof.RIGHT:
        return None
    if proof is Proof.TOO_MANY:
        said = words.too_many_sentence()
        return words.too_many(_remove_page(heading, action, said, has_password=has_password))
    said = gettext("The password is not correct.")
    return _remove_page(heading, action, said, has_password=has_password), 422


def _remove_page(heading: str, action: str, problem: str = "", *, has_password: bool) -> str:
    return render_template(
        "profile/remove_factor.html",
        heading=heading,
        action=action,
        has_password=has_password,
        error=problem,
        problems=[{"field": "password", "text": problem}] if problem else [],
    )


def _last_one() -> ResponseReturnValue:
    flash(gettext("This is your last second factor. Add another one before you remove it."), "error")
    return redirect(url_for(HERE), 303)
