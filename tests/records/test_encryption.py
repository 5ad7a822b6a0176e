"""Which databases are asked over an encrypted connection."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.shared.records.database import Database
from portal.shared.records.encryption import encrypted_elsewhere


@pytest.mark.parametrize(
    ("address", "mode"),
    [
        ("postgresql://u:p@db.example.org/twodoor", "require"),
        ("postgresql://u:p@10.1.2.3:5432/twodoor", "require"),
        ("postgresql://u:p@[2001:db8::1]/twodoor", "require"),
        ("postgresql://u:p@/twodoor?host=db.example.org", "require"),
        ("postgresql://u:p@/twodoor?host=localhost:5432,db.example.org:5432", "require"),
        ("postgresql://u:p@localhost.example.org/twodoor", "require"),
        ("postgresql://u:p@db.example.org/twodoor?sslmode=disable", "disable"),
        ("postgresql://u:p@db.example.org/twodoor?sslmode=verify-full", "verify-full"),
        ("postgresql://u:p@localhost/twodoor", None),
        ("postgresql://u:p@127.0.0.1:5433/twodoor", None),
        ("postgresql://u:p@127.8.0.1/twodoor", None),
        ("postgresql://u:p@[::1]/twodoor", None),
        ("postgresql:///twodoor", None),
        ("postgresql://u@/twodoor?host=/var/run/postgresql", None),
    ],
)
def test_a_database_elsewhere_is_asked_encrypted_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, address: str, mode: str | None
) -> None:
    monkeypatch.delenv("PGSSLMODE", raising=False)
    assert encrypted_elsewhere(sa.make_url(address)).query.get("sslmode") == mode


def test_what_the_client_library_is_told_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "verify-ca")
    address = sa.make_url("postgresql://u:p@db.example.org/twodoor")
    assert encrypted_elsewhere(address) == address


def test_the_pool_and_the_client_library_hear_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGSSLMODE", raising=False)
    database = Database("postgresql://u:p@db.example.org/twodoor")
    try:
        assert database.engine.url.query["sslmode"] == "require"
        assert "sslmode=require" in database.libpq_address()
    finally:
        database.dispose()
