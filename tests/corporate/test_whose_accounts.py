"""Everything at the desk belongs to somebody: a representative's own accounts, a manager's team, Care's online ones.

The addresses come from the URL map: a new page of the desk that asks nobody whose account it shows fails here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.routing import Rule

from portal.shared.domain.quotes import QuoteState
from portal.shared.domain.requests import RequestKind
from portal.shared.domain.routing.pages import DESK_PAGES
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.claims import Claim
from portal.shared.records.invoices import Invoice
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.people import Membership, Person
from portal.shared.records.quotes import Quote
from portal.shared.records.requests import Request
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.records.tax_exemptions import TaxExemption
from tests.support.demo_house import NOON, DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

MINE, COLLEAGUES, STRANGERS, ONLINE = "corporate", "on-invoice", "other-team", "lower-plan"
REP, COLLEAGUE, STRANGER = (
    f"{name}@exemplo.example" for name in ("sofia.lemos", "bruno.matos", "leonor.faria")
)
MANAGER, CARE = "ricardo.sampaio@exemplo.example", "camila.rocha@exemplo.example"

# Who of our own people works on the account of which story.
WORKS_ON = {
    REP: {MINE},
    COLLEAGUE: {COLLEAGUES},
    STRANGER: {STRANGERS},
    MANAGER: {MINE, COLLEAGUES},
    CARE: {ONLINE},
}
# What an address names besides the account itself; a new name has to be said here, or the walk fails.
# Any manager answers a person who asks for their data, whatever accounts that person serves.
ABOUT_A_PERSON = {
    "corporate.desk_person",
    "corporate.mail_export",
    "corporate.erase_person",
    "corporate.keep_person",
}
OF_AN_ACCOUNT = {
    "account_id",
    "request_id",
    "quote_id",
    "number",
    "name",
    "subscription_id",
    "reference",
    "exemption_id",
    "claim_number",
    "identity_id",
    "person_id",
}


def things(house: DemoHouse, story: str) -> dict[str, Any]:
    """What stands in the desk's addresses, of the account that tells a story."""
    account_id = house.account_id(story)
    return {
        "account_id": account_id,
        "request_id": house.rows(Request, account_id=account_id)[-1].id,
        "quote_id": house.rows(Quote, account_id=account_id)[-1].id,
        "number": house.rows(Quote, account_id=account_id)[-1].number,
        "name": house.rows(Invoice, account_id=account_id)[-1].name,
        "subscription_id": house.rows(SubscriptionRow, account_id=account_id)[-1].id,
        "reference": "2222222222",
        "claim_number": f"CLAIM{account_id}",
        "exemption_id": house.rows(TaxExemption, account_id=account_id)[-1].id,
        "identity_id": 1,
        "person_id": house.rows(Membership, account_id=account_id)[0].person_id,
    }


@pytest.fixture
def desk(house: DemoHouse) -> DemoHouse:
    """A house in which every account has a request, a quote and an exemption."""
    author = house.rows(Person, email=REP)[0].id
    with house.database.write() as session:
        for story in (MINE, COLLEAGUES, STRANGERS, ONLINE):
            account_id = house.account_id(story)
            number = 90
            session.add(
                Request(
                    account_id=account_id,
                    number=number,
                    kind=RequestKind.OTHER,
                    wanted={},
                    created_by=author,
                    created_at=NOON,
                )
            )
            session.add(
                Quote(
                    account_id=account_id,
                    number=number,
                    state=QuoteState.DRAFT,
                    author_id=author,
                    validity_days=7,
                    created_at=NOON,
                    changed_at=NOON,
                )
            )
            session.add(
                Claim(
                    number=f"CLAIM{account_id}",
                    account_id=account_id,
                    name="Nora Kane",
                    email="nora@elsewhere.example",
                    language="en",
                    organisation="",
                    evidence={},
                    statement="They have left.",
                    sender="",
                    state="waiting",
                    filed_at=NOON,
                )
            )
            session.add(
                TaxExemption(
                    account_id=account_id,
                    document="EX-2026",
                    valid_from=NOON.date(),
                    valid_to=NOON.date() + timedelta(days=300),
                    added_by=author,
                    added_at=NOON,
                )
            )
    return house


def rules(house: DemoHouse) -> list[Rule]:
    """The desk's addresses that name something of an account."""
    found = [
        rule
        for rule in house.app.url_map.iter_rules()
        if rule.endpoint in DESK_PAGES and rule.arguments and rule.endpoint not in ABOUT_A_PERSON
    ]
    unknown = {name for rule in found for name in rule.arguments} - OF_AN_ACCOUNT
    assert not unknown, f"say in things() what {unknown} stands for"
    return found


def ask(house: DemoHouse, visitor: Visitor, rule: Rule, known: dict[str, Any], token: str) -> Page:
    """Use an address, with an empty form where it is sent one."""
    with house.app.test_request_context("/"):
        path = house.app.url_map.bind("localhost").build(
            rule.endpoint, {name: known[name] for name in rule.arguments}
        )
    if "GET" in (rule.methods or ()):
        return visitor.get(path, follow=False)
    return visitor.post(path, {"csrf_token": token}, follow=False)


@pytest.mark.parametrize("email", WORKS_ON)
def test_what_is_not_theirs_does_not_exist_for_them(desk: DemoHouse, email: str) -> None:
    visitor = desk.visitor(email)
    token = visitor.token()
    for story in {MINE, COLLEAGUES, STRANGERS, ONLINE} - WORKS_ON[email]:
        known = things(desk, story)
        before = desk.trace()
        for rule in rules(desk):
            page = ask(desk, visitor, rule, known, token)
            assert page.status == 404, f"{rule.endpoint} of {story} answers {page.status} to {email}"
        assert desk.trace() == before


@pytest.mark.parametrize("email", WORKS_ON)
def test_what_is_theirs_can_be_looked_at(desk: DemoHouse, email: str) -> None:
    visitor = desk.visitor(email)
    for story in WORKS_ON[email]:
        page = visitor.get(f"/corp-billing/desk/accounts/{desk.account_id(story)}")
        assert page.heading == desk.told(story).name
        assert broken_rules(page, "en", "Exemplo Software") == []


@pytest.mark.parametrize("email", [None, "andre@horizonte.example", "eleanor@hartwell-finch.example"])
def test_nobody_of_the_customers_gets_in(desk: DemoHouse, email: str | None) -> None:
    visitor = desk.visitor(email)
    token = visitor.token()
    before = desk.trace()
    for story in (MINE, ONLINE):
        for rule in rules(desk):
            page = ask(desk, visitor, rule, things(desk, story), token)
            assert page.status in (302, 303), f"{rule.endpoint} answers {page.status}"
            assert "/desk" not in page.path.partition("?")[0]
    assert desk.trace() == before


@pytest.mark.parametrize("email", WORKS_ON)
def test_the_portfolio_and_its_search_show_only_what_is_theirs(desk: DemoHouse, email: str) -> None:
    visitor = desk.visitor(email)
    for address in ("", "?search=a", "?show=attention", "?rep=1", "?after=0-1", "?rep=²&after=x&show=y"):
        page = visitor.get(f"/corp-billing/desk{address}")
        assert page.status == 200
        for story in {MINE, COLLEAGUES, STRANGERS, ONLINE} - WORKS_ON[email]:
            assert desk.told(story).name not in page.text
    names = visitor.get("/corp-billing/desk").text
    assert all(desk.told(story).name in names for story in WORKS_ON[email])


def test_a_manager_gives_an_account_to_a_colleague(desk: DemoHouse) -> None:
    manager = desk.visitor(MANAGER)
    page = manager.get(f"/corp-billing/desk/accounts/{desk.account_id(MINE)}")
    colleague = desk.rows(Person, email=COLLEAGUE)[0].id
    answer = manager.send(page, "/representative", {"rep": str(colleague)})
    assert "Bruno Matos looks after the account now." in answer.all_text
    assert desk.visitor(COLLEAGUE).get(answer.path).status == 200
    assert desk.visitor(REP).get(answer.path).status == 404
    assert "Bruno Matos" in desk.contact(MINE).get("/corp-billing/").all_text
    (mail,) = desk.rows(OutboxMail, kind="representative-changed")
    assert mail.recipient == "andre@horizonte.example"


@pytest.mark.parametrize("rep", ["", "x", "0", "²", "99999999999999999999", "leonor"])
def test_an_account_is_given_to_nobody_else(desk: DemoHouse, rep: str) -> None:
    manager = desk.visitor(MANAGER)
    path = f"/corp-billing/desk/accounts/{desk.account_id(MINE)}/representative"
    number = str(desk.rows(Person, email=STRANGER)[0].id) if rep == "leonor" else rep
    before = desk.trace()
    page = manager.post(path, {"csrf_token": manager.token(), "rep": number})
    assert page.status == 422
    assert page.problems == ["Choose somebody of your team."]
    assert broken_rules(page, "en", "Exemplo Software") == []
    assert desk.trace() == before


def test_only_a_manager_has_a_team(desk: DemoHouse) -> None:
    assert desk.visitor(MANAGER).get("/corp-billing/desk/team").heading == "Team"
    assert {desk.visitor(email).get("/corp-billing/desk/team").status for email in (REP, CARE)} == {404}


def test_a_representative_changes_the_terms_of_payment(desk: DemoHouse) -> None:
    rep = desk.visitor(REP)
    page = rep.get(f"/corp-billing/desk/accounts/{desk.account_id(MINE)}")
    assert page.form("/terms").fields
    answer = rep.send(page, "/terms", {"days": "60", "rule": "hold"})
    assert "The new terms hold for every invoice from now on." in answer.all_text
    assert "Invoice, 60 days" in answer.text
    assert "Terms of payment changed" in answer.text
    (row,) = desk.rows(Account, id=desk.account_id(MINE))
    assert (row.invoice_terms_days, str(row.purchase_order_rule)) == (60, "hold")
    assert len(desk.rows(Activity, action="terms-changed")) == 1
    again = rep.send(answer, "/terms", {})
    assert again.status == 200
    assert len(desk.rows(Activity, action="terms-changed")) == 1


BAD_TERMS: dict[str, Callable[[], dict[str, str]]] = {
    "days below nothing": lambda: {"days": "-1", "rule": "warn"},
    "days beyond reason": lambda: {"days": "181", "rule": "warn"},
    "days in other digits": lambda: {"days": "٣٠", "rule": "warn"},
    "no number": lambda: {"days": "soon", "rule": "warn"},
    "no such rule": lambda: {"days": "30", "rule": "forget"},
    "nothing at all": dict,
}


@pytest.mark.parametrize("case", BAD_TERMS)
def test_terms_that_are_not_offered_are_refused(desk: DemoHouse, case: str) -> None:
    rep = desk.visitor(REP)
    path = f"/corp-billing/desk/accounts/{desk.account_id(MINE)}/terms"
    before = desk.trace()
    page = rep.post(path, {"csrf_token": rep.token(), **BAD_TERMS[case]()})
    assert page.status == 422
    assert "Choose one of the terms of the list." in page.text
    assert broken_rules(page, "en", "Exemplo Software") == []
    assert desk.trace() == before


def test_what_waits_stands_on_top_of_the_desk_and_of_the_account(desk: DemoHouse) -> None:
    with desk.database.write() as session:
        quote = session.get_one(Quote, desk.rows(Quote, account_id=desk.account_id(COLLEAGUES))[-1].id)
        quote.state, quote.summary, quote.valid_until = QuoteState.SENT, {}, (NOON + timedelta(days=2)).date()
    page = desk.visitor(COLLEAGUE).get("/corp-billing/desk")
    assert "Request #90 waits" in page.text
    assert "2 days left" in page.text
    (row, *_) = [one for one in page.root.all("tr") if desk.told(COLLEAGUES).name in one.text]
    assert row is page.root.all("tr")[1]
