"""What became of which mutant, kept so that a run that was stopped goes on, and what was killed is not tried again.

A mutant is known by its function's or table's own text: who changes that function tries its mutants anew.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.mutants.making import Mutant, mutants_of

KILLED, ENDLESS = "killed", "endless"
SURVIVED, UNREACHED = "survived", "unreached"


@dataclass(frozen=True)
class Verdict:
    """What became of one mutant."""

    key: str
    module: str
    place: str
    line: int
    said: str
    verdict: str
    tests: int


class Notes:
    """A file with one verdict a line; the last one of a mutant counts."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.verdicts: dict[str, Verdict] = {}
        self.read()

    def read(self) -> None:
        """Read what was noted so far."""
        if self.file.exists():
            for line in self.file.read_text().splitlines():
                one = Verdict(**json.loads(line))
                self.verdicts[one.key] = one

    def is_killed(self, key: str) -> bool:
        """Whether a test noticed this mutant before."""
        return key in self.verdicts and self.verdicts[key].verdict in {KILLED, ENDLESS}

    def add(self, one: Verdict) -> None:
        """Note what became of a mutant, at once and for good."""
        self.verdicts[one.key] = one
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a") as file:
            file.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")


def keyed(tree: ast.Module, module: str) -> Iterator[tuple[str, Mutant]]:
    """Every mutant of a module, with what it is known by."""
    same: Counter[str] = Counter()
    texts = {
        line: ast.unparse(one)
        for one in ast.walk(tree)
        if isinstance(one, ast.stmt) and not isinstance(one, ast.ClassDef)
        for line in (min([one.lineno, *(deco.lineno for deco in getattr(one, "decorator_list", ()))]),)
    }
    for mutant in mutants_of(tree):
        text = texts[mutant.place.function_line or mutant.place.lines.start]
        name = f"{module} {mutant.place.qualname} {mutant.said} {text}"
        same[name] += 1
        yield hashlib.sha256(f"{name} {same[name]}".encode()).hexdigest()[:20], mutant
