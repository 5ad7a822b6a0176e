"""People as somebody types them: a line each, a name and an address of mail or the address alone."""

from __future__ import annotations

import re
from email.utils import parseaddr

from flask_babel import gettext

from portal.shared.services.seats import Newcomer

_ADDRESS = re.compile(r"[^@\s\"(),:;<>\[\]\\]+@[^@\s\"(),:;<>\[\]\\.]+(\.[^@\s\"(),:;<>\[\]\\.]+)+")
LONGEST = 254
MOST = 500


def is_address(text: str) -> bool:
    """Whether a text is one address of mail and nothing else."""
    return len(text) <= LONGEST and _ADDRESS.fullmatch(text) is not None


def read_people(text: str) -> tuple[list[Newcomer], list[str]]:
    """The people of a text, and a sentence for each line that is none. Empty lines do not count."""
    parts = (part for line in text.splitlines() for part in line.split(";"))
    lines = [line for part in parts if (line := part.strip().rstrip(",").rstrip())]
    people: list[Newcomer] = []
    problems: list[str] = []
    if len(lines) > MOST:
        return [], [str(gettext("Write up to %(most)d people at once.", most=MOST))]
    for line in lines:
        name, address = parseaddr(line)
        whole = line in (address, f"<{address}>") or line.endswith(f"<{address}>")  # nothing is passed over
        if whole and is_address(address):
            people.append(Newcomer(name, address))
        else:
            problems.append(str(gettext("“%(line)s” is not an email address.", line=line[:80])))
    return people, problems
