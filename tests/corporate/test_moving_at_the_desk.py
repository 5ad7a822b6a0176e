"""Moving an account at the desk: what it shows, who may press it, and how the customer meets it."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.routing import Rule

from portal.shared.domain.routing.twins import TWINS
from portal.shared.domain.wishes import OtherAccountType
from portal.shared.records.account_moves import AccountMove
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import Invoice
from portal.shared.records.orders import Order
from portal.shared.records.people import Membership, Person
from portal.shared.records.requests import Request
from portal.shared.records.subscriptions import Seat
from portal.shared.services import ledger, requests
from tests.support.demo_house import NOON, DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

ONLINE, CORPORATE = "monthly", "corporate"


def moving(house: DemoHouse, story: str) -> str:
    return f"/corp-billing/desk/accounts/{house.account_id(story)}/moving"


def account(house: DemoHouse, story: str) -> Account:
    (row,) = house.rows(Account, id=house.account_id(story))
    found: Account = row
    return found


def rep(house: DemoHouse) -> int:
    return int(house.rows(Person, email=house.email("rep"))[0].id)


def prove(house: DemoHouse) -> None:
    with house.database.read() as session:
        assert ledger.verify(session) == []


def to_corporate(house: DemoHouse) -> Page:
    """Customer Care moves an online account to a representative who lets it pay in 30 days."""
    care = house.visitor(house.email("care"))
    page = care.get(f"{moving(house, ONLINE)}?rep={rep(house)}&days=30")
    answer = care.send(page, "/moving/confirm", {})
    assert "The account is in the Corporate Billing Portal now." in answer.all_text
    return answer


def test_care_sees_line_by_line_what_will_change(house: DemoHouse) -> None:
    care = house.visitor(house.email("care"))
    page = care.get(f"/corp-billing/desk/accounts/{house.account_id(ONLINE)}")
    assert "Move to the other portal" in page.text
    page = care.get(f"{moving(house, ONLINE)}?rep={rep(house)}&days=30")
    assert broken_rules(page, "en", "Exemplo Software") == []
    for said in (
        "Customer Care",
        "Sofia Lemos",
        "Invoice, 30 days",
        "The list price of the day it renews",
        "The price it has now, as a contract",
        "nothing is charged or credited",
        "with tax",
    ):
        assert said in page.text
    assert account(house, ONLINE).type == "online"


@pytest.mark.parametrize("query", ["rep=x", "days=soon", "rep=99999999", "days=9999", "rep=²"])
def test_what_the_lists_do_not_offer_is_refused(house: DemoHouse, query: str) -> None:
    care = house.visitor(house.email("care"))
    page = care.get(f"{moving(house, ONLINE)}?{query}")
    assert page.problems == ["Choose a representative and terms of payment of the lists."]
    token = care.token()
    name, _, value = query.partition("=")
    form = {name: value, "csrf_token": token, "shown": "nothing"}
    assert care.post(f"{moving(house, ONLINE)}/confirm", form).status in (409, 422)
    assert house.rows(AccountMove) == []


def test_what_was_not_shown_is_not_done(house: DemoHouse) -> None:
    care = house.visitor(house.email("care"))
    page = care.get(f"{moving(house, ONLINE)}?rep={rep(house)}")
    answer = care.send(page, "/moving/confirm", {"days": "90"})
    assert answer.status == 409
    assert answer.problems == ["The account has changed since this page was shown. Look at it again."]
    assert "Invoice, 90 days" in answer.text
    assert care.send(answer, "/moving/confirm", {"shown": "forged"}).status == 409
    assert house.rows(AccountMove) == []


def test_an_account_goes_over_and_is_undone_by_who_moved_it(house: DemoHouse) -> None:
    answer = to_corporate(house)
    prove(house)
    assert broken_rules(answer, "en", "Exemplo Software") == []
    assert "It can be undone until" in answer.text
    care = house.visitor(house.email("care"))
    assert care.get(f"/corp-billing/desk/accounts/{house.account_id(ONLINE)}").status == 404
    back = care.send(care.get(moving(house, ONLINE)), "/undo", {})
    assert "The move is undone: the account is in the Billing Center again." in back.all_text
    assert account(house, ONLINE).type == "online"
    prove(house)
    assert care.post(f"{moving(house, ONLINE)}/undo", {"csrf_token": care.token()}).status == 409


def test_the_manager_sees_it_come_and_may_send_it_back(house: DemoHouse) -> None:
    to_corporate(house)
    manager = house.visitor(house.email("manager"))
    page = manager.get(moving(house, ONLINE))
    assert "moved this account to the Corporate Billing Portal" in page.text
    assert "Move to the Billing Center" not in page.text, "undoing is the shorter way"
    assert manager.send(page, "/undo", {}).status == 404, "and then it is Customer Care's again"
    assert account(house, ONLINE).type == "online"
    assert house.visitor(house.email("rep")).get(moving(house, ONLINE)).status == 404


def test_the_customer_is_told_on_the_first_page_and_of_the_activity(house: DemoHouse) -> None:
    to_corporate(house)
    contact = house.contact(ONLINE)
    page = contact.get("/")
    assert page.path == "/corp-billing/"
    assert "is looked after in the Corporate Billing Portal from now on." in page.text
    assert "Sofia Lemos looks after the account together with you." in page.text
    log = contact.get("/corp-billing/activity").text
    assert "Account moved to the other portal" in log
    assert "Account type: Online → Corporate" in log
    assert "Representative: – → Sofia Lemos" in log


def test_the_request_of_the_customer_leads_to_the_move_which_answers_it(house: DemoHouse) -> None:
    contact = house.contact(ONLINE)
    page = contact.get("/billing/requests/new?kind=account-type")
    assert contact.send(page, "/requests/new", {}).problems == [
        "Write why, so that our people can prepare it."
    ]
    contact.send(page, "/requests/new", {"note": "We are 300 people now."})
    (asked,) = house.rows(Request, account_id=house.account_id(ONLINE))
    care = house.visitor(house.email("care"))
    page = care.get(f"/corp-billing/desk/requests/{asked.id}")
    assert moving(house, ONLINE) in page.html
    page = care.get(f"{moving(house, ONLINE)}?rep={rep(house)}")
    assert "asks for this move, which answers it." in page.text
    care.send(page, "/moving/confirm", {"answer": "Welcome to the other side."})
    (done,) = house.rows(Request, account_id=house.account_id(ONLINE))
    assert (str(done.state), done.answer) == ("done", "Welcome to the other side.")
    assert "Welcome to the other side." in contact.get(f"/billing/requests/{done.number}").text


def test_a_representative_is_told_to_ask_the_manager(house: DemoHouse) -> None:
    contact = house.rows(Membership, account_id=house.account_id(CORPORATE), role="billing_contact")[0]
    with house.database.write() as session:
        account_id = house.account_id(CORPORATE)
        requests.ask(session, account_id, OtherAccountType(), "Too much.", contact.person_id, NOON)
    asked = house.rows(Request, account_id=house.account_id(CORPORATE))[-1]
    rep_ = house.visitor(house.email("rep"))
    page = rep_.get(f"/corp-billing/desk/requests/{asked.id}")
    assert "A manager moves accounts." in page.text
    path = f"/corp-billing/desk/requests/{asked.id}/carry-out"
    if page.has_form("/carry-out"):
        path = page.form("/carry-out").action
    form = {"csrf_token": rep_.token(), "answer": "Done."}
    assert rep_.post(path, form).status in (404, 409)
    assert account(house, CORPORATE).type == "corporate"


# --- old links ------------------------------------------------------------------------------------------------------


def things(house: DemoHouse, story: str) -> dict[str, Any]:
    """What stands in the addresses of an account's portal."""
    account_id = house.account_id(story)
    orders, asked = house.rows(Order, account_id=account_id), house.rows(Request, account_id=account_id)
    seats = house.rows(Seat, account_id=account_id)
    return {
        "name": house.rows(Invoice, account_id=account_id)[-1].name,
        "reference": orders[-1].reference,
        "number": asked[-1].number if asked else 1,
        "subscription_id": seats[-1].subscription_id,
        "seat_id": seats[-1].id,
        "person_id": seats[-1].person_id,
        "product": "gotomeeting",
        "purchase_order_id": 1,
        "visit": "none",
        "endpoint_id": 1,
        "item_id": 1,
        "method_id": 1,
    }


def old_links(
    house: DemoHouse, portal: str, known: dict[str, Any], member: int
) -> dict[str, tuple[Rule, str]]:
    """Every page of a portal whose address names a thing: its rule, and the address of this account's thing."""
    own = {f"{portal}.person": {"person_id": member}}
    rules = [
        rule
        for rule in house.app.url_map.iter_rules()
        if rule.endpoint.startswith(f"{portal}.")
        and rule.arguments
        and "/desk" not in rule.rule
        and "GET" in (rule.methods or ())
        and rule.arguments <= known.keys()
    ]
    with house.app.test_request_context("/"):
        bound = house.app.url_map.bind("localhost")
        return {
            rule.endpoint: (
                rule,
                bound.build(
                    rule.endpoint,
                    {name: {**known, **own.get(rule.endpoint, {})}[name] for name in rule.arguments},
                ),
            )
            for rule in rules
        }


def follow(visitor: Visitor, path: str) -> tuple[Page, Page]:
    """Where a link leads first, and where it ends."""
    return visitor.get(path, follow=False), visitor.get(path)


# What an account does not have: the list it would stand in, or nothing.
_NOT_THERE = {"payment", "webhook"}


@pytest.mark.parametrize(
    ("story", "portal", "other"),
    [
        pytest.param(ONLINE, "self_service", "/corp-billing/", id="from the Billing Center"),
        pytest.param(CORPORATE, "corporate", "/billing/", id="from the Corporate Billing Portal"),
    ],
)
def test_every_old_link_that_names_a_thing_leads_to_it_in_the_other_portal(
    house: DemoHouse, story: str, portal: str, other: str
) -> None:
    contact = house.contact(story)
    person = house.rows(Membership, account_id=house.account_id(story), role="billing_contact")[0].person_id
    with house.database.write() as session:
        requests.ask(session, house.account_id(story), OtherAccountType(), "Why not.", person, NOON)
    known = things(house, story)
    links = old_links(house, portal, known, person)
    assert len(links) > 12
    if story == ONLINE:
        to_corporate(house)
    else:
        manager = house.visitor(house.email("manager"))
        answer = manager.send(manager.get(moving(house, CORPORATE)), "/moving/confirm", {})
        assert "The account is in the Billing Center now." in answer.all_text
    for endpoint, (rule, path) in links.items():
        name = endpoint.partition(".")[2]
        first, last = follow(contact, path)
        led = first.answer.headers.get("Location", "")
        assert first.status == 302, f"{path} answers {first.status}"
        assert last.status == 200, f"{path} ends in {last.status} at {last.path}"
        assert last.path.startswith(other), f"{path} ends at {last.path}"
        assert "why=account-is-" in led, f"{path} does not say why"
        if endpoint in TWINS and name not in _NOT_THERE and name not in {"after_card", "dispute_invoice"}:
            twin = path.replace("/corp-billing/" if portal == "corporate" else "/billing/", other, 1)
            assert led.partition("?")[0] == twin, f"{path} leads to {led}, not to the same thing"
        assert rule.endpoint == endpoint


def test_a_link_to_somebody_elses_thing_leads_to_the_task_alone(house: DemoHouse) -> None:
    foreign = house.rows(Invoice, account_id=house.account_id(CORPORATE))[-1].name
    to_corporate(house)
    page = house.contact(ONLINE).get(f"/billing/invoices/{foreign}", follow=False)
    assert page.answer.headers["Location"].startswith("/corp-billing/invoices?why=")


def test_who_was_at_checkout_while_it_moved_is_led_on_and_orders_nothing(house: DemoHouse) -> None:
    contact = house.contact(ONLINE)
    before = len(house.rows(Order))
    token = contact.token()
    to_corporate(house)
    page = contact.post("/billing/checkout/place", {"csrf_token": token, "key": "a-key-of-this-very-test"})
    assert page.path == "/corp-billing/requests/new"
    assert len(house.rows(Order)) == before
