"""Every page for everybody: no finding of axe, light and dark, wide and narrow, and nothing to scroll sideways.

Read in a language that is two fifths longer than English, so that no language breaks a line that these leave whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, ViewportSize, expect

from portal.shared.records.invoices import Invoice
from portal.shared.records.orders import Order
from portal.shared.records.purchase_orders import PurchaseOrderRow
from portal.shared.records.quotes import Quote
from portal.shared.records.requests import Request
from tests.site.furnishing import ORDERED
from tests.site.walking import _processors_pages, corporate_pages
from tests.support.demo_house import DemoHouse, open_house
from tests.support.open_doors import OpenHouse, open_to_browsers
from tests.support.pseudo import LANGUAGE, speak_pseudo
from tests.support.shopping import ask

WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 360, "height": 740}
# As small as a page is ever shown, and a window of 1280 at twice the size.
OTHER_WIDTHS = (320, 640)
# Nothing to press is smaller than 24 pixels, or it has that much room around it (WCAG 2.2).
TARGETS: dict[str, object] = {"rules": {"target-size": {"enabled": True}}}
# Colours differ by scheme and little else does: the second look asks for those rules only.
COLOURS: dict[str, object] = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}

# After the colours were changed: drawn anew, every transition over, and drawn once more.
AT_REST = """async () => {
    const drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    await drawn();
    await Promise.allSettled(document.getAnimations().map(one => one.finished));
    await drawn();
}"""

Paths = Callable[[DemoHouse], list[str]]


@dataclass(frozen=True, slots=True)
class Round:
    """One person's round through the pages."""

    story: str | None
    paths: Paths


def kept_current(house: DemoHouse) -> list[str]:
    order = house.rows(PurchaseOrderRow, account_id=house.account_id("corporate"))[0].id
    subscription = house.subscription_id("corporate")
    pages = ["billing-details", "payment-methods", "purchase-orders", "purchase-orders/new"]
    found = [*pages, f"purchase-orders/{order}", f"subscriptions/{subscription}/auto-renew"]
    return [f"/corp-billing/{one}" for one in found]


def answered(house: DemoHouse) -> list[str]:
    """A quote through all its steps, mistakes as well, and what was ordered."""
    quote = "/corp-billing/quotes/1"
    seats = f"/corp-billing/subscriptions/{house.subscription_id('corporate')}/add-seats"
    ordered = [one for one in corporate_pages(house) if "/orders/" in one]
    steps = [f"{quote}/{step}" for step in ("reject", "accept", "service-order")]
    return ["/corp-billing/quotes", quote, *steps, f"{seats}?seats=10", f"{seats}?seats=0", *ordered]


def billed(house: DemoHouse) -> list[str]:
    """Invoices and their payments, who gets them, and what was asked."""
    name = house.rows(Invoice, account_id=house.account_id("corporate"))[-1].name
    invoice = f"/corp-billing/invoices/{name}"
    paid = [one for one in corporate_pages(house) if "/payments/" in one]
    asked = [
        "invoice-recipients",
        "requests",
        "requests/1",
        "requests/new",
        "requests/new?kind=billing-contact",
    ]
    found = [invoice, f"{invoice}/pay", f"{invoice}/dispute", *paid]
    searched = ["/corp-billing/invoices", "/corp-billing/invoices?issued_from=nonsense"]
    return [*searched, *found, *(f"/corp-billing/{one}" for one in asked)]


def always(paths: list[str]) -> Paths:
    return lambda _: paths


def of_subscription(story: str, *pages: str) -> Paths:
    return lambda house: [f"/billing/subscriptions/{house.subscription_id(story)}/{page}" for page in pages]


def public(house: DemoHouse) -> list[str]:
    processor = list(_processors_pages(house))
    open_card = processor[0]
    challenge = next(path for path in processor if "/challenge/" in path)
    return ["/sign-in", "/nowhere", "/demo/mail", open_card, challenge]


def desk(house: DemoHouse) -> list[str]:
    return [
        "/corp-billing/desk",
        f"/corp-billing/desk/requests/{house.rows(Request)[0].id}",
        f"/corp-billing/desk/accounts/{house.account_id('lower-plan')}",
    ]


def of_the_team(house: DemoHouse) -> list[str]:
    account = f"/corp-billing/desk/accounts/{house.account_id('corporate')}"
    arrivals = "/corp-billing/desk/arrivals"
    pages = ["/corp-billing/desk", "/corp-billing/desk?search=nobody", "/corp-billing/desk/team", account]
    return [*pages, arrivals, f"{arrivals}?search=nobody"]


def quotes_at_the_desk(house: DemoHouse) -> list[str]:
    account = f"/corp-billing/desk/accounts/{house.account_id('corporate')}"
    numbers = [quote.number for quote in house.rows(Quote, account_id=house.account_id("corporate"))]
    waiting = f"{account}/quotes/{numbers[1]}/edit"  # every field of a product is open
    pages = ["/corp-billing/desk/quotes", "/corp-billing/desk/quotes?show=closed", f"{account}/quotes/new"]
    return [*pages, *(f"{account}/quotes/{number}" for number in numbers), waiting]


def put_right(house: DemoHouse) -> list[str]:
    """Correcting and writing off an invoice, and giving money back."""
    account_id = house.account_id("corporate")
    invoice = house.rows(Invoice, account_id=account_id, kind="invoice")[-1]
    desk_account = f"/corp-billing/desk/accounts/{account_id}"
    place = f"{desk_account}/invoices/{invoice.name}"
    return [f"{place}/credit-note", f"{place}/write-off", f"{desk_account}/refund"]


HELP = [
    "/help/",
    "/help/change-plan?product=gotoassist-remote-support-v5",
    "/help/quotes",
    "/help/account-types",
    "/help/why-not-online?thanks=yes",
    "/help/corporate-billing-portal-faqs?product=gotomeeting",
    "/help/search?search=plano",
    "/help/search?search=xilofone",
]
HELP_FOR_ME = ["/help/change-plan", "/help/why-not-online", "/help/account-types"]

ROUNDS: dict[str, Round] = {
    "nobody": Round(None, public),
    "the help centre": Round(None, always(HELP)),
    "help for somebody signed in": Round("lower-plan", always(HELP_FOR_ME)),
    "help for a corporate contact": Round("corporate", always(HELP_FOR_ME)),
    "what readers said of the help": Round("manager", always(["/corp-billing/desk/help-pages"])),
    "an overview with everything": Round("cart", always(["/billing/", "/billing/cart", "/billing/checkout"])),
    "the main job": Round(
        "lower-plan",
        lambda house: [
            *of_subscription("lower-plan", "edit", "edit?seats=0", "edit?seats=1", "cancel", "seats")(house),
            *of_subscription("lower-plan", "lower-plan?plan=1&seats=1")(house),
            "/billing/checkout",
            "/billing/payment-method",
            "/billing/invoices",
            "/billing/requests",
            "/billing/requests/1",
            "/billing/subscriptions/new",
            "/billing/subscriptions/new/gotomeeting?how=buy",
            "/billing/subscriptions/new/gotomeeting?how=try",
        ],
    ),
    "a trial that ended": Round(
        "trial-ended", lambda house: ["/billing/", *of_subscription("trial-ended", "edit")(house)]
    ),
    "a trial that runs": Round("trial-running", of_subscription("trial-running", "trial")),
    "past due": Round("past-due", always(["/billing/"])),
    "cancelled": Round("pending-cancellation", always(["/billing/"])),
    "expired": Round("expired", always(["/billing/"])),
    "the demo's clock": Round("monthly", always(["/demo/clock"])),
    "nothing yet": Round("trial-ended", always(["/billing/invoices", "/billing/cart", "/billing/requests"])),
    "two accounts": Round("two-types", always(["/accounts"])),
    "an admin": Round("admin-only", always(["/billing/", "/choose-subscription?task=assign-seats"])),
    "a seat holder": Round("seat-holder", always(["/billing/"])),
    "a corporate account": Round("corporate", always(["/corp-billing/", "/corp-billing/account"])),
    "what a corporate contact keeps current": Round("corporate", kept_current),
    "quotes of a corporate contact": Round("corporate", answered),
    "invoices of a corporate contact": Round("corporate", billed),
    "a statement": Round("balance", always(["/billing/statement"])),
    "a statement of a corporate contact": Round("corporate", always(["/corp-billing/statement"])),
    "what the desk puts right": Round("manager", put_right),
    "the rep": Round("rep", always(["/corp-billing/desk"])),
    "the manager": Round("manager", of_the_team),
    "quotes at the desk": Round("manager", quotes_at_the_desk),
    "Customer Care": Round("care", desk),
    **{
        f"an order that is {one.state}": Round(
            one.story,
            lambda house, story=one.story: [_last_order(house, story)],  # type: ignore[misc]
        )
        for one in ORDERED
    },
}


def _last_order(house: DemoHouse, story: str) -> str:
    return f"/billing/orders/{house.rows(Order, account_id=house.account_id(story))[-1].reference}"


@pytest.fixture(scope="session")
def long_house(furnished: DemoHouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenHouse]:
    """The furnished demo in the long language."""
    with open_house(furnished.folder, tmp_path_factory.mktemp("long")) as house:
        speak_pseudo(house.app)
        with open_to_browsers(house) as opened:
            yield opened


@pytest.fixture(scope="session")
def window(long_house: OpenHouse, browser: Browser) -> Iterator[Page]:
    """One window for all rounds."""
    page = long_house.page(browser, None, language=LANGUAGE, viewport=WIDE, reduced_motion="reduce")
    yield page
    page.context.close()


@pytest.mark.parametrize("name", ROUNDS)
def test_axe_finds_nothing_and_nothing_runs_over(long_house: OpenHouse, window: Page, name: str) -> None:
    went = ROUNDS[name]
    window.context.clear_cookies()
    if went.story is not None:
        long_house.let_in(window.context, long_house.house.email(went.story))
    for path in went.paths(long_house.house):
        window.emulate_media(color_scheme="light")
        window.set_viewport_size(WIDE)
        window.goto(long_house.url + path)
        assert findings(window) == [], f"{path}, light"
        window.emulate_media(color_scheme="dark")
        assert findings(window, COLOURS) == [], f"{path}, dark"
        window.set_viewport_size(NARROW)
        assert findings(window, TARGETS) == [], f"{path}, dark and narrow"
        assert runs_over(window) == [], path
        assert cut_off(window) == [], path
        window.emulate_media(color_scheme="light")
        assert findings(window, COLOURS) == [], f"{path}, light and narrow"
        assert moving(window) == [], path
        for width in OTHER_WIDTHS:
            window.set_viewport_size({"width": width, "height": 740})
            assert runs_over(window) == [], f"{path}, {width} wide"


def a_page_that_moved(opened: OpenHouse, page: Page) -> None:
    house = opened.house
    opened.let_in(page.context, house.email("lower-plan"))
    page.goto(opened.url + "/billing/checkout")
    ask(house.contact("lower-plan"), house.subscription_id("lower-plan"), {"seats": "20"})
    page.locator("#place-order button").click()
    expect(page.locator("table.changes")).to_be_visible()


def a_list_that_is_none(opened: OpenHouse, page: Page) -> None:
    opened.let_in(page.context, opened.house.email("monthly"))
    page.goto(f"{opened.url}/billing/subscriptions/{opened.house.subscription_id('monthly')}/seats")
    page.locator("textarea").fill("nobody\n<b>nobody</b>")
    page.locator("textarea").locator("xpath=ancestor::form").get_by_role("button").click()
    expect(page.locator(".error-summary")).to_be_visible()


def an_open_menu(opened: OpenHouse, page: Page) -> None:
    opened.let_in(page.context, opened.house.email("cart"))
    page.goto(f"{opened.url}/billing/")
    page.locator(".options-button").first.click()
    expect(page.locator(".menu-list:popover-open")).to_be_visible()


def a_quote_full_of_mistakes(opened: OpenHouse, page: Page) -> None:
    house = opened.house
    opened.let_in(page.context, house.email("manager"))
    page.goto(f"{opened.url}/corp-billing/desk/accounts/{house.account_id('corporate')}/quotes/new")
    key = f"s{house.subscription_id('corporate')}"
    page.check(f"[name={key}-in]")
    page.select_option(f"[name={key}-price]", "percent")
    for name, value in ((f"{key}-seats", "1"), (f"{key}-value", "101"), ("validity", "91")):
        page.fill(f"[name={name}]", value)
    expect(page.locator(".quote-reasons li")).to_have_count(3)
    page.locator(".summary-actions button").click()
    expect(page.locator(".error-summary li")).to_have_count(3)


def plans_side_by_side(opened: OpenHouse, page: Page) -> None:
    opened.let_in(page.context, opened.house.email("monthly"))
    page.goto(f"{opened.url}/billing/subscriptions/{opened.house.subscription_id('monthly')}/edit")
    page.locator(".comparison > summary").click()
    expect(page.locator(".comparison table")).to_be_visible()


def a_clock_that_moves(opened: OpenHouse, page: Page) -> None:
    opened.let_in(page.context, opened.house.email("monthly"))
    page.goto(f"{opened.url}/demo/clock")
    page.locator("#days").fill("30")
    page.locator("form:has(#days) button").click()
    page.wait_for_url("**/demo/clock/moving")
    expect(page.locator("#clock-progress")).to_be_visible()


STATES = {
    one.__name__: one
    for one in (
        a_page_that_moved,
        a_list_that_is_none,
        an_open_menu,
        a_quote_full_of_mistakes,
        plans_side_by_side,
        a_clock_that_moves,
    )
}


@pytest.mark.parametrize("name", STATES)
def test_axe_finds_nothing_after_something_was_done(
    own_furnished: DemoHouse, browser: Browser, name: str
) -> None:
    with open_to_browsers(own_furnished) as opened:
        page = opened.page(browser, None, language="pt_BR", viewport=NARROW, reduced_motion="reduce")
        STATES[name](opened, page)
        assert findings(page) == [], name
        assert runs_over(page) == [], name
        page.emulate_media(color_scheme="dark")
        assert findings(page, COLOURS) == [], name
        page.context.close()


# Six ways, seven and eight, with the longest words of all languages.
LONG_WAYS = ("lower-plan", "corporate", "corporate-limit")
LAPTOPS = (1024, 1152, 1279, 1280, 1440)


@pytest.mark.parametrize("story", LONG_WAYS)
def test_a_long_way_fits_into_the_header_of_a_laptop(
    own_furnished: DemoHouse, browser: Browser, story: str
) -> None:
    with open_to_browsers(own_furnished) as opened:
        for language in ("pt_BR", "en", "es", "fr", "de", "it"):
            page = opened.page(browser, own_furnished.email(story), language=language)
            for width in LAPTOPS:
                page.set_viewport_size({"width": width, "height": 800})
                page.goto(opened.url)
                assert runs_over(page) == [], f"{language}, {width} wide"
                seller = page.locator(".mark-seller")
                hidden = seller.evaluate("one => one.scrollWidth - one.clientWidth")
                assert hidden <= 2, f"the seller's name, {language}, {width} wide"
            page.context.close()


def findings(page: Page, options: dict[str, object] | None = None) -> list[str]:
    """What axe finds, of any impact, with the places; once every colour has come to rest."""
    page.evaluate(AT_REST)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    asked = {"resultTypes": ["violations"], **(options or {})}
    violations = page.evaluate("async asked => (await axe.run(document, asked)).violations", asked)
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]} – {node['failureSummary']}"
        for one in violations
        for node in one["nodes"]
    ]


def moving(page: Page) -> list[str]:
    """What takes its time though the reader wants nothing to move."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('*')].filter(one => {
            const style = getComputedStyle(one);
            return [style.transitionDuration, style.animationDuration].some(
                text => text.split(',').some(time => parseFloat(time) > 0.01));
        }).map(one => one.outerHTML.slice(0, 120))"""
    )
    return found


def runs_over(page: Page) -> list[str]:
    """What makes the page wider than the window."""
    over: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
            [...document.body.querySelectorAll('*')].filter(one => one.getBoundingClientRect().right > innerWidth)
            .map(one => one.outerHTML.slice(0, 120))"""
    )
    return over


def cut_off(page: Page) -> list[str]:
    """Boxes of a phone's page whose words go on behind their border: an address that breaks nowhere, a long amount."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('.table-box, .summary-body, .facts > div')]
            .filter(one => one.scrollWidth > one.clientWidth + 1)
            .map(one => `${one.scrollWidth} of ${one.clientWidth}: ${one.innerText.slice(0, 200)}`)"""
    )
    return found
