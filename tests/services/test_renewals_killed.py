"""A run of renewals that is killed anywhere, again and again, or run by four at once: one invoice for each period."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.base import Base
from portal.shared.records.invoices import Invoice, InvoiceLine
from portal.shared.records.payments import Payment
from portal.shared.records.renewals import Collection, Renewal
from portal.shared.services.renewals.collecting import collect_due
from portal.shared.services.renewals.running import renew_due
from tests.support.factories import SELLER
from tests.support.long_form import times
from tests.support.shop import Shop

KILLS = times(6, 50)
ACCOUNTS = times(8, 70)
NIGHT = datetime(2026, 4, 1, 6, tzinfo=UTC)  # what began on 1 March has ended


def everything(shop: Shop) -> Counter[str]:
    """How many rows each table has."""
    with shop.database.read() as session:
        return Counter(
            {
                table.name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
            }
        )


@pytest.mark.slow
def test_killed_anywhere_and_run_by_four_at_once_each_period_is_invoiced_and_charged_once(
    shop: Shop, tmp_path: Path
) -> None:
    subscriptions = []
    for number in range(ACCOUNTS):
        who = shop.customer(balance=(0, 0, 5000, 50_000)[number % 4])
        subscriptions += [
            shop.monthly(who),
            *([shop.monthly(who, shop.catalogue.basic)] if number % 3 == 0 else []),
        ]
    before = len(shop.rows(Invoice))
    shop.processor.close()
    shop.database.dispose()
    url = shop.database.url.render_as_string(hide_password=False)
    night = [sys.executable, "-m", "tests.support.killed_renewals", url, str(tmp_path / "processor")]
    done = subprocess.run(
        [*night, NIGHT.isoformat(), str(KILLS), "7"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= KILLS * 0.6, "enough of them were killed in the middle"

    shop.processor = SandboxProcessor(tmp_path / "processor", clock=shop.clock)
    shop.clock.set(NIGHT + timedelta(minutes=6 * KILLS))
    assert Counter(one.subscription_id for one in shop.rows(Renewal)) == dict.fromkeys(subscriptions, 1)
    billed = Counter(
        one.subscription_id for one in shop.rows(InvoiceLine) if one.service_start == NIGHT.date()
    )
    assert billed == dict.fromkeys(subscriptions, 1), "one line for each subscription and period"
    assert len(shop.rows(Invoice)) == before + ACCOUNTS, "one document for each account"
    assert {one.state for one in shop.rows(Collection)} == {"paid"}
    assert len(shop.rows(Payment)) == len(shop.rows(Collection)) == len(shop.processor.book.captures())

    written = everything(shop)
    assert list(renew_due(shop.database, SELLER, shop.clock.now())) == []
    assert list(collect_due(shop.database, shop.processor, shop.clock.now)) == []
    assert everything(shop) == written, "a second run writes nothing"
