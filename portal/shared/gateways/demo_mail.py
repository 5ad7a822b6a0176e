"""The demo's mail: nothing leaves the machine; every mail is kept in a Maildir, and the demo mailbox page reads it."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from portal.shared.gateways.clock import Clock, SystemClock
from portal.shared.gateways.mail import MailNotSent, mail_id, with_id_and_date

_MAIL_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class DemoMail:
    """A mail as a reader sees it; `text` and `html` are empty where the mail has no such part."""

    id: str
    to: str
    sender: str
    subject: str
    sent_at: datetime
    text: str
    html: str


_HEAD = 8192  # bytes in which the head of a mail ends


class DemoMailer:
    """A `Mailer` that delivers each key once into a Maildir, which any mail program can open too."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        """Use the Maildir at `folder`, which is made at the first mail."""
        self._folder = folder
        self._clock = clock or SystemClock()

    def send(self, message: EmailMessage, *, key: str) -> None:
        """Keep a mail; see `Mailer`."""
        try:
            self._deliver(mail_id(key), with_id_and_date(message, key, self._clock).as_bytes())
        except OSError as trouble:
            raise MailNotSent(f"the demo mailbox: {type(trouble).__name__}", for_good=False) from None

    def mailbox(self) -> DemoMailbox:
        """Where everything that was sent can be read."""
        return DemoMailbox(self._folder)

    def _deliver(self, name: str, content: bytes) -> None:
        """Write in `tmp`, then link into `new`: the link is made by one process only, and never to half a mail."""
        for part in ("tmp", "new", "cur"):
            (self._folder / part).mkdir(parents=True, exist_ok=True)
        if _file_of(self._folder, name) is not None:
            return
        draft = self._folder / "tmp" / f"{name}.{secrets.token_hex(8)}"
        try:
            with draft.open("xb") as writing:
                writing.write(content)
                writing.flush()
                os.fsync(writing.fileno())
            with contextlib.suppress(
                FileExistsError
            ):  # another process delivered the same key in the meantime
                (self._folder / "new" / name).hardlink_to(draft)
        finally:
            draft.unlink(missing_ok=True)


class DemoMailbox:
    """Reads what `DemoMailer` kept."""

    def __init__(self, folder: Path) -> None:
        """Read the Maildir at `folder`; one that does not exist is empty."""
        self._folder = folder

    def newest(self, limit: int = 50) -> list[DemoMail]:
        """The newest mails, newest first."""
        found = sorted(_files(self._folder), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        return [_read(file) for file in found[:limit]]

    def mail(self, mail_id: str) -> DemoMail | None:
        """One mail, or None."""
        file = _file_of(self._folder, mail_id) if _MAIL_ID.fullmatch(mail_id) else None
        return None if file is None else _read(file)

    def forget(self, address: str) -> None:
        """Remove every mail to this address, and every other one in which it stands."""
        for file in list(_files(self._folder)):
            mail = _read(file)
            told = f"{mail.to} {mail.sender} {mail.subject} {mail.text} {mail.html}"
            if address.lower() in told.lower():
                file.unlink(missing_ok=True)

    def forget_before(self, instant: datetime) -> None:
        """Remove every mail that was sent before then."""
        for file in list(_files(self._folder)):
            if _sent_at(file) < instant:
                file.unlink(missing_ok=True)


def _files(folder: Path) -> Iterator[Path]:
    """The files of all mails; a mail program that has shown one moves it from `new` to `cur`."""
    for part in ("new", "cur"):
        for file in (folder / part).glob("*"):
            if _MAIL_ID.fullmatch(file.name.partition(":")[0]):
                yield file


def _file_of(folder: Path, name: str) -> Path | None:
    unread = folder / "new" / name
    return unread if unread.exists() else next((folder / "cur").glob(f"{name}*"), None)


def _sent_at(file: Path) -> datetime:
    """When a mail was sent, by its head alone; there may be many, and their texts are long."""
    with file.open("rb") as reading:
        told = BytesHeaderParser().parsebytes(reading.read(_HEAD))["Date"]
    if told is None:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return parsedate_to_datetime(told).astimezone(UTC)


def _read(file: Path) -> DemoMail:
    message = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    date = message["Date"]
    sent_at = getattr(date, "datetime", None) or datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return DemoMail(
        id=file.name.partition(":")[0],
        to=str(message["To"] or ""),
        sender=str(message["From"] or ""),
        subject=str(message["Subject"] or ""),
        sent_at=sent_at.astimezone(UTC),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return "" if body is None else str(body.get_content())
