"""Mails about programs that are connected to an account."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext

from portal.shared.web.mailing.material import MailContent, Material


def _webhook_failed(material: Material) -> MailContent:
    return MailContent(
        subject=gettext("We no longer tell %(url)s anything", url=material.said("url")),
        heading=gettext("A webhook was switched off"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "The address below took none of our messages for three days, so we stopped sending them."
            ),
            gettext(
                "Once it answers again, switch it on under API and webhooks; what was missed can be sent again there."
            ),
        ),
        facts=((gettext("Account"), material.said("account")), (gettext("Address"), material.said("url"))),
    )


KINDS: Mapping[str, Callable[[Material], MailContent]] = {"webhook-failed": _webhook_failed}
