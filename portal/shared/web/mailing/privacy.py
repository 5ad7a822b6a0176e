"""Mails about somebody's own data: a link to a copy, and being forgotten."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext

from portal.shared.web.mailing.material import MailContent, Material, long_day


def _data_export(material: Material) -> MailContent:
    return MailContent(
        subject=gettext("The copy of your data"),
        heading=gettext("Your copy is ready"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "You asked us for your data. The link works once, until %(day)s, after you have signed in.",
                day=long_day(str(material.payload["until"])),
            ),
            gettext("If you did not ask for it, you need not do anything: nobody but you can open it."),
        ),
        action=material.action(
            gettext("Have the copy"), "front.data_export", token=str(material.payload["token"])
        ),
    )


def _erasure_asked(material: Material) -> MailContent:
    day = long_day(str(material.payload["due"]))
    who = (
        gettext("As you asked us, we will forget you on %(day)s.", day=day)
        if material.payload["by_staff"]
        else gettext("You asked to be forgotten. It will be done on %(day)s.", day=day)
    )
    return MailContent(
        subject=gettext("You will be forgotten on %(day)s", day=day),
        heading=gettext("You asked to be forgotten"),
        greeting=material.greeting,
        sentences=(
            who,
            gettext(
                "After that you cannot sign in any more, and it cannot be undone. Invoices and the books stay as they "
                "are, because the law says so."
            ),
            gettext("If this was not you, or you have changed your mind, take it back until then."),
        ),
        action=material.action(gettext("Take it back"), "front.your_data"),
    )


def _erasure_taken_back(material: Material) -> MailContent:
    return MailContent(
        subject=gettext("Nothing is erased"),
        heading=gettext("You stay known to us"),
        greeting=material.greeting,
        sentences=(gettext("The wish to be forgotten was taken back. Everything is as it was."),),
        action=material.action(gettext("Your data"), "front.your_data"),
    )


def _erasure_hindered(material: Material) -> MailContent:
    return MailContent(
        subject=gettext("We could not forget you yet"),
        heading=gettext("Something has to be settled first"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "Since you asked to be forgotten, something has come in the way. The page says what, and what to do."
            ),
            gettext("We look again every hour, and forget you as soon as nothing is in the way."),
        ),
        action=material.action(gettext("See what is in the way"), "front.your_data"),
    )


def _erasure_done(material: Material) -> MailContent:
    return MailContent(
        subject=gettext("You have been forgotten"),
        heading=gettext("You have been forgotten"),
        greeting=material.greeting,
        sentences=(
            gettext("Your sign-in and everything we need not keep are deleted, as you asked."),
            gettext(
                "Invoices and the books stay as they are, because the law says so. This was our last mail to you."
            ),
        ),
    )


KINDS: Mapping[str, Callable[[Material], MailContent]] = {
    "data-export": _data_export,
    "erasure-asked": _erasure_asked,
    "erasure-taken-back": _erasure_taken_back,
    "erasure-hindered": _erasure_hindered,
    "erasure-done": _erasure_done,
}
