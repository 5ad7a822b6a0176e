"""The disk is full while people buy: nothing is half written, they are told to wait, and it goes on by itself.

For SQLite "full" is the largest size a file may have (`RLIMIT_FSIZE`), which needs no rights. PostgreSQL on a full disk
is a part of the long form (`long_full_disk.py`).
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.application import Application, everybody
from tests.faults.buyer import Answer, Buyer
from tests.faults.report import note
from tests.faults.rig import SEATS, Customer, running_rig
from tests.support.visitor import filled

pytestmark = pytest.mark.slow
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@contextmanager
def no_file_may_grow(application: Application) -> Iterator[None]:
    """No process of the application can write beyond the first bytes of a file, whatever is free."""
    try:
        for one in everybody(application):
            resource.prlimit(one, resource.RLIMIT_FSIZE, (1024, resource.RLIM_INFINITY))
        yield
    finally:
        for one in everybody(application):
            with suppress(ProcessLookupError):
                resource.prlimit(one, resource.RLIMIT_FSIZE, UNLIMITED)


def try_to_buy(buyer: Buyer, who: Customer) -> Answer:
    """Send the first form of an order once; the page that shows it was asked for before."""
    edit = f"/billing/subscriptions/{who.subscription_id}/edit"
    form = buyer.get(edit).form("/edit")
    assert form is not None
    return buyer.once("POST", edit, filled(form, {"seats": str(SEATS + 5)}))


def refused_while_full(answer: Answer) -> None:
    assert (answer.status, bool(answer.retry_after)) == (503, True)
    assert "Nothing was changed, and nothing was charged." in answer.html


def test_sqlite_on_a_full_disk_writes_nothing_by_half(tmp_path: Path, sqlite_url: str) -> None:
    with running_rig(tmp_path / "rig", sqlite_url) as rig:
        (who,) = rig.customers(1)
        buyer = rig.buyer(who)
        assert buyer.order(SEATS + 1) is not None
        with no_file_may_grow(rig.application):
            refused_while_full(try_to_buy(buyer, who))
            assert buyer.once("GET", "/billing/").status == 200, "reading needs no room"
        assert buyer.order(SEATS + 2) is not None
        rig.settle()
        rig.prove()
    note(16, "SQLite: refused with 503 and Retry-After, read meanwhile, bought again at once")
