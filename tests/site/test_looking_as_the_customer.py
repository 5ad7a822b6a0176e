"""Our own people look at an account as its billing contact does: they read everything, write nothing, and are seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.shared.domain.routing.pages import DESK_PAGES, PAGES
from portal.shared.domain.viewing import LONGEST
from portal.shared.records.activity import Activity
from portal.shared.records.viewings import Viewing
from portal.shared.services.desk import viewing
from tests.site.actors import OTHER_STORY, actor, address, things
from tests.site.matrix import CARE, CONTACT, CORPORATE_CONTACT, IN, MATRIX, REP
from tests.support.demo_house import NOON, DemoHouse
from tests.support.visitor import Page, Visitor

REASON = "They called: why is the total so high?"
STORIES = {CARE: "lower-plan", REP: "corporate"}
PORTALS = {CARE: "self_service.", REP: "corporate."}
CONTACTS = {CARE: CONTACT, REP: CORPORATE_CONTACT}
# Refused nobody while they look: ending it, leaving, and reading in another language.
STILL_POSSIBLE = {"corporate.stop_looking", "front.sign_out", "front.set_language"}
# No person stands behind these: a machine calls them, with a key of its own.
OF_MACHINES = ("api.", "sandbox_processor.", "stripe.")


def looks(house: DemoHouse, name: str, reason: str = REASON) -> tuple[Visitor, Page]:
    """Somebody of ours who has begun to look at the account of their story."""
    visitor = actor(house, name)
    desk = f"/corp-billing/desk/accounts/{house.account_id(STORIES[name])}"
    page = visitor.send(visitor.get(desk), "/look", {"reason": reason})
    return visitor, page


def entries(house: DemoHouse, action: str) -> list[Activity]:
    return house.rows(Activity, action=action)


def heading(page: Page) -> str:
    """What a page is called; a document, a file or a part of a page has no name."""
    return page.heading if list(page.root.all("h1")) else ""


@pytest.mark.parametrize("name", STORIES)
def test_every_page_of_the_customer_is_shown_with_the_banner_and_counted(
    own_furnished: DemoHouse, name: str
) -> None:
    house = own_furnished
    known = things(house, STORIES[name]) if name == CARE else things(house)
    visitor, home = looks(house, name)
    assert home.status == 200
    assert REASON in home.all_text
    contact, seen = actor(house, CONTACTS[name]), 1
    for rule in house.app.url_map.iter_rules():
        if rule.endpoint not in PAGES or "GET" not in (rule.methods or ()):
            continue
        row = MATRIX.get(rule.endpoint)
        if not rule.endpoint.startswith(PORTALS[name]) or row is None or row.answers[CONTACTS[name]] != IN:
            continue
        path = address(house, rule, known)
        own, through = contact.get(path, follow=False), visitor.get(path, follow=False)
        assert (through.status, through.path) == (own.status, own.path), path
        if own.status == 200:
            seen += 1
            assert heading(own) == heading(through), path
            assert not heading(own) or REASON in through.all_text, path
    assert seen > 12
    (look,) = house.rows(Viewing)
    assert look.pages >= seen - 1


@pytest.mark.parametrize("name", STORIES)
def test_every_form_of_the_whole_site_is_refused_in_one_sentence(own_furnished: DemoHouse, name: str) -> None:
    house = own_furnished
    known = things(house)
    visitor, _ = looks(house, name)
    token, before, refused = visitor.token(), house.trace(), 0
    for rule in house.app.url_map.iter_rules():
        if not {"POST", "PUT", "PATCH", "DELETE"} & (rule.methods or set()):
            continue
        if rule.endpoint in STILL_POSSIBLE or rule.endpoint.startswith(OF_MACHINES):
            continue
        row = MATRIX.get(rule.endpoint)
        if row is None:
            continue  # test_who_may says so
        form = {key: text.format(**known) for key, text in row.form.items()}
        page = visitor.post(address(house, rule, known), {**form, "csrf_token": token}, follow=False)
        assert (page.status, page.heading) == (403, "You are only looking"), rule.endpoint
        refused += 1
    assert house.trace() == before
    assert refused > 60


def test_the_customer_sees_it_from_start_to_end(own_furnished: DemoHouse) -> None:
    house = own_furnished
    contact = actor(house, CONTACT)
    front = "/billing/"
    assert "is looking at your account" not in contact.get(front).all_text
    visitor, home = looks(house, CARE)
    for path in (front, "/billing/activity"):
        page = contact.get(path)
        assert "Camila Rocha" in page.all_text
        assert "is looking at your account" in page.all_text
        assert REASON in page.all_text
        assert not page.has_form("/look/stop")
    visitor.get("/billing/invoices")
    account = visitor.send(home, "/look/stop")
    assert account.path.endswith(f"/accounts/{house.account_id('lower-plan')}")
    assert "is looking at your account" not in contact.get(front).all_text
    told = contact.get("/billing/activity").all_text
    assert "Our staff looked at the account as its billing contact does" in told
    assert "Pages looked at: 2" in told
    started, ended = entries(house, "viewing-started")[0], entries(house, "viewing-ended")[0]
    assert started.detail["reason"] == REASON
    assert (started.person_id, started.portal) == (ended.person_id, "desk")
    # Their own session is what it was: the customer's pages lead to the desk again.
    assert visitor.get(front).path == "/corp-billing/desk"


def test_a_look_ends_by_itself(own_furnished: DemoHouse) -> None:
    house = own_furnished
    visitor, _ = looks(house, CARE)
    assert visitor.get("/billing/invoices").heading == "Invoices"
    with house.database.write() as session:
        session.execute(sa.update(Viewing).values(ends_at=NOON))
    assert visitor.get("/billing/invoices").path == "/corp-billing/desk"
    assert viewing.end_run_out(house.database, NOON + LONGEST) == 1
    assert viewing.end_run_out(house.database, NOON + LONGEST + timedelta(hours=1)) == 0
    (ended,) = entries(house, "viewing-ended")
    assert (ended.person_id, ended.detail["pages"]) == (None, 2)


def test_signing_out_ends_it_and_so_does_another_look(own_furnished: DemoHouse) -> None:
    house = own_furnished
    visitor, home = looks(house, CARE)
    visitor.send(home, "/sign-out")
    assert len(entries(house, "viewing-ended")) == 1
    again, _ = looks(house, CARE)
    elsewhere = actor(house, CARE)  # another device of the same person looks at nothing
    assert elsewhere.get("/billing/invoices").path == "/corp-billing/desk"
    assert again.get("/billing/invoices").path == "/billing/invoices"


@pytest.mark.parametrize("reason", ["", "because", "aaaaaaaaaaaaaaaa", "x y " * 200])
def test_without_a_reason_that_says_something_nobody_looks(own_furnished: DemoHouse, reason: str) -> None:
    house = own_furnished
    _, page = looks(house, CARE, reason)
    assert page.status == 422
    assert page.problem("reason")
    assert house.rows(Viewing) == []


def test_nobody_looks_at_an_account_that_is_not_theirs(own_furnished: DemoHouse) -> None:
    house = own_furnished
    for name, story in ((REP, "lower-plan"), (REP, "other-team"), (CARE, "corporate")):
        visitor = actor(house, name)
        path = f"/corp-billing/desk/accounts/{house.account_id(story)}/look"
        page = visitor.post(path, {"reason": REASON, "csrf_token": visitor.token()}, follow=False)
        nobody = path.replace(str(house.account_id(story)), "987654")
        none = visitor.post(nobody, {"reason": REASON, "csrf_token": visitor.token()}, follow=False)
        assert (page.status, none.status) == (404, 404)
    assert house.rows(Viewing) == []


def test_another_accounts_things_stay_away_while_one_looks(own_furnished: DemoHouse) -> None:
    house = own_furnished
    visitor, _ = looks(house, CARE)
    theirs = things(house, OTHER_STORY)
    assert visitor.get(f"/billing/invoices/{theirs['name']}").status == 404
    assert visitor.get(f"/billing/subscriptions/{theirs['subscription_id']}/edit").status == 404
    assert (
        visitor.get("/accounts").path == "/corp-billing/desk" or REASON in visitor.get("/accounts").all_text
    )
    assert DESK_PAGES  # the desk stays their own
    assert (
        visitor.get("/corp-billing/desk").heading == "Desk" or visitor.get("/corp-billing/desk").status == 200
    )
