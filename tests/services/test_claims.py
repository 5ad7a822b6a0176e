"""A claim to an account with nobody left: told to everybody, stopped by anybody, decided late, by somebody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.shared.domain.people.claims import WAITING, Closed, State
from portal.shared.domain.routing.visitor import Role
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.claims import Claim
from portal.shared.records.invoices import Invoice
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.payments import methods_of
from portal.shared.records.people import Membership, Person
from portal.shared.services.claims import deciding, filing, objecting, reading
from portal.shared.services.claims.deciding import CannotDecideError
from portal.shared.services.claims.evidence import Told
from portal.shared.services.claims.filing import Filed, TooManyClaimsError
from portal.shared.services.desk import Staff
from portal.shared.services.people import roster
from tests.support.factories import NOW, a_contact, a_person
from tests.support.shop import Customer, Shop

DOMAIN = "hartwell.example"
OVER = NOW + WAITING


def organisation(shop: Shop) -> Customer:
    """An account whose people have addresses at one domain, with an invoice, a card and a VAT number."""
    who = shop.customer()
    shop.monthly(who)
    with shop.database.write() as session:
        session.get_one(Person, who.person_id).email = f"old@{DOMAIN}"
        session.get_one(Account, who.id).vat_number = "PT501442600"
    return who


def told(shop: Shop, who: Customer, **other: str) -> Told:
    with shop.database.read() as session:
        invoice = session.query(Invoice).filter_by(account_id=who.id).order_by(Invoice.id).all()[-1]
        amount = f"{invoice.total_minor / 100:.2f}"
        values = {
            "name": "Rita Moura",
            "email": f"rita@{DOMAIN}",
            "language": "en",
            "organisation": session.get_one(Account, who.id).name,
            "statement": "Our billing contact has left.",
            "invoice": invoice.name,
            "amount": amount,
        }
    return Told(**{**values, **other})


def file(
    shop: Shop, words: Told, claimant: int | None = None, account: int | None = None, sender: str = "net"
) -> Filed:
    with shop.database.write() as session:
        return filing.file(session, words, claimant, account, sender, NOW)


def confirm(shop: Shop) -> str | None:
    (*_, mail) = [one for one in shop.rows(OutboxMail) if one.kind == "claim-received"]
    with shop.database.write() as session:
        return filing.confirm(session, mail.payload["token"], NOW)


def filed_by_stranger(shop: Shop, who: Customer, **other: str) -> str:
    filed = file(shop, told(shop, who, **other))
    assert confirm(shop) == filed.number
    return filed.number


def filed_by_member(shop: Shop, who: Customer) -> tuple[str, int]:
    with shop.database.write() as session:
        member = a_contact(session, session.get_one(Account, who.id), role="viewer")
        member.password_hash = "a hash"
        words = Told(member.name, member.email, "en", "", "They have left.")
        return filing.file(session, words, member.id, who.id, "net", NOW).number, member.id


def care(shop: Shop) -> int:
    with shop.database.write() as session:
        return a_person(session, "Camila", staff_role="care").id


def approve(shop: Shop, number: str, staff: int, now=OVER, *, others_stay: bool = True) -> None:  # type: ignore[no-untyped-def]
    with shop.database.write() as session:
        deciding.approve(session, number, staff, "Welcome.", now, others_stay=others_stay)


def the_claim(shop: Shop) -> Claim:
    return shop.rows(Claim)[-1]  # type: ignore[no-any-return]


def mails(shop: Shop, kind: str) -> list[str]:
    return sorted(mail.recipient for mail in shop.rows(OutboxMail) if mail.kind == kind)


def test_a_strangers_claim_is_told_to_nobody_before_the_address_is_shown_to_be_theirs(shop: Shop) -> None:
    who = organisation(shop)
    filed = file(shop, told(shop, who))
    assert filed.to_confirm
    assert mails(shop, "claim-notice") == []
    assert confirm(shop) == filed.number
    assert mails(shop, "claim-notice") == [f"old@{DOMAIN}"]
    assert (the_claim(shop).state, the_claim(shop).waits_until) == (State.WAITING, OVER)
    assert confirm(shop) is None  # once


def test_evidence_is_kept_as_matched_or_not_and_never_as_digits(shop: Shop) -> None:
    who = organisation(shop)
    with shop.database.read() as session:
        (card,) = [one.last4 for one in methods_of(session, who.id)]
    words = told(shop, who, card=card, vat_number="PT999999990", amount="1.00")
    file(shop, words)
    confirm(shop)
    evidence = the_claim(shop).evidence
    assert evidence == {"invoice": False, "card": True, "vat-number": False, "domain": True}
    everything = str([vars(one) for one in (*shop.rows(Claim), *shop.rows(Activity), *shop.rows(OutboxMail))])
    assert words.invoice not in everything
    assert "PT999999990" not in everything


@pytest.mark.parametrize(
    ("other", "known"),
    [
        ({}, True),
        ({"email": "rita@gmail.com"}, False),
        ({"email": "rita@elsewhere.example"}, False),
        ({"invoice": "", "amount": ""}, False),
        ({"invoice": "", "amount": "", "vat_number": "501 442 600"}, True),
        ({"amount": "1.00"}, False),
    ],
    ids=["fits", "open domain", "another domain", "the domain alone", "the VAT number", "another amount"],
)
def test_only_who_shows_something_of_the_account_reaches_it_and_all_are_answered_alike(
    shop: Shop, other: dict[str, str], known: bool
) -> None:
    who = organisation(shop)
    filed = file(shop, told(shop, who, **other))
    assert (filed.to_confirm, len(filed.number)) == (True, 8)
    assert confirm(shop) == filed.number
    assert bool(mails(shop, "claim-notice")) is known
    assert len(mails(shop, "claim-received")) == 1
    assert (the_claim(shop).account_id == who.id) is known


def test_a_member_who_is_signed_in_waits_from_the_first_moment(shop: Shop) -> None:
    who = organisation(shop)
    number, _ = filed_by_member(shop, who)
    assert the_claim(shop).state == State.WAITING
    assert the_claim(shop).evidence["member"] is True
    assert mails(shop, "claim-notice") == [f"old@{DOMAIN}"]
    with shop.database.read() as session:
        view = reading.under_way(session, who.id)
    assert view is not None
    assert view.number == number


def test_who_is_nothing_for_an_account_is_no_member_whatever_the_page_says(shop: Shop) -> None:
    who, stranger = organisation(shop), shop.customer()
    with shop.database.write() as session:
        words = Told("Someone", "someone@elsewhere.example", "en", "", "")
        filing.file(session, words, stranger.person_id, who.id, "net", NOW)
    assert the_claim(shop).account_id is None


def test_a_second_claim_to_the_same_account_is_kept_and_told_to_nobody(shop: Shop) -> None:
    who = organisation(shop)
    filed_by_stranger(shop, who)
    filed_by_stranger(shop, who, email=f"second@{DOMAIN}")
    assert [one.account_id for one in shop.rows(Claim)] == [who.id, None]
    assert mails(shop, "claim-notice") == [f"old@{DOMAIN}"]


def test_everybody_is_told_a_second_time_half_way_and_only_then(shop: Shop) -> None:
    who = organisation(shop)
    filed_by_stranger(shop, who)
    for days, expected in ((6, 0), (7, 1), (8, 0)):
        with shop.database.write() as session:
            assert filing.remind(session, NOW + timedelta(days=days)) == expected
    assert mails(shop, "claim-notice") == [f"old@{DOMAIN}"] * 2


def test_what_nobody_confirms_is_forgotten(shop: Shop) -> None:
    who = organisation(shop)
    file(shop, told(shop, who))
    with shop.database.write() as session:
        filing.remind(session, NOW + timedelta(days=2))
    assert shop.rows(Claim) == []


def test_an_objection_by_the_link_of_a_notice_ends_the_claim(shop: Shop) -> None:
    who = organisation(shop)
    number = filed_by_stranger(shop, who)
    (notice,) = [one for one in shop.rows(OutboxMail) if one.kind == "claim-notice"]
    with shop.database.write() as session:
        view = objecting.object_by_link(session, notice.payload["token"], "I am here.", NOW)
    assert view is not None
    assert (view.state, view.objection) == (State.OBJECTED, "I am here.")
    assert mails(shop, "claim-answered") == [f"rita@{DOMAIN}"]
    with pytest.raises(CannotDecideError) as refused:
        approve(shop, number, care(shop))
    assert refused.value.why is Closed.ENDED
    with shop.database.write() as session:
        objecting.object_by_link(session, notice.payload["token"], "Again.", NOW)
    assert the_claim(shop).objection == "I am here."
    assert [one.action for one in shop.rows(Activity)].count("claim-objected") == 1


def test_a_contact_who_signs_in_ends_the_claim_and_nobody_else_can(shop: Shop) -> None:
    who, stranger = organisation(shop), shop.customer()
    number, claimant = filed_by_member(shop, who)
    for person in (claimant, stranger.person_id):
        with shop.database.write() as session:
            assert objecting.object_signed_in(session, number, person, "", NOW) is None
    with shop.database.write() as session:
        assert objecting.object_signed_in(session, number, who.person_id, "", NOW) is not None
    assert the_claim(shop).state == State.OBJECTED


def test_nothing_is_decided_before_the_waiting_period_is_over(shop: Shop) -> None:
    who = organisation(shop)
    number = filed_by_stranger(shop, who)
    staff = care(shop)
    early = OVER - timedelta(seconds=1)
    with pytest.raises(CannotDecideError) as refused:
        approve(shop, number, staff, early)
    assert refused.value.why is Closed.STILL_WAITING
    with pytest.raises(CannotDecideError), shop.database.write() as session:
        deciding.refuse(session, number, staff, "No.", early)
    assert the_claim(shop).state == State.WAITING


def test_nobody_decides_a_claim_they_filed(shop: Shop) -> None:
    who = organisation(shop)
    number, claimant = filed_by_member(shop, who)
    with pytest.raises(CannotDecideError) as refused:
        approve(shop, number, claimant)
    assert refused.value.why is Closed.OWN_CLAIM


@pytest.mark.parametrize("others_stay", [True, False], ids=["others stay", "others go"])
def test_an_approved_claimant_is_a_billing_contact_and_the_others_are_what_was_chosen(
    shop: Shop, others_stay: bool
) -> None:
    who = organisation(shop)
    number = filed_by_stranger(shop, who)
    approve(shop, number, care(shop), others_stay=others_stay)
    with shop.database.read() as session:
        person = session.query(Person).filter_by(email=f"rita@{DOMAIN}").one()
        assert roster.roles_of(session, who.id, person.id) == {Role.BILLING_CONTACT}
        kept = roster.roles_of(session, who.id, who.person_id)
    assert bool(kept) is others_stay
    (mail,) = [one for one in shop.rows(OutboxMail) if one.kind == "claim-answered"]
    assert mail.payload["token"]  # the first password
    assert mails(shop, "claim-settled") == [f"old@{DOMAIN}"]
    assert [one.action for one in shop.rows(Activity)][-1] == "claim-approved"


def test_a_refused_claim_changes_nothing(shop: Shop) -> None:
    who = organisation(shop)
    number = filed_by_stranger(shop, who)
    before, staff = len(shop.rows(Membership)), care(shop)
    with shop.database.write() as session:
        deciding.refuse(session, number, staff, "We could not confirm it.", OVER)
    assert the_claim(shop).state == State.REFUSED
    assert len(shop.rows(Membership)) == before
    assert mails(shop, "claim-answered") == [f"rita@{DOMAIN}"]


def test_a_claim_without_an_account_is_answered_by_customer_care_and_cannot_be_approved(shop: Shop) -> None:
    who = organisation(shop)
    number = filed_by_stranger(shop, who, email="rita@gmail.com")
    staff = care(shop)
    with shop.database.read() as session:
        assert [one.number for one in reading.queue(session, Staff(staff, "Camila", "care"))] == [number]
        assert reading.queue(session, Staff(staff, "Sofia", "rep")) == []
    with pytest.raises(LookupError):
        approve(shop, number, staff)


def test_claims_are_counted_by_network_and_by_address(shop: Shop) -> None:
    who = organisation(shop)
    for number in range(5):
        file(shop, told(shop, who, email=f"p{number}@{DOMAIN}"))
    with pytest.raises(TooManyClaimsError):
        file(shop, told(shop, who, email=f"p6@{DOMAIN}"))
    for number in range(3):
        file(shop, told(shop, who), sender=f"net {number}")
    with pytest.raises(TooManyClaimsError):
        file(shop, told(shop, who), sender="net 4")
