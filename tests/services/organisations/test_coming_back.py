"""Setting out for a provider and coming back, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.sign_in.id_tokens import LEEWAY_SECONDS
from portal.shared.records import people
from portal.shared.records.identity_providers import Identity, IdentityProvider, ProviderVisit
from portal.shared.records.people import Membership, Person
from portal.shared.records.sign_ins import SignInSession
from portal.shared.services.organisations import coming_back, setting_out
from portal.shared.services.organisations.coming_back import Arrival, Arrived, Returned
from portal.shared.services.organisations.finding import required_provider
from portal.shared.services.organisations.setting_out import Beginning, Traveller
from portal.shared.services.sign_in.signing_in import open_session, signed_in
from tests.services.organisations.conftest import ANA, Ground
from tests.support.factories import NOW
from tests.support.identity_provider import asked_of

BACK = "https://billing.example/sign-in/organisation/back"
BROWSER = "the secret of a browser"


def returned(ground: Ground, token: str | None = None) -> Returned:
    """What the browser brings back from where it was just led."""
    with ground.database.read() as session:
        there = setting_out.onward(session, BROWSER, NOW)
    assert there is not None
    query = asked_of(ground.provider.visit(there.url))
    return Returned(browser=BROWSER, state=query["state"], code=query["code"], token=token)


def sign_in(ground: Ground) -> Arrived:
    """There and back."""
    traveller = Traveller(BROWSER, BACK, "/billing/", "203.0.113.7")
    begun = setting_out.begin(ground.tools, ANA, traveller, NOW)
    assert begun.beginning is Beginning.ONWARD
    return coming_back.come_back(ground.tools, returned(ground), NOW)


def confirm(ground: Ground, token: str | None, *, later: timedelta = timedelta()) -> Arrived:
    """Show anew who one is."""
    begun = setting_out.begin_confirming(ground.tools, ground.ana_id, Traveller(BROWSER, BACK), NOW + later)
    assert begun.beginning is Beginning.ONWARD
    return coming_back.come_back(ground.tools, returned(ground, token), NOW + later)


def test_a_member_is_linked_and_let_in(ground: Ground) -> None:
    ground.set_up()
    arrived = sign_in(ground)
    assert (arrived.arrival, arrived.next_path) == (Arrival.WELCOME, "/billing/")
    assert arrived.token is not None
    with ground.database.read() as session:
        person = signed_in(session, arrived.token, NOW)
        assert person is not None
        assert person.email == ANA
        assert session.scalars(sa.select(Identity.subject)).all() == ["1"]
        assert session.scalars(sa.select(ProviderVisit)).all() == []


def test_who_is_no_member_any_more_stays_outside(ground: Ground) -> None:
    ground.set_up()
    sign_in(ground)
    with ground.database.write() as session:
        session.execute(sa.delete(Membership))
    assert sign_in(ground).arrival is Arrival.UNKNOWN


def test_a_provider_that_was_switched_off_meanwhile_opens_nothing(ground: Ground) -> None:
    ground.set_up()
    setting_out.begin(ground.tools, ANA, Traveller(BROWSER, BACK), NOW)
    brought = returned(ground)
    with ground.database.write() as session:
        session.execute(sa.update(IdentityProvider).values(enabled=False))
    assert coming_back.come_back(ground.tools, brought, NOW).arrival is Arrival.STRAY


def test_one_answer_sent_four_times_at_once_opens_one_session(ground: Ground) -> None:
    ground.set_up()
    setting_out.begin(ground.tools, ANA, Traveller(BROWSER, BACK), NOW)
    brought = returned(ground)
    with ThreadPoolExecutor(4) as pool:
        arrivals = list(pool.map(lambda _: coming_back.come_back(ground.tools, brought, NOW), range(4)))
    assert sorted(one.arrival for one in arrivals) == [Arrival.STRAY] * 3 + [Arrival.WELCOME]
    with ground.database.read() as session:
        assert len(session.scalars(sa.select(SignInSession)).all()) == 1


def test_the_first_sign_ins_of_somebody_in_four_browsers_at_once_all_succeed(ground: Ground) -> None:
    ground.set_up()
    brought = []
    for number in range(4):
        browser = f"browser {number}"
        setting_out.begin(ground.tools, ANA, Traveller(browser, BACK), NOW)
        with ground.database.read() as session:
            there = setting_out.onward(session, browser, NOW)
        assert there is not None
        query = asked_of(ground.provider.visit(there.url))
        brought.append(Returned(browser=browser, state=query["state"], code=query["code"]))
    with ThreadPoolExecutor(4) as pool:
        arrivals = list(pool.map(lambda one: coming_back.come_back(ground.tools, one, NOW), brought))
    assert [one.arrival for one in arrivals] == [Arrival.WELCOME] * 4
    with ground.database.read() as session:
        assert len(session.scalars(sa.select(Identity)).all()) == 1


def test_who_was_linked_between_two_questions_of_a_sign_in_is_let_in(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    if ground.database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer: nothing comes between")
    ground.set_up()
    setting_out.begin(ground.tools, ANA, Traveller(BROWSER, BACK), NOW)
    slow = returned(ground)
    asked = people.person_with_email
    quick: list[Arrived] = []

    def after_another_sign_in(session: Session, email: str) -> Person | None:
        monkeypatch.setattr(people, "person_with_email", asked)
        with ThreadPoolExecutor(1) as other:
            quick.append(other.submit(sign_in, ground).result())
        return asked(session, email)

    monkeypatch.setattr(people, "person_with_email", after_another_sign_in)
    assert coming_back.come_back(ground.tools, slow, NOW).arrival is Arrival.WELCOME
    assert [one.arrival for one in quick] == [Arrival.WELCOME]
    with ground.database.read() as session:
        assert len(session.scalars(sa.select(Identity)).all()) == 1


def test_confirming_asks_for_a_fresh_sign_in_and_renews_the_proof(ground: Ground) -> None:
    ground.set_up()
    old = sign_in(ground).token
    later = timedelta(seconds=LEEWAY_SECONDS // 2)
    arrived = confirm(ground, old, later=later)
    assert arrived.arrival is Arrival.CONFIRMED
    assert arrived.token is not None
    assert old is not None
    with ground.database.read() as session:
        person = signed_in(session, arrived.token, NOW + later)
        assert person is not None
        assert person.proven_at == NOW + later
        assert signed_in(session, old, NOW + later) is None, "the old secret is dead"


def test_a_provider_that_does_not_ask_anew_confirms_nothing(ground: Ground) -> None:
    ground.set_up()
    token = sign_in(ground).token
    ground.provider.claims = lambda told: {**told, "auth_time": told["iat"] - 3600}
    arrived = confirm(ground, token)
    assert (arrived.arrival, arrived.reason) == (Arrival.NOT_BELIEVED, "signed_in_long_ago")
    ground.provider.claims = lambda told: {name: told[name] for name in told if name != "auth_time"}
    assert confirm(ground, token).arrival is Arrival.NOT_BELIEVED


def test_somebody_else_confirms_nothing(ground: Ground) -> None:
    ground.set_up()
    token = sign_in(ground).token
    ground.provider.person = {"sub": "2", "email": ANA, "email_verified": True}
    assert confirm(ground, token).arrival is Arrival.SOMEBODY_ELSE
    ground.provider.person = {"sub": "1"}
    with ground.database.write() as session:
        theirs = open_session(session, ground.staff_id, NOW)
    assert confirm(ground, theirs).arrival is Arrival.SOMEBODY_ELSE
    assert confirm(ground, None).arrival is Arrival.SOMEBODY_ELSE


def test_who_never_came_through_a_provider_cannot_confirm_there(ground: Ground) -> None:
    ground.set_up()
    begun = setting_out.begin_confirming(ground.tools, ground.ana_id, Traveller(BROWSER, BACK), NOW)
    assert begun.beginning is Beginning.NOBODYS


def test_nobody_must_use_a_provider_that_is_not_required(ground: Ground) -> None:
    ground.set_up()
    with ground.database.read() as session:
        assert required_provider(session, ground.ana_id) is None
