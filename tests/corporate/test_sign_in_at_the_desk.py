"""Sign-in through the organisation, set up at the desk: by managers and Care, never by representatives."""

from __future__ import annotations

import pytest

from portal.shared.records.activity import Activity
from portal.shared.records.identity_providers import IdentityProvider
from portal.shared.web.words.activity import ACTIONS
from tests.support.demo_house import DemoHouse
from tests.support.identity_provider import CLIENT_ID, CLIENT_SECRET, running_provider
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

SELLER = "Exemplo Software"
SETTINGS = {
    "name": "Horizonte",
    "issuer": "http://127.0.0.1:9",
    "client_id": CLIENT_ID,
    "secret": CLIENT_SECRET,
}


def path(house: DemoHouse, story: str = "corporate") -> str:
    return f"/corp-billing/desk/accounts/{house.account_id(story)}/sign-in"


def save(house: DemoHouse, who: Visitor, **typed: str) -> Page:
    where = path(house)
    return who.send(who.get(where), where, SETTINGS | typed)


def test_a_manager_sets_it_up_from_the_account_page_to_the_first_sign_in(house: DemoHouse) -> None:
    manager = house.visitor(house.email("manager"))
    account = manager.get(f"/corp-billing/desk/accounts/{house.account_id('corporate')}")
    assert path(house) in account.html
    with running_provider(house.clock.now) as provider:
        page = save(house, manager, issuer=provider.issuer)
        assert "Nobody has come through it yet" in page.text
        assert CLIENT_SECRET not in page.html
        assert broken_rules(page, "en", SELLER) == []
        page = manager.send(page, "/test")
        assert "answers and offers what we need, signing out included." in page.all_text
        page = manager.send(page, "/domains", {"domain": "Horizonte.example", "note": "André, by telephone"})
        assert "The domain is confirmed." in page.all_text
        assert "confirmed by Ricardo Sampaio" in page.text
        page = manager.send(page, "/required")
        assert page.problems == [
            "Somebody has to sign in through the provider once before it can be the only way in."
        ]
        assert broken_rules(page, "en", SELLER) == []
        provider.person = {"sub": "1", "email": "andre@horizonte.example", "email_verified": True}
        andre = house.visitor()
        onward = andre.send(
            andre.get("/sign-in/organisation"),
            "/sign-in/organisation",
            {"email": "andre@horizonte.example"},
        )
        there = provider.visit(onward.answer.headers["Refresh"].removeprefix("0; url="))
        assert andre.get(there).path.startswith("/corp-billing/")
    page = manager.send(manager.get(path(house)), "/required")
    assert "Their people now sign in through the organisation only." in page.all_text
    assert "The only way in" in page.text
    page = manager.send(page, "/unlink")
    assert "The link is removed." in page.all_text
    page = manager.send(page, "/domains/remove")
    assert "There is no domain yet" in page.text
    page = manager.send(page, "/enabled")
    assert "Switched off" in page.text
    page = manager.send(page, "/leave")
    assert house.rows(IdentityProvider) == []
    assert broken_rules(page, "en", SELLER) == []
    assert all(one.action in ACTIONS for one in house.rows(Activity)), "every entry has words"
    told = [one.action for one in house.rows(Activity, account_id=house.account_id("corporate"))][-7:]
    assert told == [
        "identity-provider-added",
        "mail-domain-confirmed",
        "identity-provider-required",
        "identity-unlinked",
        "mail-domain-removed",
        "identity-provider-disabled",
        "identity-provider-left",
    ]


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"name": ""}, "name", "Write the name that people read when they are led there."),
        ({"issuer": "login.example"}, "issuer", "Write the issuer as the organisation gave it"),
        ({"client_id": " "}, "client_id", "Write the client ID that the organisation gave us."),
    ],
    ids=["no name", "no address", "no client"],
)
def test_what_cannot_work_is_said_beside_its_field_and_the_rest_stays(
    house: DemoHouse, typed: dict[str, str], field: str, sentence: str
) -> None:
    page = save(house, house.visitor(house.email("manager")), **typed)
    assert page.status == 422
    assert sentence in (page.problem(field) or "")
    assert page.value("secret") in (None, ""), "a secret is never sent back"
    for name in ("name", "issuer", "client_id"):
        assert (page.value(name) or "").strip() == {**SETTINGS, **typed}[name].strip()
    assert broken_rules(page, "en", SELLER) == []
    assert house.rows(IdentityProvider) == []


def test_what_is_wrong_with_a_connection_is_told(house: DemoHouse) -> None:
    manager = house.visitor(house.email("manager"))
    page = manager.send(save(house, manager), "/test")
    assert "There is no connection to the issuer. Is its address right?" in page.all_text


def test_a_representative_cannot_open_a_way_into_their_own_accounts(house: DemoHouse) -> None:
    rep = house.visitor(house.email("rep"))
    account = rep.get(f"/corp-billing/desk/accounts/{house.account_id('corporate')}")
    assert account.status == 200
    assert path(house) not in account.html
    assert rep.get(path(house)).status == 404
    answer = rep.post(path(house), {**SETTINGS, "csrf_token": rep.token()})
    assert answer.status == 404
    assert house.rows(IdentityProvider) == []


def test_a_second_account_of_the_organisation_uses_the_same_provider(house: DemoHouse) -> None:
    manager = house.visitor(house.email("manager"))
    save(house, manager)
    second = manager.get(path(house, "on-invoice"))
    assert broken_rules(second, "en", SELLER) == []
    page = manager.send(second, "/join")
    assert "Accounts of this organisation:" in page.text
    care = house.visitor(house.email("care"))
    assert not care.get(path(house, "lower-plan")).has_form("/join"), "it is no account of theirs"
