"""What surrounds every page of the two portals: a frame offers what is open to whoever is there, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import g
from werkzeug.test import TestResponse

from portal.corporate import frame
from portal.corporate.links import open_url
from portal.shared.domain.routing import pages
from portal.shared.records.accounts import Account
from portal.shared.records.people import Membership, Person
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.web.entrance import identity
from tests.support.html import Element, read_html
from tests.support.world import World, token_of

CONTACT = "billing_contact"
HOMES = {"online": "/billing/", "corporate": "/corp-billing/"}
DESK = "/corp-billing/desk"


@dataclass
class Frame:
    """What a reader finds around a page, as addresses below the portal's own."""

    nav: list[tuple[str, str]]
    mark: str
    portal: str
    menu: list[str]
    cart: list[str]
    account: str
    contacts: str


def framed(page: TestResponse, home: str) -> Frame:
    assert page.status_code == 200, (page.status_code, page.location)
    root = read_html(page.text)
    (header,) = root.all("header", class_="site-header")
    navs = header.all("nav", class_="site-nav")
    (mark,) = header.all("a", class_="mark")
    (portal,) = header.all("span", class_="mark-portal")
    menu = header.by_id("account-menu")
    assert menu is not None
    (button,) = [one for one in header.all("button") if one.get("popovertarget") == "account-menu"]
    return Frame(
        nav=[(_below(link, home), link.get("aria-current")) for nav in navs for link in nav.all("a")],
        mark=mark.get("href"),
        portal=portal.text,
        menu=[_below(link, home) for ul in menu.all("ul")[-1:] for link in ul.all("a")],
        cart=[one.text for one in header.all("a", class_="tool") if one.get("href").endswith("/cart")],
        account=" ".join(button.text.split()),
        contacts=" ".join(aside.text for aside in root.all("aside", class_="contacts")),
    )


def _below(link: Element, home: str) -> str:
    return link.get("href").removeprefix(home) or "home"


def seen(world: World, account: int, kind: str, role: str, page: str = "") -> Frame:
    """The frame around a page, for somebody who is this for the account."""
    home = HOMES[kind]
    return framed(world.browser(world.person((account, role))).get(home + page), home)


def labels(frame: Frame) -> list[str]:
    return [where for where, _ in frame.nav]


ALL_ONLINE = ["home", "seats", "invoices", "statement", "payment-method", "requests"]


def test_the_billing_center_offers_each_what_is_theirs(world: World) -> None:
    account = world.account()
    shown = seen(world, account, "online", CONTACT)
    assert shown.nav == [(one, "page" if one == "home" else "") for one in ALL_ONLINE]
    assert (shown.mark, shown.portal, shown.cart) == ("/billing/", "Billing Center", ["Cart"])
    assert shown.account.startswith(f"{world.name_of(account)} Balance")
    assert shown.menu == ["activity", "people", "integrations", "/profile/security"]
    assert shown.contacts == ""

    shown = seen(world, account, "online", "viewer", "invoices")
    assert shown.nav == [("home", ""), ("invoices", "page"), ("statement", "")]
    assert (shown.mark, shown.cart) == ("/billing/", [])
    assert shown.account.startswith(f"{world.name_of(account)} Balance")
    assert shown.menu == ["activity", "/profile/security"]

    shown = seen(world, account, "online", "account_admin", "seats")
    assert shown.nav == [("seats", "page"), ("requests", "")]
    assert (shown.mark, shown.cart) == ("/", [])
    assert shown.account.startswith(world.name_of(account))
    assert "Balance" not in shown.account, "being an admin gives no look at money"
    assert shown.menu == ["activity", "people", "integrations", "/profile/security"]


def test_the_cart_says_how_much_is_in_it(world: World) -> None:
    account = world.account()
    browser = world.browser(world.person((account, CONTACT)))
    with world.database.read() as session:
        number = session.scalars(sa.select(SubscriptionRow.id)).one()
    edit = f"/billing/subscriptions/{number}/edit"
    typed = {"plan": str(world.plans.plus), "seats": "7", "frequency": "monthly", "go": "cart"}
    assert browser.post(edit, data={"csrf_token": token_of(browser.get(edit)), **typed}).status_code == 303
    assert framed(browser.get("/billing/"), "/billing/").cart == ["Cart 1"]


@pytest.mark.parametrize("kind", HOMES)
def test_approvals_stand_in_the_menu_where_somebody_has_a_limit(world: World, kind: str) -> None:
    account, other = world.account(kind), world.account(kind)
    assert "approvals" not in labels(seen(world, account, kind, CONTACT))
    with world.database.write() as session:
        limited = session.scalars(sa.select(Membership).where(Membership.account_id == account)).first()
        assert limited is not None
        limited.order_limit_minor = 100
    assert "approvals" in labels(seen(world, account, kind, CONTACT))
    assert "approvals" not in labels(seen(world, account, kind, "viewer"))
    assert "approvals" not in labels(seen(world, other, kind, CONTACT))


ALL_CORPORATE = ["home", "seats", "quotes", "invoices", "statement", "purchase-orders", "account"]


def test_the_corporate_portal_offers_each_what_is_theirs(world: World) -> None:
    account = world.account("corporate")
    shown = seen(world, account, "corporate", CONTACT)
    assert shown.nav == [(one, "page" if one == "home" else "") for one in ALL_CORPORATE]
    assert (shown.mark, shown.portal) == ("/corp-billing/", "Corporate Billing Portal")
    assert shown.account.startswith(f"{world.name_of(account)} Balance")
    assert shown.menu == ["activity", "people", "integrations", "/profile/security"]

    shown = seen(world, account, "corporate", "viewer")
    assert labels(shown) == ["home", "invoices", "statement"]
    assert shown.account.startswith(f"{world.name_of(account)} Balance")
    assert shown.menu == ["activity", "/profile/security"]

    shown = seen(world, account, "corporate", "account_admin", "seats")
    assert shown.nav == [("seats", "page")]
    assert shown.mark == "/"
    assert shown.account.startswith(world.name_of(account))
    assert "Balance" not in shown.account, "being an admin gives no look at money"
    assert shown.menu == ["activity", "people", "integrations", "/profile/security"]


def test_the_names_in_the_menus_are_those_of_the_house(world: World) -> None:
    def names(browser_page: TestResponse) -> list[str]:
        (nav,) = read_html(browser_page.text).all("nav", class_="site-nav")
        return [one.text for one in nav.all("a")]

    contact = world.browser(world.person((world.account(), CONTACT)))
    assert names(contact.get("/billing/")) == [
        *("Subscriptions", "Seats", "Invoices", "Statement", "Payment method", "Requests"),
    ]
    contact = world.browser(world.person((world.account("corporate"), CONTACT)))
    assert names(contact.get("/corp-billing/")) == [
        *("Overview", "Seats", "Quotes", "Invoices", "Statement", "Purchase orders", "Account"),
    ]
    manager = world.browser(world.person(staff="manager"))
    page = manager.get(DESK)
    assert names(page) == ["Desk", "Requests", "Claims", "Quotes", "Payments", "Team"]
    menu = read_html(page.text).by_id("account-menu")
    assert menu is not None
    seldom = [one.text for ul in menu.all("ul")[-1:] for one in ul.all("a")]
    assert seldom[:3] == ["Arrivals", "Help pages", "Personal data"]


@pytest.mark.parametrize("role", [CONTACT, "account_admin"])
def test_whom_to_ask_stands_below_every_page_of_a_corporate_account(world: World, role: str) -> None:
    account, rep = world.account("corporate"), world.person(staff="rep")
    page = "seats" if role == "account_admin" else ""
    assert "Your representative" not in seen(world, account, "corporate", role, page).contacts
    with world.database.write() as session:
        session.get_one(Person, rep).name = "sofia maria de lemos"
        session.get_one(Person, rep).phone = "+351 1"
        session.get_one(Account, account).rep_id = rep
        mail = session.get_one(Person, rep).email
    told = seen(world, account, "corporate", role, page).contacts
    for words in ("SL", "sofia maria de lemos", "Your representative", mail, "+351 1"):
        assert words in told, words
    for words in ("Corporate Account Services", "corporate@exemplo.example", "+351 210 000 002"):
        assert words in told, words


def test_a_seller_without_a_desk_of_its_own_for_organisations_is_asked_itself(world: World) -> None:
    seller = world.app.extensions["twodoor"].settings.seller
    object.__setattr__(seller, "corporate_email", "")
    object.__setattr__(seller, "corporate_phone", "")
    told = seen(world, world.account("corporate"), "corporate", CONTACT).contacts
    assert seller.email in told
    assert seller.phone in told


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ana Lima", "AL"), ("ana", "A"), ("Ana Maria de Lima", "AL"), ("", ""), ("Ana  Maria Lima", "AL")],
)
def test_initials_are_those_of_the_first_and_the_last_name(name: str, letters: str) -> None:
    assert frame.initials(name) == letters


EVERYBODYS = ["home", "/requests", "/claims"]
OF_THE_DESK = {
    "rep": ([*EVERYBODYS, "/quotes", "/payments"], ["/arrivals"]),
    "manager": (
        [*EVERYBODYS, "/quotes", "/payments", "/team"],
        ["/arrivals", "/help-pages", "/personal-data"],
    ),
    "care": (EVERYBODYS, ["/arrivals", "/help-pages"]),
}


@pytest.mark.parametrize("role", OF_THE_DESK)
def test_the_desk_offers_each_of_our_own_people_what_is_theirs(world: World, role: str) -> None:
    browser = world.browser(world.person(staff=role))
    shown = framed(browser.get(DESK), DESK)
    every_day, seldom = OF_THE_DESK[role]
    assert shown.nav == [(one, "page" if one == "home" else "") for one in every_day]
    assert shown.menu == [*seldom, "/profile/security"]
    assert (shown.mark, shown.portal, shown.contacts) == (DESK, "Corporate Billing Portal", "")
    assert shown.account.startswith("Ana Lima")
    assert "Balance" not in shown.account
    shown = framed(browser.get(f"{DESK}/requests"), DESK)
    assert dict(shown.nav)["/requests"] == "page"
    assert dict(shown.nav)["home"] == "", "every page of the desk is below it: that says nothing"


def test_pictures_stand_beside_what_is_opened_seldom(world: World) -> None:
    page = world.browser(world.person(staff="manager")).get(DESK)
    seldom = re.findall(r'class="menu-item" href="/corp-billing/desk/[^"]*"[^>]*>(<svg.*?</svg>)', page.text)
    assert len(seldom) == len(set(seldom)) == 3


@pytest.mark.parametrize(
    ("page", "current"),
    [
        ("", {"home": "page"}),
        ("account", {"account": "page"}),
        ("people", {"account": "true"}),
        ("billing-details", {"account": "true"}),
        ("invoice-recipients", {"account": "true"}),
        ("payment-methods", {"account": "true"}),
        ("requests", {"account": "true"}),
        ("requests/new", {"account": "true"}),
        ("activity", {}),
        ("purchase-orders", {"purchase-orders": "page"}),
    ],
)
def test_the_menu_says_where_one_is(world: World, page: str, current: dict[str, str]) -> None:
    shown = seen(world, world.account("corporate"), "corporate", CONTACT, page)
    assert {where: said for where, said in shown.nav if said} == current


@pytest.mark.parametrize(
    ("kind", "offered"),
    [("online", ALL_ONLINE), ("corporate", ["home", "quotes", "invoices", "statement"])],
)
def test_an_expired_account_is_offered_what_stays_open(world: World, kind: str, offered: list[str]) -> None:
    """The Billing Center names all its pages: what is closed leads to the overview, which says why."""
    shown = seen(world, world.account(kind, expired=True), kind, CONTACT)
    assert labels(shown) == offered


def test_a_link_is_shown_where_it_leads_somewhere(world: World) -> None:
    """Of a page nobody stands before, only our own people follow links, and only to pages of the desk."""
    someone, staff = world.person((world.account("corporate"), CONTACT)), world.person(staff="care")
    for person, expected in ((someone, ["", ""]), (staff, [f"{DESK}/team?at=2", ""]), (None, ["", ""])):
        browser = world.browser(person)
        with browser.session_transaction() as kept:
            token = kept.get("_user_id")
        with world.app.test_request_context("/corp-billing/"):
            if token:
                identity.renew_session(token)
                g.pop("_login_user", None)  # asked anew, of the database
            found = [open_url("corporate.desk_team", at=2), open_url(pages.CORPORATE_HOME)]
            assert found == expected


def test_while_the_database_is_away_the_frame_asks_it_nothing(world: World) -> None:
    with world.app.test_request_context("/corp-billing/"):
        identity.ask_nobody()
        shown = frame._frame()  # what an error page is given
    assert shown["rep"] is None
    assert shown["home_url"] == "/corp-billing/"
    assert shown["services"]["email"] == "corporate@exemplo.example"
    assert "nav" not in shown
