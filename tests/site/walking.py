"""Walks through the whole site: everybody of the cast, from the front door along every link, in both languages."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from portal.shared.gateways.sandbox.processor import BOOK_FILE
from portal.shared.records.orders import Order
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.payments import PaymentAttempt
from portal.shared.records.people import Person
from portal.shared.web.entrance.languages import DEFAULT
from tests.site.furnishing import LINK
from tests.support.demo_house import DemoHouse
from tests.support.visitor import Page, Visitor

MOST_PAGES = 120  # of one person; more would mean that a link makes new links for ever
MAILS = "/demo/mail"  # the same for everybody; who is not signed in looks at them
# Open to everybody; who is not signed in reads each page once, and whoever is, those that `_not_linked` names.
HELP, OF_A_PRODUCT, TASK_LINKS = "/help/", "product=", "/go/"
# Stories whose people together come to every page, in all its states.
# Everybody's own, and alike: read as somebody without a second factor, as somebody with several, and as one of us.
PROFILE, WITH_PROFILE = "/profile/", ("monthly", "annual", "rep")
FEWER = (
    "monthly",
    "annual",
    "cart",
    "trial-running",
    "over-assigned",
    "lower-plan",
    "admin-only",
    "past-due",
    "pending-cancellation",
    "expired",
    "two-types",
    "corporate",
    "rep",
    "manager",
    "care",
)
# One for each account of somebody's desk, and alike: a few of each are enough.
ALIKE, A_FEW = ("/activity", "/sign-in", "/sign-ins", "/tax"), 3
AWAY = ("mailto:", "tel:", "http:", "https:", "#")


@dataclass(frozen=True, slots=True)
class Visit:
    """Who saw which page in which language, and under which address it was asked for."""

    who: str
    language: str
    asked: str
    page: Page
    endpoint: str


def walk_everywhere(house: DemoHouse, language: str) -> list[Visit]:
    """Everybody's walk in a language; after the default language it is enough that somebody comes to each page."""
    people: list[str | None] = [None, *(entry["email"] for entry in house.cast.sign_ins())]
    if language != DEFAULT:
        people = [None, *map(house.email, FEWER)]
    return [visit for person in people for visit in _walk(house, person, language)]


def _walk(house: DemoHouse, person: str | None, language: str) -> Iterator[Visit]:
    visitor = house.visitor(person, language=language)
    speak(visitor, language)
    waiting = ["/", *_not_linked(house, person)]
    own_profile = person in {house.email(story) for story in WITH_PROFILE}
    seen: set[str] = set()
    while waiting:
        address = waiting.pop(0)
        alike = next((end for end in ALIKE if address.endswith(end)), None)
        if address in seen or (alike and sum(one.endswith(alike) for one in seen) >= A_FEW):
            continue
        seen.add(address)
        assert len(seen) < MOST_PAGES, sorted(seen)
        page = visitor.get(address)
        endpoint = house.app.url_map.bind("localhost").match(page.path)[0] if page.status == 200 else ""
        yield Visit(person or "nobody", language, address, page, endpoint)
        waiting += [
            link
            for link in links_of(page)
            if _is_followed(link, person, address) and (own_profile or not link.startswith(PROFILE))
        ]


def _is_followed(link: str, person: str | None, here: str) -> bool:
    if link.startswith(HELP):
        return person is None and OF_A_PRODUCT not in link
    if here.startswith(HELP) and link.startswith(TASK_LINKS):
        return False  # all of them: tests/web/help/test_help_pages.py
    return person is None or not link.startswith(MAILS)


def links_of(page: Page) -> list[str]:
    """The addresses of our own that a page leads to; files to be kept are no pages."""
    anchors = (one for one in page.root.all("a") if "download" not in one.attributes)
    links = (one.get("href").partition("#")[0] for one in anchors)
    return [link for link in links if link and not link.startswith(AWAY)]


def speak(visitor: Visitor, language: str) -> None:
    """Choose a language for good, whatever the person chose before."""
    page = visitor.get("/demo/mail")
    visitor.send(page, "/language", {"language": language.replace("_", "-")}, follow=False)


def _not_linked(house: DemoHouse, person: str | None) -> Iterator[str]:
    """Pages one reaches by a form, by a mail or by typing."""
    if person is None:
        yield from ("/forgotten-password/on-its-way", f"/set-password/{LINK}")
        yield from _mailed(house)
        yield from ("/sign-in", "/nowhere", "/demo/mail", *_processors_pages(house))
        yield from ("/help/search", "/help/search?search=plan", "/help/change-plan?product=gotomeeting")
        return
    accounts = [one for one in house.cast.accounts if person in {member.email for member in one.members}]
    for account in accounts:
        story = account.stories[0]
        for order in house.rows(Order, account_id=house.account_id(story))[-1:]:
            yield f"/billing/orders/{order.reference}"
        if account.type == "online":
            yield f"/billing/subscriptions/{house.subscription_id(story)}/edit?seats=0"
    if person == house.email("corporate"):
        yield from corporate_pages(house)
    yield from _of_a_story(house, person)
    if person in map(house.email, ("lower-plan", "admin-only", "corporate", "expired", "two-types", "care")):
        yield from ("/help/change-plan?product=gotoassist-remote-support-v5", "/help/why-not-online")
    if len(accounts) > 1 or person in map(house.email, ("admin-only", "seat-holder", "cart")):
        yield from ("/accounts", "/not-the-billing-contact", "/choose-subscription?task=assign-seats")
        yield from (f"/go/{task}" for task in ("change-plan", "vat-number", "quotes", "nothing"))


def _of_a_story(house: DemoHouse, person: str) -> Iterator[str]:
    """Pages that only one story leads to."""
    if person == house.email("lower-plan"):
        yield f"/billing/subscriptions/{house.subscription_id('lower-plan')}/lower-plan?plan=1&seats=1"
        for attempt in house.rows(PaymentAttempt, account_id=house.account_id("lower-plan"))[-1:]:
            yield f"/billing/payments/{attempt.reference}"
    if person == house.email("manager"):
        (asker,) = house.rows(Person, email=house.email("monthly"))
        yield f"/corp-billing/desk/personal-data/{asker.id}"
    if person == house.email("monthly"):
        yield from ("/confirm-it-is-you", "/profile/second-factor")
    if person == house.email("pending-cancellation"):
        yield f"/billing/subscriptions/{house.subscription_id('pending-cancellation')}/cancelled"
    if person == house.email("trial-running"):
        yield f"/billing/subscriptions/{house.subscription_id('trial-running')}/trial"


def corporate_pages(house: DemoHouse) -> Iterator[str]:
    """What a contact comes to by ordering, by paying and by adding seats."""
    account_id = house.account_id("corporate")
    yield "/corp-billing/quotes/1/service-order"
    yield f"/corp-billing/subscriptions/{house.subscription_id('corporate')}/add-seats?seats=0"
    for order in house.rows(Order, account_id=account_id)[-1:]:
        yield f"/corp-billing/orders/{order.reference}"
    for attempt in house.rows(PaymentAttempt, account_id=account_id)[-1:]:
        yield f"/corp-billing/payments/{attempt.reference}"


def _mailed(house: DemoHouse) -> Iterator[str]:
    """Pages behind the secret of a mail: one of each kind."""
    for kind, page in (("invitation", "/invitations/"), ("claim-notice", "/claims/notices/")):
        yield page + next(mail.payload["token"] for mail in house.rows(OutboxMail, kind=kind))


def _processors_pages(house: DemoHouse) -> Iterator[str]:
    """The processor's own pages: where a card is typed, and where the bank asks."""
    for table, path in (("card_session", "cards"), ("charge", "challenge")):
        with closing(sqlite3.connect(house.folder / BOOK_FILE)) as book:
            for (reference,) in book.execute(f"select reference from {table} order by rowid desc limit 4"):
                yield f"/sandbox-processor/{path}/{reference}"
