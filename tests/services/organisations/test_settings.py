"""The settings of an organisation's provider: what is taken, what is refused, and what the activity says of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from portal.shared.gateways.identity_providers.providers import Description, Trouble
from portal.shared.records.activity import Activity
from portal.shared.records.identity_providers import (
    Identity,
    IdentityProvider,
    IdentityProviderAccount,
    IdentityProviderDomain,
)
from portal.shared.services.organisations import changing, vouching_for
from portal.shared.services.organisations.connection import try_connection
from portal.shared.services.organisations.finding import required_provider
from portal.shared.services.organisations.keeping import Problem
from portal.shared.services.organisations.settings import settings_of
from portal.shared.services.sign_in.sealing import Seal
from tests.services.organisations.conftest import DOMAIN, Ground
from tests.support.factories import NOW
from tests.support.identity_provider import CLIENT_SECRET

REFUSED = {
    "no name": ({"name": ""}, Problem.NAME_MISSING),
    "an endless name": ({"name": "x" * 101}, Problem.TOO_LONG),
    "no issuer": ({"issuer": ""}, Problem.ISSUER),
    "an issuer without encryption": ({"issuer": "http://login.example"}, Problem.ISSUER),
    "an issuer with a query": ({"issuer": "https://login.example/?a=b"}, Problem.ISSUER),
    "no client": ({"client_id": ""}, Problem.CLIENT_ID_MISSING),
    "an endless secret": ({"secret": "x" * 2001}, Problem.TOO_LONG),
}


def actions(ground: Ground, account_id: int | None = None) -> list[str]:
    """What the activity of an account says was done about its provider."""
    with ground.database.read() as session:
        question = sa.select(Activity.action).where(Activity.account_id == (account_id or ground.account_id))
        return list(session.scalars(question.order_by(Activity.id)))


@pytest.mark.parametrize("case", REFUSED)
def test_settings_that_cannot_work_are_refused(ground: Ground, case: str) -> None:
    other, problem = REFUSED[case]
    with ground.database.write() as session:
        assert ground.save(session, **other) is problem
    assert actions(ground) == []


def test_the_secret_is_sealed_and_never_told(ground: Ground) -> None:
    ground.set_up()
    with ground.database.read() as session:
        kept = session.scalars(sa.select(IdentityProvider)).one()
        assert CLIENT_SECRET not in kept.sealed_secret
        assert ground.tools.seal.open(kept.sealed_secret) == CLIENT_SECRET
        assert CLIENT_SECRET not in repr(settings_of(session, ground.account_id))
        assert CLIENT_SECRET not in str(session.scalars(sa.select(Activity.detail)).all())
    assert actions(ground) == ["identity-provider-added", "mail-domain-confirmed"]


def test_an_empty_secret_keeps_the_old_one_but_not_for_another_issuer(ground: Ground) -> None:
    ground.set_up()
    with ground.database.write() as session:
        assert ground.save(session, secret="", name="Lima") is None
        assert ground.save(session, secret="", issuer="https://login.example") is Problem.SECRET_AGAIN
        kept = session.scalars(sa.select(IdentityProvider)).one()
        assert ground.tools.seal.open(kept.sealed_secret) == CLIENT_SECRET
    assert actions(ground)[2:] == ["identity-provider-changed"]


def test_saving_the_same_again_is_no_change(ground: Ground) -> None:
    ground.set_up()
    with ground.database.write() as session:
        assert ground.save(session, secret="") is None
    assert actions(ground)[2:] == []


def test_it_is_required_only_after_a_sign_in_and_for_these_settings_only(ground: Ground) -> None:
    ground.set_up()

    def require() -> Problem | None:
        with ground.database.write() as session:
            return changing.require(session, ground.account_id, ground.staff_id, NOW, required=True)

    assert require() is Problem.NOT_PROVEN
    with ground.database.write() as session:
        session.execute(sa.update(IdentityProvider).values(proven_at=NOW))
    assert require() is None
    with ground.database.write() as session:
        assert required_provider(session, ground.ana_id) == "Lima & Co"
        assert ground.save(session, client_id="another") is None
        assert required_provider(session, ground.ana_id) is None
    assert require() is Problem.NOT_PROVEN
    assert actions(ground)[2:] == ["identity-provider-required", "identity-provider-changed"]


@pytest.mark.parametrize(
    ("domain", "note", "problem"),
    [
        ("gmail.com", "Seen.", Problem.DOMAIN_PUBLIC),
        ("EXEMPLO.example", "Seen.", Problem.DOMAIN_OURS),
        (DOMAIN.upper(), "Seen.", Problem.DOMAIN_TAKEN),
        ("not a domain", "Seen.", Problem.DOMAIN),
        ("lima.example", "  ", Problem.NOTE_MISSING),
        ("lima.example", "x" * 301, Problem.TOO_LONG),
    ],
)
def test_domains_that_nobody_can_vouch_for_are_refused(
    ground: Ground, domain: str, note: str, problem: Problem
) -> None:
    ground.set_up()
    with ground.database.write() as session:
        assert ground.confirm(session, domain, note) is problem
        assert len(session.scalars(sa.select(IdentityProviderDomain)).all()) == 1


def test_a_domain_is_removed_by_its_own_organisation_only(ground: Ground) -> None:
    ground.set_up()
    with ground.database.write() as session:
        assert not vouching_for.remove_domain(session, ground.other_account_id, DOMAIN, ground.staff_id, NOW)
        assert vouching_for.remove_domain(session, ground.account_id, DOMAIN, ground.staff_id, NOW)
        assert session.scalars(sa.select(IdentityProviderDomain)).all() == []


def test_an_organisation_has_several_accounts_and_ends_with_the_last(ground: Ground) -> None:
    ground.set_up()
    with ground.database.write() as session:
        number = session.scalars(sa.select(IdentityProvider.id)).one()
        other, staff = ground.other_account_id, ground.staff_id
        assert not changing.join(session, other, number, [], staff, NOW), "it is nobody's to offer"
        assert changing.join(session, other, number, [number], staff, NOW)
        assert not changing.join(session, other, number, [number], staff, NOW), "it has one"
        assert changing.enable(session, ground.account_id, staff, NOW, enabled=False)
        assert changing.leave(session, ground.account_id, staff, NOW)
        assert session.scalars(sa.select(IdentityProviderAccount.account_id)).all() == [other]
        assert changing.leave(session, other, staff, NOW)
        assert session.scalars(sa.select(IdentityProvider)).all() == []
        assert session.scalars(sa.select(IdentityProviderDomain)).all() == []
    told = ["identity-provider-joined", "identity-provider-disabled", "identity-provider-left"]
    assert actions(ground)[2:] == told, "every account reads what was decided for the organisation"
    assert actions(ground, other) == [*told, "identity-provider-left"]


def test_a_link_is_removed_by_the_persons_own_organisation_only(ground: Ground) -> None:
    ground.set_up()
    with ground.database.write() as session:
        link = Identity(
            issuer=ground.provider.issuer,
            subject="1",
            person_id=ground.ana_id,
            linked_at=NOW,
            last_used_at=NOW,
        )
        session.add(link)
        session.flush()
        number, staff = link.id, ground.staff_id
        assert not vouching_for.unlink(session, ground.other_account_id, number, staff, NOW)
        assert not vouching_for.unlink(session, ground.account_id, number + 1, staff, NOW)
        settings = settings_of(session, ground.account_id)
        assert settings is not None
        assert [one.name for one in settings.people] == ["Ana Lima"]
        assert vouching_for.unlink(session, ground.account_id, number, staff, NOW)
        assert session.scalars(sa.select(Identity)).all() == []


def test_the_connection_is_tried_before_anybody_depends_on_it(ground: Ground) -> None:
    assert try_connection(ground.tools, ground.account_id) is None
    ground.set_up()
    told = try_connection(ground.tools, ground.account_id)
    assert isinstance(told, Description)
    assert (told.algorithms, told.can_sign_out) == (("ES256", "RS256"), True)
    elsewhere = replace(ground.tools, seal=Seal("another secret of the installation", "identity providers"))
    assert try_connection(elsewhere, ground.account_id) is Trouble.CLIENT
