"""The demo's mailbox, open to everybody who looks at the demo; outside demo mode it does not exist."""

from __future__ import annotations

from email.utils import parseaddr

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from portal.shared.services.mailbox import DemoMailbox, mailbox_of
from portal.shared.web.house import house

SHOWN = 50


def demo_mailbox() -> ResponseReturnValue:
    """The newest mails of the demo, newest first."""
    mails = [
        {"id": mail.id, "subject": mail.subject, "to": parseaddr(mail.to), "sent_at": mail.sent_at}
        for mail in _mailbox().newest(SHOWN)
    ]
    return render_template("front/mailbox.html", mails=mails)


def demo_mail(mail_id: str) -> ResponseReturnValue:
    """One mail, in its text version: the page's security policy lets no mail bring its own styles."""
    mail = _mailbox().mail(mail_id)
    if mail is None:
        abort(404)
    return render_template("front/mail.html", mail=mail)


def _mailbox() -> DemoMailbox:
    found = mailbox_of(house().mailer) if house().settings.demo else None
    if found is None:
        abort(404)
    return found
