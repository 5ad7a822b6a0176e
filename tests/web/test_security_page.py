"""Sign-in and security: the password, the devices, and being asked again who one is."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.shared.domain.sign_in.sensitive import ASKED_BEFORE_SHOWN, ORDINARY, ROOMS, asks_again
from portal.shared.records.people import Person
from portal.shared.records.sign_ins import SignInSession
from tests.support.demo_house import DemoHouse
from tests.support.visitor import Visitor

NEW = "seven herons over the weir"
ASKS = "/confirm-it-is-you"
LATER = timedelta(minutes=16)

# What the table must never come to call ordinary.
MATTERS = {
    "self_service.add_payment_method",
    "self_service.add_card",
    "self_service.make_default",
    "self_service.remove_card",
    "corporate.add_card",
    "corporate.add_bank_account",
    "corporate.make_default",
    "corporate.remove_card",
    "corporate.add_card_for_quote",
    "corporate.record_payment",
    "corporate.write_credit_note",
    "corporate.write_off",
    "corporate.give_back",
    "corporate.carry_out",
    "corporate.move_account",
    "corporate.save_terms",
    "corporate.send_invitation",
    "corporate.change_person",
    "corporate.remove_person",
    "corporate.approve_claim",
    "corporate.create_token",
    "corporate.save_identity_provider",
    "self_service.send_invitation",
    "self_service.remove_person",
    "self_service.create_token",
    "front.ask_to_be_forgotten",
    "front.set_up_codes",
    "front.new_passkey",
    "front.recovery_codes",
    "front.end_session",
    "front.end_other_sessions",
}


def test_what_matters_asks_and_every_name_of_the_table_is_a_page(house: DemoHouse) -> None:
    there = {rule.endpoint for rule in house.app.url_map.iter_rules()}
    assert there >= MATTERS
    assert {one for one in MATTERS if not asks_again(one, writes=True)} == set()
    assert (ORDINARY | ASKED_BEFORE_SHOWN) - there == set()


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_page_nobody_decided_about_asks_when_it_writes(room: str) -> None:
    assert asks_again(f"{room}.something_new", writes=True)
    assert not asks_again(f"{room}.something_new", writes=False)


def test_a_fresh_sign_in_is_not_asked_and_an_old_one_is(house: DemoHouse) -> None:
    contact = house.contact("annual")
    page = contact.get("/billing/payment-method")
    house.clock.advance(LATER)
    page = contact.send(page, "/payment-method/card")
    assert page.path == ASKS
    page = contact.send(page, ASKS, {"password": "wrong"})
    assert (page.status, page.problem("password") is not None) == (422, True)
    page = contact.send(page, ASKS, {"password": house.cast.password})
    assert page.path == "/billing/payment-method"
    assert contact.send(page, "/payment-method/card", follow=False).path.startswith("/sandbox-processor/")


def test_being_asked_again_gives_the_session_a_new_secret(house: DemoHouse) -> None:
    contact = house.contact("annual")
    (before,) = house.rows(SignInSession)
    page = contact.get(ASKS)
    contact.send(page, ASKS, {"password": house.cast.password})
    (after,) = house.rows(SignInSession)
    assert after.id == before.id
    assert after.token_hash != before.token_hash


def test_money_at_the_desk_is_asked_for_before_its_form_is_shown_and_a_code_will_do(house: DemoHouse) -> None:
    rep = house.visitor(house.email("rep"))
    path = f"/corp-billing/desk/accounts/{house.account_id('corporate')}/record-payment"
    house.clock.advance(LATER)
    page = rep.get(path)
    assert page.path == ASKS
    (code,) = [one.text for one in page.root.all("b") if one.text.isdigit()]
    page = rep.post(ASKS, {"csrf_token": rep.token(), "next": path, "code": code})
    assert page.path == path


def test_what_was_typed_is_kept(house: DemoHouse) -> None:
    rep = house.visitor(house.email("rep"))
    path = f"/corp-billing/desk/accounts/{house.account_id('corporate')}/record-payment"
    house.clock.advance(LATER)
    page = rep.get(f"{path}?check=yes&reference=TRF+4711")
    assert page.path == ASKS
    (form,) = [one for one in page.forms if "password" in dict(one.fields)]
    page = rep.post(ASKS, {**dict(form.fields), "password": house.cast.password})
    assert page.path == path
    assert page.value("reference") == "TRF 4711"


def test_a_stranger_is_led_to_the_sign_in_and_nowhere_else(house: DemoHouse) -> None:
    stranger = house.visitor()
    for path in (ASKS, "/profile/security", "/profile/password", "/profile/one-time-codes"):
        assert stranger.get(path).path == "/sign-in", path


def test_a_new_password_needs_the_old_one_and_signs_other_devices_out(house: DemoHouse) -> None:
    here, elsewhere = house.contact("annual"), house.contact("annual")
    page = here.get("/profile/password")
    for typed, field in (
        ({"password": "wrong", "new_password": NEW}, "password"),
        ({"password": house.cast.password, "new_password": "inescarvalho"}, "new_password"),
        ({"password": "", "new_password": NEW}, "password"),
    ):
        page = here.send(page, "/profile/password", typed)
        assert (page.status, page.problem(field) is not None) == (422, True), field
    page = here.send(page, "/profile/password", {"password": house.cast.password, "new_password": NEW})
    assert page.path == "/profile/security"
    assert "Your password is changed." in page.all_text
    assert elsewhere.get("/billing/").path == "/sign-in"
    assert here.get("/billing/").path == "/billing/"


def phone(house: DemoHouse, story: str) -> Visitor:
    visitor = house.visitor()
    visitor.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 19) Safari/605.1"
    typed = {"email": house.email(story), "password": house.cast.password}
    visitor.send(visitor.get("/sign-in"), "/sign-in", typed)
    return visitor


def test_devices_are_told_in_plain_words_and_one_is_signed_out(house: DemoHouse) -> None:
    here, other = house.contact("annual"), phone(house, "annual")
    page = here.get("/profile/security")
    assert "Safari on iPhone" in page.text
    assert "127.0.0.*" in page.text
    (end,) = [form for form in page.forms if form.action.endswith("/end")]
    page = here.post(end.action, dict(end.fields))
    assert "That device is signed out." in page.all_text
    assert other.get("/billing/").path == "/sign-in"
    assert "Safari on iPhone" not in here.get("/profile/security").text


def test_all_others_are_signed_out_at_once(house: DemoHouse) -> None:
    here, others = house.contact("annual"), [house.contact("annual") for _ in range(3)]
    page = here.send(here.get("/profile/security"), "/end-others")
    assert "3 other devices are signed out." in page.all_text
    assert {one.get("/billing/").path for one in others} == {"/sign-in"}
    assert here.get("/billing/").path == "/billing/"


def test_nobody_ends_a_session_of_somebody_else(house: DemoHouse) -> None:
    here, other = house.contact("annual"), house.contact("monthly")
    with house.database.read() as session:
        person = session.scalars(sa.select(Person.id).where(Person.email == house.email("monthly"))).one()
        theirs = session.scalars(sa.select(SignInSession.id).where(SignInSession.person_id == person)).one()
    assert here.post(f"/profile/sessions/{theirs}/end", {"csrf_token": here.token()}).status == 404
    assert other.get("/billing/").path == "/billing/"


def test_a_copied_cookie_opens_nothing_once_its_person_is_disabled(house: DemoHouse) -> None:
    contact = house.contact("annual")
    with house.database.write() as session:
        session.execute(sa.update(Person).values(disabled_at=house.clock.now()))
    assert contact.get("/profile/security").path == "/sign-in"
