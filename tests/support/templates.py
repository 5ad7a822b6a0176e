"""Templates are compiled once in a run, however many applications its tests make."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import FileSystemBytecodeCache

from portal.shared.web.transactions import TransactionalFlask


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(run_folder: Path) -> Iterator[None]:
    """A folder in which applications find what another one compiled; a changed template is compiled anew."""
    folder = run_folder / "compiled-templates"
    folder.mkdir(exist_ok=True)
    before = TransactionalFlask.jinja_options
    TransactionalFlask.jinja_options = {**before, "bytecode_cache": FileSystemBytecodeCache(str(folder))}
    yield
    TransactionalFlask.jinja_options = before
