"""What goes over the wire, by its types: read strictly, written plainly, and described as JSON Schema.

One set of dataclasses (`shapes`) is all three, so that the description cannot say anything else than what happens.
"""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True)
class Limits:
    """What a value must keep to, beside its type."""

    at_least: int | None = None
    at_most: int | None = None
    shortest: int = 0
    longest: int | None = None
    pattern: str | None = None
    example: Any = None


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong with what was sent: where (a JSON pointer), and what."""

    pointer: str
    detail: str


class UnfitError(ValueError):
    """What was sent does not have the described form."""

    def __init__(self, wrong: list[Wrong]) -> None:
        super().__init__("; ".join(f"{one.pointer}: {one.detail}" for one in wrong))
        self.wrong = wrong


def read(kind: Any, value: Any) -> Any:
    """A value of this type, out of JSON.

    Raises:
        UnfitError: it is not what the type describes; all that is wrong is said at once.
    """
    wrong: list[Wrong] = []
    found = _read(kind, value, "", wrong)
    if wrong:
        raise UnfitError(wrong)
    return found


def read_words(kind: Any, words: Mapping[str, str]) -> Any:
    """A value of a flat type, out of the text of a query.

    Raises:
        UnfitError: as `read`.
    """
    values: dict[str, Any] = dict(words)
    for name, hint in hints(kind).items():
        text = values.get(name)
        if _bare(hint) is int and text is not None and text.isascii() and text.isdigit() and len(text) < 19:
            values[name] = int(text)
    return read(kind, values)


def plain(value: Any) -> Any:
    """A value as JSON writes it."""
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple | list | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value


def hints(kind: Any) -> dict[str, Any]:
    """The fields of a dataclass and their types, with their limits."""
    return _hints(kind)


@cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def schema(kind: Any, named: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a type; dataclasses are put into `named` and referred to."""
    kind, limits = _limited(kind)
    if dataclasses.is_dataclass(kind):
        name = str(getattr(kind, "__name__", kind))
        if name not in named:
            named[name] = {}
            named[name] = _object(kind, named)
        return {"$ref": f"#/components/schemas/{name}"}
    if _optional(kind) is not None:
        return {"anyOf": [schema(_optional(kind), named), {"type": "null"}]}
    if get_origin(kind) is Union or isinstance(kind, types.UnionType):
        return {"anyOf": [schema(one, named) for one in get_args(kind)]}
    if get_origin(kind) is tuple:
        many: dict[str, Any] = {"type": "array", "items": schema(get_args(kind)[0], named)}
        return many | ({"maxItems": limits.longest} if limits.longest is not None else {})
    return _simple(kind) | _told(limits, text=kind is str)


def _simple(kind: Any) -> dict[str, Any]:
    if issubclass(kind, StrEnum):
        return {"type": "string", "enum": [str(one) for one in kind]}
    described: dict[type, dict[str, Any]] = {
        str: {"type": "string"},
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        datetime: {"type": "string", "format": "date-time"},
        date: {"type": "string", "format": "date"},
    }
    return described[kind]


def _told(limits: Limits, *, text: bool) -> dict[str, Any]:
    said = {
        "minimum": limits.at_least,
        "maximum": limits.at_most,
        "minLength": limits.shortest or None if text else None,
        "maxLength": limits.longest if text else None,
        "pattern": f"^{limits.pattern}$" if limits.pattern else None,
        "examples": [limits.example] if limits.example is not None else None,
    }
    return {key: value for key, value in said.items() if value is not None}


def _object(kind: Any, named: dict[str, Any]) -> dict[str, Any]:
    needed = [field.name for field in dataclasses.fields(kind) if _needed(field)]
    described = {
        "type": "object",
        "description": (kind.__doc__ or "").strip().split("\n")[0],
        "properties": {name: schema(hint, named) for name, hint in hints(kind).items()},
        "additionalProperties": False,
    }
    return described | ({"required": needed} if needed else {})


def _needed(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _limited(kind: Any) -> tuple[Any, Limits]:
    if get_origin(kind) is Annotated:
        inner, *notes = get_args(kind)
        return inner, next((note for note in notes if isinstance(note, Limits)), Limits())
    return kind, Limits()


def _optional(kind: Any) -> Any:
    """What stands beside None, if the type is that or None."""
    if get_origin(kind) is Union or isinstance(kind, types.UnionType):
        others = [one for one in get_args(kind) if one is not type(None)]
        return others[0] if len(others) == 1 and len(others) < len(get_args(kind)) else None
    return None


def _bare(kind: Any) -> Any:
    """The type without its limits, and without the None beside it."""
    inner = _limited(kind)[0]
    return _limited(_optional(inner))[0] if _optional(inner) is not None else inner


def _read(kind: Any, value: Any, where: str, wrong: list[Wrong]) -> Any:
    kind, limits = _limited(kind)
    inner = _optional(kind)
    if inner is not None:
        return None if value is None else _read(inner, value, where, wrong)
    if dataclasses.is_dataclass(kind):
        return _read_object(kind, value, where, wrong)
    if get_origin(kind) is tuple:
        return _read_many(get_args(kind)[0], limits, value, where, wrong)
    return _read_simple(kind, limits, value, where, wrong)


def _read_object(kind: Any, value: Any, where: str, wrong: list[Wrong]) -> Any:
    if not isinstance(value, dict):
        wrong.append(Wrong(where, "must be an object"))
        return None
    fields = {field.name: field for field in dataclasses.fields(kind)}
    wrong += [Wrong(f"{where}/{_escaped(name)}", "is not known here") for name in value if name not in fields]
    found: dict[str, Any] = {}
    for name, field in fields.items():
        if name in value:
            found[name] = _read(hints(kind)[name], value[name], f"{where}/{name}", wrong)
        elif _needed(field):
            wrong.append(Wrong(f"{where}/{name}", "is missing"))
    return None if wrong else kind(**found)


def _escaped(name: str) -> str:
    """A name in a JSON pointer; cut, because somebody else chose it."""
    return name[:40].replace("~", "~0").replace("/", "~1")


def _read_many(inner: Any, limits: Limits, value: Any, where: str, wrong: list[Wrong]) -> Any:
    if not isinstance(value, list):
        wrong.append(Wrong(where, "must be an array"))
        return None
    if limits.longest is not None and len(value) > limits.longest:
        wrong.append(Wrong(where, f"must not hold more than {limits.longest}"))
        return None
    if len(value) < limits.shortest:
        wrong.append(Wrong(where, f"must hold at least {limits.shortest}"))
    return tuple(_read(inner, one, f"{where}/{at}", wrong) for at, one in enumerate(value))


def _read_simple(kind: Any, limits: Limits, value: Any, where: str, wrong: list[Wrong]) -> Any:
    for problem, convert in _CHECKS[_family(kind)]:
        said = problem(kind, limits, value)
        if said:
            wrong.append(Wrong(where, said))
            return None
        value = convert(kind, value)
    return value


def _family(kind: Any) -> str:
    if issubclass(kind, StrEnum):
        return "word"
    return {bool: "bool", int: "number", str: "text", date: "day"}[kind]


def _no_word(kind: Any, limits: Limits, value: Any) -> str:
    words = [str(one) for one in kind]
    return "" if isinstance(value, str) and value in words else f"must be one of {', '.join(words)}"


def _no_bool(kind: Any, limits: Limits, value: Any) -> str:
    return "" if isinstance(value, bool) else "must be true or false"


def _no_number(kind: Any, limits: Limits, value: Any) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        return "must be a whole number"
    if limits.at_least is not None and value < limits.at_least:
        return f"must be {limits.at_least} or more"
    if limits.at_most is not None and value > limits.at_most:
        return f"must be {limits.at_most} or less"
    return ""


def _no_text(kind: Any, limits: Limits, value: Any) -> str:
    if not isinstance(value, str):
        return "must be text"
    if limits.longest is not None and len(value) > limits.longest:
        return f"must not be longer than {limits.longest} characters"
    if len(value.strip()) < limits.shortest:
        return (
            "must not be empty" if limits.shortest == 1 else f"must have {limits.shortest} characters or more"
        )
    if limits.pattern is not None and not re.fullmatch(limits.pattern, value):
        return f"must be {limits.pattern}"
    # No database keeps these, and no page shows them.
    readable = "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    return "" if readable else "holds characters that are no text"


def _no_day(kind: Any, limits: Limits, value: Any) -> str:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return "must be a day, as in 2026-12-31"
    return ""


def _same(kind: Any, value: Any) -> Any:
    return value


def _as_word(kind: Any, value: Any) -> Any:
    return kind(value)


def _as_day(kind: Any, value: Any) -> Any:
    return date.fromisoformat(value)


_Check = tuple[Callable[[Any, Limits, Any], str], Callable[[Any, Any], Any]]
_CHECKS: Mapping[str, tuple[_Check, ...]] = {
    "word": ((_no_word, _as_word),),
    "bool": ((_no_bool, _same),),
    "number": ((_no_number, _same),),
    "text": ((_no_text, _same),),
    "day": ((_no_day, _as_day),),
}
