"""The wheel is the whole application: it carries every file it needs and starts from anywhere."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import requests

from tests.packaging.conftest import Installed
from tests.support.live_server import running_server
from tests.support.source_files import tracked_files


def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_every_file_of_the_application_is_inside(wheel: Path) -> None:
    expected = {str(path) for path in tracked_files() if path.parts[0] == "portal"}
    expected |= {f"portal/{path}" for path in tracked_files() if path.parts[0] in ("templates", "migrations")}
    assert expected - contents(wheel) == set()


def test_nothing_else_is_inside(wheel: Path) -> None:
    assert {name.split("/")[0] for name in contents(wheel)} == {"portal"}


def test_the_translations_are_compiled(wheel: Path) -> None:
    inside = contents(wheel)
    catalogues = {name for name in inside if name.endswith(".po")}
    assert catalogues
    assert {name.removesuffix("po") + "mo" for name in catalogues} <= inside


def test_the_licence_travels_with_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert any(name.endswith("licenses/LICENSE") for name in archive.namelist())


def test_the_command_explains_itself(installed: Installed, tmp_path: Path) -> None:
    outcome = subprocess.run(
        [str(installed.scripts / "twodoor"), "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert "demo" in outcome.stdout


def test_it_is_the_installed_one_that_runs(installed: Installed, tmp_path: Path) -> None:
    asking = [str(installed.python), "-c", "import portal; print(portal.__file__)"]
    outcome = subprocess.run(asking, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(outcome.stdout.strip()).is_relative_to(installed.packages)


def test_it_serves_from_another_folder(installed: Installed, tmp_path: Path) -> None:
    with running_server(tmp_path / "data", python=str(installed.python), cwd=tmp_path) as server:
        answer = requests.get(f"{server.url}/sign-in", headers={"Accept-Language": "pt-BR"}, timeout=30)
        assert answer.status_code == 200
        assert '<html lang="pt-BR"' in answer.text
        assert "Senha" in answer.text, "the translations are not found"
        styles = answer.text.split('rel="stylesheet"')[1].split('href="')[1].split('"')[0]
        assert requests.get(f"{server.url}{styles}", timeout=30).status_code == 200
        assert requests.get(f"{server.url}/ready", timeout=30).status_code == 200
