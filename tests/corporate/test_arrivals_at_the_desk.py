"""Why did this person land here? What the desk reads of the router's decisions."""

from __future__ import annotations

from portal.shared.domain.routing import pages
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.table import TABLE
from portal.shared.web.words import arrivals as arrival_words
from portal.shared.web.words import router as router_words
from tests.support.demo_house import DemoHouse

PAGE = "/corp-billing/desk/arrivals"


def test_every_page_the_router_leads_to_has_a_name_and_every_reason_words(shared_house: DemoHouse) -> None:
    cells = [cell for row in TABLE.values() for cell in (row.online, row.corporate)]
    named = {cell.page for cell in cells}
    named |= {step.page for cell in cells for step in (cell.by_standing or {}).values()}
    assert named | pages.FRONT_PAGES | {pages.DESK} == set(arrival_words.PAGES)
    with shared_house.app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert all(" " in arrival_words.told_to_staff(reason) for reason in Reason)
        assert arrival_words.told_to_staff("a reason of old") == "a reason of old"
        assert arrival_words.page_name("self_service.gone") == "self_service.gone"
        assert arrival_words.told_to_staff(Reason.TRIAL_ENDED) == router_words.sentence(Reason.TRIAL_ENDED)


def test_the_representative_reads_who_came_for_what_and_why_they_landed_there(house: DemoHouse) -> None:
    house.contact("corporate").get("/go/change-plan?product=gotoassist-remote-support-v5")
    house.contact("monthly").get("/go/change-plan")
    rep = house.visitor(house.email("rep"))
    page = rep.get(PAGE)
    (row,) = page.root.all("tbody")[0].all("tr")
    assert "André Vilela" in row.text
    assert house.email("corporate") in row.text
    assert house.told("corporate").name in row.text
    assert "Change the plan" in row.text
    assert "GoToAssist" in row.text
    assert "New request" in row.text
    assert "your representative does that" in row.text
    assert not [one for one in page.root.all("td") if "marina@" in one.text]

    assert house.email("corporate") in rep.get(f"{PAGE}?search=ANDRE@horizonte").text
    assert "Nobody like that has come" in rep.get(f"{PAGE}?search=marina@padaria-aurora.example").text
    assert "marina@padaria-aurora.example" in house.visitor(house.email("care")).get(PAGE).text


def test_a_page_of_the_other_portal_and_a_link_of_nothing_are_told_as_well(house: DemoHouse) -> None:
    contact = house.contact("corporate")
    contact.get("/billing/invoices")
    contact.get("/go/fly-to-the-moon")
    page = house.visitor(house.email("rep")).get(PAGE)
    newest, first = page.root.all("tbody")[0].all("tr")
    assert "A link we do not know" in newest.text
    assert "See the invoices" in first.text
    assert "You seem to have landed in the wrong place." in first.text


def test_an_account_leads_to_its_people(house: DemoHouse) -> None:
    house.contact("corporate").get("/go/quotes")
    rep = house.visitor(house.email("rep"))
    account = rep.get(f"/corp-billing/desk/accounts/{house.account_id('corporate')}")
    (link,) = [one.get("href") for one in account.root.all("a") if "arrivals?" in one.get("href")]
    assert "See the quotes" in rep.get(link).text


def test_before_anybody_came_the_page_says_what_will_stand_there(house: DemoHouse) -> None:
    page = house.visitor(house.email("manager")).get(f"{PAGE}?before=nonsense")
    assert "Nobody was led anywhere yet" in page.text
