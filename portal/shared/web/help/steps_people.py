"""How billing contacts, admins and others of an account are invited and changed, at both doors."""

from __future__ import annotations

from flask_babel import lazy_gettext

from portal.shared.domain.routing.tasks import Task
from portal.shared.web.help.steps_corporate import SIGN_IN as SIGN_IN_CORPORATE
from portal.shared.web.help.steps_online import SIGN_IN
from portal.shared.web.help.telling import Step

_INVITE = (
    Step(
        lazy_gettext("Open the menu with the account's name and choose %(people)s."),
        task=Task.BILLING_CONTACT,
    ),
    Step(
        lazy_gettext(
            "Choose %(invite_somebody)s, write name and address, and choose a role. "
            "The link of the mail works once, for 7 days."
        )
    ),
    Step(
        lazy_gettext(
            "To take the role from somebody, choose %(change)s beside their name. The last billing contact "
            "stays until there is another one."
        )
    ),
)

ONLINE = (SIGN_IN, *_INVITE)
CORPORATE = (SIGN_IN_CORPORATE, *_INVITE)
