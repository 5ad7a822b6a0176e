"""Mails about signing in: the link for a forgotten password, and what changed about a person's sign-in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext, ngettext

from portal.shared.services.sign_in.telling import minutes_of_a_link
from portal.shared.web.mailing.material import MailContent, Material


def _password_link(material: Material) -> MailContent:
    return MailContent(
        subject=gettext("Choose a new password"),
        heading=gettext("Choose a new password"),
        greeting=material.greeting,
        sentences=(
            gettext("Somebody, probably you, asked for a new password for this address."),
            ngettext(
                "The link opens for %(num)d minute, and once. Only the newest one works.",
                "The link opens for %(num)d minutes, and once. Only the newest one works.",
                minutes_of_a_link(),
            ),
            gettext("Was it not you? Then do nothing: your password stays as it is."),
        ),
        action=material.action(
            gettext("Choose a new password"),
            "front.set_password",
            token=material.payload.get("secret_token", ""),
        ),
    )


def _sign_in_changed(material: Material) -> MailContent:
    what = material.said("what")
    subject, sentence = {
        "password-changed": (
            gettext("Your password was changed"),
            gettext("Your password was changed, and every other device was signed out."),
        ),
        "one-time-codes-added": (
            gettext("One-time codes were set up"),
            gettext("From now on your sign-in asks for a code of your authenticator app."),
        ),
        "one-time-codes-removed": (
            gettext("One-time codes were removed"),
            gettext("Your authenticator app opens nothing here any more."),
        ),
        "passkey-added": (
            gettext("A passkey was added"),
            gettext("You can sign in with the passkey %(name)s from now on.", name=what),
        ),
        "passkey-removed": (
            gettext("A passkey was removed"),
            gettext("The passkey %(name)s opens nothing here any more.", name=what),
        ),
        "recovery-codes-made": (
            gettext("New recovery codes were made"),
            gettext("Ten new recovery codes were made. Those you had before open nothing any more."),
        ),
        "recovery-code-used": (
            gettext("A recovery code was used"),
            gettext("Somebody, probably you, signed in with one of your recovery codes. It is used up now."),
        ),
        "signed-out-by-us": (
            gettext("You were signed out everywhere"),
            gettext("We signed you out of every device. Why: %(reason)s", reason=what),
        ),
    }[material.said("change")]
    ours = material.said("change") == "signed-out-by-us"
    return MailContent(
        subject=subject,
        heading=subject,
        greeting=material.greeting,
        sentences=(
            sentence,
            gettext("You can sign in again at any time. If you have a question, answer this mail.")
            if ours
            else gettext(
                "Was it not you? Choose a new password at once, look at your devices, and write to us by answering "
                "this mail."
            ),
        ),
        action=material.action(gettext("Sign-in and security"), "front.security"),
    )


KINDS: Mapping[str, Callable[[Material], MailContent]] = {
    "password-link": _password_link,
    "sign-in-changed": _sign_in_changed,
}
