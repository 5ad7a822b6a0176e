"""One furnished demo in which every page has something to show; for looking, unless a test takes a copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.site.furnishing import furnish
from tests.support.demo_house import DemoHouse, open_house
from tests.support.run_folder import first_one_builds


@pytest.fixture(scope="session")
def furnished_stage(demo_stage: Path, run_folder: Path) -> Path:
    """The folder with the files of a demo that was furnished and that nobody has been in since."""
    folder = run_folder / "furnished-stage"
    with first_one_builds(run_folder / "furnished-stage-marker") as first:
        if first:
            shutil.rmtree(folder, ignore_errors=True)
            with open_house(demo_stage, folder) as house:
                furnish(house)
    return folder


@pytest.fixture(scope="session")
def furnished(furnished_stage: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoHouse]:
    """The furnished demo, for looking only; those who look may choose their language."""
    folder = tmp_path_factory.mktemp("furnished")
    shutil.copytree(furnished_stage / "mail", folder / "mail")
    with open_house(furnished_stage, folder) as house:
        yield house


@pytest.fixture
def copy_furnished(furnished_stage: Path, tmp_path: Path) -> Iterator[Callable[[], DemoHouse]]:
    """Makes a copy of the furnished demo that a test may change."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(open_house(furnished_stage, tmp_path / "own"))


@pytest.fixture
def own_furnished(copy_furnished: Callable[[], DemoHouse]) -> DemoHouse:
    """A copy of the furnished demo that a test may change."""
    return copy_furnished()
