"""Journeys walk like a person and mock nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.journeys.pages.cart import Cart
from tests.journeys.pages.checkout import Checkout
from tests.journeys.pages.edit import Edit
from tests.journeys.pages.order import Confirmation
from tests.journeys.pages.sign_in import SignIn
from tests.journeys.pages.subscriptions import Subscriptions
from tests.journeys.somebody import Somebody
from tests.support.labels import Words, words
from tests.support.live_server import CastMember, LiveServer
from tests.support.sentences import sentences

Enter = Callable[..., Somebody]


@dataclass(frozen=True, slots=True)
class Walk:
    """A person in front of a browser, and the pages they meet."""

    page: Page
    server: LiveServer
    words: Words

    def sign_in(self, story: str, *, at: str = "/sign-in") -> CastMember:
        """Sign in as whoever tells a story."""
        who = self.server.person(story)
        SignIn(self.page, self.server).as_person(who, at=at)
        return who

    @property
    def subscriptions(self) -> Subscriptions:
        """The subscriptions page."""
        return Subscriptions(self.page, self.words)

    @property
    def edit(self) -> Edit:
        """The edit page."""
        return Edit(self.page, self.words)

    @property
    def cart(self) -> Cart:
        """The cart."""
        return Cart(self.page, self.words)

    @property
    def checkout(self) -> Checkout:
        """Checkout."""
        return Checkout(self.page, self.words)

    @property
    def confirmation(self) -> Confirmation:
        """The page of the order."""
        return Confirmation(self.page, self.words)

    def go(self, path: str) -> None:
        """Type an address."""
        self.page.goto(self.server.url + path)

    def mails(self) -> str:
        """The list of the mails that were sent."""
        self.go("/demo/mail")
        return self.page.locator("main").inner_text()


@pytest.fixture(params=["pt_BR", "en"])
def language(request: pytest.FixtureRequest) -> str:
    """The language of the browser."""
    return str(request.param)


@pytest.fixture(params=[True, False], ids=["with-javascript", "without-javascript"])
def javascript(request: pytest.FixtureRequest) -> bool:
    """Whether scripts run."""
    return bool(request.param)


@pytest.fixture
def walk(browser: Browser, fresh_server: LiveServer, language: str, javascript: bool) -> Iterator[Walk]:
    """Somebody with a browser of the given kind, at an untouched demo."""
    locale = {"pt_BR": "pt-BR", "en": "en-GB"}[language]
    context = browser.new_context(
        locale=locale, java_script_enabled=javascript, viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(15_000)
    yield Walk(context.new_page(), fresh_server, words(language))
    context.close()


@contextmanager
def entering(browser: Browser, server: LiveServer) -> Iterator[Enter]:
    """Lets people in, each with a browser of their own: `enter("rep", language="en", javascript=False)`."""
    opened = []

    def enter(
        story: str, *, language: str = "pt_BR", javascript: bool = True, at: str = "/sign-in"
    ) -> Somebody:
        locale = {"pt_BR": "pt-BR", "en": "en-GB"}[language]
        viewport: ViewportSize = {"width": 1280, "height": 900}
        context = browser.new_context(locale=locale, java_script_enabled=javascript, viewport=viewport)
        context.set_default_timeout(15_000)
        opened.append(context)
        somebody = Somebody(context.new_page(), server, sentences(language), server.person(story))
        somebody.sign_in(at=at)
        return somebody

    try:
        yield enter
    finally:
        for context in opened:
            context.close()


@pytest.fixture
def enter(browser: Browser, fresh_server: LiveServer) -> Iterator[Enter]:
    """Lets people of an untouched demo in."""
    with entering(browser, fresh_server) as enter:
        yield enter
