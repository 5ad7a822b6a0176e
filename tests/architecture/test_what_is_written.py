"""What is written down is found: the table of decisions is whole, and no link of a page leads nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)\s]*)?\)")


def test_every_decision_stands_in_the_table_and_the_table_names_no_other() -> None:
    decisions = ROOT / "docs/decisions"
    written = {page.name for page in decisions.glob("[0-9]*.md")}
    listed = set(re.findall(r"^\| \[\d{4}\]\(([^)]+)\)", (decisions / "README.md").read_text(), re.MULTILINE))
    assert listed == written


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_leads_nowhere(page: Path) -> None:
    links = [
        one for one in _LINK.findall(page.read_text()) if "://" not in one and not one.startswith("mailto:")
    ]
    assert [one for one in links if not (page.parent / one).exists()] == []
