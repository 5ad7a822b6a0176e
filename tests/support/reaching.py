"""What a function of ours can come to call, read from its code: names of modules and functions, followed."""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

OURS = "portal."


def reached(function: Callable[..., Any]) -> set[str]:
    """Every function of ours that this one names, directly or by others, as `module:name`."""
    found: set[str] = set()
    waiting = [function]
    while waiting:
        one = waiting.pop()
        name = f"{one.__module__}:{one.__qualname__}"
        if name in found:
            continue
        found.add(name)
        waiting += [other for other in _named(one) if other.__module__.startswith(OURS)]
    return found


def _named(function: Any) -> Iterator[FunctionType]:
    for cell in function.__closure__ or ():  # a function that wraps another one
        if isinstance(cell.cell_contents, FunctionType):
            yield cell.cell_contents
    globals_ = getattr(function, "__globals__", {})
    for code in _codes(function.__code__):
        here: Any = None
        for step in dis.get_instructions(code):
            if step.opname == "LOAD_GLOBAL":
                here = globals_.get(step.argval)
            elif step.opname in {"LOAD_ATTR", "LOAD_METHOD"} and isinstance(here, ModuleType):
                here = getattr(here, str(step.argval), None)
            elif step.opname not in {"PRECALL", "CACHE", "PUSH_NULL", "RESUME"}:
                here = None
            if isinstance(here, FunctionType):
                yield here


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A function's code and that of the functions inside of it."""
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _codes(one)
