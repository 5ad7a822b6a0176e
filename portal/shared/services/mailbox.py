"""The demo's mailbox: what the demo sent, to be read in the browser, because nothing leaves the machine."""

from __future__ import annotations

from portal.shared.gateways.demo_mail import DemoMail, DemoMailbox, DemoMailer
from portal.shared.gateways.mail import Mailer

__all__ = ["DemoMail", "DemoMailbox", "mailbox_of"]


def mailbox_of(mailer: Mailer) -> DemoMailbox | None:
    """Where a mailer's mails can be read; None when they really leave."""
    return mailer.mailbox() if isinstance(mailer, DemoMailer) else None
