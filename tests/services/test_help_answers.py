"""What readers say of help pages is kept without their names, counted, and limited."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from portal.shared.records.database import Database
from portal.shared.records.help_answers import HelpAnswer
from portal.shared.services.arriving import help_answers as service
from tests.support.factories import NOW


def keep(
    database: Database, sender: str = "a", *, needed: bool = True, words: str = "", days: float = 0
) -> bool:
    with database.write() as session:
        return service.keep(
            session,
            page="change-plan",
            language="en",
            needed=needed,
            words=words,
            sender=sender,
            now=NOW + timedelta(days=days),
        )


def senders(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(sa.select(HelpAnswer.sender).order_by(HelpAnswer.id)))


def test_answers_are_counted_and_words_are_shown_newest_first(database: Database) -> None:
    keep(database, needed=False, words="  The cart was missing. ")
    keep(database, words="Good.")
    keep(database)
    with database.read() as session:
        found = service.answers(session, NOW)
    assert found.counts == (service.Count("change-plan", 2, 1),)
    assert [one.words for one in found.words] == ["Good.", "The cart was missing."]
    assert found.older is None


def test_more_than_a_page_of_words_goes_on(database: Database) -> None:
    for number in range(service.A_PAGE + 2):
        assert keep(database, f"sender {number}", words=f"{number}")
    with database.read() as session:
        first = service.answers(session, NOW)
        rest = service.answers(session, NOW, first.older)
    assert [one.words for one in (*first.words, *rest.words)] == [
        str(n) for n in range(service.A_PAGE + 1, -1, -1)
    ]


def test_one_sender_is_heard_so_often_a_day(database: Database) -> None:
    assert all(keep(database) for _ in range(service.MOST_OF_ONE))
    assert not keep(database)
    assert keep(database, "somebody else")
    assert keep(database, days=1.01)


def test_all_senders_together_are_heard_so_often_a_day(database: Database) -> None:
    with database.write() as session:
        session.add_all(
            HelpAnswer(at=NOW, page="cancel", language="en", needed=True, words="", sender=f"{number}")
            for number in range(service.MOST_OF_ALL)
        )
    assert not keep(database)
    assert keep(database, days=1.01)


def test_the_mark_of_a_sender_is_wiped_with_the_first_answer_of_another_day(database: Database) -> None:
    keep(database, "yesterday")
    keep(database, "today", days=1.01)
    assert senders(database) == ["", "today"]


def test_a_mark_gives_no_address_away_and_is_another_one_the_next_day() -> None:
    mark = service.sender_mark("secret", "203.0.113.7", NOW)
    assert "203" not in mark
    assert mark == service.sender_mark("secret", "203.0.113.7", NOW)
    assert (
        len(
            {
                mark,
                service.sender_mark("secret", "203.0.113.7", NOW + timedelta(days=1)),
                service.sender_mark("another", "203.0.113.7", NOW),
                service.sender_mark("secret", "203.0.113.8", NOW),
            }
        )
        == 4
    )


def test_words_are_cut_where_they_are_too_long(database: Database) -> None:
    keep(database, words="x" * 5000)
    with database.read() as session:
        assert len(service.answers(session, NOW).words[0].words) == service.LONGEST_WORDS
