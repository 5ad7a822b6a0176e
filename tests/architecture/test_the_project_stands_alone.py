"""Nothing points outside the repository: no path of somebody's machine, no address of a package registry."""

from __future__ import annotations

import ast
import re

from tests.support.source_files import python_files, text_of, tracked_files, walk

FOLDERS = "work|root|farm|home|Users|private|opt|mnt"
MACHINE_PATH = re.compile(rf"(?<![\w.:/}}*-])/(?:{FOLDERS})/[\w.]|\b[A-Z]:\\Users\\")
REGISTRY = re.compile(r"pypi\.org|pythonhosted\.org|npmjs\.org|deb\.debian\.org|crates\.io")
NEIGHBOUR = re.compile(r"\.\./shared")
CLIMBING = re.compile(r"\.\.(/|\\|$)")


def test_no_file_names_a_place_outside() -> None:
    found = {
        str(path): [*MACHINE_PATH.findall(text), *REGISTRY.findall(text), *NEIGHBOUR.findall(text)]
        for path in tracked_files()
        if (text := text_of(path))
    }
    assert {path: places for path, places in found.items() if places} == {}


def test_no_code_climbs_out_of_its_folder() -> None:
    found = [
        f"{path}:{node.lineno} {node.value!r}"
        for path in python_files("portal", "migrations", "benchmarks", "dev.py", "wsgi.py", "hatch_build.py")
        for node in walk(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CLIMBING.match(node.value)
    ]
    assert found == []


def test_the_search_finds_what_it_looks_for() -> None:
    assert MACHINE_PATH.search("open('" + "/home" + "/somebody/file')")
    assert not MACHINE_PATH.search("https://example.com/home/page and href=" + "{{ base }}/work/orders")
