"""Mail: what every mailer must do, and the real one through SMTP (the demo's is in demo_mail.py).

The outbox may try a mail again after a crash, so every mail has a key. `DemoMailer` delivers a key once. SMTP cannot
promise that; there the key becomes the Message-ID, by which mail systems recognise a repetition.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from typing import Protocol

from portal.shared.gateways.clock import Clock, SystemClock


class MailNotSent(Exception):
    """The mail did not leave; `for_good` says that trying again is useless (the address or the mail is refused)."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        """Give the reason in words for the log: it holds no address and no text of the mail."""
        super().__init__(reason)
        self.for_good = for_good


class Mailer(Protocol):
    """Sends one mail at a time."""

    def send(self, message: EmailMessage, *, key: str) -> None:
        """Send a mail; a key that was sent before may be given again.

        Raises:
            MailNotSent: it did not leave.
        """
        ...


class SmtpSecurity(StrEnum):
    """How the way to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"  # only for a server on the same machine


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where the mail server is. `patience` is how long each step may take, in seconds."""

    host: str
    port: int
    security: SmtpSecurity = SmtpSecurity.STARTTLS
    user: str | None = None
    password: str | None = None
    patience: float = 10.0


class SmtpMailer:
    """Hands mails to a mail server, one connection a mail."""

    def __init__(self, settings: SmtpSettings, clock: Clock | None = None) -> None:
        """Remember the server; nothing is contacted yet."""
        self._settings = settings
        self._clock = clock or SystemClock()

    def send(self, message: EmailMessage, *, key: str) -> None:
        """Send a mail; see `Mailer`. The message itself is not changed."""
        try:
            server = self._connect()
            try:
                refused = server.send_message(with_id_and_date(message, key, self._clock))
            finally:
                with contextlib.suppress(
                    smtplib.SMTPException, OSError
                ):  # it is sent, whatever becomes of the farewell
                    server.quit()
                server.close()
        except smtplib.SMTPRecipientsRefused as trouble:
            codes = [code for code, _text in trouble.recipients.values()]
            raise MailNotSent("every recipient was refused", for_good=all(map(_is_final, codes))) from None
        except smtplib.SMTPResponseException as trouble:
            # A wrong password is ours to mend: the mail is not lost by it.
            final = _is_final(trouble.smtp_code) and not isinstance(trouble, smtplib.SMTPAuthenticationError)
            raise MailNotSent(f"the mail server answered {trouble.smtp_code}", for_good=final) from None
        except (smtplib.SMTPException, OSError) as trouble:
            raise MailNotSent(f"the mail server: {type(trouble).__name__}", for_good=False) from None
        if refused:
            raise MailNotSent("some recipients were refused", for_good=True)

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        if settings.security is SmtpSecurity.TLS:
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=settings.patience, context=context
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=settings.patience)
        try:
            if settings.security is SmtpSecurity.STARTTLS:
                server.starttls(context=ssl.create_default_context())
            if settings.user is not None:
                server.login(settings.user, settings.password or "")
        except BaseException:
            server.close()
            raise
        return server


def with_id_and_date(message: EmailMessage, key: str, clock: Clock) -> EmailMessage:
    """A copy of the mail with a Message-ID that is the same for the same key, and a date if it had none."""
    ready = copy.deepcopy(message)
    domain = str(message["From"]).rpartition("@")[2].strip("<> ") or "localhost"
    del ready["Message-ID"]
    ready["Message-ID"] = f"<{mail_id(key)}@{domain}>"
    if "Date" not in ready:
        ready["Date"] = format_datetime(clock.now())
    return ready


def mail_id(key: str) -> str:
    """A name for a mail, 32 hexadecimal digits, the same for the same key."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _is_final(code: int) -> bool:
    """5xx: the server does not want to see this again (RFC 5321, 4.2.1)."""
    return 500 <= code <= 599
