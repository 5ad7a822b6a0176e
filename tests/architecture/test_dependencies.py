"""What is imported is declared, what is declared is locked, and the locks name hashes but no address."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.source_files import ROOT, imported_modules, python_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DECLARED = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
OPTIONAL = [
    Requirement(line) for extra in PROJECT["project"]["optional-dependencies"].values() for line in extra
]
FOR_DEVELOPMENT = [Requirement(line) for line in PROJECT["dependency-groups"]["dev"]]
OUR_OWN = {"benchmarks", "migrations", "portal", "tests"}


def locked(name: str) -> dict[str, str]:
    """Name and version of everything in one lock."""
    text = (ROOT / "requirements" / f"{name}.lock").read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, flags=re.MULTILINE))


@pytest.mark.parametrize(("lock", "wanted"), [("runtime", DECLARED), ("dev", DECLARED + FOR_DEVELOPMENT)])
def test_every_declared_package_is_locked_at_an_accepted_version(
    lock: str, wanted: list[Requirement]
) -> None:
    versions = locked(lock)
    missing = [
        str(requirement)
        for requirement in wanted
        if versions.get(canonicalize_name(requirement.name), "0") not in requirement.specifier
    ]
    assert missing == [], "pyproject.toml has moved on; run: python3 dev.py lock"


def test_development_runs_what_is_delivered() -> None:
    development = locked("dev")
    assert {name: development.get(name) for name in locked("runtime")} == locked("runtime")


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_a_lock_names_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.lock").read_text()
    assert "://" not in text
    assert text.count("--hash=sha256:") >= len(locked(name))


def test_every_imported_package_is_declared() -> None:
    declared = {canonicalize_name(requirement.name) for requirement in DECLARED + OPTIONAL}
    known = packages_distributions()
    undeclared: dict[str, list[str]] = {}
    for path in python_files("portal", "migrations", "wsgi.py"):
        for package in (
            {module.split(".")[0] for module in imported_modules(path)} - OUR_OWN - sys.stdlib_module_names
        ):
            names = known.get(package, [package])
            if declared.isdisjoint(canonicalize_name(name) for name in names):
                undeclared.setdefault(package, []).append(str(path))
    assert undeclared == {}
