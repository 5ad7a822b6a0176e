"""Roles, invitations and the last account: who may, what is told to whom, and what never happens in parallel."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from portal.shared.domain.people.roles import Refused
from portal.shared.domain.routing.visitor import Role
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.people import Membership, Person
from portal.shared.services.people import accepting, contacts, invitations, roster
from portal.shared.services.people.accepting import CannotAcceptError, Stale
from portal.shared.services.people.invitations import LIVES, Invited, Wish
from portal.shared.services.people.roster import RoleRefusedError, UnknownMemberError
from tests.support.factories import NOW, a_contact, a_person
from tests.support.shop import Customer, Shop

CONTACT, ADMIN, APPROVER, VIEWER = Role.BILLING_CONTACT, Role.ACCOUNT_ADMIN, Role.APPROVER, Role.VIEWER
LATER = NOW + timedelta(days=1)


def somebody(shop: Shop, who: Customer, role: Role) -> int:
    with shop.database.write() as session:
        return a_contact(session, session.get_one(Account, who.id), role=str(role)).id


def change(shop: Shop, who: Customer, actor: int, person: int, *wanted: Role) -> bool:
    with shop.database.write() as session:
        return roster.change_roles(session, who.id, actor, person, wanted, LATER)


def roles(shop: Shop, who: Customer, person: int) -> set[Role]:
    with shop.database.read() as session:
        return set(roster.roles_of(session, who.id, person))


def invite(shop: Shop, who: Customer, role: Role = CONTACT, email: str = "rita@example.org") -> Invited:
    with shop.database.write() as session:
        return invitations.invite(session, who.id, who.person_id, Wish("Rita", email, role, "pt_BR"), NOW)


def token(shop: Shop) -> str:
    mails = [mail for mail in shop.rows(OutboxMail) if mail.kind == "invitation"]
    return str(mails[-1].payload["token"])


def accept(shop: Shop, person: int | None = None, name: str = "Rita", now=NOW) -> accepting.Accepted:  # type: ignore[no-untyped-def]
    with shop.database.write() as session:
        return accepting.accept(session, token(shop), person, name, now)


def mails(shop: Shop, kind: str) -> list[str]:
    return sorted(mail.recipient for mail in shop.rows(OutboxMail) if mail.kind == kind)


# --- roles ------------------------------------------------------------------------------------------------------------


def test_a_contact_gives_and_takes_roles_and_everybody_is_told_once(shop: Shop) -> None:
    who = shop.customer()
    other, viewer = somebody(shop, who, CONTACT), somebody(shop, who, VIEWER)
    assert change(shop, who, who.person_id, viewer, APPROVER, CONTACT)
    assert roles(shop, who, viewer) == {APPROVER, CONTACT}
    (entry,) = [one for one in shop.rows(Activity) if one.action == "role-changed"]
    assert (entry.detail["old"], entry.detail["new"]) == (["viewer"], ["billing_contact", "approver"])
    with shop.database.read() as session:
        addresses = {one: session.get_one(Person, one).email for one in (other, viewer)}
    assert mails(shop, "roles-changed") == [addresses[viewer]]
    assert mails(shop, "people-changed") == [addresses[other]]


def test_changing_nothing_writes_nothing(shop: Shop) -> None:
    who = shop.customer()
    viewer = somebody(shop, who, VIEWER)
    assert not change(shop, who, who.person_id, viewer, VIEWER)
    assert shop.rows(Activity) == []


def test_an_admin_manages_admins_and_no_billing_right_goes_through_their_hands(shop: Shop) -> None:
    who = shop.customer()
    admin, viewer = somebody(shop, who, ADMIN), somebody(shop, who, VIEWER)
    assert change(shop, who, admin, viewer, ADMIN)
    assert roles(shop, who, viewer) == {ADMIN}
    for wanted in (CONTACT, APPROVER):
        with pytest.raises(RoleRefusedError) as refused:
            change(shop, who, admin, viewer, wanted)
        assert refused.value.why is Refused.NOT_YOURS_TO_GIVE
    with pytest.raises(RoleRefusedError), shop.database.write() as session:
        roster.remove(session, who.id, admin, who.person_id, NOW)
    assert roles(shop, who, who.person_id) == {CONTACT}


def test_what_somebody_does_not_manage_stays_when_they_change_the_rest(shop: Shop) -> None:
    who = shop.customer()
    both = somebody(shop, who, ADMIN)
    change(shop, who, who.person_id, both, APPROVER)
    assert roles(shop, who, both) == {ADMIN, APPROVER}


def test_nobody_raises_themselves(shop: Shop) -> None:
    who = shop.customer()
    admin = somebody(shop, who, ADMIN)
    for person, wanted in ((admin, (ADMIN, CONTACT)), (who.person_id, (CONTACT, ADMIN))):
        with pytest.raises(RoleRefusedError) as refused:
            change(shop, who, person, person, *wanted)
        assert refused.value.why is Refused.NOT_TO_YOURSELF


def test_people_of_another_account_do_not_exist_here(shop: Shop) -> None:
    who, stranger = shop.customer(), shop.customer()
    with pytest.raises(UnknownMemberError):
        change(shop, who, who.person_id, stranger.person_id, VIEWER)


def test_a_contact_leaves_and_the_last_one_cannot(shop: Shop) -> None:
    who = shop.customer()
    with pytest.raises(RoleRefusedError) as refused:
        change(shop, who, who.person_id, who.person_id)
    assert refused.value.why is Refused.LAST_CONTACT
    other = somebody(shop, who, CONTACT)
    with shop.database.write() as session:
        roster.remove(session, who.id, who.person_id, who.person_id, NOW)
    assert roles(shop, who, who.person_id) == set()
    assert roles(shop, who, other) == {CONTACT}


def test_a_contact_who_cannot_sign_in_does_not_count_as_one_who_stays(shop: Shop) -> None:
    who = shop.customer()
    gone = somebody(shop, who, CONTACT)
    with shop.database.write() as session:
        session.get_one(Person, gone).disabled_at = NOW
    with pytest.raises(RoleRefusedError):
        change(shop, who, who.person_id, who.person_id)


def test_eight_hands_at_once_leave_one_billing_contact(shop: Shop) -> None:
    who = shop.customer()
    pair = (who.person_id, somebody(shop, who, CONTACT))

    def hand(number: int) -> str:
        actor, person = pair[number % 2], pair[1 - number % 2]
        try:
            with shop.database.write() as session:
                roster.remove(session, who.id, actor, person, NOW)
        except (RoleRefusedError, UnknownMemberError) as refused:
            return str(refused)
        return "removed"

    with ThreadPoolExecutor(8) as hands:
        outcomes = list(hands.map(hand, range(8)))
    assert outcomes.count("removed") == 1
    with shop.database.read() as session:
        assert len(contacts.billing_contacts(session, who.id, "en")) == 1


@pytest.mark.parametrize("way", ["delete", "update"])
def test_the_database_itself_keeps_the_last_billing_contact(shop: Shop, way: str) -> None:
    who = shop.customer()
    mine = Membership.account_id == who.id
    statement = sa.delete(Membership).where(mine)
    if way == "update":
        statement = sa.update(Membership).where(mine).values(role="viewer")  # type: ignore[assignment]
    with pytest.raises(DBAPIError), shop.database.write() as session:
        session.execute(statement)
    other = somebody(shop, who, CONTACT)
    with shop.database.write() as session:
        session.execute(statement.where(Membership.person_id == other))
    assert roles(shop, who, who.person_id) == {CONTACT}


def test_eight_hands_around_the_service_leave_one_billing_contact_too(shop: Shop) -> None:
    who = shop.customer()
    people = [who.person_id, *(somebody(shop, who, CONTACT) for _ in range(7))]

    def hand(person: int) -> bool:
        try:
            with shop.database.write() as session:
                session.execute(sa.delete(Membership).where(Membership.person_id == person))
        except DBAPIError:
            return False
        return True

    with ThreadPoolExecutor(8) as hands:
        assert sum(hands.map(hand, people)) == 7


# --- invitations ------------------------------------------------------------------------------------------------------


def test_a_stranger_is_invited_chooses_a_password_and_is_told_of_to_the_others(shop: Shop) -> None:
    who = shop.customer()
    assert invite(shop, who) is Invited.SENT
    (mail,) = [one for one in shop.rows(OutboxMail) if one.kind == "invitation"]
    assert (mail.recipient, mail.language) == ("rita@example.org", "pt_BR")
    with shop.database.read() as session:
        shown = invitations_shown(session, token(shop))
        assert shown.needs_password
        (waits,) = invitations.waiting(session, who.id, NOW)
    assert (waits.email, waits.role, waits.run_out) == ("rita@example.org", CONTACT, False)
    accepted = accept(shop, name="Rita Moura")
    assert accepted.password_token
    with shop.database.read() as session:
        person = session.get_one(Person, accepted.person_id)
        assert (person.name, person.language) == ("Rita Moura", "pt_BR")
        assert roster.member(session, who.id, person.id).since == NOW
        assert invitations.waiting(session, who.id, NOW) == []
        told = session.get_one(Person, who.person_id).email
    assert mails(shop, "people-changed") == [told]
    assert [one.action for one in shop.rows(Activity)] == ["person-invited", "invitation-accepted"]


def invitations_shown(session, secret: str) -> accepting.Shown:  # type: ignore[no-untyped-def]
    found = accepting.shown(session, secret, NOW)
    assert found is not None
    return found


def test_a_link_works_once(shop: Shop) -> None:
    who = shop.customer()
    invite(shop, who)
    accept(shop)
    with pytest.raises(CannotAcceptError) as refused:
        accept(shop)
    assert refused.value.args == (Stale.ACCEPTED,)


def test_eight_hands_accept_one_invitation_once(shop: Shop) -> None:
    who = shop.customer()
    invite(shop, who)

    def hand(_: int) -> bool:
        try:
            accept(shop)
        except CannotAcceptError:
            return False
        return True

    with ThreadPoolExecutor(8) as hands:
        assert sum(hands.map(hand, range(8))) == 1


def test_somebody_we_know_has_to_sign_in_as_themselves(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        known, other = a_person(session, "Known"), a_person(session, "Other")
        known.password_hash = other.password_hash = "a hash"
        known_id, other_id, email = known.id, other.id, known.email
    invite(shop, who, email=email)
    for person in (None, other_id):
        with pytest.raises(CannotAcceptError):
            accept(shop, person)
    accepted = accept(shop, known_id)
    assert (accepted.person_id, accepted.password_token) == (known_id, None)
    with shop.database.read() as session:
        assert session.get_one(Person, known_id).name == "Known"


def test_an_invitation_runs_out_after_a_week_and_a_second_mail_opens_it_again(shop: Shop) -> None:
    who = shop.customer()
    invite(shop, who)
    first = token(shop)
    with pytest.raises(CannotAcceptError):
        accept(shop, now=NOW + LIVES)
    with shop.database.write() as session:
        (waits,) = invitations.waiting(session, who.id, NOW + LIVES)
        assert waits.run_out
        sent = invitations.send_again(session, who.id, who.person_id, waits.id, NOW + LIVES)
        assert sent is Invited.SENT
    assert token(shop) != first
    with shop.database.read() as session:
        assert accepting.shown(session, first, NOW + LIVES) is None
    assert accept(shop, now=NOW + LIVES).account_id == who.id


def test_a_withdrawn_invitation_opens_nothing(shop: Shop) -> None:
    who = shop.customer()
    invite(shop, who)
    with shop.database.write() as session:
        (waits,) = invitations.waiting(session, who.id, NOW)
        assert invitations.withdraw(session, who.id, who.person_id, waits.id, NOW)
    with pytest.raises(CannotAcceptError):
        accept(shop)


def test_an_invitation_falls_with_the_rights_of_who_sent_it(shop: Shop) -> None:
    who = shop.customer()
    other = somebody(shop, who, CONTACT)
    invite(shop, who)
    change(shop, who, other, who.person_id, VIEWER)
    with pytest.raises(CannotAcceptError):
        accept(shop)


@pytest.mark.parametrize("case", ["is one already", "invited twice", "our own people", "by an admin"])
def test_what_cannot_be_sent_says_why_and_sends_nothing(shop: Shop, case: str) -> None:
    who = shop.customer()
    expected = {
        "is one already": Invited.IS_ALREADY,
        "invited twice": Invited.INVITED_ALREADY,
        "our own people": Invited.NOT_POSSIBLE,
        "by an admin": Invited.NOT_YOURS_TO_GIVE,
    }[case]
    email, actor = "rita@example.org", who.person_id
    with shop.database.write() as session:
        if case == "is one already":
            email = a_contact(session, session.get_one(Account, who.id)).email
        elif case == "our own people":
            email = a_person(session, staff_role="care").email
        elif case == "by an admin":
            actor = a_contact(session, session.get_one(Account, who.id), role="account_admin").id
    if case == "invited twice":
        invite(shop, who)
    before = len(shop.rows(OutboxMail))
    with shop.database.write() as session:
        wish = Wish("Rita", email, CONTACT, "en")
        assert invitations.invite(session, who.id, actor, wish, NOW) is expected
    assert len(shop.rows(OutboxMail)) == before


def test_an_account_sends_fifty_invitations_a_day_at_most(shop: Shop) -> None:
    who = shop.customer()
    sent = [invite(shop, who, VIEWER, f"person{number}@example.net") for number in range(51)]
    assert sent[:50] == [Invited.SENT] * 50
    assert sent[50] is Invited.TOO_MANY
