"""Tokens: who they let in, where, how often, and when no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import structlog
from werkzeug.test import TestResponse

from portal.api import entering
from portal.api.operations import Operation
from portal.api.problems import Problem
from portal.api.routes import OPERATIONS
from portal.app import create_app
from portal.shared.domain.integrations.scopes import Scope
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import AccountType
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.api_tokens import ApiToken
from portal.shared.records.people import Membership, Person
from portal.shared.services.integrations import tokens
from tests.support import factories
from tests.support.factories import NOW
from tests.support.programs import Program, Station
from tests.support.shop import Customer, Shop


def path_of(operation: Operation, number: int = 1) -> str:
    """An address of an operation, with numbers that may be anybody's."""
    path = operation.path.replace("<int:subscription_id>", str(number)).replace("<int:seat_id>", "1")
    path += "?email=a@b.example" if path == "/entitlements" else ""
    for name in ("<int:account>", "<int:person>", "<external_id>"):
        path = path.replace(name, "1")
    path = path.replace("<int:number>", "1").replace("<product>", "assist").replace("<email>", "a@b.example")
    return path.replace("<name>", "X-1").replace("<reference>", "ABCDEFGHJK")


def every_answer(program: Program) -> list[TestResponse]:
    return [
        program.ask(one.method, path_of(one), json={} if one.body else None, key="a-key-of-mine")
        for one in OPERATIONS
    ]


def codes(answers: list[TestResponse]) -> set[tuple[int, str]]:
    assert {one.mimetype for one in answers} == {"application/problem+json"}
    return {(one.status_code, one.json["code"]) for one in answers if one.json}


def test_without_a_token_every_address_is_closed(station: Station) -> None:
    assert codes(every_answer(station.program())) == {(401, "no_token")}


BROKEN = {
    "nonsense": "nonsense",
    "of the right form, but nobody's": "twd_live_" + "0" * 46,
    "empty": "",
    "beyond ASCII": "twd_live_é",
}


def test_a_token_that_is_none_opens_nothing(station: Station) -> None:
    for kind, token in BROKEN.items():
        answer = station.program(token=token).get("/account")
        assert answer.status_code == 401, kind
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert "Set-Cookie" not in answer.headers


def test_a_token_that_ran_out_or_was_revoked_opens_nothing(station: Station) -> None:
    who = station.shop.customer()
    program = station.program(who)
    assert program.get("/account").status_code == 200
    station.later(timedelta(days=90))
    assert codes(every_answer(program)) == {(401, "no_token")}

    other = station.program(who)
    assert other.get("/account").status_code == 200
    with station.shop.database.write() as session:
        tokens.revoke(session, who.id, station.last_token().id, who.person_id, station.shop.clock.now())
    assert codes(every_answer(other)) == {(401, "no_token")}
    actions = [row.action for row in station.shop.rows(Activity, account_id=who.id)]
    assert actions.count("api-token-created") == 2
    assert actions.count("api-token-revoked") == 1


def test_a_token_ends_with_what_its_person_may_do(station: Station) -> None:
    who = station.shop.customer()
    program = station.program(who)
    with station.shop.database.write() as session:
        factories.a_contact(session, session.get_one(Account, who.id))  # an account keeps its last one
        session.execute(sa.delete(Membership).where(Membership.person_id == who.person_id))
    refused = {(403, "not_the_contact"), (403, "scope_missing")}  # of the other portal it had none
    assert codes(every_answer(program)) == refused
    with station.shop.database.write() as session:
        session.get_one(Person, who.person_id).disabled_at = station.shop.clock.now()
    assert codes(every_answer(program)) == {(401, "no_token")}


def test_no_door_of_an_organisation_is_open_to_a_program_whose_person_is_nothing_there(
    station: Station,
) -> None:
    who = a_contract(station.shop)
    program = station.program(who)
    with station.shop.database.write() as session:
        factories.a_contact(session, session.get_one(Account, who.id))
        session.execute(sa.delete(Membership).where(Membership.person_id == who.person_id))
    assert codes(every_answer(program)) == {(403, "not_the_contact"), (403, "scope_missing")}


def test_a_products_token_acts_in_nobodys_name(station: Station) -> None:
    """No scope of theirs leads so far; if one ever did, it would find the door closed."""
    shop, pages = station.shop, {AccountType.ONLINE: "self_service.subscriptions"}
    with station.app.test_request_context("/api/v1/account"):
        bearer = tokens.Bearer(1, frozenset(Scope), None, "assist", None, frozenset(), None, "the product")
        for broken in (bearer, replace(bearer, account_id=shop.customer().id)):
            with pytest.raises(Problem) as refused:
                entering.caller_of(broken, Task.SUBSCRIPTIONS, pages)
            assert (refused.value.status, refused.value.code) == (403, "account_token_needed")


def test_a_program_is_told_in_english_why_and_where_the_router_is_silent_that_it_is_closed(
    station: Station,
) -> None:
    with station.app.test_request_context("/api/v1/account", headers={"Accept-Language": "pt-BR"}):
        silent, told = (entering._refused(one) for one in (Reason.PAGE_DOES_IT, Reason.NOT_THE_CONTACT))
    assert (silent.status, silent.code) == (403, "page_does_it")
    assert silent.detail == "This account does not do that here."
    assert (told.status, told.code) == (403, "not_the_contact")
    assert told.detail == "Billing for this account is done by its billing contact."


def test_the_scope_of_each_operation_is_asked_for(station: Station) -> None:
    who = station.shop.customer()
    mine = tokens.offered("online", ["billing_contact"])
    for scope in Scope:
        program = station.program(who, *(one for one in mine if one is not scope))
        for operation in OPERATIONS:
            if operation.scope is scope:
                answer = program.ask(
                    operation.method, path_of(operation), json={} if operation.body else None
                )
                said = (answer.status_code, answer.json and answer.json["code"])
                assert said == (403, "scope_missing"), operation.name


def test_a_token_is_shown_as_a_bearers_and_in_no_other_way(station: Station) -> None:
    token, client = station.token(station.shop.customer()), station.app.test_client(use_cookies=False)
    for scheme, status in (
        ("Bearer", 200),
        ("bearer", 200),
        ("Bearer ", 200),
        ("Basic", 401),
        ("Token", 401),
        ("", 401),
    ):
        answer = client.get("/api/v1/account", headers={"Authorization": f"{scheme} {token}"})
        assert answer.status_code == status, scheme
    assert client.get("/api/v1/account").status_code == 401


def test_every_answer_says_how_often_the_token_may_still_ask_and_which_scope_was_missing(
    station: Station,
) -> None:
    answer = station.program(station.shop.customer(), Scope.SEATS_READ).get("/invoices")
    assert answer.json is not None
    assert (answer.status_code, answer.json["scope"]) == (403, str(Scope.INVOICES_READ))
    assert answer.headers["RateLimit-Policy"] == '"token";q=100000;w=60'
    assert answer.headers["RateLimit"].startswith('"token";r=99999;t=')


def test_what_a_program_does_is_told_in_its_persons_name_and_with_its_own(station: Station) -> None:
    who = station.shop.customer()
    number = station.shop.monthly(who)
    sent = {"people": [{"email": "rosa@example.org", "name": "Rosa Dias"}]}
    answer = station.program(who).post(f"/subscriptions/{number}/seats", sent, key="a-key-of-mine")
    assert answer.status_code in (200, 201), answer.text
    (entry,) = station.shop.rows(Activity, account_id=who.id, action="seat-assigned")
    assert entry.person_id == who.person_id
    assert entry.detail["api_token"].startswith("a program")


def test_a_missing_scope_stands_in_the_log_by_the_number_of_the_token(station: Station) -> None:
    program = station.program(station.shop.customer(), Scope.SEATS_READ)
    with structlog.testing.capture_logs() as lines:
        assert program.ask("GET", "/invoices").status_code == 403
    (line,) = [one for one in lines if one["event"] == "refused"]
    assert line["scope"] == str(Scope.INVOICES_READ)
    with station.shop.database.read() as session:
        assert line["token"] in session.scalars(sa.select(ApiToken.id)).all()


def test_another_accounts_things_are_as_if_they_were_not(station: Station) -> None:
    shop = station.shop
    mine, theirs = shop.customer(), shop.customer()
    number = shop.monthly(theirs)
    program, corporate = station.program(mine), station.program(a_contract(shop))
    for operation in OPERATIONS:
        if "subscription_id" not in operation.path:
            continue
        asks = program if AccountType.ONLINE in (operation.pages or {}) else corporate
        sent = {
            "summary": {"plan": "plus", "seats": 6, "frequency": "monthly"},
            "assign_seats": {"people": [{"email": "a@b.example"}]},
            "seats_summary": {"seats": 12},
            "seats_quote": {"seats": 12},
        }.get(operation.name)
        answers = [
            asks.ask(operation.method, path_of(operation, which), json=sent, key="a-key-of-mine")
            for which in (number, 987654)
        ]
        assert [one.status_code for one in answers] == [404, 404], operation.name
        assert len({one.json["code"] for one in answers if one.json}) == 1


def a_contract(shop: Shop) -> Customer:
    """A corporate account and its billing contact."""
    with shop.database.write() as session:
        account = factories.a_corporate_account(session)
        person = factories.a_contact(session, account)
        return Customer(account.id, person.id, None, account.currency)


def test_the_portal_of_the_account_decides(station: Station) -> None:
    shop = station.shop
    online = station.program(shop.customer())
    answer = online.get("/quotes")
    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["code"] == "scope_missing"  # it was not even offered

    who = a_contract(shop)
    number = shop.annual(who)
    corporate = station.program(who)
    assert corporate.get("/quotes").json == {"items": [], "next": None}
    sent = {"plan": "plus", "seats": 6, "frequency": "annual"}
    refused = corporate.post(f"/subscriptions/{number}/summaries", sent)
    assert refused.status_code == 403
    assert refused.json is not None
    assert "representative" in refused.json["code"] + refused.json["detail"]


def test_an_expired_account_keeps_what_renewing_needs(station: Station) -> None:
    shop = station.shop
    who = shop.customer()
    with shop.database.write() as session:
        session.get_one(Account, who.id).expired_on = shop.clock.now().date()
    program = station.program(who)
    assert program.get("/account").json["expired"] is True  # type: ignore[index]
    assert program.get("/invoices").status_code == 200
    answer = program.get("/requests")
    assert (answer.status_code, answer.json and answer.json["code"]) == (403, "account_expired")


def test_an_admin_reads_no_money(station: Station) -> None:
    shop = station.shop
    who = shop.customer()
    with shop.database.write() as session:
        admin = factories.a_person(session)
        session.add(Membership(person_id=admin.id, account_id=who.id, role="account_admin"))
        session.flush()
    admins = Customer(who.id, admin.id, None, who.currency)
    number = shop.monthly(who)
    program = station.program(admins)
    assert program.get(f"/subscriptions/{number}/seats").status_code == 200
    for path in ("/account", "/invoices", "/subscriptions"):
        assert program.get(path).json["code"] == "scope_missing", path  # type: ignore[index]
    with pytest.raises(tokens.ScopeRefusedError):
        station.token(admins, Scope.INVOICES_READ)


def test_who_asks_too_often_waits_at_every_process(station: Station) -> None:
    who = station.shop.customer()
    token = station.token(who)
    house = station.app.extensions["twodoor"]
    other = create_app(
        replace(house.settings, api_requests_a_minute=30),
        clock=station.shop.clock,
        database=station.shop.database,
        processor=station.shop.processor,
    )
    object.__setattr__(house.settings, "api_requests_a_minute", 30)
    station.shop.clock.set(NOW.replace(second=15))
    programs = [Station(station.shop, app).program(token=token) for app in (station.app, other)]
    answers = [programs[at % 2].get("/account") for at in range(40)]
    assert sum(one.status_code == 200 for one in answers) == 30
    late = [one for one in answers if one.status_code == 429]
    assert codes(late) == {(429, "too_many_requests")}
    assert {one.headers["Retry-After"] for one in late} == {"45"}
    assert answers[0].headers["RateLimit-Policy"] == '"token";q=30;w=60'
    assert answers[0].headers["RateLimit"] == '"token";r=29;t=45'
    assert late[0].headers["RateLimit"] == '"token";r=0;t=45'
    station.later(timedelta(seconds=45))
    assert programs[1].get("/account").status_code == 200


def test_the_secret_is_kept_nowhere(station: Station) -> None:
    token = station.token(station.shop.customer())
    row = station.last_token()
    assert token not in str(vars(row))
    assert row.ending == token[-4:]


def test_when_it_was_used_last_is_known_to_the_hour(station: Station) -> None:
    program = station.program(station.shop.customer())
    moments = []
    for span in (timedelta(), timedelta(minutes=59), timedelta(minutes=2)):
        station.later(span)
        program.get("/account")
        moments.append(station.last_token().last_used_at)
    assert moments[0] == moments[1]
    assert moments[2] == station.shop.clock.now()


def test_a_number_of_tokens_is_the_most(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 2)
    who = station.shop.customer()
    station.token(who)
    station.token(who)
    with pytest.raises(tokens.TooManyTokensError):
        station.token(who)
    assert len(station.shop.rows(ApiToken)) == 2
