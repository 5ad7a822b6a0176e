"""The command with which the seller connects the product that is sold."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.cli import main
from tests.support.programs import Station


def test_the_product_gets_a_token_and_an_address(
    station: Station, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", station.shop.database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    assert main(["programs", "token", "assist"]) == 0
    token = capsys.readouterr().out.strip()
    assert token.startswith("twd_live_")
    assert main(["programs", "token", "nothing"]) == 2
    assert main(["programs", "webhook", "assist", "https://10.0.0.1/"]) == 2
    capsys.readouterr()
    assert main(["programs", "webhook", "assist", "https://example.com/hooks"]) == 0
    assert capsys.readouterr().out.startswith("whsec_")
