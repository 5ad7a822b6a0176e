"""A scanner that sends a described API what its description allows and what it does not, alone and in chains.

It works on any address with an OpenAPI description, so that it can be shown to find something in an API that is bad.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
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
    findings: list[str] = field(default_factory=list)

    def look(self, case: Any, answer: Any, who: str) -> None:
        """Count an answer, and keep what is wrong with it."""
        self.cases += 1
        self.statuses[answer.status_code] += 1
        self.operations[f"{case.method} {case.path}"] += 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as found:
            for one in found.exceptions:
                said = f"{who}: {case.method} {case.path}: {answer.status_code} {one.__class__.__name__} {one}"
                self.findings.append(f"{said[:700]} {answer.text[:300]}")

    def told(self) -> dict[str, Any]:
        """The figures."""
        return {
            "cases": self.cases,
            "chained": self.chained,
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "operations": dict(sorted(self.operations.items())),
            "findings": self.findings,
        }


def scan(description: str, tokens: Mapping[str, str], cases: int) -> Scan:
    """Send about so many cases, spread evenly over the tokens and what the description has."""
    done = Scan()
    schema = schemathesis.openapi.from_url(description)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    alone = max(2, cases * (_CHAINED - 1) // _CHAINED // (len(operations) * len(tokens)))
    for at, (who, token) in enumerate(tokens.items()):
        with requests.Session() as session:
            for operation in operations:
                for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                    _alone(done, operation, mode, (session, who, token), (alone + 1) // 2, at)
            _chained(done, schema, (session, who, token), cases // _CHAINED // len(tokens), at)
    return done


_Asking = tuple[requests.Session, str, str]


def _few(cases: int, **more: Any) -> settings:
    return settings(
        max_examples=max(1, cases),
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        **more,
    )


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _alone(done: Scan, operation: Any, mode: GenerationMode, asking: _Asking, cases: int, at: int) -> None:
    session, who, token = asking

    @seed(at)
    @_few(cases)
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Any) -> None:
        done.look(case, case.call(session=session, headers=_headers(token), timeout=_SECONDS), who)

    try:
        one()
    except Unsatisfiable:
        return  # nothing can be wrong with a request that has no parts


def _chained(done: Scan, schema: Any, asking: _Asking, cases: int, at: int) -> None:
    session, who, token = asking

    class Chain(schema.as_state_machine()):  # type: ignore[misc]  # a class that is made of the description
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"session": session, "headers": _headers(token), "timeout": _SECONDS}

        def validate_response(self, response: Any, case: Any, *rest: Any, **more: Any) -> None:
            done.chained += 1
            done.look(case, response, who)

    Chain.run(
        settings=_few(cases // _LONGEST_CHAIN, stateful_step_count=_LONGEST_CHAIN, derandomize=True)
    )
