"""A form takes its own fields and nothing else: every form × the name of every column, and the words of money."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from portal.shared.records.base import all_tables
from tests.security.offered import ENDS_THE_SESSION, Offer
from tests.security.stage import Cells, Rehearsal
from tests.support.demo_house import DemoHouse

# Columns and words whose figures would be taken for good ones.
PLAUSIBLE = {
    "currency": "JPY",
    "role": "manager",
    "staff_role": "manager",
    "state": "paid",
    "type": "corporate",
}
WORDS = (
    "price",
    "total",
    "discount",
    "amount",
    "account_id",
    "role",
    "state",
    "currency",
    "is_admin",
    "staff",
)
# Behind a secret link or in a state of their own: these take the few fields their own tests send.
NOT_ON_A_PAGE = {
    "corporate.add_bank_account": "only where the currency has transfers",
    "corporate.desk_send_quote": "only for a draft that is ready",
    "corporate.move_clone": "only for an account that was cloned to rehearse",
    "corporate.plan_change": "only for a subscription whose change may wait",
    "corporate.send_invitation_again": "only while an invitation is open",
    "corporate.withdraw_invitation": "only while an invitation is open",
    "front.accept_invitation": "behind a link in a mail",
    "front.object_by_link": "behind a link in a mail",
    "front.remove_passkey": "only with a passkey",
    "front.second_factor_question": "between the password and the house",
    "front.send_confirmation": "only for a claim that waits",
    "front.set_password": "behind a link in a mail",
    "front.take_data_export": "behind a link in a mail",
}


def columns() -> dict[str, Any]:
    """Every name of a column, with its type."""
    return {column.name: column.type for table in all_tables().sorted_tables for column in table.columns}


def smuggled() -> dict[str, str]:
    """A value for each name that no honest request would hold, and that is found again."""
    names = dict.fromkeys([*columns(), *WORDS])
    types = columns()
    found = {}
    for number, name in enumerate(names):
        kind = types.get(name)
        if isinstance(kind, sa.Boolean):
            found[name] = "1"
        elif kind is None or isinstance(kind, sa.Integer | sa.Numeric):
            found[name] = str(987_650_000 + number)
        elif isinstance(kind, sa.DateTime):
            found[name] = "2097-05-06T07:08:09+00:00"
        elif isinstance(kind, sa.Date):
            found[name] = "2097-05-06"
        else:
            found[name] = f"smuggled-{name}"
    return {**found, **PLAUSIBLE}


def taken(before: Cells, after: Cells, sent: dict[str, str]) -> list[tuple[str, str]]:
    """Table and column of everything that changed to something that was sent, or to a plain yes."""
    values, told = set(sent.values()), []
    flags = {name for name, kind in columns().items() if isinstance(kind, sa.Boolean)}
    for (table, row, column), value in after.items():
        if before.get((table, row, column)) == value or value is None:
            continue
        text = str(value)
        whole = text in values and text != "1"
        inside = "98765" in text or "smuggled-" in text or "2097-05-06" in text
        if whole or inside or (column in flags and value):
            told.append((table, column))
    return told


@pytest.mark.slow
def test_no_form_takes_more_than_its_page_offers(
    own_furnished: DemoHouse, furnished_stage: Path, offers: dict[str, Offer]
) -> None:
    room = Rehearsal(own_furnished, furnished_stage)
    empty, everything, wrong = room.cells(), smuggled(), []
    for offer in offers.values():
        if offer.endpoint in ENDS_THE_SESSION:
            continue
        sent = {name: value for name, value in everything.items() if name not in offer.fields}
        page = room.send(offer, sent)
        assert page.status < 500, offer.endpoint
        found = taken(empty, room.cells(), sent)
        room.set_back()
        if found:
            room.send(offer, {})
            same = taken(empty, room.cells(), sent)
            room.set_back()
            wrong += [(offer.endpoint, *one) for one in found if one not in same]
    assert wrong == []
    assert len(offers) > 140


def test_what_was_taken_would_be_noticed() -> None:
    sent = smuggled()
    before: Cells = {
        ("accounts", 1, "name"): "Aurora",
        ("accounts", 1, "currency"): "BRL",
        ("people", 1, "language"): "en",
    }
    after: Cells = {
        **before,
        ("accounts", 1, "name"): sent["name"],
        ("accounts", 1, "currency"): sent["currency"],
        ("orders", 9, "summary"): f'{{"total": {sent["total"]}}}',
        ("passkeys", 2, "name"): "Telephone",
    }
    assert taken(before, after, sent) == [
        ("accounts", "name"),
        ("accounts", "currency"),
        ("orders", "summary"),
    ]


def test_every_form_is_found_on_a_page(furnished: DemoHouse, offers: dict[str, Offer]) -> None:
    forms = {
        rule.endpoint
        for rule in furnished.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.endpoint.startswith("api.")
    }
    assert forms - offers.keys() <= NOT_ON_A_PAGE.keys()
