"""No file of the project holds a secret, and no secret shows where settings are printed."""

from __future__ import annotations

import re
from pathlib import Path

from portal.config import DEMO_SELLER, MailServer, Settings, StripeSettings, read_seller
from tests.support.source_files import ROOT, tracked_files

KEYS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\b(sk|rk)_live_[0-9a-zA-Z]{16,}|\bAKIA[0-9A-Z]{16}\b|\bghp_[0-9A-Za-z]{36}\b"
)


def test_no_file_of_the_project_holds_a_secret() -> None:
    found = []
    for path in tracked_files():
        try:
            text = (ROOT / path).read_text()
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        found += [str(path) for _ in KEYS.finditer(text)]
    assert found == []


def test_the_search_finds_what_it_looks_for() -> None:
    assert KEYS.search("key = sk_" + "live_" + "a" * 24)
    assert KEYS.search("-----BEGIN RSA " + "PRIVATE KEY-----")


def test_settings_that_are_printed_show_no_secret(tmp_path: Path) -> None:
    settings = Settings(
        database_url="postgresql://u:hidden-1@db/x",
        secret_key="hidden-2",
        secret_keys_before=("hidden-3",),
        data_dir=tmp_path,
        seller=read_seller(DEMO_SELLER),
        stripe=StripeSettings("hidden-4", "hidden-5"),
        mail_server=MailServer("mail.example", 25, "starttls", "user", "hidden-6"),
    )
    assert "hidden" not in repr(settings)
