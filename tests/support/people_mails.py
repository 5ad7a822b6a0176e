"""How the mails about people and claims come to be written, a story a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from portal.shared.domain.people.claims import WAITING
from portal.shared.domain.routing.visitor import Role
from portal.shared.records.accounts import Account
from portal.shared.services.claims import deciding, filing, objecting, reading
from portal.shared.services.claims.evidence import Told
from portal.shared.services.people import accepting, invitations, roster
from portal.shared.services.people.invitations import Wish
from tests.support.factories import NOW, a_contact, a_person
from tests.support.shop import Customer

if TYPE_CHECKING:
    from tests.web.test_mails import Post


def _somebody(post: Post, who: Customer, role: str) -> int:
    with post.shop.database.write() as session:
        account = session.get_one(Account, who.id)
        person = a_contact(session, account, role=role)
        person.name, person.email, person.language = "Bruno Reis", "bruno@example.org", account.language
        return person.id


def _invitation(post: Post, who: Customer) -> None:
    with post.shop.database.write() as session:
        language = session.get_one(Account, who.id).language
        wish = Wish("Rita Moura", "rita@example.org", Role.BILLING_CONTACT, language)
        invitations.invite(session, who.id, who.person_id, wish, NOW)


def _people_changed(post: Post, who: Customer) -> None:
    _invitation(post, who)
    token = post.waiting("invitation").payload["token"]
    with post.shop.database.write() as session:
        accepting.accept(session, token, None, "Rita Moura", NOW)


def _roles_changed(post: Post, who: Customer) -> None:
    person = _somebody(post, who, "viewer")
    with post.shop.database.write() as session:
        roster.change_roles(session, who.id, who.person_id, person, {Role.BILLING_CONTACT}, NOW)


def _claimed(post: Post, who: Customer) -> str:
    person = _somebody(post, who, "viewer")
    with post.shop.database.write() as session:
        language = session.get_one(Account, who.id).language
        told = Told("Bruno Reis", "bruno@example.org", language, "", "They have left.")
        return filing.file(session, told, person, who.id, "", NOW).number


def _claim_received(post: Post, who: Customer) -> None:
    with post.shop.database.write() as session:
        language = session.get_one(Account, who.id).language
        told = Told("Bruno Reis", "bruno@example.org", language, "Company", "They have left.")
        filing.file(session, told, None, None, "", NOW)


def _claim_answered(post: Post, who: Customer) -> None:
    number = _claimed(post, who)
    with post.shop.database.write() as session:
        staff = a_person(session, "Camila", staff_role="care").id
        deciding.approve(session, number, staff, "Welcome.", NOW + WAITING, others_stay=True)


def _claim_settled(post: Post, who: Customer) -> None:
    number = _claimed(post, who)
    with post.shop.database.write() as session:
        other_id = a_contact(session, session.get_one(Account, who.id)).id
    with post.shop.database.write() as session:
        assert objecting.object_signed_in(session, number, other_id, "", NOW)
        assert reading.under_way(session, who.id) is None


PEOPLE_STORIES: Mapping[str, Callable[[Post, Customer], object]] = {
    "invitation": _invitation,
    "people-changed": _people_changed,
    "roles-changed": _roles_changed,
    "claim-received": _claim_received,
    "claim-notice": _claimed,
    "claim-answered": _claim_answered,
    "claim-settled": _claim_settled,
}
