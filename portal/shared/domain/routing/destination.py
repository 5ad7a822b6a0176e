"""What the router answers, and the parameters its pages need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.tasks import Task


@dataclass(frozen=True, slots=True)
class Destination:
    """One page (an endpoint and what its URL needs), why, and for which account if one is known."""

    endpoint: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)
    reason: Reason = Reason.PAGE_DOES_IT
    account_id: int | None = None


def wish(task: Task | None, product: str | None) -> Mapping[str, str | int]:
    """The task and product as parameters, so that a page in between does not lose them."""
    told = {"task": task, "product": product}
    return {name: str(value) for name, value in told.items() if value}


def task_link(task: Task, product: str | None) -> str:
    """The path of a task link, as help articles carry it."""
    path = f"/go/{task}"
    return f"{path}?{urlencode({'product': product})}" if product else path
