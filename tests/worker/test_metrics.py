"""The figures as Prometheus finds them: summed over processes, on a port of their own, and nobody named in them."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # its stubs are a package of their own
from prometheus_client.parser import text_string_to_metric_families

from portal.cli import main
from tests.support.live_server import LiveServer, running_server
from tests.support.source_files import ROOT

RUNNING = ROOT / "docs" / "running"
ASKED = 12


@dataclass(frozen=True, slots=True)
class Watched:
    """A server whose figures are told."""

    server: LiveServer
    address: str

    def told(self) -> str:
        with urllib.request.urlopen(self.address, timeout=10) as answer:
            return str(answer.read().decode())

    def values(self) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(self.told())
            for sample in family.samples
        }


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, todays_stage: Path) -> Iterator[Watched]:
    """A demo with METRICS set, after the books were proved and some pages were asked for."""
    folder = tmp_path_factory.mktemp("watched")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("METRICS", "127.0.0.1:0")
        with running_server(folder, stage=todays_stage) as server:
            patch.setenv("DATA_DIR", str(folder))
            assert main(["verify", "--database-url", server.database_url]) == 0
            for _ in range(ASKED):
                status(f"{server.url}/sign-in")
                status(f"{server.url}/marina@padaria-aurora.example?account=1001")
            [port] = re.findall(r'"port": (\d+), "event": "measuring"', (folder / "server.log").read_text())
            yield Watched(server, f"http://127.0.0.1:{port}/metrics")


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def names_in(expression: str) -> set[str]:
    """The names of figures in an expression."""
    return set(re.findall(r"\btwodoor_[a-z_]+\b", expression))


def test_every_request_is_counted_once_whichever_process_answered(watched: Watched) -> None:
    values = watched.values()
    page = frozenset({("method", "GET"), ("route", "/sign-in")})
    assert values["twodoor_requests_total", page | {("status", "200")}] == ASKED
    assert values["twodoor_request_seconds_count", page] == ASKED
    nowhere = frozenset({("method", "GET"), ("route", "none"), ("status", "404")})
    assert values["twodoor_requests_total", nowhere] == ASKED


def test_the_data_are_told_with_the_last_proof_of_the_books(watched: Watched) -> None:
    values = watched.values()
    assert values["twodoor_database_up", frozenset()] == 1
    assert values["twodoor_ledger_faults", frozenset()] == 0
    assert values["twodoor_ledger_verify_age_seconds", frozenset()] < 600
    assert values["twodoor_orders", frozenset({("state", "placed")})] > 0


def test_nobody_is_named_and_nothing_is_told_by_number(watched: Watched) -> None:
    told = watched.told()
    assert "@" not in told
    assert "1001" not in told
    labels = {
        name for family in text_string_to_metric_families(told) for s in family.samples for name in s.labels
    }
    assert labels == {"method", "route", "status", "le", "state", "task", "standing", "sweep"} & labels


def test_the_portal_itself_does_not_show_them(watched: Watched) -> None:
    assert status(f"{watched.server.url}/metrics") == 404


def test_every_name_in_the_rules_and_on_the_dashboard_is_really_told(watched: Watched) -> None:
    families = list(text_string_to_metric_families(watched.told()))
    known = {family.name for family in families} | {s.name for family in families for s in family.samples}
    rules: list[dict[str, Any]] = yaml.safe_load((RUNNING / "alerts.yml").read_text())["groups"][0]["rules"]
    dashboard = json.loads((RUNNING / "dashboard.json").read_text())
    expressions = [rule["expr"] for rule in rules]
    expressions += [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    for expression in expressions:
        assert names_in(expression), expression
        assert names_in(expression) <= known, expression
        assert expression.count("(") == expression.count(")"), expression
    assert len({rule["alert"] for rule in rules}) == len(rules)
    assert all(
        rule["annotations"]["summary"] and rule["labels"]["severity"] in ("page", "warn") for rule in rules
    )


def test_every_figure_is_described(watched: Watched) -> None:
    described = names_in((RUNNING / "metrics.md").read_text(encoding="utf-8"))
    for family in text_string_to_metric_families(watched.told()):
        assert described & {family.name, f"{family.name}_total"}, family.name


@pytest.mark.parametrize("address", ["", "9464", "nowhere:99999", "http://127.0.0.1:9464"])
def test_an_address_that_cannot_be_is_refused_in_words(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("METRICS", address)
    assert main(["metrics"]) == 2
    assert "METRICS" in capsys.readouterr().err
