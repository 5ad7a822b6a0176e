"""What the application is made of (SBOM): everything in the lock with its hashes, by the documented command."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import dev
from tests.support.source_files import ROOT

LOCK = ROOT / "requirements" / "runtime.lock"


def test_the_list_names_everything_that_is_locked(tmp_path: Path) -> None:
    file = tmp_path / "sbom.json"
    subprocess.run(dev.bill_of_materials(Path(sys.executable), str(file)), cwd=ROOT, check=True)
    told = json.loads(file.read_text())
    locked = dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", LOCK.read_text(), flags=re.MULTILINE))
    assert told["bomFormat"] == "CycloneDX"
    assert told["metadata"]["component"]["name"] == "twodoor"
    assert {one["name"]: one["version"] for one in told["components"]} == locked
    hashes = [found for one in told["components"] for found in one["externalReferences"][0]["hashes"]]
    assert len(hashes) == LOCK.read_text().count("--hash=sha256:")


def test_every_package_of_every_lock_has_hashes_and_the_installation_insists_on_them() -> None:
    for name in ("runtime", "dev", "scan"):
        text = (ROOT / "requirements" / f"{name}.lock").read_text()
        entries = re.split(r"^(?=[a-z0-9-]+==)", text, flags=re.MULTILINE)
        packages = [one for one in entries if re.match(r"[a-z0-9-]+==", one)]
        assert len(packages) > 20
        assert [one.splitlines()[0] for one in packages if "--hash=sha256:" not in one] == []
        assert "://" not in text
    assert (ROOT / "dev.py").read_text().count('"--require-hashes"') == 2
    assert (
        "--require-hashes -r requirements/runtime.lock" in (ROOT / "docs/running/deployment.md").read_text()
    )
