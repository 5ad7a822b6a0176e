"""Was this the page you needed? The answer reaches managers and Customer Care."""

from __future__ import annotations

import pytest

from portal.shared.records.help_answers import HelpAnswer
from portal.shared.services.arriving import help_answers
from tests.support.demo_house import DemoHouse

WORDS = "Where is the cart? <b>I did not find it</b>"
V5 = "gotoassist-remote-support-v5"


def test_an_answer_reaches_customer_care_and_managers(house: DemoHouse) -> None:
    stranger = house.visitor(language="en")
    page = stranger.get(f"/help/change-plan?product={V5}")
    thanks = stranger.send(page, "/answer", {"needed": "no", "words": WORDS})
    assert thanks.path == "/help/change-plan"
    assert "Thank you" in thanks.text
    assert not thanks.has_form("/answer")
    assert f"product={V5}" in (thanks.answer.request.query_string.decode())

    (kept,) = house.rows(HelpAnswer)
    assert (kept.page, kept.language, kept.needed, kept.words) == ("change-plan", "en", False, WORDS)
    for staff in ("care", "manager"):
        read = house.visitor(house.email(staff)).get("/corp-billing/desk/help-pages")
        assert WORDS in read.text
        assert "How do I change my current plan?" in read.text
    assert house.visitor(house.email("rep")).get("/corp-billing/desk/help-pages").status == 404


@pytest.mark.parametrize("needed", ["", "maybe"])
def test_neither_yes_nor_no_is_no_answer(house: DemoHouse, needed: str) -> None:
    stranger = house.visitor()
    page = stranger.get("/help/cancel")
    answer = stranger.send(page, "/answer", {"needed": needed, "words": WORDS})
    assert "Choose Yes or No." in answer.all_text
    assert house.rows(HelpAnswer) == []


def test_a_page_that_does_not_exist_takes_no_answer(house: DemoHouse) -> None:
    stranger = house.visitor()
    fields = {"csrf_token": stranger.get("/help/cancel").value("csrf_token") or "", "needed": "yes"}
    assert stranger.post("/help/nothing/answer", fields).status == 404
    assert house.rows(HelpAnswer) == []


def test_too_many_answers_are_refused_with_a_sentence(house: DemoHouse) -> None:
    stranger = house.visitor()
    page = stranger.get("/help/cancel")
    for _ in range(help_answers.MOST_OF_ONE):
        assert "Thank you" in stranger.send(page, "/answer", {"needed": "yes"}).text
    assert "too many answers" in stranger.send(page, "/answer", {"needed": "yes"}).all_text
    assert len(house.rows(HelpAnswer)) == help_answers.MOST_OF_ONE


def test_before_anybody_answered_the_desk_says_so(house: DemoHouse) -> None:
    assert "No answers yet" in house.visitor(house.email("care")).get("/corp-billing/desk/help-pages").text


def test_the_answer_of_somebody_signed_in_names_nobody(house: DemoHouse) -> None:
    contact = house.contact("monthly")
    contact.send(contact.get("/help/cancel"), "/answer", {"needed": "yes"})
    (kept,) = house.rows(HelpAnswer)
    assert {column.key for column in HelpAnswer.__table__.columns} == {
        "id",
        "at",
        "page",
        "language",
        "needed",
        "words",
        "sender",
    }
    assert house.email("monthly") not in f"{vars(kept)}"
