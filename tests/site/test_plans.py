"""No statement of any page, form or regular work reads a table that grows from end to end."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice
from tests.site import matrix
from tests.site.actors import actor, address, things
from tests.site.matrix import ACTORS, CARE, IN, MANAGER, MATRIX, REP
from tests.support.demo_house import DemoHouse
from tests.support.plans import Planner
from tests.support.visitor import Visitor

OUR_PEOPLE = (REP, MANAGER, CARE)


# Addresses with what somebody typed or chose there.
ASKED = (
    (matrix.CONTACT, "/billing/invoices?number=1&since=2026-01-01&state=open"),
    (matrix.CONTACT, "/billing/activity?kind=money&since=2026-01-01&before=3"),
    (matrix.CONTACT, "/billing/seats?text=an"),
    (matrix.REP, "/corp-billing/desk?search=a"),
    (matrix.REP, "/corp-billing/desk?after=0-4"),
    (matrix.MANAGER, "/corp-billing/desk?search=a"),
    (matrix.MANAGER, "/corp-billing/desk?after=0-4"),
    (matrix.CARE, "/corp-billing/desk?search=a"),
    (matrix.CARE, "/corp-billing/desk?after=0-4"),
)


def visit_everything(house: DemoHouse) -> None:
    """Every page and every form once, by the first who may; then what a worker does, today and a month later."""
    known = things(house)
    visitors: dict[str, tuple[Visitor, str]] = {}

    def come(who: str) -> tuple[Visitor, str]:
        if who not in visitors:
            visitors[who] = actor(house, who), ""
            visitors[who] = visitors[who][0], visitors[who][0].token()
        return visitors[who]

    rules = sorted(house.app.url_map.iter_rules(), key=lambda one: one.endpoint)
    for method in ("GET", "POST"):
        for rule in (one for one in rules if one.endpoint in MATRIX and method in (one.methods or ())):
            row = MATRIX[rule.endpoint]
            allowed = [name for name in ACTORS if row.answers[name] == IN]
            path = address(house, rule, known) if allowed else ""
            if allowed and method == "POST":
                visitor, token = come(allowed[0])
                form = {key: text.format(**known) for key, text in row.form.items()}
                visitor.post(path, {**form, "csrf_token": token}, follow=False)
                continue
            # Each of our own people sees other accounts at the same desk.
            for name in (one for one in allowed if one == allowed[0] or one in OUR_PEOPLE):
                come(name)[0].get(path)
        if method == "GET":
            for name, path in ASKED:
                come(name)[0].get(path)
    house.work()
    house.clock.advance(timedelta(days=31))
    house.work()


# Statements that do read a whole table, each for a reason.
ALLOWED = {
    "shared.records.help_answers.with_words": "from the newest back, until a page is full",
    "shared.records.routing.decisions": "from the newest back, until a page is full",
    "shared.services.sign_in.password_changes.requests_waiting": "the table holds only what waits; answers delete",
    "shared.services.rehearsal.wish": "only in a demo",
    "shared.services.rehearsal._accounts": "only in a demo",
    "shared.records.purchase_orders.open_and_limited": "regular work looks at every open one: amounts are summed there",
}


@pytest.mark.postgresql
def test_no_statement_reads_a_growing_table_from_end_to_end(
    own_furnished: DemoHouse, postgresql_database: Database
) -> None:
    planner = Planner()
    with planner.listening(own_furnished.database.engine):
        visit_everything(own_furnished)
    planner.ask_postgresql(postgresql_database)
    assert len(planner.asked) > 300, "hardly anything was asked"
    found = [one for one in planner.findings.values() if one.sender not in ALLOWED]
    assert not found, "\n\n".join(f"{one.what}, for {one.sender}:\n{one.statement}" for one in found)
    assert {one.sender for one in planner.findings.values()} >= ALLOWED.keys() - DEMO, "an exception is over"


DEMO = {"shared.services.rehearsal.wish", "shared.services.rehearsal._accounts"}


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "question",
    [
        pytest.param(sa.select(Account.id).where(Account.city == "Porto"), id="no index"),
        pytest.param(sa.select(sa.func.count()).select_from(Invoice), id="counting"),
        pytest.param(sa.select(Invoice.id).where(Invoice.name.contains("12")), id="a part of a word"),
        pytest.param(sa.select(Account.id).order_by(Account.id).limit(5).offset(5), id="offset"),
    ],
)
def test_what_reads_a_growing_table_is_found_on_both(
    sqlite_database: Database, postgresql_database: Database, question: sa.Select[int]
) -> None:
    planner = Planner(sender=lambda: "somebody")
    with planner.listening(sqlite_database.engine), sqlite_database.read() as session:
        session.execute(question)
    planner.ask_postgresql(postgresql_database)
    assert {one.what.split()[0] for one in planner.findings.values()} == {"SQLite", "PostgreSQL"}


def test_a_search_by_an_index_is_no_finding(sqlite_database: Database) -> None:
    planner = Planner(sender=lambda: "somebody")
    with planner.listening(sqlite_database.engine), sqlite_database.read() as session:
        session.execute(sa.select(Invoice.id).where(Invoice.account_id == 5))
    assert len(planner.asked) == 1
    assert not planner.findings
