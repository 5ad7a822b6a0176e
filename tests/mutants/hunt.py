"""Lets the tests at the mutants: collected once, each mutant in a process forked for it.

First every test runs once on the code as it is, and it is noted which lines each of them reaches. Then, for each
mutant, the tests that reach its lines run until one of them fails: first those that noticed another mutant of the same
function, then those that are about its module and quick.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import gc
import importlib.util
import os
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import coverage
import pytest
from _pytest.runner import runtestprotocol
from hypothesis import HealthCheck, Phase, settings

from tests.mutants.making import Mutant, Place
from tests.mutants.notes import ENDLESS, KILLED, SURVIVED, UNREACHED, Notes, Verdict, keyed

ROOT = Path(__file__).parents[2]
# Of each property so many examples, the same ones for every mutant; what fails need not be made small.
_EXAMPLES = 25
# Seconds of the processor, not of the clock: a busy machine makes no mutant look as if it never ended.
_CPU_LIMIT, _MEMORY_LIMIT = 60, 6 << 30
_CLOCK_LIMIT = 1800
BROKEN, STUCK = "broken", "stuck"
_Functions = dict[tuple[str, str, int], list[FunctionType]]
_VERDICTS = {0: SURVIVED, 1: KILLED, 3: BROKEN}


@dataclass(frozen=True)
class _Try:
    """A mutant and where it was found."""

    key: str
    module: Path
    tree: ast.Module
    mutant: Mutant


@dataclass
class Hunt:
    """A plugin of pytest that runs the collected tests over and over, instead of once."""

    modules: list[Path]
    # All modules of their room: a table may be read by another one.
    room: list[Path]
    at_once: int
    one_in: int
    patience: float
    notes: Notes
    tell: Callable[[str], None]
    # Whether survivors of earlier runs are left alone.
    untried: bool = False
    # Whether nothing but survivors of earlier runs is tried.
    survivors: bool = False
    sources: dict[Path, str] = field(default_factory=dict)
    lines: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    took: dict[str, float] = field(default_factory=dict)
    # How much a test is about a module: a line that only it reaches counts one, a line of ten tests a tenth.
    about: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    items: dict[str, pytest.Item] = field(default_factory=dict)
    # By function or table: the tests that noticed one of its mutants.
    noticed: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    kept: list[Any] = field(default_factory=list)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running the tests once."""
        self.sources = {one: one.read_text() for one in self.modules}
        self.items = {item.nodeid: item for item in session.items}
        for item in session.items:
            _few_examples(item)
        self.kept = _kept()
        self._look()
        functions = _functions(self.room)
        gc.collect()
        gc.freeze()
        self._hunt(functions)
        return True

    def _look(self) -> None:
        """Run every test once, and note the lines that it reaches."""
        watch = coverage.Coverage(data_file=None, include=[str(one) for one in self.room], config_file=False)
        watch.start()
        items = list(self.items.values())
        for item in items:
            watch.switch_context(item.nodeid)
            for one in self.kept:  # or only the first test would be seen to reach what it keeps
                one.cache_clear()
            started = time.process_time()
            if failed := _failed(item):
                raise pytest.UsageError(f"without any change this fails: {failed}")
            self.took[item.nodeid] = time.process_time() - started
        watch.stop()
        data = watch.get_data()
        for file in data.measured_files():
            for line, tests in data.contexts_by_lineno(file).items():
                reaching = {one for one in tests if one in self.items}
                self.lines[file, line] |= reaching
                for one in reaching:
                    self.about[file, one] += 1 / len(reaching)

    def _wanted(self) -> list[_Try]:
        """The mutants to try, in an order that has nothing to do with where they stand: never tried ones first.

        The order is always the same. Wherever a run is stopped, what it tried is an even sample of everything.
        """
        found = []
        for module in self.modules:
            tree = ast.parse(self.sources[module])
            for key, mutant in keyed(tree, short(module)):
                known = key in self.notes.verdicts
                if self.notes.is_killed(key) or (self.untried and known):
                    continue
                if known or (not self.survivors and int(key, 16) % self.one_in == 0):
                    found.append(_Try(key, module, tree, mutant))
        return sorted(found, key=lambda one: (one.key in self.notes.verdicts, one.key))

    def _hunt(self, functions: _Functions) -> None:
        wanted = self._wanted()
        self.tell(f"{len(wanted)} mutants to try")
        running: list[tuple[int, int, _Try, int]] = []
        for one in wanted:
            tests = self._tests_of(one.module, one.mutant.place, functions)
            if not tests:
                self._note(one, UNREACHED, 0)
                continue
            heard, said = os.pipe()
            pid = os.fork()
            if pid == 0:
                os._exit(self._child(one, tests, functions, said))
            os.close(said)
            running.append((pid, heard, one, len(tests)))
            if len(running) >= self.at_once:
                self._hear(*running.pop(0))
        for begun in running:
            self._hear(*begun)

    def _hear(self, pid: int, heard: int, one: _Try, tests: int) -> None:
        """Wait for a verdict, and note it."""
        verdict, by = _wait(pid, heard)
        if by:
            self.noticed[str(one.module), one.mutant.place.qualname].add(by)
        self._note(one, verdict, tests)

    def _note(self, one: _Try, verdict: str, tests: int) -> None:
        place = one.mutant.place
        said = one.mutant.said
        self.notes.add(
            Verdict(one.key, short(one.module), place.qualname, place.lines.start, said, verdict, tests)
        )

    def _tests_of(self, module: Path, place: Place, functions: _Functions) -> list[str]:
        """The tests that reach a place, the likeliest first, as many as patience allows."""
        found: set[str] = set()
        if place.function_line is not None:
            for line in place.lines:
                found |= self.lines.get((str(module), line), set())
        else:
            names = self._made_of(module, place)
            for (file, _, _), ones in functions.items():
                for one in ones:
                    if names & _names(one.__code__):
                        for line in _lines(one.__code__):
                            found |= self.lines.get((file, line), set())
            found |= {test for test, item in self.items.items() if names & _names(_code_of(item))}
        chosen: list[str] = []
        total = 0.0
        noticed = self.noticed[str(module), place.qualname]

        def unlikely(test: str) -> tuple[bool, float, str]:
            about = self.about.get((str(module), test), 0.01)
            return test not in noticed, self.took[test] / about, test

        for test in sorted(found, key=unlikely):
            total += self.took[test]
            if chosen and total > self.patience:
                break
            chosen.append(test)
        return chosen

    def _made_of(self, module: Path, place: Place) -> set[str]:
        """The names of a table, and of every later one of its module that is made of it."""
        names = {one.strip() for one in place.qualname.strip("()").split(",")}
        for statement in ast.parse(self.sources[module]).body:
            if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
                used = {one.id for one in ast.walk(statement.value) if isinstance(one, ast.Name)}
                if used & names:
                    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                    names |= {
                        one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)
                    }
        return names

    def _child(
        self,
        one: _Try,
        tests: list[str],
        functions: _Functions,
        said: int,
    ) -> int:
        mutant, place = one.mutant, one.mutant.place
        resource.setrlimit(resource.RLIMIT_CPU, (_CPU_LIMIT, _CPU_LIMIT + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGXCPU, signal.SIG_DFL)
        signal.alarm(_CLOCK_LIMIT)
        gc.disable()
        try:
            mutant.make()
            ast.fix_missing_locations(one.tree)
            if place.function_line is None:
                _put_table(one.module, one.tree, place)
            else:
                _put_function(one.module, one.tree, place, functions)
            for answers in self.kept:
                answers.cache_clear()
        except Exception:  # noqa: BLE001  # a table that cannot be worked out is one that nobody could ship
            return 1 if place.function_line is None else 3
        with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
            for test in tests:
                try:
                    failed = bool(_failed(self.items[test]))
                except BaseException:  # noqa: BLE001  # whatever it is, somebody noticed
                    failed = True
                if failed:
                    os.write(said, test.encode())
                    return 1
        return 0


def _wait(pid: int, heard: int) -> tuple[str, str]:
    """What became of a mutant, and which test noticed it."""
    _, status = os.waitpid(pid, 0)
    os.set_blocking(heard, False)  # a program that a test left behind may hold the other end
    by = ""
    with contextlib.suppress(BlockingIOError):
        by = os.read(heard, 4096).decode()
    os.close(heard)
    if os.WIFSIGNALED(status):
        return (ENDLESS if os.WTERMSIG(status) == signal.SIGXCPU else STUCK), ""
    return _VERDICTS.get(os.WEXITSTATUS(status), BROKEN), by


class _AnyOther:
    """The test that comes next, whichever it is: what belongs to the session is kept for it, and nothing else."""

    def __init__(self, session: pytest.Session) -> None:
        self.session = session

    def listchain(self) -> list[pytest.Session]:
        return [self.session]


def _failed(item: pytest.Item) -> str:
    """What a test says that fails."""
    other: Any = _AnyOther(item.session)
    for report in runtestprotocol(item, log=False, nextitem=other):
        if report.failed:
            return f"{item.nodeid}\n{report.longreprtext}"
    return ""


def _few_examples(item: pytest.Item) -> None:
    test: Any = getattr(item, "obj", None)
    own = getattr(test, "_hypothesis_internal_use_settings", None)
    if own is not None:
        test._hypothesis_internal_use_settings = settings(
            own,
            max_examples=min(own.max_examples, _EXAMPLES),
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )


def _functions(modules: Iterable[Path]) -> _Functions:
    """The functions of some modules, by file, name and first line."""
    files = {str(one) for one in modules}
    found: _Functions = defaultdict(list)
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__code__.co_filename in files:
            code = thing.__code__
            found[code.co_filename, code.co_qualname, code.co_firstlineno].append(thing)
    return found


def _put_function(module: Path, tree: ast.Module, place: Place, functions: _Functions) -> None:
    where = (str(module), place.qualname, place.function_line or 0)
    for code in _codes(compile(tree, str(module), "exec")):
        if (code.co_qualname, code.co_firstlineno) == where[1:]:
            for function in functions[where]:
                function.__code__ = code
            if functions[where]:
                return
    raise LookupError(where)


def _code_of(item: pytest.Item) -> CodeType:
    """The code of a test, of a property its inner one."""
    test: Any = getattr(item, "obj", None)
    inner = getattr(getattr(test, "hypothesis", None), "inner_test", test)
    code: CodeType = inner.__code__
    return code


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _codes(one)


def _names(code: CodeType) -> set[str]:
    return {name for one in _codes(code) for name in one.co_names}


def _lines(code: CodeType) -> set[int]:
    return {line for one in _codes(code) for _, _, line in one.co_lines() if line is not None}


def _put_table(module: Path, tree: ast.Module, place: Place) -> None:
    """Work a table out anew, and every later one that is made of it, and put them wherever they are known."""
    home = sys.modules[_dotted(module)]
    changed: set[str] = set()
    for statement in tree.body:
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            continue
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        names = {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
        used = {one.id for one in ast.walk(statement.value) if isinstance(one, ast.Name)}
        if place.qualname != ", ".join(ast.unparse(one) for one in targets) and not used & changed:
            continue
        before = {name: home.__dict__[name] for name in names}
        exec(compile(ast.Module([statement], []), str(module), "exec"), home.__dict__)
        for name in names:
            _put_everywhere(name, before[name], home.__dict__[name])
        changed |= names


def _put_everywhere(name: str, old: object, new: object) -> None:
    plain = isinstance(old, int | str | bytes | bool)
    for called, other in list(sys.modules.items()):
        if not called.startswith(("portal", "tests")):
            continue
        for key, value in list(vars(other).items()):
            if value is old and (key == name or not plain):
                setattr(other, key, new)


def _kept() -> list[Any]:
    """What keeps answers of the code as it was."""
    return [
        thing
        for thing in gc.get_objects()
        if type(thing) is functools._lru_cache_wrapper
        and str(getattr(thing, "__module__", "")).startswith(("portal", "tests"))
    ]


def _dotted(module: Path) -> str:
    return ".".join(module.relative_to(ROOT).with_suffix("").parts)


def short(module: Path) -> str:
    """The path of a module as tables show it."""
    return str(module.relative_to(ROOT / "portal")).removeprefix("shared/")


def import_all(modules: Iterable[Path]) -> None:
    """Load what is to be changed, whether or not a test does."""
    for one in modules:
        if importlib.util.find_spec(_dotted(one)):
            importlib.import_module(_dotted(one))
