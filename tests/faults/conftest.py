from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.rig import Rig, running_rig


@pytest.fixture
def rig(database_url: str, tmp_path: Path) -> Iterator[Rig]:
    """The whole rig, on either database."""
    with running_rig(tmp_path, database_url) as rig:
        yield rig
