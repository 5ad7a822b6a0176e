"""The guard of both portals: who comes in, for which account, where everybody else is led, and what is noted of it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
import structlog

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.credit_notes import CreditLimits
from portal.shared.domain.quotes import Limits
from portal.shared.domain.routing import pages
from portal.shared.domain.routing.visitor import StaffRole
from portal.shared.records.account_moves import AccountMove
from portal.shared.records.invoices import Invoice
from portal.shared.records.routing import RoutingDecision
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.sign_in import signing_in as signin
from portal.shared.web import at_hand, pieces
from portal.shared.web.transactions import reading
from tests.support.factories import NOW
from tests.support.world import World, token_of

CONTACT = "billing_contact"
DESK = "/corp-billing/desk"
SET_UP = f"/profile/second-factor?next={DESK}"


def subscription_of(world: World, account_id: int) -> int:
    """The number of the account's first subscription."""
    with world.database.read() as session:
        question = sa.select(SubscriptionRow.id).where(SubscriptionRow.account_id == account_id)
        return session.scalars(question.order_by(SubscriptionRow.id)).first() or 0


@pieces.remembered
def _a_nosy_piece() -> str:
    """It is kept for everybody, and asks whose page this is."""
    return at_hand.at_hand().account.name


def test_our_own_people_come_in_with_a_second_factor_only(world: World) -> None:
    someone = world.person(staff="care")
    assert world.browser(someone, factor=None).get(DESK).location == SET_UP
    assert world.browser(someone, factor=None).get("/billing/").location.startswith("/profile/second-factor")
    assert world.browser(someone).get(DESK).status_code == 200
    contact = world.person((world.account(), CONTACT))
    assert world.browser(contact, factor=None).get("/billing/").status_code == 200


def test_a_page_of_a_subscription_opens_for_the_account_that_holds_it(world: World) -> None:
    first, second, strangers = (world.account() for _ in range(3))
    browser = world.browser(world.person((first, CONTACT), (second, CONTACT)))
    for mine, other in ((first, second), (second, first)):
        page = browser.get(f"/billing/subscriptions/{subscription_of(world, mine)}/edit")
        assert page.status_code == 200
        assert world.name_of(mine) in page.text
        assert world.name_of(other) not in page.text
    theirs = browser.get(f"/billing/subscriptions/{subscription_of(world, strangers)}/edit")
    assert theirs.location.startswith("/accounts")


@pytest.mark.parametrize(
    ("address", "there"),
    [
        ("subscriptions/new/assist", "/corp-billing/requests/new?task=add-product&product=assist"),
        ("subscriptions/{number}/edit", "/corp-billing/requests/new?task=change-plan&product=assist"),
    ],
)
def test_what_an_address_says_goes_along_to_the_other_portal(world: World, address: str, there: str) -> None:
    account = world.account("corporate")
    browser = world.browser(world.person((account, CONTACT)))
    answer = browser.get(f"/billing/{address.format(number=subscription_of(world, account))}")
    assert answer.location == f"{there}&why=account-is-corporate"


def test_an_old_link_leads_to_the_very_thing_once_its_account_was_moved(world: World) -> None:
    account, other = world.account("corporate"), world.account()
    someone = world.person((account, CONTACT))
    browser = world.browser(someone)
    with world.database.read() as session:
        name, theirs = (
            session.scalars(sa.select(Invoice).where(Invoice.account_id == one)).one().name
            for one in (account, other)
        )
    listed = "/corp-billing/invoices?why=account-is-corporate"
    assert browser.get(f"/billing/invoices/{name}").location == listed
    with world.database.write() as session:
        moved = {"from_type": "online", "to_type": "corporate", "before": {}, "after": {}, "digest": ""}
        session.add(
            AccountMove(account_id=account, moved_by=someone, moved_at=NOW, last_invoice_number=1, **moved)
        )
    found = browser.get(f"/billing/invoices/{name}")
    assert found.location == f"/corp-billing/invoices/{name}?why=account-is-corporate"
    assert browser.get(f"/billing/invoices/{theirs}").location == listed


def test_whom_the_guard_leads_away_stands_among_the_arrivals(world: World) -> None:
    account = world.account("corporate")
    someone = world.person((account, CONTACT))
    browser = world.browser(someone)
    browser.get("/billing/invoices")
    browser.get(DESK)
    browser.get("/go/change-plan?product=assist")
    with world.database.read() as session:
        rows = session.scalars(sa.select(RoutingDecision).order_by(RoutingDecision.id)).all()
    assert {(row.person_id, row.account_id, row.at) for row in rows} == {(someone, account, NOW)}
    assert [(row.task, row.product, row.endpoint, row.reason) for row in rows] == [
        ("invoices", "", pages.CORPORATE_INVOICES, "account-is-corporate"),
        ("", "", pages.CORPORATE_HOME, "staff-only"),
        ("change-plan", "assist", pages.ASK_REPRESENTATIVE, "ask-representative-for-it"),
    ]


def test_what_explains_itself_or_sends_nothing_leaves_no_line(world: World) -> None:
    browser = world.browser(world.person((world.account(), CONTACT)))
    assert browser.get("/").location == "/billing/"
    assert browser.head("/go/change-plan").status_code == 302
    assert browser.head("/billing/no-longer").status_code == 404
    assert browser.head(DESK).status_code == 302
    assert world.decisions() == []


def test_a_form_that_is_led_away_becomes_a_page_that_is_asked_for(world: World) -> None:
    browser = world.browser(world.person((world.account("corporate"), CONTACT)))
    token = token_of(browser.get("/accounts"))
    answer = browser.post("/billing/checkout/place", data={"csrf_token": token})
    assert (answer.status_code, browser.get("/billing/").status_code) == (303, 302)
    assert browser.head("/billing/").status_code == 302


def test_the_reason_is_said_on_the_page_that_one_is_led_to_but_not_twice(world: World) -> None:
    account = world.account()
    contact, holder = (world.browser(world.person((account, role))) for role in (CONTACT, "seat_holder"))
    said = "This is a corporate account"
    for address, times in (("/billing/?why=account-is-corporate", 1), ("/billing/?why=nonsense", 0)):
        assert contact.get(address).text.count(said) == times
    page = holder.get("/", follow_redirects=True)
    assert page.request.args["why"] == "not-the-contact"
    assert page.text.count("Billing for this account is done by its billing contact.") == 1


def test_a_part_of_a_page_that_is_led_away_says_nothing_itself(world: World) -> None:
    browser = world.browser(world.person((world.account("corporate"), CONTACT)))
    answer = browser.get("/billing/invoices", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.text) == (200, "")
    assert "Location" not in answer.headers
    assert answer.headers["HX-Redirect"] == "/corp-billing/invoices?why=account-is-corporate"


def test_who_is_asked_for_what_is_not_theirs_is_noted_by_their_number(world: World) -> None:
    someone = world.person((world.account(), CONTACT))
    browser = world.browser(someone)
    with structlog.testing.capture_logs() as lines:
        assert browser.get("/billing/invoices/T999-1").status_code == 404
    refused = [one for one in lines if one["event"] == "refused"]
    told = {"event": "refused", "log_level": "warning", "status": 404, "person": someone}
    assert refused == [{**told, "route": "/billing/invoices/<name>"}]


def test_what_is_no_page_of_ours_or_opens_or_is_asked_by_nobody_is_not_noted(world: World) -> None:
    browser, nobody = world.browser(world.person((world.account(), CONTACT))), world.browser()
    with structlog.testing.capture_logs() as lines:
        assert browser.get("/billing/no-page-at-all").status_code == 404
        assert browser.get("/billing/").status_code == 200
        assert nobody.get("/demo/mail/0").status_code == 404
        assert nobody.get("/static/nothing.css").status_code == 404
    assert [one for one in lines if one["event"] == "refused"] == []


@pytest.mark.parametrize("form", ["copies", "forget", "stay"])
def test_who_signs_in_again_over_a_form_of_their_data_comes_back_to_its_page(world: World, form: str) -> None:
    browser = world.browser()
    token = token_of(browser.get("/sign-in"))
    answer = browser.post(f"/profile/your-data/{form}", data={"csrf_token": token})
    assert answer.location == "/sign-in?next=/profile/your-data"


def test_the_frame_offers_what_is_open_to_the_person_for_this_account(world: World) -> None:
    account = world.account()
    shown = {}
    for role in (CONTACT, "viewer", "account_admin"):
        home = "/billing/seats" if role == "account_admin" else "/billing/"
        page = world.browser(world.person((account, role))).get(home)
        assert page.status_code == 200
        frame = page.text.split("<main")[0]
        words = ("/billing/cart", "Balance", "/billing/invoices", "/billing/people")
        shown[role] = [word for word in words if word in frame]
    assert shown == {
        CONTACT: ["/billing/cart", "Balance", "/billing/invoices", "/billing/people"],
        "viewer": ["Balance", "/billing/invoices"],
        "account_admin": ["/billing/people"],
    }


def test_how_far_our_own_people_may_go_stands_in_the_sellers_file(world: World) -> None:
    with world.app.test_request_context(DESK):
        assert at_hand.quote_limits() == {
            StaffRole.REP: Limits(150_000, 24),
            StaffRole.MANAGER: Limits(400_000, 60),
        }
        limits = at_hand.credit_limits()
        assert isinstance(limits, CreditLimits)
        assert limits == CreditLimits(world.app.extensions["twodoor"].settings.seller.credit_limits)
        taxes = at_hand.seller_taxes()
        assert (taxes.country, taxes.registrations) == ("PT", frozenset({"PT", "BR"}))


def test_a_page_knows_its_account_person_and_catalogue(world: World) -> None:
    account, someone = world.account(), world.person()
    with world.app.test_request_context("/billing/"):
        assert not at_hand.is_set()
        with world.database.write() as session:
            token = signin.open_session(session, someone, NOW, second_factor="code")
        person = signin.signed_in(reading(), token, NOW)
        assert person is not None
        at_hand.take(account, person)
        assert at_hand.is_set()
        here = at_hand.at_hand()
        assert (here.account.id, here.person.person_id, here.now) == (account, someone, NOW)
        assert here.catalog is here.catalog
        price = here.catalog.offers["assist"].price(world.plans.standard, Frequency.MONTHLY)
        assert price is not None
        assert (price.currency, price.minor) == ("EUR", 2000)
        with pytest.raises(pieces.NotGivenError, match="asked for the account at hand"):
            _a_nosy_piece()


def test_asking_for_a_page_without_its_text_is_asking_for_the_page(world: World) -> None:
    """HEAD sends nothing: it must never be taken for a form."""
    both = [
        str(rule)
        for rule in world.app.url_map.iter_rules()
        if {"GET", "POST"} <= (rule.methods or set()) and not rule.arguments
    ]
    assert "/sign-in" in both
    for browser in (world.browser(), world.browser(world.person((world.account(), CONTACT)))):
        asked = {address: (browser.get(address), browser.head(address)) for address in both}
        assert {address: head.status_code for address, (_, head) in asked.items()} == {
            address: page.status_code for address, (page, _) in asked.items()
        }
