"""Numbers of seats that are none, or too many: refused with a sentence, and nothing is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.security.offered import Offer
from tests.security.stage import Rehearsal
from tests.support.demo_house import DemoHouse

FIGURES = {
    "less than none": "-1",
    "none": "0",
    "a half": "1.5",
    "a thousand million": "1e9",
    "as digits": "1000000000",
    "a word of 32 bits": str(2**31),
    "a word of 64 bits": str(2**63),
    "not a number": "NaN",
    "figures of another alphabet": "١٢",
}


def asks_for_seats(name: str) -> bool:
    return name == "seats" or name.endswith("-seats")


@pytest.mark.slow
def test_no_form_takes_a_number_of_seats_that_is_none(
    own_furnished: DemoHouse, furnished_stage: Path, offers: dict[str, Offer]
) -> None:
    room = Rehearsal(own_furnished, furnished_stage)
    forms = [(offer, name) for offer in offers.values() for name in offer.fields if asks_for_seats(name)]
    assert len({offer.endpoint for offer, _ in forms}) >= 6
    wrong: list[tuple[object, ...]] = []
    for offer, name in forms:
        room.set_back()
        visitor = room.visitor(offer)
        before = room.cells()
        for kind, figure in FIGURES.items():
            page = room.send(offer, {name: figure}, visitor)
            if page.status == 303:  # "update" leads back to the same page, which says what is wrong
                page = visitor.get(page.path)
            told = page.problems or page.root.all(role="alert") or page.root.all(class_="field-error")
            if page.status >= 500 or not told:
                wrong.append((offer.endpoint, name, kind, page.status, page.text[:200]))
            elif page.value(name) not in (figure, None):
                wrong.append((offer.endpoint, name, kind, "lost", page.value(name)))
        if room.cells() != before:
            wrong.append((offer.endpoint, name, "something was kept"))
    assert wrong == []
