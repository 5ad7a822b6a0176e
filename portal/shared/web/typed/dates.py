"""Dates as a date field sends them, or as somebody typed them where the browser has no calendar."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

FIRST_YEAR = 2000
LAST_YEAR = 2100
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # not \d: digits of other scripts are refused, never read


class DateProblem(StrEnum):
    """Why a text is no date that can be used."""

    EMPTY = "empty"
    WRONG_FORM = "wrong_form"
    NO_SUCH_DAY = "no_such_day"
    OUT_OF_RANGE = "out_of_range"

    @property
    def sentence(self) -> str:
        """What to tell the person who typed it."""
        if self is DateProblem.OUT_OF_RANGE:
            sentence = gettext(
                "Choose a day in the years %(first)d to %(last)d.", first=FIRST_YEAR, last=LAST_YEAR
            )
            return str(sentence)
        return str(_SENTENCES[self])


_SENTENCES: dict[DateProblem, LazyString] = {
    DateProblem.EMPTY: lazy_gettext("Choose a day."),
    DateProblem.WRONG_FORM: lazy_gettext(
        "Write the date as year, month and day in digits, for example 2026-11-23."
    ),
    DateProblem.NO_SUCH_DAY: lazy_gettext("The calendar has no such day."),
}


def date_from_text(text: str) -> date | DateProblem:
    """The day of a text such as `2026-11-23`, or what is wrong with it. Spaces around it do not count."""
    text = text.strip()
    if not text:
        return DateProblem.EMPTY
    if not _ISO.fullmatch(text):
        return DateProblem.WRONG_FORM
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return DateProblem.NO_SUCH_DAY
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else DateProblem.OUT_OF_RANGE
