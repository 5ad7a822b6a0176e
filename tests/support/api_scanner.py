"""A scanner that sends a described API what its description allows and what it does not, alone and in chains.

It works on any address with an OpenAPI description, so that it can be shown to find something in an API that is bad.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# Part of the cases that is spent on chains: what one answer names is asked for next.
_CHAINED = 4
_LONGEST_CHAIN = 6
_SECONDS = 60


@dataclass(slots=True)
class Scan:
    """What was asked so far, and what was wrong with the answers."""

    cases: int = 0
    chained: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    people: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    def look(self, case: Any, answer: Any, who: str) -> None:
        """Count an answer, and keep what is wrong with it."""
        self.cases += 1
        self.statuses[answer.status_code] += 1
        self.operations[f"{case.method} {case.path}"] += 1
        self.people[f"{who}: {answer.status_code}"] += 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as found:
            for one in found.exceptions:
                said = (
                    f"{who}: {case.method} {case.path}: {answer.status_code} {one.__class__.__name__} {one}"
                )
                self.findings.append(f"{said[:700]} {answer.text[:300]}")

    def told(self) -> dict[str, Any]:
        """The figures."""
        return {
            "cases": self.cases,
            "chained": self.chained,
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "operations": dict(sorted(self.operations.items())),
            "people": dict(sorted(self.people.items())),
            "findings": self.findings,
        }


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody with a token, and what there is for them: values by the name of a parameter or member."""

    who: str
    token: str
    known: Mapping[str, Sequence[Any]] = field(default_factory=dict)


def scan(description: str, askers: Sequence[Asker], cases: int, first: int = 0) -> Scan:
    """Send about so many cases, spread evenly over askers and operations; other cases with another `first` seed."""
    done = Scan()
    told = requests.get(description, timeout=_SECONDS).json()
    told.pop("security", None)  # a token comes with every case, or half of them would end at the door
    base = description.removesuffix("/openapi.json")
    schema = schemathesis.openapi.from_dict(told)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    alone = max(2, cases * (_CHAINED - 1) // _CHAINED // (len(operations) * len(askers)))
    for at, asker in enumerate(askers, first):
        with requests.Session() as session:
            asking = _Asking(done, asker, session, base, Random(at))
            for operation in operations:
                for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                    asking.alone(operation, mode, (alone + 1) // 2, at)
            asking.chained(schema, cases // _CHAINED // len(askers), at)
    return done


def _few(cases: int, **more: Any) -> settings:
    return settings(
        max_examples=max(1, cases),
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        **more,
    )


@dataclass(slots=True)
class _Asking:
    done: Scan
    asker: Asker
    session: requests.Session
    base: str
    chance: Random

    @property
    def how(self) -> dict[str, Any]:
        """How every case is sent."""
        headers = {"Authorization": f"Bearer {self.asker.token}"}
        return {"base_url": self.base, "session": self.session, "headers": headers, "timeout": _SECONDS}

    def alone(self, operation: Any, mode: GenerationMode, cases: int, at: int) -> None:
        """Ask of one operation, with what it allows or with what it does not."""

        @seed(at)
        @_few(cases)
        @given(case=operation.as_strategy(generation_mode=mode))
        def one(case: Any) -> None:
            if mode is GenerationMode.POSITIVE:
                self.fill_in(case.path_parameters)
                self.fill_in(case.query)
                self.fill_in(case.body)
            self.done.look(case, case.call(**self.how), self.asker.who)

        try:
            one()
        except Unsatisfiable:
            return  # nothing can be wrong with a request that has no parts

    def fill_in(self, values: Any) -> None:
        """Name things that there are in two of three places, or every case would end with 404."""
        if isinstance(values, list):
            for one in values:
                self.fill_in(one)
        if not isinstance(values, dict):
            return
        for name, value in values.items():
            self.fill_in(value)
            known = self.asker.known.get(name, ())
            if known and self.chance.random() < 2 / 3:
                values[name] = self.chance.choice(known)

    def chained(self, schema: Any, cases: int, at: int) -> None:
        """Ask for what answers name, in chains."""
        asking = self

        class Chain(schema.as_state_machine()):  # type: ignore[misc]  # a class that is made of the description
            def get_call_kwargs(self, case: Any) -> dict[str, Any]:
                return asking.how

            def validate_response(self, response: Any, case: Any, *rest: Any, **more: Any) -> None:
                asking.done.chained += 1
                asking.done.look(case, response, asking.asker.who)

        seed(at)(Chain)
        Chain.run(settings=_few(cases // _LONGEST_CHAIN, stateful_step_count=_LONGEST_CHAIN))
