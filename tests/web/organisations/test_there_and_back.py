"""Signing in through the organisation's provider, as it should go: there, back, and onto what one came for."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import structlog

from portal.shared.records.activity import Activity
from portal.shared.records.identity_providers import ProviderVisit
from portal.shared.services.sign_in.signing_in import signed_in
from tests.support.identity_provider import asked_of, ec_key, rsa_key, signed
from tests.support.page_rules import broken_rules
from tests.web.organisations.conftest import ANDRE, SIGN_IN, Organisation


def test_somebody_of_the_organisation_signs_in_and_lands_on_the_task(organisation: Organisation) -> None:
    page = organisation.sign_in(onto="/corp-billing/purchase-orders")
    assert (page.status, page.path) == (200, "/corp-billing/purchase-orders")
    (linked,) = organisation.linked()
    assert (linked.issuer, linked.subject) == (organisation.provider.issuer, "248289761001")
    assert organisation.kept().proven_at is not None
    entry = organisation.house.rows(Activity, action="identity-linked")[-1]
    assert entry.about_id == linked.person_id
    (opened,) = organisation.sessions()
    assert opened.how == "organisation"


def test_who_came_in_stands_in_the_log_by_number(organisation: Organisation) -> None:
    with structlog.testing.capture_logs() as lines:
        organisation.sign_in()
    (linked,) = organisation.linked()
    (line,) = [one for one in lines if one["event"] == "sign-in"]
    assert (line["how"], line["outcome"], line["person"]) == ("organisation", "welcome", linked.person_id)


def test_the_next_time_the_subject_is_enough(organisation: Organisation) -> None:
    organisation.sign_in()
    entries = len(organisation.house.rows(Activity, action="identity-linked"))
    organisation.provider.person = {"sub": "248289761001"}
    page = organisation.sign_in(browser=organisation.another_browser())
    assert page.path.startswith("/corp-billing/")
    assert len(organisation.linked()) == 1
    assert len(organisation.house.rows(Activity, action="identity-linked")) == entries


def test_the_way_there_carries_what_the_standard_wants_and_no_secret(organisation: Organisation) -> None:
    url = organisation.onward(onto="/corp-billing/purchase-orders")
    asked = asked_of(url)
    assert url.startswith(f"{organisation.provider.issuer}/authorize?")
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) == len(asked["nonce"]) == len(asked["code_challenge"]) == 43
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert asked["login_hint"] == ANDRE
    assert urlsplit(asked["redirect_uri"]).path == f"{SIGN_IN}/back"
    (visit,) = _visits(organisation)
    cookie = organisation.browser.client.get_cookie("session")
    assert cookie is not None
    for secret in (visit.nonce, visit.verifier, visit.state):
        assert secret not in cookie.decoded_value
    assert visit.verifier not in url
    assert "purchase-orders" not in url


def test_a_particular_that_the_token_lacks_is_asked_for(organisation: Organisation) -> None:
    provider = organisation.provider
    provider.claims = lambda claims: {name: value for name, value in claims.items() if "email" not in name}
    assert organisation.sign_in().path.startswith("/corp-billing/")
    assert "/userinfo" in provider.asked


def test_a_key_that_is_new_is_asked_for_once(organisation: Organisation) -> None:
    organisation.sign_in()
    provider = organisation.provider
    provider.keys, provider.sign = [rsa_key(), ec_key()], lambda claims: signed(claims, ec_key())
    provider.asked.clear()
    for _ in range(2):
        assert organisation.sign_in(browser=organisation.another_browser()).status == 200
    assert provider.asked.count("/keys") == 1
    assert "/.well-known/openid-configuration" not in provider.asked


def test_a_session_that_was_open_gives_way_to_the_new_one(organisation: Organisation) -> None:
    house = organisation.house
    url = organisation.onward()
    old = house.session_of(house.email("lower-plan"))
    with organisation.browser.client.session_transaction() as kept:
        kept["_user_id"] = old
    organisation.browser.get(organisation.provider.visit(url))
    with house.database.read() as session:
        assert signed_in(session, old, house.clock.now()) is None


def test_signing_out_ends_the_session_here_first_and_then_leads_on(organisation: Organisation) -> None:
    house, browser = organisation.house, organisation.browser
    organisation.sign_in()
    with browser.client.session_transaction() as kept:
        token = kept["_user_id"]
    page = browser.post("/sign-out", {"csrf_token": browser.token()})
    assert (page.heading, page.status) == ("You are signed out here", 200)
    assert broken_rules(page, "en", "Exemplo Software") == []
    asked = asked_of(page.answer.headers["Refresh"])
    assert page.answer.headers["Refresh"].startswith(
        f"0; url={organisation.provider.issuer}/leave?why=asked&"
    )
    assert asked["id_token_hint"].count(".") == 2
    assert urlsplit(asked["post_logout_redirect_uri"]).path == "/sign-in"
    with house.database.read() as session:
        assert signed_in(session, token, house.clock.now()) is None
    assert browser.get("/corp-billing/").path == "/sign-in"


def test_where_the_provider_has_no_such_page_one_is_just_signed_out(organisation: Organisation) -> None:
    organisation.provider.metadata = lambda told: {
        name: value for name, value in told.items() if name != "end_session_endpoint"
    }
    organisation.sign_in()
    page = organisation.browser.post("/sign-out", {"csrf_token": organisation.browser.token()})
    assert page.path == "/sign-in"


def test_what_signing_out_needs_is_sealed_and_goes_with_the_session(organisation: Organisation) -> None:
    organisation.sign_in()
    with organisation.house.database.read() as session:
        kept = session.connection().exec_driver_sql("select * from provider_sessions").all()
    assert len(kept) == 1
    assert "eyJ" not in str(kept), "an ID token begins that way"
    organisation.browser.post("/sign-out", {"csrf_token": organisation.browser.token()})
    with organisation.house.database.read() as session:
        assert session.connection().exec_driver_sql("select * from provider_sessions").all() == []


@pytest.mark.parametrize(
    "email", ["x@nobody.example", "x@gmail.com", "nonsense", f"{ANDRE}.", "x@sub.horizonte.example"]
)
def test_every_address_that_leads_nowhere_hears_the_same(organisation: Organisation, email: str) -> None:
    page = organisation.set_out(email)
    assert page.status == 422
    (said,) = page.problems
    assert said.startswith("With this address you do not sign in through an organisation here.")
    assert page.value("email") == email
    assert broken_rules(page, "en", "Exemplo Software") == []
    assert organisation.provider.asked == []


def test_whether_somebody_exists_is_not_told(organisation: Organisation) -> None:
    known, unknown = (organisation.set_out(email) for email in (ANDRE, "nobody@horizonte.example"))
    assert (known.status, known.path, known.text) == (unknown.status, unknown.path, unknown.text)


def test_trying_out_domains_comes_to_an_end(organisation: Organisation) -> None:
    pages = [organisation.set_out("x@nobody.example") for _ in range(6)]
    assert [page.status for page in pages] == [422] * 5 + [429]
    assert pages[-1].answer.headers["Retry-After"] == "900"
    for _ in range(7):
        assert organisation.set_out().status == 200, "where there is a provider nothing is counted"


def test_looking_at_the_way_onward_changes_nothing_and_without_a_visit_there_is_none(
    organisation: Organisation,
) -> None:
    organisation.onward()
    before = organisation.house.trace()
    again = organisation.browser.get(f"{SIGN_IN}/onward")
    assert again.heading == "On to your organisation"
    assert broken_rules(again, "en", "Exemplo Software") == []
    assert organisation.house.trace() == before
    assert organisation.another_browser().get(f"{SIGN_IN}/onward").path == SIGN_IN


def test_asking_for_the_head_of_the_answer_page_uses_nothing_up(organisation: Organisation) -> None:
    back = organisation.provider.visit(organisation.onward())
    assert organisation.browser.client.head(back).status_code == 204
    assert organisation.browser.get(back).path.startswith("/corp-billing/")


def test_a_way_that_leads_elsewhere_is_not_followed(organisation: Organisation) -> None:
    page = organisation.sign_in(onto="https://evil.example/")
    assert page.path.startswith("/corp-billing/")


def test_a_visit_waits_ten_minutes(organisation: Organisation) -> None:
    back = organisation.provider.visit(organisation.onward())
    organisation.house.clock.advance(timedelta(minutes=10))
    page = organisation.browser.get(back)
    assert page.status == 400
    assert "took too long" in page.text


def _visits(organisation: Organisation) -> list[ProviderVisit]:
    with organisation.house.database.read() as session:
        return list(session.query(ProviderVisit))


def test_who_came_through_the_provider_shows_there_who_they_are(organisation: Organisation) -> None:
    organisation.sign_in()
    organisation.house.clock.advance(timedelta(minutes=20))
    page = organisation.browser.get("/confirm-it-is-you?next=/corp-billing/purchase-orders")
    assert broken_rules(page, "en", "Exemplo Software") == []
    onward = organisation.browser.send(page, "/confirm-it-is-you/organisation")
    url = onward.answer.headers["Refresh"].removeprefix("0; url=")
    assert (asked_of(url)["prompt"], asked_of(url)["max_age"]) == ("login", "0")
    there = organisation.browser.get(organisation.provider.visit(url))
    assert there.path == "/corp-billing/purchase-orders"
    (opened,) = organisation.sessions()
    assert opened.proven_at == organisation.house.clock.now()


def test_a_password_proves_nothing_where_the_provider_is_the_only_way_in(organisation: Organisation) -> None:
    organisation.sign_in()
    organisation.require()
    page = organisation.browser.get("/confirm-it-is-you")
    assert page.value("password") is None
    fields = {"csrf_token": organisation.browser.token(), "password": "two-doors-demo"}
    assert organisation.browser.post("/confirm-it-is-you", fields).status == 422
