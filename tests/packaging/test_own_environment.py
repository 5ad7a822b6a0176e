"""`dev.py` makes an environment of its own, and throws away nobody else's."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.source_files import ROOT


def test_an_environment_that_is_a_link_is_left_alone(tmp_path: Path) -> None:
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    for file in ("dev.py", "pyproject.toml", "requirements/dev.lock"):
        (project / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, project / file)
    (elsewhere / "kept").mkdir(parents=True)
    (project / ".venv").symlink_to(elsewhere)
    command = [sys.executable, str(project / "dev.py"), "setup"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "is a link" in done.stderr
    assert (elsewhere / "kept").exists()
