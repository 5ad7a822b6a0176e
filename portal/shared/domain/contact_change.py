"""When the billing contact of an online account may be changed: both conditions, and nothing less."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

DIGITS = 4


class Lack(StrEnum):
    """What is missing before the billing contact may be changed."""

    NO_CARD = "no-card"
    NOT_FOUR_DIGITS = "not-four-digits"
    OTHER_CARD = "other-card"
    NOT_ENTITLED = "not-entitled"
    ASKER_LEFT = "asker-left"


def lacks(
    last_digits: str,
    cards_on_file: Collection[str],
    *,
    asker_belongs: bool,
    asker_is_admin: bool,
    name_on_card_confirmed: bool,
) -> list[Lack]:
    """What is missing: the card on file is verified, and the asker is the card holder or an account admin.

    `cards_on_file` are the last digits of each; `last_digits` those the asker named. An account without a card
    cannot show any and never passes.
    """
    missing = []
    if not cards_on_file:
        missing.append(Lack.NO_CARD)
    elif len(last_digits) != DIGITS or not (last_digits.isascii() and last_digits.isdigit()):
        missing.append(Lack.NOT_FOUR_DIGITS)
    elif last_digits not in cards_on_file:
        missing.append(Lack.OTHER_CARD)
    if not (name_on_card_confirmed or asker_is_admin):
        missing.append(Lack.NOT_ENTITLED)
    if not asker_belongs:
        missing.append(Lack.ASKER_LEFT)
    return missing
