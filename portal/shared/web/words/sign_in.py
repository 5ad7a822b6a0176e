"""Words about signing in: passwords that are not taken, devices, and how somebody came in."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, make_response
from flask_babel import gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.sign_in.devices import device_of
from portal.shared.domain.sign_in.limits import EMAIL_WINDOW
from portal.shared.domain.sign_in.passwords import LONGEST, SHORTEST, PasswordProblem

HOW: Mapping[str, LazyString] = {
    "password": lazy_gettext("Password"),
    "passkey": lazy_gettext("Passkey"),
    "organisation": lazy_gettext("Your organisation"),
}
SECOND: Mapping[str, LazyString] = {
    "code": lazy_gettext("Password and one-time code"),
    "passkey": lazy_gettext("Password and passkey"),
    "recovery": lazy_gettext("Password and recovery code"),
}


def password_problem(problem: PasswordProblem) -> str:
    """Why a password is not taken, as a sentence."""
    if problem is PasswordProblem.TOO_SHORT:
        sentence = ngettext(
            "Use at least %(num)d character. Several words in a row are easy to remember.",
            "Use at least %(num)d characters. Several words in a row are easy to remember.",
            SHORTEST,
        )
    elif problem is PasswordProblem.TOO_LONG:
        sentence = ngettext("Use at most %(num)d character.", "Use at most %(num)d characters.", LONGEST)
    elif problem is PasswordProblem.COMMON:
        sentence = gettext("This password is one of the first that somebody would guess. Choose another one.")
    elif problem is PasswordProblem.ABOUT_YOU:
        sentence = gettext("This password is made of your name or your email address. Choose another one.")
    elif problem is PasswordProblem.ABOUT_US:
        sentence = gettext("This password is made of our name or the name of a product. Choose another one.")
    else:
        sentence = gettext(
            "This password is on a list of passwords that were stolen elsewhere. Choose another one, and change it "
            "wherever else you use it."
        )
    return str(sentence)


def password_hint() -> str:
    """What a new password has to be."""
    sentence = ngettext(
        "At least %(num)d character, whichever you like. Several words in a row are easy to remember.",
        "At least %(num)d characters, whichever you like. Several words in a row are easy to remember.",
        SHORTEST,
    )
    return str(sentence)


def too_many_sentence() -> str:
    """Somebody tried too often."""
    return str(gettext("Too many attempts. Wait 15 minutes, then try again."))


def too_many(page: str) -> Response:
    """The page that says so, and when to come back."""
    return make_response(page, 429, {"Retry-After": str(int(EMAIL_WINDOW.total_seconds()))})


def device(says: str) -> str:
    """A browser as its person knows it: "Firefox on Windows"."""
    browser, system = device_of(says)
    if browser and system:
        return str(gettext("%(browser)s on %(system)s", browser=browser, system=system))
    return browser or system or str(gettext("A browser that does not say what it is"))


def how(opened: str, second_factor: str | None) -> str:
    """How somebody came in."""
    both = SECOND.get(second_factor or "") if opened == "password" else None
    return str(both or HOW[opened])
