"""Forgetting a person: what stays of name and address, what stands in the way, and taking a person out of a text."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum
from typing import Any

# How long a wish to be forgotten can be taken back.
GRACE = timedelta(days=7)
# Reserved (RFC 2606): no mail ever reaches it, and nobody can own an address in it.
NOWHERE = "@erased.invalid"
TAKEN_OUT = "[erased]"
# A shorter name would be found in words that mean something else.
SHORTEST_NAME = 3

_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:@]+@[^\s<>()\[\]\"',;:@]+")


class Obstacle(StrEnum):
    """What must be settled before somebody can be forgotten."""

    OUR_STAFF = "our-staff"
    LAST_CONTACT = "last-contact"
    OPEN_REQUEST = "open-request"
    OPEN_PAYMENT = "open-payment"


def name_of_the_erased(person_id: int) -> str:
    """The name under which what must be kept goes on to show a person."""
    return f"Erased person {person_id}"


def address_of_the_erased(person_id: int) -> str:
    """An address that is nobody's: it cannot sign in, gets no mail, and leaves the old one free."""
    return f"erased-{person_id}{NOWHERE}"


def leads_nowhere(email: str) -> bool:
    """Whether an address is one of the erased."""
    return email.endswith(NOWHERE)


def without(text: str, needles: Collection[str]) -> str:
    """A text in which each of these names and addresses is replaced, in whatever letters it is written.

    A name counts only as whole words: who is called Ana is not taken out of "analysis".
    """
    for one in sorted(needles, key=len, reverse=True):
        pattern = rf"(?<!\w){re.escape(one)}(?!\w)"
        text = re.sub(pattern, TAKEN_OUT, text, flags=re.IGNORECASE)
    return text


def without_in(value: Any, needles: Collection[str]) -> Any:
    """The same for all texts inside a value of JSON; keys stay."""
    if isinstance(value, str):
        return without(value, needles)
    if isinstance(value, list):
        return [without_in(one, needles) for one in value]
    if isinstance(value, dict):
        return {key: without_in(one, needles) for key, one in value.items()}
    return value


def only_own_addresses(value: Any, own: str) -> Any:
    """A value of JSON in which the mail addresses of others are hidden: a copy of one's data is not one of theirs."""
    if isinstance(value, str):
        return _ADDRESS.sub(lambda found: found[0] if found[0].lower() == own.lower() else "•••", value)
    if isinstance(value, list):
        return [only_own_addresses(one, own) for one in value]
    if isinstance(value, dict):
        return {key: only_own_addresses(one, own) for key, one in value.items()}
    return value
