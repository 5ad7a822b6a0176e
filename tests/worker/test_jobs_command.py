"""The command that shows background work and tries it again, on both databases."""

from __future__ import annotations

import json
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa

from portal.cli import main
from portal.shared.domain.jobs import MOST_ATTEMPTS
from portal.shared.gateways.mail import MailNotSent
from portal.shared.records.database import Database
from portal.shared.services.jobs.doing import LOST
from portal.shared.services.notifications import enqueue_mail
from tests.support.factories import NOW
from tests.support.job_bench import Bench
from tests.support.outbox import deliver_mails


class Answer:
    """What the command said."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


class Asking:
    """Types the command."""

    def __init__(self, url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self._url, self._capsys = url, capsys

    def __call__(self, *words: str) -> Answer:
        self._capsys.readouterr()
        code = main(["jobs", *words, "--database-url", self._url])
        return Answer(code, *self._capsys.readouterr())

    def told(self, *words: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self(*words, "--json").out)
        return told


class Moody:
    """A task that fails until it is mended."""

    mended = False

    def __call__(self, account_id: int) -> None:
        if not self.mended:
            raise ValueError("Ana Silva, ana@example.org")


@pytest.fixture
def moody() -> Moody:
    return Moody()


@pytest.fixture
def bench(database: Database, moody: Moody) -> Bench:
    return Bench(database, {"renew-account": moody})


@pytest.fixture
def ask(
    database: Database,
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Asking:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "sqlite:///unused")
    return Asking(database.url.render_as_string(hide_password=False), capsys)


def run_out(bench: Bench) -> str:
    number = bench.put("renew-account", account_id=17, key="k")
    for _ in range(MOST_ATTEMPTS):
        bench.work_off()
        bench.wait_for_pauses()
    return str(number)


def test_nothing_to_do_is_told_with_regular_work(ask: Asking) -> None:
    answer = ask()
    assert answer.code == 0
    assert answer.out.startswith("0 waiting, 0 running, 0 stuck, 0 failed\n\nREGULAR WORK")
    assert "renewals" in answer.out


def test_what_waits_is_counted_and_listed(bench: Bench, ask: Asking) -> None:
    number = bench.put("renew-account", account_id=17)
    answer = ask()
    assert answer.out.startswith("1 waiting, 0 running, 0 stuck, 0 failed\n")
    assert f"{number}  " in answer.out
    assert "renew-account  account_id=17" in answer.out


def test_a_long_queue_is_cut_short_unless_everything_is_wanted(bench: Bench, ask: Asking) -> None:
    for number in range(55):
        bench.put("renew-account", account_id=number)
    assert "and 5 more waiting (--all)" in ask().out
    everything = ask("--all").out
    assert "account_id=54" in everything
    assert "more" not in everything


def test_what_failed_is_told_with_its_error_and_without_what_was_typed(bench: Bench, ask: Asking) -> None:
    number = run_out(bench)
    answer = ask("--failed")
    assert answer.code == 1, "so that a watch can go by it"
    assert "ValueError in tests/worker/test_jobs_command.py" in answer.out
    assert "Ana" not in answer.out
    (job,) = ask.told("--failed")["jobs"]
    assert (job["name"], job["standing"], job["attempts"]) == (number, "failed", MOST_ATTEMPTS)
    assert ask("--stuck").code == 0


def test_what_failed_is_tried_once_more_when_it_is_named(bench: Bench, ask: Asking, moody: Moody) -> None:
    number = run_out(bench)
    assert ask("retry", number).out == f"Tried once more: {number}.\n"
    bench.work_off()
    assert ask.told()["counts"]["failed"] == 1, "and failed once more"
    moody.mended = True
    assert ask("retry", "--failed").code == 0
    bench.work_off()
    assert ask.told()["counts"] == {"waiting": 0, "running": 0, "stuck": 0, "failed": 0}


def test_what_neither_failed_nor_is_stuck_is_not_touched(bench: Bench, ask: Asking) -> None:
    number = bench.put("renew-account", account_id=17)
    answer = ask("retry", str(number), "4711")
    assert answer.code == 2
    assert answer.err == f"Neither failed nor stuck: {number}, 4711.\n"
    assert bench.rows()[0]["attempts"] == 0


def test_retry_wants_to_know_what(ask: Asking) -> None:
    answer = ask("retry")
    assert (answer.code, answer.err) == (2, "Name the jobs, or say --failed or --stuck.\n")


def test_a_job_whose_worker_died_is_stuck_until_that_is_noticed_or_somebody_asks(
    bench: Bench, ask: Asking, moody: Moody
) -> None:
    bench.put("renew-account", account_id=17)
    bench.take_and_die()
    answer = ask("--stuck")
    assert answer.code == 1
    assert "1 stuck" in answer.out
    assert ask("retry", "--stuck").code == 0
    moody.mended = True
    bench.work_off()
    assert ask.told()["counts"]["stuck"] == 0
    assert bench.rows() == []


def test_a_worker_that_died_is_an_error_in_words(bench: Bench, ask: Asking) -> None:
    bench.put("renew-account", account_id=17)
    bench.lose()
    if not bench.has_engine:
        bench.take()
    assert ask.told()["jobs"][0]["error"] == LOST


def test_what_waits_for_a_worker_that_is_not_there_is_stuck(bench: Bench, ask: Asking) -> None:
    bench.put("renew-account", account_id=17)
    past = (
        "UPDATE procrastinate_events SET at = now() - interval '1 hour'"
        if bench.has_engine
        else "UPDATE jobs SET created_at = '2020-01-01 00:00:00'"
    )
    with bench.database.write() as session:
        session.execute(sa.text(past))
    assert ask("--stuck").code == 1


def test_a_mail_that_was_given_up_is_listed_without_its_reader_and_tried_again(
    database: Database, ask: Asking
) -> None:
    class Refusing:
        refuses = True
        sent = 0

        def send(self, message: EmailMessage, *, key: str) -> None:
            if self.refuses:
                raise MailNotSent("the mail server answered 550", for_good=True)
            self.sent += 1

    mailer = Refusing()
    with database.write() as session:
        enqueue_mail(session, "order-placed", "ana@example.org", "en", {}, "a", NOW)
    deliver_mails(database, mailer, lambda *_: EmailMessage(), NOW)
    answer = ask("--failed")
    assert "mail-1" in answer.out
    assert "the mail server answered 550" in answer.out
    assert "ana@" not in answer.out
    assert ask("retry", "mail-1").code == 0
    mailer.refuses = False
    deliver_mails(database, mailer, lambda *_: EmailMessage(), NOW + timedelta(days=36500))
    assert mailer.sent == 1


def test_regular_work_that_fails_is_told(database: Database, ask: Asking) -> None:
    def never() -> None:
        raise ValueError("Ana")

    bench = Bench(database, {}, {"renewals": never})
    bench.doer.sweep("renewals")
    bench.doer.sweep("renewals")
    told = {one["name"]: one for one in ask.told()["sweeps"]}
    assert (told["renewals"]["failures"], told["renewals"]["ended_at"]) == (2, None)
    assert told["renewals"]["error"].startswith("ValueError in ")
    assert told["renewals"]["is_overdue"]


def test_help_says_what_the_words_mean(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["jobs", "--help"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert all(word in said for word in ("retry", "--failed", "--stuck", "mail-<number>", "examples:"))


def test_a_database_that_is_not_up_to_date_is_refused(
    empty_database: Database, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "")
    url = empty_database.url.render_as_string(hide_password=False)
    assert main(["jobs", "--database-url", url]) == 2
