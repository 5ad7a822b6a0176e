"""Whoever sends a form that changes something leaves one entry of the activity, in the same transaction."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from portal.shared.domain.activity import Portal
from portal.shared.records.activity import Activity
from portal.shared.services.activity.verifying import verify
from tests.site.actors import actor, address, things
from tests.site.matrix import ACTORS, IN, MATRIX
from tests.support.demo_house import DATABASE_FILE, DemoHouse
from tests.support.visitor import Visitor

# Tables in which nothing stands that an account or a person has: what the machine keeps for itself.
OF_THE_MACHINE = frozenset(
    {
        "activity",
        "activity_values",
        "alembic_version",
        "job_errors",
        "jobs",
        "outbox_mails",
        "passkey_challenges",
        "password_requests",
        "routing_decisions",
        "sign_in_attempts",
        "sqlite_sequence",
        "sweeps",
    }
)
# Forms that change a row and leave no entry, each for a reason.
_PAGE = "only the visit to the processor's page is noted; the card that comes of it leaves an entry"
_CART = "a cart is gathered and changes nothing; the order leaves an entry"
WITHOUT = {
    "corporate.add_card": _PAGE,
    "corporate.add_card_for_quote": _PAGE,
    "corporate.take_payment": _PAGE,
    "self_service.add_card": _PAGE,
    "self_service.add_payment_method": _PAGE,
    "corporate.choose_for_quote": "choices beside a quote are not agreed before it is accepted",
    "self_service.remove_cart_item": _CART,
    "self_service.take_change": _CART,
}
# Through which door somebody with a browser can have come.
DOORS = {str(one) for one in (Portal.BILLING_CENTER, Portal.CORPORATE, Portal.DESK, Portal.FRONT)}
# The registry was asked again about the same number; an account was copied for a rehearsal: both are worth an entry.
UNCHANGED = {"corporate.clone_account", "corporate.set_vat_number", "self_service.apply_vat_number"}


def told(house: DemoHouse) -> dict[str, str]:
    """What stands in each table that belongs to somebody."""
    found = {}
    with closing(sqlite3.connect(f"file:{house.folder / DATABASE_FILE}?mode=ro", uri=True)) as connection:
        tables = connection.execute("select name from sqlite_master where type = 'table' order by name")
        for (name,) in tables.fetchall():
            if name not in OF_THE_MACHINE and not name.startswith("sqlite_"):
                found[name] = repr(connection.execute(f'select * from "{name}"').fetchall())
    return found


def forms(house: DemoHouse) -> list[str]:
    rules = house.app.url_map.iter_rules()
    return sorted({rule.endpoint for rule in rules if "POST" in (rule.methods or ())} & MATRIX.keys())


def test_a_form_that_changes_something_leaves_exactly_one_entry(own_furnished: DemoHouse) -> None:
    house, known, wrong, worked = own_furnished, things(own_furnished), {}, 0
    visitors: dict[str, tuple[Visitor, str]] = {}
    for endpoint in forms(house):
        allowed = [name for name in ACTORS if MATRIX[endpoint].answers[name] == IN]
        if not allowed or not endpoint.startswith(("self_service.", "corporate.", "front.")):
            continue
        rule = next(
            one
            for one in house.app.url_map.iter_rules()
            if one.endpoint == endpoint and "POST" in (one.methods or ())
        )
        if allowed[0] not in visitors:
            visitor = actor(house, allowed[0])
            visitors[allowed[0]] = visitor, visitor.token()
        visitor, token = visitors[allowed[0]]
        form = {key: text.format(**known) for key, text in MATRIX[endpoint].form.items()}
        path = address(house, rule, known)
        before, entries = told(house), len(house.rows(Activity))
        visitor.post(path, {**form, "csrf_token": token}, follow=False)
        after, left = told(house), house.rows(Activity)[entries:]
        if endpoint == "corporate.look":
            visitor.post("/corp-billing/desk/look/stop", {"csrf_token": token}, follow=False)
        changed = [name for name in after if after[name] != before.get(name)]
        wanted = 0 if endpoint in WITHOUT else int(bool(changed) or endpoint in UNCHANGED)
        worked += bool(changed)
        if len(left) != wanted:
            wrong[endpoint] = (changed, [one.action for one in left])
        assert {one.portal for one in left} <= DOORS, endpoint
    with house.database.read() as session:
        assert verify(session) == []
    assert not [one for one in house.rows(Activity) if "@" in str(one.detail)]
    assert not wrong, "\n".join(f"{name}: {found}" for name, found in wrong.items())
    assert worked > 25
