"""What is on the books gets the reason of its tax from what was stored with it: the migration and the code agree."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from alembic.command import downgrade, upgrade

from portal.shared.domain.taxes import TaxKind, VatState
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.gateways.tax_registry import SandboxRegistry
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.services.taxes import exemptions as tax_exemptions
from portal.shared.services.taxes import rules as taxes
from tests.records.test_migrations import config
from tests.support.factories import NOW, TODAY, a_catalogue
from tests.support.shop import Customer, Shop, want

# Whether tax was charged at home or abroad was not kept before.
NOT_KEPT = {TaxKind.DOMESTIC: "charged", TaxKind.CUSTOMER_COUNTRY: "charged"}


def german(shop: Shop, number: str) -> Customer:
    who = shop.customer(country="DE")
    taxes.set_vat_number(
        shop.database, SandboxRegistry(shop.clock), who.id, who.person_id, number, shop.clock.now()
    )
    return who


def silent_number() -> str:
    """A German number of right form for which the sandbox's registry does not answer."""
    numbers = (f"{start}00" for start in range(1_000_000, 1_001_000))
    return next(number for number in numbers if taxes.compact_vat_number("DE", number)[1] is None)


def change(shop: Shop, who: Customer) -> None:
    """Buy something, and change it in the middle of the period: a charge, then a credit beside another charge."""
    subscription = shop.monthly(who, began=TODAY - timedelta(days=9))
    shop.order(who, want(subscription, shop.catalogue.plus, 7))


def kinds(database: Database) -> dict[int, tuple[str, str]]:
    with database.read() as session:
        question = sa.text("SELECT id, tax_kind, exemption FROM invoice_lines")
        return {number: (kind, document) for number, kind, document in session.execute(question)}


def test_old_lines_get_the_reason_they_would_have_been_frozen_with(
    empty_database: Database, tmp_path: Path
) -> None:
    steps = config(empty_database)
    upgrade(steps, "head")
    clock = FixedClock(NOW - timedelta(days=20))
    processor = SandboxProcessor(tmp_path / "processor", clock=clock)
    with empty_database.write() as session:
        shop = Shop(empty_database, processor, clock, a_catalogue(session))
    exempt, numbered, silent = shop.customer(), german(shop, "136695976"), german(shop, silent_number())
    with empty_database.write() as session:
        first, last = TODAY - timedelta(days=30), TODAY + timedelta(days=30)
        tax_exemptions.add(session, exempt.id, "EX-7", first, last, exempt.person_id, clock.now())
    clock.advance(timedelta(days=20))
    everybody = [exempt, numbered, silent, shop.customer(), shop.customer(country="US", currency="USD")]
    for who in everybody:
        change(shop, who)
        shop.past_due(who)  # billed without an order
    with empty_database.write() as session:
        session.get_one(Account, silent.id).vat_state = VatState.VALID  # what came later does not matter
    frozen = kinds(empty_database)
    assert {kind for kind, _ in frozen.values()} == {
        "domestic",
        "exempt",
        "outside_scope",
        "pending",
        "reverse_charge",
    }
    downgrade(steps, "0004")
    upgrade(steps, "head")
    assert kinds(empty_database) == {
        number: (NOT_KEPT.get(TaxKind(kind), kind), document) for number, (kind, document) in frozen.items()
    }
    processor.close()
