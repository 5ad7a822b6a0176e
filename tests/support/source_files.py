"""The project's own files, as the repository knows them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file of the repository, new ones included, ignored ones not; relative to its root."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return tuple(Path(name) for name in sorted(set(listed.split("\0"))) if name and (ROOT / name).is_file())


def python_files(*folders: str) -> list[Path]:
    """The tracked Python files in these top-level folders, relative to the root."""
    return [path for path in tracked_files() if path.suffix == ".py" and path.parts[0] in folders]


def text_of(path: Path) -> str:
    """The text of a tracked file; "" when it holds no text."""
    content = (ROOT / path).read_bytes()
    return "" if b"\0" in content else content.decode("utf-8")


def walk(path: Path) -> Iterator[ast.AST]:
    """Every node of a Python file's syntax tree."""
    return ast.walk(ast.parse(text_of(path), filename=str(path)))


def imported_modules(path: Path) -> set[str]:
    """The full names of the modules a Python file imports, or imports from."""
    found = set()
    for node in walk(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found
