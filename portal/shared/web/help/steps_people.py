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

_APPROVE = (
    Step(
        lazy_gettext(
            "A billing contact without a limit opens %(people)s, chooses %(change)s beside another billing contact, "
            "and chooses %(save_limit)s. No amount is no limit; zero means that every order waits."
        )
    ),
    Step(
        lazy_gettext(
            "Whoever orders above their limit chooses %(ask_for_approval)s. Every approver gets a mail with the link."
        )
    ),
    Step(
        lazy_gettext(
            "An approver opens %(approvals)s, reads the same figures, and chooses %(approve_and_place)s, or %(refuse)s "
            "with a reason. If something has changed meanwhile, nothing is ordered and the request ends."
        ),
        task=Task.APPROVALS,
    ),
)

ONLINE = (SIGN_IN, *_INVITE)
APPROVALS_ONLINE = (SIGN_IN, *_APPROVE)
APPROVALS_CORPORATE = (SIGN_IN_CORPORATE, *_APPROVE)
CORPORATE = (SIGN_IN_CORPORATE, *_INVITE)
