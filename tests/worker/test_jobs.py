"""Jobs on both engines: they run if, and only if, their transaction commits, and nothing is lost or done by halves."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.shared.domain.jobs import MOST_ATTEMPTS
from portal.shared.records.database import Database
from portal.shared.records.jobs import JobError
from portal.shared.services.jobs import overview
from portal.shared.services.jobs.doing import LOST
from portal.shared.services.jobs.enqueueing import enqueue, withdraw_all
from tests.support.factories import NOW
from tests.support.faults import PowerCut, cut
from tests.support.hanging import HUNG
from tests.support.job_bench import LEASE, Bench


class Log:
    """What was done."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def note(self, what: str) -> None:
        self.done.append(what)


def fail(what: str) -> None:
    raise ValueError(f"somebody typed {what}")


def errors(bench: Bench) -> list[str]:
    with bench.database.read() as session:
        return list(session.scalars(sa.select(JobError.error).order_by(JobError.job_id)))


def test_a_job_runs_once_and_is_gone(database: Database) -> None:
    log = Log()
    bench = Bench(database, {"note": log.note})
    bench.put("note", what="a")
    bench.put("note", what="b")
    bench.work_off()
    bench.work_off()
    assert sorted(log.done) == ["a", "b"]
    assert bench.rows() == []


def test_jobs_are_done_for_a_caller_who_lives_in_a_loop_of_its_own(database: Database) -> None:
    log = Log()
    bench = Bench(database, {"note": log.note})
    bench.put("note", what="a")

    async def caller() -> None:
        bench.work_off()

    # In a thread of its own: a browser of another test may have left a loop in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, caller()).result()
    assert log.done == ["a"]


def test_a_job_of_a_transaction_that_failed_never_runs(database: Database) -> None:
    log = Log()
    bench = Bench(database, {"note": log.note})

    def broken_off() -> None:
        with database.write() as session:
            assert enqueue(session, "note", {"what": "a"}, NOW, dedupe_key="a") is not None
            cut()

    with pytest.raises(PowerCut):
        broken_off()
    bench.work_off()
    assert (log.done, bench.rows()) == ([], [])


def test_a_job_waits_for_its_time(database: Database) -> None:
    log = Log()
    bench = Bench(database, {"note": log.note})
    # The engine lives by the database's clock: a year that is certainly to come.
    bench.put("note", what="later", run_at=NOW + timedelta(days=36500))
    bench.work_off()
    assert log.done == []
    bench.clock.advance(timedelta(days=36501))
    bench.wait_for_pauses()
    bench.work_off()
    assert log.done == ["later"]


def test_a_key_stands_for_one_job_until_that_has_ended_well(database: Database) -> None:
    log = Log()
    bench = Bench(database, {"note": log.note, "fail": fail})

    def again(task: str) -> int | None:
        with database.write() as session:
            return enqueue(session, task, {"what": "x"}, NOW, dedupe_key="key")

    assert again("note") is not None
    assert again("note") is None
    bench.work_off()
    assert log.done == ["x"]
    assert again("fail") is not None
    bench.work_off()
    assert again("note") is None, "it waits for another try"
    for _ in range(MOST_ATTEMPTS):
        bench.wait_for_pauses()
        bench.work_off()
    assert [row["state"] for row in bench.rows()] == ["failed"]
    assert again("note") is None, "it waits for a person"


def test_two_who_leave_the_same_job_at_once_leave_one(database: Database) -> None:
    bench = Bench(database, {})
    together, given = threading.Barrier(4), []

    def leave() -> None:
        together.wait()
        with database.write() as session:
            given.append(enqueue(session, "note", {}, NOW, dedupe_key="the only one"))

    threads = [threading.Thread(target=leave) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in given if one is not None]) == 1
    assert (len(given), len(bench.rows())) == (4, 1)


def test_a_job_that_fails_is_tried_again_after_a_growing_pause_and_then_left_to_a_person(
    database: Database,
) -> None:
    bench = Bench(database, {"fail": fail})
    bench.put("fail", what="Ana's number")
    for attempt in range(1, MOST_ATTEMPTS):
        bench.work_off()
        (row,) = bench.rows()
        assert (row["state"], row["attempts"]) == ("waiting", attempt)
        bench.work_off()
        assert bench.rows()[0]["attempts"] == attempt, "not before its time"
        bench.wait_for_pauses()
    bench.work_off()
    (row,) = bench.rows()
    assert (row["state"], row["attempts"]) == ("failed", MOST_ATTEMPTS)
    bench.wait_for_pauses()
    bench.work_off()
    assert bench.rows()[0]["attempts"] == MOST_ATTEMPTS


def test_what_is_kept_of_an_error_is_its_kind_and_its_place(database: Database) -> None:
    bench = Bench(database, {"fail": fail})
    bench.put("fail", what="Ana's number")
    bench.work_off()
    (error,) = errors(bench)
    assert re.fullmatch(r"ValueError in tests/worker/test_jobs\.py:\d+ fail", error)


def test_an_error_is_forgotten_when_the_job_ends_well(database: Database) -> None:
    tries: list[int] = []

    def second_time() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError

    bench = Bench(database, {"second": second_time})
    bench.put("second")
    bench.work_off()
    assert len(errors(bench)) == 1
    bench.wait_for_pauses()
    bench.work_off()
    assert (errors(bench), bench.rows(), len(tries)) == ([], [], 2)


def test_many_workers_do_each_job_once(database: Database) -> None:
    log = Log()
    bench = Bench(database, {"note": log.note})
    for number in range(40):
        bench.put("note", what=str(number))
    bench.at_once(3)
    assert sorted(log.done, key=int) == [str(number) for number in range(40)]
    assert bench.rows() == []


def test_a_task_nobody_knows_is_a_failure_and_no_loss(database: Database) -> None:
    bench = Bench(database, {})
    bench.put("of another version")
    bench.work_off()
    assert len(bench.rows()) == 1
    with database.read() as session:
        (one,) = overview.jobs(session, NOW)
    if bench.has_engine:
        assert one.error == overview.UNKNOWN
    else:
        assert one.error.startswith("UnknownTaskError in ")


def test_a_job_whose_worker_died_is_done_by_another(database: Database) -> None:
    log = Log()
    bench = Bench(database, {"note": log.note})
    bench.put("note", what="a")
    bench.lose()
    bench.wait_for_pauses()
    bench.work_off()
    assert (log.done, bench.rows()) == (["a"], [])


def test_a_job_that_ends_its_workers_runs_out_of_attempts(database: Database) -> None:
    log = Log()
    bench = Bench(database, {"note": log.note})
    bench.put("note", what="deadly")
    for _ in range(MOST_ATTEMPTS):
        bench.lose()
        bench.wait_for_pauses()
    bench.work_off()
    assert log.done == []
    assert [(row["state"], row["attempts"]) for row in bench.rows()] == [("failed", MOST_ATTEMPTS)]
    assert errors(bench) == [LOST]


def test_a_worker_that_lost_its_job_does_not_mark_it_done(database: Database) -> None:
    seen: list[str] = []

    def slow() -> None:
        """So long that this worker is taken for dead, and the job given to others."""
        seen.append("begun")
        if len(seen) > 1:
            return
        bench.clock.advance(LEASE + timedelta(seconds=1))
        if bench.has_engine:
            bench.notice()
        else:
            bench.take()

    bench = Bench(database, {"slow": slow})
    bench.put("slow")
    worker = bench.worker()
    worker.work_off()
    (row,) = bench.rows()
    assert row["attempts"] == (1 if bench.has_engine else 2)
    bench.wait_for_pauses()
    worker.work_off()
    assert (len(seen), bench.rows()) == (2, [])


def test_jobs_that_wait_can_be_withdrawn(database: Database) -> None:
    bench = Bench(database, {})
    bench.put("note")
    with database.write() as session:
        withdraw_all(session)
    assert bench.rows() == []


@pytest.mark.slow
def test_a_worker_that_is_killed_in_the_middle_loses_nothing(database: Database, tmp_path: Path) -> None:
    bench = Bench(database, {})
    names = [f"job{number}" for number in range(6)]
    for name in names:
        bench.put("write", name=name, folder=str(tmp_path))
    (tmp_path / "die-job3").touch()
    url = database.url.render_as_string(hide_password=False)
    worker = [sys.executable, "-m", "tests.support.job_bench", url]
    assert subprocess.run(worker, check=False, timeout=HUNG).returncode == -9
    assert (tmp_path / "begun-job3").exists()
    assert "job3" not in {path.name.removeprefix("done-") for path in tmp_path.glob("done-*")}
    assert [row["state"] for row in bench.rows()].count("running") >= 1
    bury(bench)
    assert subprocess.run(worker, check=False, timeout=HUNG).returncode == 0
    assert sorted(path.name for path in tmp_path.glob("done-*")) == [f"done-{name}" for name in names]
    assert bench.rows() == []


def bury(bench: Bench) -> None:
    """Let the dead worker have been silent for long enough."""
    bench.notice()
    bench.wait_for_pauses()
    if not bench.has_engine:
        with bench.database.write() as session:
            session.execute(
                sa.text("UPDATE jobs SET leased_until = '2000-01-01 00:00:00' WHERE state = 'running'")
            )
