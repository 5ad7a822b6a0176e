"""A database with the whole cast on its stage."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.shared.demo.cast import Cast, read_cast
from portal.shared.demo.seeding import Stage, seed
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.database import Database
from portal.shared.services.sign_in.passwords import Passwords

NOON = datetime(2026, 3, 18, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def cast() -> Cast:
    return read_cast()


@pytest.fixture
def processor(tmp_path: Path) -> Iterator[SandboxProcessor]:
    processor = SandboxProcessor(tmp_path)
    yield processor
    processor.close()


@pytest.fixture
def stage(database: Database, processor: SandboxProcessor) -> Stage:
    """An empty stage on either kind of database, with hashes that cost nothing."""
    return stage_with(database, processor)


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, cast: Cast
) -> Iterator[Stage]:
    """The cast of 18 March 2026 on either kind of database: for looking only, because all tests share it."""
    folder = tmp_path_factory.mktemp("cast")
    with ExitStack() as stack:
        if request.param == "sqlite":
            file = folder / "cast.sqlite3"
            shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
            url = f"sqlite:///{file}"
        else:
            server = request.getfixturevalue("postgres_server")
            template = request.getfixturevalue("postgresql_template")
            url = stack.enter_context(server.another(template=template))
        stage = stage_with(Database(url), SandboxProcessor(folder))
        stack.callback(stage.database.dispose)
        stack.callback(stage.processor.close)
        assert seed(stage, cast, NOON)
        yield stage


def stage_with(database: Database, processor: SandboxProcessor) -> Stage:
    return Stage(database, processor, cheap_passwords(), SellerTaxes("PT", frozenset({"PT"})))


def cheap_passwords(*, demo: bool = True) -> Passwords:
    return Passwords(memory_kib=8, rounds=1, demo=demo)
