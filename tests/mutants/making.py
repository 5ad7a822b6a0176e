"""What could be wrong in a rule: every small change of a module's code, one at a time.

A change stands in a function, where its code is put in place of the old, or in a table or figure of the module, which
is then worked out anew. What is never changed: annotations, docstrings, the sentences of errors that no person reads,
and the bodies of classes outside of their functions.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}
_PAIRS = (
    ("min", "max"),
    ("any", "all"),
    ("lower", "upper"),
    ("lstrip", "rstrip"),
    ("startswith", "endswith"),
    ("removeprefix", "removesuffix"),
    ("partition", "rpartition"),
    ("find", "rfind"),
    ("split", "rsplit"),
)
_ENDS = {"split", "rsplit"}  # from which end matters only to somebody who stops on the way
_TWINS = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}
_OF_TYPES = {"NewType", "TypeVar", "cast"}  # their arguments are for the type checker
_NEVER = {"annotation", "returns", "decorator_list", "type_params", "type_comment"}

_Put = Callable[[Any], object]


@dataclass(frozen=True)
class Place:
    """Where a change stands: in an outermost function, or in a table or figure of the module."""

    qualname: str
    # The first line of the function, decorators included; None: the module itself.
    function_line: int | None
    # The lines of the statement, without those of the statements inside of it.
    lines: range


@dataclass(frozen=True)
class Mutant:
    """One change; `make` does it to the tree that it was found in, for good."""

    place: Place
    said: str
    make: Callable[[], object]


def mutants_of(tree: ast.Module) -> Iterator[Mutant]:
    """Every change of a module."""
    yield from _in_block(tree.body, (), None)


def _in_block(body: list[ast.stmt], names: tuple[str, ...], function_line: int | None) -> Iterator[Mutant]:
    in_class = bool(names) and function_line is None
    for index, statement in enumerate(body):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # a docstring
        if isinstance(statement, ast.ClassDef):
            yield from _in_block(statement.body, (*names, statement.name), function_line)
        elif isinstance(statement, ast.FunctionDef):
            first = min([statement.lineno, *(one.lineno for one in statement.decorator_list)])
            if function_line is None:
                yield from _in_block(statement.body, (*names, statement.name), first)
            else:
                yield from _in_block(statement.body, names, function_line)
        elif function_line is not None or (
            not in_class and isinstance(statement, ast.Assign | ast.AnnAssign) and not _only_typing(statement)
        ):
            yield from _in_statement(body, index, names, function_line)


def _only_typing(statement: ast.Assign | ast.AnnAssign) -> bool:
    value = statement.value
    if value is None or (isinstance(value, ast.Call) and _name(value.func) in _OF_TYPES):
        return True
    # A table or figure is written in capitals; other names stand for types.
    return not _targets(statement).isupper()


def _in_statement(
    body: list[ast.stmt], index: int, names: tuple[str, ...], function_line: int | None
) -> Iterator[Mutant]:
    statement = body[index]
    blocks = [
        block
        for field in ("body", "orelse", "finalbody")
        if (block := getattr(statement, field, None)) and isinstance(block, list)
    ]
    blocks += [part.body for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ()))]
    last = (
        min(block[0].lineno for block in blocks) - 1 if blocks else (statement.end_lineno or statement.lineno)
    )
    qualname = ".".join(names) if function_line else _targets(statement)
    place = Place(qualname, function_line, range(statement.lineno, max(last, statement.lineno) + 1))

    def put(new: ast.stmt) -> None:
        body[index] = ast.copy_location(new, statement)

    for new, said in _other_statements(statement):
        yield _mutant(place, statement, said, put, new)
    if isinstance(statement, ast.If | ast.While) and isinstance(
        statement.test, ast.Name | ast.Attribute | ast.Call
    ):
        negated = ast.UnaryOp(ast.Not(), statement.test)
        yield _mutant(
            place,
            statement.test,
            f"if {ast.unparse(negated)}",
            partial(setattr, statement, "test"),
            negated,
        )
    if isinstance(statement, ast.Match) and len(statement.cases) > 1:
        for number in range(len(statement.cases)):
            yield Mutant(place, f"case {number + 1} left out", partial(statement.cases.pop, number))
    for child, put_child in _children(statement):
        yield from _in_expression(
            child, put_child, place, quiet=isinstance(statement, ast.Raise | ast.Assert)
        )
    for block in blocks:
        yield from _in_block(block, names, function_line)


def _targets(statement: ast.stmt) -> str:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return ", ".join(ast.unparse(one) for one in targets if one is not None)


def _other_statements(statement: ast.stmt) -> Iterator[tuple[ast.stmt, str]]:
    match statement:
        case ast.Expr(value=ast.Call()) | ast.Raise():
            yield ast.Pass(), f"{ast.unparse(statement)[:100]} left out"
        case ast.Return(value=value) if value is not None and not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None)), f"return None, not {ast.unparse(value)[:80]}"
        case ast.Break():
            yield ast.Continue(), "continue, not break"
        case ast.Continue():
            yield ast.Break(), "break, not continue"
        case ast.AugAssign(op=op) if type(op) in _ARITHMETIC:
            other = ast.AugAssign(statement.target, _ARITHMETIC[type(op)](), statement.value)
            yield other, ast.unparse(ast.copy_location(other, statement))


def _in_expression(node: ast.expr, put: _Put, place: Place, *, quiet: bool = False) -> Iterator[Mutant]:
    """Changes of an expression and of all in it; `quiet`: its bare strings are sentences of an error."""
    spoken = isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    if spoken and quiet:
        return
    for new in _others(node, in_a_table=place.function_line is None):
        yield _mutant(place, node, f"{ast.unparse(node)[:90]} → {ast.unparse(new)[:90]}", put, new)
    if isinstance(node, ast.Call):
        if _name(node.func) in _OF_TYPES:
            return
        yield from _calls(node, place, quiet=quiet)
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        yield from _unfiltered(node, place)
    for child, put_child in _children(node):
        if not _is_text_of(node, child):
            yield from _in_expression(child, put_child, place, quiet=quiet)


def _unfiltered(
    node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, place: Place
) -> Iterator[Mutant]:
    for part in node.generators:
        for number, condition in enumerate(part.ifs):
            said = f"{ast.unparse(node)[:90]} without if {ast.unparse(condition)[:60]}"
            yield Mutant(place, said, partial(part.ifs.pop, number))


def _is_text_of(node: ast.expr, child: ast.expr) -> bool:
    """Whether it is a piece of an f-string that no variable fills, or how a variable is set in it."""
    if isinstance(node, ast.JoinedStr):
        return not isinstance(child, ast.FormattedValue)
    return isinstance(node, ast.FormattedValue) and child is node.format_spec


def _others(node: ast.expr, *, in_a_table: bool) -> Iterator[ast.expr]:
    yield from _other_values(node)
    yield from _other_operations(node)
    yield from _shorter(node, in_a_table=in_a_table)


def _other_values(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str() as value):
            yield ast.Constant(f"XX{value}XX")
        case ast.Constant(value=bytes() as value):
            yield ast.Constant(b"XX" + value)
        case ast.JoinedStr(values=values):
            yield ast.JoinedStr([ast.Constant("XX"), *values])


def _other_operations(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            for number, op in enumerate(ops):
                yield ast.Compare(
                    left, [*ops[:number], _COMPARISONS[type(op)](), *ops[number + 1 :]], comparators
                )
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            yield ast.BinOp(left, _ARITHMETIC[type(op)](), right)
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert(), operand=operand):
            yield operand
        case ast.IfExp(body=body, orelse=orelse):
            yield body
            yield orelse


def _shorter(node: ast.expr, *, in_a_table: bool) -> Iterator[ast.expr]:
    match node:
        case ast.Set(elts=elts) | ast.List(elts=elts) if elts:
            for number in range(len(elts)):
                rest = [*elts[:number], *elts[number + 1 :]]
                yield (ast.List(rest, ast.Load()) if isinstance(node, ast.List) else _set(rest))
        case ast.Tuple(elts=elts, ctx=ast.Load()) if in_a_table and len(elts) > 1:
            for number in range(len(elts)):
                yield ast.Tuple([*elts[:number], *elts[number + 1 :]], ast.Load())
        case ast.Dict(keys=keys, values=values) if keys:
            for number in range(len(keys)):
                yield ast.Dict(
                    [*keys[:number], *keys[number + 1 :]], [*values[:number], *values[number + 1 :]]
                )


def _set(elements: list[ast.expr]) -> ast.expr:
    return ast.Set(elements) if elements else ast.Call(ast.Name("set", ast.Load()), [], [])


def _calls(call: ast.Call, place: Place, *, quiet: bool) -> Iterator[Mutant]:
    name = _name(call.func)
    if name in _OF_TYPES:
        return
    if name in _TWINS and (name not in _ENDS or len(call.args) > 1 or call.keywords):
        func = call.func
        field = "id" if isinstance(func, ast.Name) else "attr"
        twin = _TWINS[name]
        yield Mutant(place, f"{ast.unparse(call)[:90]} with {twin}", partial(setattr, func, field, twin))
    if quiet:
        return
    told = ast.unparse(call)[:90]
    for number, argument in enumerate(call.args):
        if not isinstance(argument, ast.Starred | ast.Constant | ast.GeneratorExp):
            said = f"{told} with None for {ast.unparse(argument)[:60]}"
            yield _mutant(place, argument, said, partial(call.args.__setitem__, number), ast.Constant(None))
    for number, keyword in enumerate(call.keywords):
        yield Mutant(place, f"{told} without {keyword.arg}", partial(call.keywords.pop, number))


def _children(node: ast.AST) -> Iterator[tuple[ast.expr, _Put]]:
    """The expressions right below a node, comprehensions' parts included, and how to put another in their place."""
    for field, value in ast.iter_fields(node):
        if field in _NEVER or (
            isinstance(node, ast.Assign | ast.AnnAssign) and field in {"targets", "target"}
        ):
            continue
        if isinstance(value, ast.expr):
            yield value, partial(setattr, node, field)
        elif isinstance(value, list):
            for number, one in enumerate(value):
                if isinstance(one, ast.expr):
                    yield one, partial(value.__setitem__, number)
                elif isinstance(one, ast.comprehension | ast.keyword | ast.withitem):
                    yield from _children(one)


def _mutant(place: Place, old: ast.AST, said: str, put: _Put, new: ast.AST) -> Mutant:
    def make() -> None:
        put(ast.copy_location(new, old))

    return Mutant(place, said, make)


def _name(func: ast.expr) -> str:
    return func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""
