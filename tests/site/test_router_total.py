"""Nobody is lost: every task, for everybody, over HTTP, ends at one page that does it or says who does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import cycle, product
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from portal.app import create_app
from portal.config import DEMO_SELLER, Settings, read_seller
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import AccountType, Role, StaffRole
from portal.shared.domain.subscriptions import Standing
from portal.shared.gateways.clock import FixedClock
from portal.shared.records.database import Database
from portal.shared.records.routing import RoutingDecision
from portal.shared.web.words import router as router_words
from tests.site.router_promises import broken_promise
from tests.support.factories import NOW, a_catalogue, a_person
from tests.support.router_people import PASSWORD, Shape, Town
from tests.support.visitor import Page, Visitor

ROLES = [frozenset({role}) for role in Role]
BOTH = frozenset({Role.BILLING_CONTACT, Role.ACCOUNT_ADMIN})
# What an account that has expired holds; any other mixture is walked without pages in tests/domain.
OF_THE_EXPIRED = (None, Standing.EXPIRED, Standing.TRIAL_ENDED)
MOST_REDIRECTS = 2
WALKED: Counter[str] = Counter()


@pytest.fixture
def town(sqlite_database: Database, tmp_path: Path) -> Town:
    settings = Settings(
        database_url="",
        secret_key="not a secret",
        data_dir=tmp_path,
        seller=read_seller(DEMO_SELLER),
        password_memory_kib=8,
        password_rounds=1,
    )
    app = create_app(settings, clock=FixedClock(NOW), database=sqlite_database)
    with sqlite_database.write() as session:
        plans, rep = a_catalogue(session), a_person(session, "Rita Rocha", staff_role="rep").id
    return Town(app, sqlite_database, plans, rep)


@pytest.fixture(autouse=True, scope="module")
def tell(request: pytest.FixtureRequest) -> Iterator[None]:
    """Say how many were walked (`pytest -s`)."""
    yield
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("\nThe router was walked:", ", ".join(f"{number} {what}" for what, number in WALKED.items()))  # noqa: T201


def shapes_of(account_type: AccountType) -> Iterator[Shape]:
    for roles in ROLES:
        for standing in (None, *Standing):
            yield Shape(account_type, roles, standing)
        for standing in OF_THE_EXPIRED:
            yield Shape(account_type, roles, standing, expired=True)
    yield Shape(account_type, BOTH, Standing.ACTIVE)
    yield Shape(account_type, frozenset(), Standing.ACTIVE)  # a seller of ours took every role away


def followed(visitor: Visitor, path: str) -> list[str]:
    """Every address on the way from a link to its page."""
    way = [path]
    while len(way) <= MOST_REDIRECTS + 1:
        answer = visitor.client.get(way[-1])
        if answer.status_code not in (302, 303):
            return way
        way.append(answer.location)
    raise AssertionError(f"no end to it: {way}")


def reason_of(location: str) -> Reason:
    """The reason an address carries: it is simply the right page where it carries none."""
    return Reason(parse_qs(urlsplit(location).query).get("why", ["page-does-it"])[0])


class Looker:
    """Looks at each page once for each kind of person; who may nothing sees the same wherever a subscription stands."""

    def __init__(self) -> None:
        self.seen: dict[tuple[object, ...], Page] = {}

    def page(self, visitor: Visitor, shape: Shape, location: str) -> Page:
        powerless = not shape.roles & BOTH
        key = (shape.account_type, shape.roles, shape.expired, powerless or shape.standing)
        place = (key, re.sub(r"\d+", "N", location))
        if place not in self.seen:
            self.seen[place] = visitor.get(location, follow=False)
        return self.seen[place]


@pytest.mark.parametrize("account_type", AccountType, ids=str)
def test_every_task_for_everybody_of_one_account(town: Town, account_type: AccountType) -> None:
    looker, lost = Looker(), []
    signs_in_for = cycle(Task)
    for shape in shapes_of(account_type):
        person_id, email, _ = town.person([shape])
        visitor, led = town.browser(person_id), {}
        for task in Task:
            answer = visitor.client.get(f"/go/{task}")
            assert answer.status_code == 302
            led[task], reason = answer.location, reason_of(answer.location)
            page = looker.page(visitor, shape, answer.location)
            said = _said(town, page, reason)
            lack = broken_promise(page, task, reason) if page.status == 200 else f"{page.status} {page.path}"
            if lack or not said:
                lost.append(f"{task} for {shape.name}: {answer.location}: {lack or 'no reason is told'}")
            WALKED["combinations with one account"] += 1
        assert len(followed(visitor, "/")) <= 2
        task = next(signs_in_for)
        assert _signed_in(town, email, f"/go/{task}") == [f"/go/{task}", led[task]]
        WALKED["sign-ins with a task"] += 1
    assert not lost, f"{len(lost)} lost\n" + "\n".join(lost)


def test_who_is_not_signed_in_keeps_every_task(town: Town) -> None:
    stranger = town.browser()
    for task, product_named in product(Task, (None, "assist", "nothing-we-sell")):
        link = f"/go/{task}" + (f"?product={product_named}" if product_named else "")
        way = followed(stranger, link)
        assert len(way) == 2
        form = stranger.get(way[-1]).form("/sign-in")
        assert dict(form.fields)["next"] == link
        WALKED["combinations without sign-in"] += 1


def test_who_has_no_account_learns_whom_to_ask(town: Town) -> None:
    visitor = town.browser(town.person()[0])
    for task in Task:
        (_, there) = followed(visitor, f"/go/{task}")
        page = visitor.get(there, follow=False)
        assert broken_promise(page, task, Reason.NO_ACCOUNT) is None, page.text
        assert _said(town, page, Reason.NO_ACCOUNT)
        WALKED["combinations without an account"] += 1


@pytest.mark.parametrize("staff_role", StaffRole, ids=str)
def test_our_own_people_come_to_the_desk(town: Town, staff_role: StaffRole) -> None:
    visitor = town.browser(town.person(staff_role=staff_role)[0])
    for task in Task:
        assert followed(visitor, f"/go/{task}") == [f"/go/{task}", "/corp-billing/desk"]
        WALKED["combinations of staff"] += 1


def pairs() -> Iterator[tuple[Shape, ...]]:
    online, corporate = AccountType
    for first, second in product(ROLES, ROLES):
        yield Shape(online, first, Standing.ACTIVE), Shape(corporate, second, Standing.ACTIVE)
    for kind, other in product(AccountType, (Role.BILLING_CONTACT, Role.ACCOUNT_ADMIN, Role.VIEWER)):
        contact = frozenset({Role.BILLING_CONTACT})
        yield (
            Shape(kind, contact, Standing.ACTIVE),
            Shape(kind, frozenset({other}), None, expired=kind is online),
        )
    for role in (Role.BILLING_CONTACT, Role.VIEWER):
        every = frozenset({role})
        yield tuple(Shape(kind, every, standing) for kind in AccountType for standing in (None, *Standing))


def test_every_task_for_everybody_of_several_accounts(town: Town) -> None:
    looker, lost, asked_for = Looker(), [], cycle(Task)
    for shapes in pairs():
        person_id, _, accounts = town.person(shapes)
        visitor = town.browser(person_id)
        asks = []
        for task in Task:
            way = followed(visitor, f"/go/{task}")
            assert len(way) == 2, way
            if way[1].startswith("/accounts"):
                asks.append(task)
            WALKED["combinations with several accounts"] += 1
        if not asks:
            continue
        # Whichever account is picked, the task is the one that was asked for, and no question is asked twice.
        task = next(one for one in asked_for if one in asks)
        for shape, account_id in zip(shapes, accounts, strict=True):
            visitor = town.browser(person_id)
            choosing = visitor.get(f"/go/{task}")
            assert choosing.path == "/accounts"
            answer = visitor.send(choosing, f"/accounts/{account_id}", follow=False)
            (link, there) = followed(visitor, answer.path)
            assert link == f"/go/{task}"
            reason = reason_of(there)
            lack = broken_promise(looker.page(visitor, shape, there), task, reason)
            if lack:
                lost.append(f"{task} for {shape.name} of several: {there}: {lack}")
            WALKED["choices of an account"] += 1
    assert not lost, "\n".join(lost)


def test_a_session_that_ended_loses_neither_the_task_nor_the_account(town: Town) -> None:
    shapes = [Shape(kind, frozenset({Role.BILLING_CONTACT}), Standing.ACTIVE) for kind in AccountType]
    person_id, email, accounts = town.person(shapes)
    visitor = town.browser(person_id)
    page = visitor.get("/go/invoices")
    with visitor.client.session_transaction() as kept:
        kept["_user_id"] = "a session that has ended"
    answer = visitor.send(page, f"/accounts/{accounts[1]}")
    assert answer.path == "/sign-in"
    assert "Your session has ended" in answer.all_text
    page = visitor.send(answer, "/sign-in", {"email": email, "password": PASSWORD})
    assert page.path == "/accounts"
    page = visitor.send(page, f"/accounts/{accounts[1]}")
    assert page.path == "/corp-billing/invoices"


def test_every_walk_left_its_line(town: Town) -> None:
    shape = Shape(AccountType.ONLINE, frozenset({Role.VIEWER}), None)
    visitor = town.browser(town.person([shape])[0])
    visitor.get("/go/quotes")
    with town.database.read() as session:
        (line,) = session.query(RoutingDecision).all()
    assert (line.task, line.reason) == ("quotes", "not-the-contact")


def _said(town: Town, page: Page, reason: Reason) -> bool:
    with town.app.test_request_context("/", headers={"Accept-Language": "en"}):
        sentence = router_words.sentence(reason)
    return sentence is None or sentence in page.all_text


def _signed_in(town: Town, email: str, link: str) -> list[str]:
    """Where a stranger ends who follows a link and signs in on the way."""
    stranger = town.browser()
    page = stranger.get(link)
    answer = stranger.send(page, "/sign-in", {"email": email, "password": PASSWORD}, follow=False)
    way = followed(stranger, answer.path)
    assert len(way) <= MOST_REDIRECTS
    return way
