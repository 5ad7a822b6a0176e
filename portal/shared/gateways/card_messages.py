"""What a card processor tells us of its own accord: something happened, go and look."""

from __future__ import annotations

from dataclasses import dataclass


class ForgedMessageError(ValueError):
    """The message does not prove that it comes from the processor, or it is too old."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message by the processor's own number. It says where to look; how things stand is asked of the processor.

    `ended` says that the charge should be found decided.
    """

    id: str
    kind: str
    charge_key: str | None = None
    card_session: str | None = None
    ended: bool = False
