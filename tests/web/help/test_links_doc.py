"""The page on links names every task and no other."""

from __future__ import annotations

import re

from portal.shared.domain.routing.tasks import Task
from tests.support.source_files import ROOT


def test_the_page_on_links_names_the_tasks_there_are() -> None:
    text = (ROOT / "docs" / "links.md").read_text(encoding="utf-8")
    listed = text.partition("is one of")[2].partition("These words")[0]
    assert set(re.findall(r"`([a-z-]+)`", listed)) == {str(task) for task in Task}
